"""What a market is made of: workers that attempt and judge, prices, and a factory for both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from prover_arb.broker.loop import Inspection
from prover_arb.core.purchases import Attempt, AttemptRequest, Bid, Quote, SalesRecord
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict


class PricedProver(Protocol):
    """A prover as the price list describes it: it can quote and bid, and cannot work."""

    @property
    def name(self) -> str: ...

    @property
    def max_attempts(self) -> int:
        """How many attempts on one theorem are worth offering."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether the same attempt bought twice gives the same answer twice."""
        ...

    def quote(self, theorem: Theorem) -> Quote: ...

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid: ...


class Worker(Protocol):
    """Attempts and judges, one request at a time.

    Texts of different customers never meet in one of its Lean processes.
    """

    async def start(self) -> None:
        """Gets ready to work, and provisions what is missing; also after a restart.

        Raises:
            ToolchainError: Lean cannot be had on this machine.
            OracleError: the Lean process does not start.
        """
        ...

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt: ...

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict: ...

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> Inspection: ...

    async def identity(self) -> ToolchainIdentity: ...

    async def close(self) -> None: ...


class WorkerFactory(Protocol):
    """Factory for workers and provers.

    It must be picklable: it is sent to every worker process and to the broker's process.
    """

    @property
    def verification_price(self) -> int:
        """The price of verification, in micro-dollars per CPU-hour of the oracle."""
        ...

    def worker(self) -> Worker:
        """Returns a worker that is not started yet."""
        ...

    def provers(self) -> Sequence[PricedProver]:
        """Returns the provers on offer; the workers do the work of those that run here."""
        ...

    def refuter(self) -> PricedProver | None:
        """Returns the prover of refutations, if there is one; the workers do its work too."""
        ...
