"""What the outcome of a step means for the verdict."""

from __future__ import annotations

from dataclasses import replace

from prover_arb.core.theorem import Asked, Message, Reason, Verdict, sha256
from prover_arb.errors import OracleError, WorkerDied
from prover_arb.oracle.budgeted import Finding, Suspect
from prover_arb.oracle.elaborator import Elaboration
from prover_arb.oracle.kernels.judging import Judge, Ruling
from prover_arb.oracle.reference import Statement, StatementRefused
from prover_arb.oracle.verification import Verification

_OUT_OF_MEMORY = {"memory", "stack", "killed"}
"""Causes of a process's end that speak of memory."""
_LIMITED: frozenset[Reason] = frozenset({"heartbeats", "memory"})
"""Reasons for which a kernel that gives up does not contradict one that does not."""


class Decided(Exception):
    """Ends a try early, with its finding."""

    def __init__(self, verdict: Verdict, *, certain: bool = True, suspect: Suspect = "any") -> None:
        super().__init__(verdict.detail)
        self.finding = Finding(verdict, certain, suspect)


def proved(statement: Statement, first: Ruling, kernels: list[str], made: Elaboration) -> Finding:
    """All judges accepted; `first` is the ruling of the one that names the axioms."""
    return Finding(
        Verdict(
            status="proved",
            axioms=tuple(sorted(set(first.axioms))),
            axioms_exact=first.exact,
            kernels=tuple(kernels),
            asked=Asked(
                type=statement.type,
                statement=statement.data,
                question_sha256=sha256(first.job),
            ),
            messages=made.messages,
        )
    )


def refuted(finding: Finding) -> Finding:
    """A proof of the negation refutes; everything else is what it is."""
    if finding.verdict.status != "proved":
        return finding
    return replace(finding, verdict=finding.verdict.model_copy(update={"status": "refuted"}))


def refused(
    check: Verification, judge: Judge, ruling: Ruling, accepted: list[str], made: Elaboration
) -> Finding:
    """A judge refuses what the elaborator took for a proof."""
    if not accepted:
        # The elaborator may have been made ill by another candidate.
        verdict = against(ruling.reason or "replay_failed", ruling.detail, made)
        suspect: Suspect = "any" if ruling.reason == "memory" else "elaborator"
        return Finding(verdict, check.fresh or made.own_doing, suspect)
    if ruling.reason is not None and ruling.reason in _LIMITED:
        detail = f"{judge.name} gave up: {ruling.detail}"
        return Finding(against(ruling.reason, detail, made))
    detail = f"{judge.name} refuses what {' and '.join(accepted)} accepts: {ruling.detail}"
    return Finding(against("kernels_disagree", detail, made))


def ended(check: Verification, judge: Judge, error: WorkerDied, made: Elaboration) -> Decided:
    """The proof ended a judge's process."""
    reason: Reason = "memory" if error.cause in _OUT_OF_MEMORY else "replay_failed"
    detail = f"the proof ends the process of {judge.name}: {error}"
    return Decided(against(reason, detail, made), certain=check.fresh)


def invalid(refused: StatementRefused) -> Decided:
    """The reference says that the customer's text states nothing."""
    detail, messages = refused.detail, refused.messages
    return Decided(Verdict(status="invalid_statement", detail=detail, messages=messages))


def unstated(check: Verification, why: str) -> Decided:
    """A process could do nothing with the statement."""
    return Decided(Verdict(status="invalid_statement", detail=why), certain=check.fresh)


def late(
    check: Verification, doing: str, messages: tuple[Message, ...] = ()
) -> Decided | OracleError:
    """The time is over: it is the candidate's doing, or that of processes which had to start."""
    limit, clock = check.limits.wall_ms, check.clock
    if clock.cut_short:
        return OracleError(
            f"no verdict within {limit} ms: starting Lean processes took {clock.starting_ms} ms, "
            f"which left less than half of the limit; {doing}"
        )
    detail = f"no verdict within {limit} ms: {doing}"
    return Decided(Verdict(status="rejected", reason="timeout", detail=detail, messages=messages))


def against(reason: Reason, detail: str, made: Elaboration) -> Verdict:
    """The verdict that a candidate is no proof."""
    return Verdict(status="rejected", reason=reason, detail=detail, messages=made.messages)
