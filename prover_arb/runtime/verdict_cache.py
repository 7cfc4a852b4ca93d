"""A proof that several policies of a run buy is judged once.

Policies that are compared buy the same attempts, and the kernels would say the same again. Only
verdicts in a proof's favour are remembered, which are final (oracle/budgeted.py); every policy pays
for its verification in the ledger what it took.
"""

from __future__ import annotations

from prover_arb.core.protocols import Oracle
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.runtime.answer_cache import AnswerCache

USUAL = Limits()


class RememberingOracle:
    """An oracle that remembers which candidates are proofs."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self._proofs: AnswerCache[tuple[str, Candidate, Limits], Verdict] = AnswerCache()

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits = USUAL
    ) -> Verdict:
        """Judges a candidate, unless it is known to be a proof; raises as the oracle does."""
        return await self._proofs.answer(
            (theorem.digest, candidate, limits),
            lambda: self._oracle.verify(theorem, candidate, limits),
            lasting=lambda verdict: verdict.status == "proved",
        )

    async def identity(self) -> ToolchainIdentity:
        return await self._oracle.identity()
