"""The interchangeable parts, as protocols: what the broker needs of the world.

A seller, an oracle, a policy and a ledger may each be replaced by anything of the same shape.
"""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from prover_arb.core.history import Finished
from prover_arb.core.purchases import (
    Attempt,
    Bid,
    Buy,
    Dealing,
    Failed,
    Purchase,
    Quote,
    SalesRecord,
    Sample,
    State,
    Stop,
    Terms,
)
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import Fault


class Prover(Protocol):
    """A seller of proof attempts."""

    @property
    def name(self) -> str: ...

    def quote(self, theorem: Theorem) -> Quote: ...

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        """What it wants for an attempt and claims of it, knowing its own record."""
        ...

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Try once.

        `number` counts this prover's attempts on this theorem from 0, `budget` is in micro-dollars
        and binding, and the same arguments give the same attempt as far as the seller can promise.

        Raises:
            ProverError: the seller failed to deliver; nothing was invoiced.
            Withdrawn: when it is cancelled, if it has used something by then.
        """
        ...


@runtime_checkable
class Repairer(Protocol):
    """A seller of repairs: on offer once an attempt of the prover it `repairs` was rejected."""

    @property
    def name(self) -> str: ...

    @property
    def repairs(self) -> str:
        """The name of that prover."""
        ...

    def repairing(self, failed: Failed) -> Prover:
        """The seller, of the same name, of repairs of what failed."""
        ...


class Oracle(Protocol):
    """Decides whether a candidate is a proof."""

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits = ...
    ) -> Verdict: ...

    async def identity(self) -> ToolchainIdentity: ...


class Policy(Protocol):
    """Which attempt to buy next, or stop: state in, decision out, nothing else."""

    @property
    def name(self) -> str: ...

    @property
    def procurement(self) -> Literal["posted", "auction"]:
        """Whether sellers are paid what they invoice, or are asked for bids."""
        ...

    def decide(self, state: State) -> Buy | Stop:
        """Asked as long as there is room beside what is pending; Stop then means: wait for it."""
        ...


@runtime_checkable
class Valuing(Policy, Protocol):
    """A policy that can be told what a proof is worth, and says at which value it would go on."""

    def at(self, value: int) -> Policy:
        """The same policy, by the same name, where a proof is worth `value` micro-dollars."""
        ...


class Ledger(Protocol):
    """The durable record of purchases."""

    def reserve(
        self,
        *,
        run: str,
        theorem: Theorem,
        policy: str,
        prover: str,
        reserved: int,
        kept: int = 0,
        terms: Terms | None = None,
        abreast: int = 1,
        explores: bool = False,
    ) -> Purchase: ...

    def deliver(self, purchase: Purchase, attempt: Attempt) -> Purchase: ...

    def judge(
        self,
        purchase: Purchase,
        verdict: Verdict | None,
        *,
        verification_cost: int,
        payment: int | None = None,
        forfeit: int = 0,
        samples: tuple[Sample, ...] = (),
    ) -> Purchase: ...

    def abandon(self, purchase: Purchase, *, why: str, fault: Fault | None = None) -> Purchase: ...

    def cancel(self, purchase: Purchase, *, used: Attempt | None, why: str) -> Purchase: ...

    def run_left(self, run: str) -> int | None:
        """Micro-dollars of the run's budget neither spent nor held back; None without one."""
        ...

    def purchases(self, *, run: str, policy: str, theorem: Theorem) -> list[Purchase]: ...

    def dealings(self, run: str) -> list[Dealing]:
        """How the sellers behaved in the settled purchases of a run, oldest first."""
        ...

    def records(self) -> dict[str, SalesRecord]:
        """What every seller sold by auction, in all runs, by name."""
        ...

    def finished(self, policy: str) -> dict[tuple[str, str], Finished]:
        """A policy's judged purchases in all runs, by run and statement's digest."""
        ...
