"""The interchangeable parts as protocols: prover, oracle, policy and ledger.

Each of them may be replaced by any object with the same methods.
"""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from prover_arb.core.history import TheoremHistory
from prover_arb.core.overhead import Overhead
from prover_arb.core.proof_job import Origin
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
from prover_arb.core.slices import Slice
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import Fault


class Prover(Protocol):
    """Anything that sells proof attempts."""

    @property
    def name(self) -> str: ...

    def quote(self, theorem: Theorem) -> Quote: ...

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        """Returns what it wants for an attempt and claims about it, given its own record."""
        ...

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Makes one attempt.

        `number` counts this prover's attempts on this theorem from 0, `budget` is in micro-dollars
        and binding. The same arguments give the same attempt, as far as the prover can promise.

        Raises:
            ProverError: the prover failed to deliver; nothing was invoiced.
            AttemptCancelled: when it is cancelled, if it has used something by then.
        """
        ...


@runtime_checkable
class Repairer(Protocol):
    """A prover that repairs: on offer after an attempt of the prover that it `repairs` was
    rejected."""

    @property
    def name(self) -> str: ...

    @property
    def repairs(self) -> str:
        """The name of that prover."""
        ...

    def repairing(self, failed: Failed) -> Prover:
        """Returns the prover, of the same name, that repairs what failed."""
        ...


@runtime_checkable
class SlicedProver(Protocol):
    """A prover that may sell its attempts in slices; see slices.py."""

    @property
    def name(self) -> str: ...

    @property
    def slices(self) -> int:
        """How many slices an attempt has; 0 if it is only sold whole."""
        ...

    def resuming(self, slice_: Slice) -> Prover:
        """Returns the prover, of the same name, whose attempt is that slice."""
        ...


class Oracle(Protocol):
    """Decides whether a candidate is a proof."""

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits = ...
    ) -> Verdict: ...

    async def identity(self) -> ToolchainIdentity: ...


class Policy(Protocol):
    """Decides which attempt to buy next, or to stop: a pure function of the state."""

    @property
    def name(self) -> str: ...

    @property
    def procurement(self) -> Literal["posted", "auction"]:
        """posted: provers are paid what they invoice; auction: they are asked for bids."""
        ...

    def decide(self, state: State) -> Buy | Stop:
        """Decides what to buy next.

        It is also called while attempts are pending, as long as more may run in parallel; `Stop`
        then means to wait for them.
        """
        ...


@runtime_checkable
class ValueAwarePolicy(Policy, Protocol):
    """A policy that depends on what a proof is worth, and says at which value it would go on."""

    def at(self, value: int) -> Policy:
        """Returns the same policy, with the same name, where a proof is worth `value`
        micro-dollars."""
        ...


@runtime_checkable
class LearningPolicy(Policy, Protocol):
    """A policy that learns, and says how long that takes."""

    def take_learning_ns(self) -> int:
        """Returns the nanoseconds of processor time that it spent on learning since the last call
        of this method, or since it was made."""
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
        verification_reserve: int = 0,
        terms: Terms | None = None,
        max_parallel: int = 1,
        explores: bool = False,
        slice_: int | None = None,
        origin: Origin | None = None,
        overhead: Overhead | None = None,
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

    def add_overhead(self, *, run: str, policy: str, theorem: Theorem, overhead: Overhead) -> None:
        """Adds what a policy took for itself since this was last recorded; see overhead.py."""
        ...

    async def flush(self) -> None:
        """Waits until all steps so far survive the death of the machine."""
        ...

    def run_left(self, run: str) -> int | None:
        """Returns what is left of the run's budget, neither spent nor reserved; None without
        one."""
        ...

    def purchases(self, *, run: str, policy: str, theorem: Theorem) -> list[Purchase]: ...

    def dealings(self, run: str) -> list[Dealing]:
        """Returns how the provers behaved in the settled purchases of a run, oldest first."""
        ...

    def records(self) -> dict[str, SalesRecord]:
        """Returns what every prover sold by auction in all runs, by name."""
        ...

    def finished(self, policy: str) -> dict[tuple[str, str], TheoremHistory]:
        """Returns the theorems that a policy finished in all runs, by run and statement digest."""
        ...
