"""Buys proofs for the theorems of a Lean file that end in `sorry`, in order.

    gaps -> buy a proof of each -> judge it as it stands in the file -> the next gap may use it

Every proof is judged twice: when it is bought, and once more, at no charge, in the place and layout
in which it stands in the file.
"""

from __future__ import annotations

import asyncio
from typing import Literal, Protocol

from prover_arb.core.money import MicroUSD
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Candidate, Certificate, Limits, Profile, Theorem, Value, Verdict
from prover_arb.errors import ProblemError
from prover_arb.problems.gaps import (
    Gap,
    Gaps,
    Unfilled,
    as_candidate,
    filled,
    gap_numbered,
    gaps_in,
)

FillStatus = Literal[
    "filled", "unwritten", "not_proved", "refuted", "invalid_statement", "void", "not_bought"
]
"""unwritten: proved, but the proof cannot stand in the place of `sorry`; not_bought: nothing was
spent on it; the others are those of an Outcome."""

_STATUS: dict[str, FillStatus] = {
    "refuted": "refuted",
    "invalid_statement": "invalid_statement",
    "void": "void",
}


class FilledGap(Value):
    """What became of one `sorry`."""

    name: str
    """The name of the declaration; empty if it has none."""
    line: int
    """Its line in the file as it was read."""
    status: FillStatus
    reason: str = ""
    """Why it is left open; empty if it is filled."""
    outcome: Outcome | None = None
    """What was bought; None if nothing was."""

    @property
    def cost(self) -> MicroUSD:
        """What was spent on it, for attempts and verification."""
        bought = self.outcome
        return MicroUSD(bought.cost + bought.verification_cost if bought else 0)

    @property
    def certificate(self) -> Certificate | None:
        """The certificate of the proof, also of one that is not written to the file."""
        return self.outcome.certificate if self.outcome else None


class FilledFile(Value):
    """A Lean text with proofs in the places of `sorry`s, and what became of each."""

    text: str
    gaps: tuple[FilledGap, ...]

    @property
    def filled(self) -> tuple[FilledGap, ...]:
        return tuple(gap for gap in self.gaps if gap.status == "filled")

    @property
    def left(self) -> tuple[FilledGap, ...]:
        """What is still unproved in the file."""
        return tuple(gap for gap in self.gaps if gap.status != "filled")

    @property
    def cost(self) -> MicroUSD:
        """What was spent on all of them, for attempts and verification."""
        return MicroUSD(sum(gap.cost for gap in self.gaps))


class FillMarket(Protocol):
    """What a file is filled on: a `Marketplace`, or what stands before one."""

    async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome: ...

    async def verify(
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits | None = None,
        *,
        customer: str = ...,
    ) -> Verdict: ...


class FillWatcher:
    """Hears how far the filling of a file has come; this one does nothing."""

    def begun(self, name: str, line: int, number: int, of: int) -> None:
        """A proof is about to be bought: for the theorem `number`, from 1, of those left open."""

    def ended(self, gap: FilledGap, text: str) -> None:
        """Something has become of a gap, and `text` is the text of the file now."""


async def fill_text(
    text: str, market: FillMarket, job: ProofJob, *, profile: Profile, watcher: FillWatcher
) -> FilledFile:
    """Buys a proof for each theorem of a text that ends in `sorry`, by the terms of `job`.

    A large text takes long to read, which is done on a thread.

    Raises:
        ProblemError: the text cannot be cut into commands; names the line.
        PolicyError, OracleError, LedgerError: as `Marketplace.prove` does.
    """
    gaps = await asyncio.to_thread(gaps_in, text, profile)
    open_at = {gap.number: gap.line for gap in gaps.fillable}
    # A theorem that rests on an open one may become fillable once that is filled.
    open_at |= {gap.number: gap.line for gap in gaps.unfilled if gap.number is not None}
    ended = [_not_bought(gap, gap.line) for gap in gaps.unfilled if gap.number is None]
    for place, (number, line) in enumerate(sorted(open_at.items()), 1):
        gap = await asyncio.to_thread(gap_numbered, text, number, profile)
        if isinstance(gap, Gap):
            watcher.begun(gap.name, line, place, len(open_at))
            became, text = await _fill(text, gap, line, market, job)
        elif gap is not None:
            became = _not_bought(gap, line)
        else:
            continue
        ended.append(became)
        watcher.ended(became, text)
    return FilledFile(text=text, gaps=tuple(sorted(ended, key=lambda gap: gap.line)))


def nothing_bought(text: str, gaps: Gaps) -> FilledFile:
    """Returns what becomes of a text in which nothing can be filled."""
    return FilledFile(text=text, gaps=tuple(_not_bought(gap, gap.line) for gap in gaps.unfilled))


def _not_bought(gap: Unfilled, line: int) -> FilledGap:
    return FilledGap(name=gap.name, line=line, status="not_bought", reason=gap.reason)


async def _fill(
    text: str, gap: Gap, line: int, market: FillMarket, job: ProofJob
) -> tuple[FilledGap, str]:
    """Buys a proof for one gap; returns what became of it, and the text with the proof in it."""
    outcome = await market.prove(gap.theorem, job)
    status, reason = _STATUS.get(outcome.status, "not_proved"), outcome.why_stopped
    if outcome.certificate is not None:
        status, reason = "unwritten", ""
        try:
            new = await asyncio.to_thread(filled, text, gap.number, outcome.certificate.candidate)
        except ProblemError as error:
            reason = str(error)
        else:
            standing = await asyncio.to_thread(as_candidate, new, gap.number, gap.theorem)
            verdict = await market.verify(gap.theorem, standing, job.limits, customer=job.customer)
            if verdict.status == "proved":
                status, text = "filled", new
            else:
                reason = (
                    "its proof was not accepted in the place of `sorry`: "
                    f"{verdict.reason or verdict.detail or verdict.status}"
                )
    became = FilledGap(name=gap.name, line=line, status=status, reason=reason, outcome=outcome)
    return became, text
