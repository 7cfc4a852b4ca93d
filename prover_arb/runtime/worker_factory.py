"""What a market is made of: hosts that work, sellers that quote, and a blueprint of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from prover_arb.broker.loop import StatementCheck
from prover_arb.core.purchases import Attempt, Bid, Quote, SalesRecord
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict


class Quoter(Protocol):
    """A seller as a price list knows it: able to quote, with nothing to work with."""

    @property
    def name(self) -> str: ...

    @property
    def max_attempts(self) -> int:
        """Attempts on one theorem that are worth offering."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether the same attempt bought twice gives the same answer twice."""
        ...

    def quote(self, theorem: Theorem) -> Quote: ...

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid: ...


class Host(Protocol):
    """One place that works on one thing at a time.

    Texts of different customers never meet in one of its Lean processes.
    """

    async def start(self) -> None:
        """Get ready to work, provisioning what is missing; again after a restart.

        Raises:
            ToolchainError: Lean cannot be had on this machine.
            OracleError: the Lean worker does not come up.
        """
        ...

    async def attempt(
        self,
        prover: str,
        theorem: Theorem,
        *,
        number: int,
        budget: int,
        seed: int,
        customer: str = "",
    ) -> Attempt: ...

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict: ...

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> StatementCheck: ...

    async def identity(self) -> ToolchainIdentity: ...

    async def close(self) -> None: ...


class Blueprint(Protocol):
    """What a market is made of; picklable, for it is unpacked wherever a host or house stands."""

    @property
    def verification_price(self) -> int:
        """The price of verification, in micro-dollars per CPU-hour of the oracle."""
        ...

    def host(self) -> Host:
        """A host that is not started yet."""
        ...

    def sellers(self) -> Sequence[Quoter]:
        """The sellers whose work is done by the hosts."""
        ...

    def refuter(self) -> Quoter | None:
        """The seller of refutations, whose work is done by the hosts too, if there is one."""
        ...
