"""Judging a refutation: a proof of the negation, by the kernels that judge proofs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prover_arb.core.negation import denies, negation, type_parameters
from prover_arb.core.theorem import SHORTEST_MS, Candidate, Limits, Theorem, Verdict

if TYPE_CHECKING:
    from prover_arb.oracle.verifier import LeanOracle

_PROBE = Theorem(name="probe", statement=": (0 : ℝ) = 0")
"""Its type shows what the profile puts before every statement about ℝ."""


class RefutationJudge:
    """Decides whether a candidate of kind `refutation` shows that a theorem is false."""

    def __init__(self, oracle: LeanOracle) -> None:
        self._oracle = oracle
        self._given: str | None = None

    async def verify(self, theorem: Theorem, candidate: Candidate, limits: Limits) -> Verdict:
        """`refuted`, or why not.

        Raises:
            InputError: the theorem is of another profile than the oracle.
            OracleError: Lean did not say what the statement means.
        """
        until = time.monotonic() + limits.wall_ms / 1000
        claimed = await self._oracle.inspect(theorem, limits)
        spent = claimed.cpu_us
        if claimed.timed_out:
            return _too_slow(claimed.reason, spent)
        if not claimed.elaborates:
            return Verdict(status="invalid_statement", detail=claimed.reason, cpu_us=spent)
        denial = negation(theorem)
        if denial is None:
            return _not_denied("its text has no goal to negate", spent)
        denied = await self._oracle.inspect(denial, _rest(limits, until))
        spent += denied.cpu_us
        if denied.timed_out:
            return _too_slow(denied.reason, spent)
        given = await self._parameters(theorem)
        if not denied.elaborates or not denies(denied.type, claimed.type, given):
            return _not_denied(denied.reason or "it would say something else", spent)
        proof = Candidate(kind="tactics", text=candidate.text)
        verdict = await self._oracle.verify(denial, proof, _rest(limits, until))
        status = "refuted" if verdict.status == "proved" else verdict.status
        return verdict.model_copy(update={"status": status, "cpu_us": verdict.cpu_us + spent})

    async def _parameters(self, theorem: Theorem) -> str:
        if self._given is None:
            probe = _PROBE.model_copy(update={"profile": theorem.profile})
            self._given = type_parameters((await self._oracle.inspect(probe)).type)
        return self._given


def _rest(limits: Limits, until: float) -> Limits:
    left = round((until - time.monotonic()) * 1000)
    return limits.model_copy(update={"wall_ms": max(SHORTEST_MS, left)})


def _too_slow(why: str, cpu_us: int) -> Verdict:
    return Verdict(status="rejected", reason="timeout", detail=why, cpu_us=cpu_us)


def _not_denied(why: str, cpu_us: int) -> Verdict:
    detail = f"the negation of the statement cannot be stated: {why}"
    return Verdict(status="rejected", reason="wrong_statement", detail=detail, cpu_us=cpu_us)
