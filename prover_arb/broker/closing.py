"""When nothing is left to buy for a theorem, and the outcome that is made of it then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from prover_arb.broker.account import Account
from prover_arb.core.negation import negation
from prover_arb.core.outcome import Outcome, OutcomeStatus
from prover_arb.core.purchases import Purchase, Stop, unjudged
from prover_arb.core.theorem import Candidate, Certificate, Limits, Theorem, Verdict

Issue = Callable[[Theorem, Candidate, Verdict, Limits], Certificate]


def settled_by_verdict(account: Account) -> Stop | None:
    """Returns why nothing is left to buy, if the verdicts so far settle the theorem."""
    proof = account.with_verdict("proved")
    if proof is not None:
        return Stop(why=_solved_by(proof))
    if account.with_verdict("refuted") is not None:
        return Stop(why="the statement is false: its negation is proved")
    if account.invalid:
        return Stop(why=f"invalid statement: {account.invalid}")
    return None


def outcome_of(account: Account, stop: Stop, issue: Issue) -> Outcome:
    """Makes the outcome of a theorem, with the certificate that `issue` makes of its proof."""
    proof = account.with_verdict("proved")
    solved = None if proof is None else _solved_by(proof)
    certificate = None
    if solved == "proved" and proof and proof.candidate and proof.verdict:
        certificate = issue(account.theorem, proof.candidate, proof.verdict, account.job.limits)
    refutation = None if solved else _refutation(account, issue)
    unproved: OutcomeStatus = "not_proved"
    why = stop.why
    if refutation is not None:
        unproved = "refuted"
    elif account.invalid:
        unproved = "invalid_statement"
    elif not solved and (failed := unjudged(account.purchases)):
        unproved = "void"
        times = "once" if len(failed) == 1 else f"{len(failed)} times"
        why = f"the oracle failed {times} ({failed[-1].detail}); {stop.why}"
    return Outcome(
        theorem=account.theorem.name,
        policy=account.policy.name,
        budget=account.job.budget,
        status=solved or unproved,
        cost=account.cost,
        verification_cost=account.verification_cost,
        forfeited=account.forfeited,
        certificate=certificate,
        refutation=refutation,
        purchases=account.purchases,
        why_stopped=why,
        wall_ms=account.watch.wall_ms,
        stages=account.watch.stages,
        asking=account.asking,
        offer=stop.offer,
    )


def _solved_by(proof: Purchase) -> Literal["proved", "replayed"]:
    replayed = proof.verdict is not None and proof.verdict.replayed
    return "replayed" if replayed else "proved"


def _refutation(account: Account, issue: Issue) -> Certificate | None:
    """Returns the certificate of the negation, if it is proved."""
    refuted, opposite = account.with_verdict("refuted"), negation(account.theorem)
    if refuted is None or opposite is None or not (refuted.candidate and refuted.verdict):
        return None
    proof = Candidate(kind="tactics", text=refuted.candidate.text)
    verdict = refuted.verdict.model_copy(update={"status": "proved"})
    return issue(opposite, proof, verdict, account.job.limits)
