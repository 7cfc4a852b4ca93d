"""A proof that several policies of a run buy is judged once.

Policies that are compared buy the same attempts, and the kernels would say the same again. Only
verdicts in a proof's favour are remembered, which are final (oracle/budgeted.py); every policy pays
for its verification in the ledger what it took.
"""

from __future__ import annotations

from collections.abc import Callable

from prover_arb.core.protocols import Oracle
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.runtime.answer_cache import AnswerCache

USUAL = Limits()


class RememberingOracle:
    """An oracle that remembers which candidates are proofs."""

    def __init__(self, oracle: Oracle, *, whose: Callable[[], str] = str) -> None:
        """`whose` says for which customer it judges: none can learn what another has proved."""
        self._oracle = oracle
        self._whose = whose
        self._proofs: AnswerCache[tuple[str, str, Candidate, Limits], Verdict] = AnswerCache()

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits = USUAL
    ) -> Verdict:
        """Judges a candidate, unless it is known to be a proof; raises as the oracle does."""
        return await self._proofs.answer(
            (self._whose(), theorem.digest, candidate, limits),
            lambda: self._oracle.verify(theorem, candidate, limits),
            lasting=lambda verdict: verdict.status == "proved",
        )

    async def identity(self) -> ToolchainIdentity:
        return await self._oracle.identity()
