"""A market without Lean and without real provers; what remains is the cost of everything else.

`benchmarks/ray_overhead.py` measures with it, and tests of the market run on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from prover_arb.core.purchases import Attempt, AttemptRequest, Bid, Quote, SalesRecord
from prover_arb.core.theorem import (
    Asked,
    Candidate,
    Limits,
    Message,
    Theorem,
    ToolchainIdentity,
    Value,
    Verdict,
)

IDENTITY = ToolchainIdentity(lean="none", commit="", origin="null", integrity="", library="")
NOTHING_ASKED = Asked(type="", statement="", question_sha256="")
"""No kernel was asked anything, as its certificates show."""


class NullCheck(Value):
    """Every statement passes."""

    elaborates: bool = True
    reason: str = ""
    timed_out: bool = False
    messages: tuple[Message, ...] = ()
    statement_sha256: str = ""


@dataclass(frozen=True)
class NullProver:
    """A prover that asks one micro-dollar for an attempt."""

    name: str
    max_attempts: int = 1_000_000
    deterministic: bool = False

    def quote(self, theorem: Theorem) -> Quote:
        return Quote(prover=self.name, worst_case=1)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        return Bid(prover=self.name, price=1, quality=1.0)


@dataclass(frozen=True)
class NullWorker:
    """Does everything at once (or after `seconds`), and accepts attempt number `proves`."""

    proves: int = 0
    seconds: float = 0.0

    async def start(self) -> None:
        return

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        await asyncio.sleep(self.seconds)
        script = Candidate(kind="tactics", text=f"null {request.number}")
        return Attempt(prover=request.prover, candidate=script, cost=1)

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        await asyncio.sleep(self.seconds)
        if candidate.text == f"null {self.proves}":
            return Verdict(status="proved", asked=NOTHING_ASKED, toolchain=IDENTITY)
        return Verdict(status="rejected", reason="elaboration_error", toolchain=IDENTITY)

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> NullCheck:
        return NullCheck()

    async def identity(self) -> ToolchainIdentity:
        return IDENTITY

    async def close(self) -> None:
        return


@dataclass(frozen=True)
class NullWorkerFactory:
    """Makes null workers, and one prover, `null`, that does no work."""

    proves: int = 0
    """The number of the attempt that is accepted, from 0."""
    seconds: float = 0.0
    """How long each attempt and each check takes."""
    verification_price: int = 0

    def worker(self) -> NullWorker:
        return NullWorker(proves=self.proves, seconds=self.seconds)

    def provers(self) -> Sequence[NullProver]:
        return [NullProver("null")]

    def refuter(self) -> None:
        """Returns None: nobody sells refutations here."""
