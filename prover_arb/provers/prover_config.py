"""The catalog entry of a prover on this machine: its kind, its price and its limits."""

from __future__ import annotations

from pydantic import Field

from prover_arb.core.purchases import Bid, Quote, SalesRecord
from prover_arb.core.theorem import Theorem, Value
from prover_arb.provers.pricing import affordable_cpu_us, charge_for_cpu, truthful_bid


class ComputeLimits(Value):
    """What one attempt of a prover that works on our own processors may use."""

    heartbeats: int = Field(ge=1, le=1_000_000_000)
    """Lean heartbeats for one tactic script or one search step."""
    max_cpu_seconds: int = Field(ge=1, le=86_400)
    """Processor time of one whole attempt; with the price it fixes the worst case."""


class ProverConfig(Value):
    """A prover that is billed by processor time."""

    kind: str
    """A key of `catalog.KINDS`, `student` or `refutation`; the catalog refuses others."""
    description: str = ""
    price_per_cpu_hour: int = Field(ge=0)
    """The list price, in micro-dollars per CPU-hour."""
    deterministic: bool = True
    """Whether the same attempt bought twice gives the same answer."""
    max_attempts: int = Field(default=1, ge=1, le=100_000)
    """How many attempts on one theorem are offered; 1 for a deterministic prover."""
    quality: float = Field(default=0.5, ge=0, le=1)
    """The solve probability it bids in an auction before it has sold anything."""
    limits: ComputeLimits

    @property
    def repeatable(self) -> bool:
        """Whether the same attempt with the same number and seed gives the same answer."""
        return self.deterministic

    @property
    def worst_case(self) -> int:
        """Micro-dollars that one attempt costs at most."""
        return self.charge(self.limits.max_cpu_seconds * 1_000_000)

    def charge(self, cpu_us: int) -> int:
        """Returns micro-dollars for `cpu_us` microseconds of processor time, rounded up."""
        return charge_for_cpu(cpu_us, price_per_cpu_hour=self.price_per_cpu_hour)

    def bid(self, name: str, record: SalesRecord) -> Bid:
        """Returns a truthful bid; see `truthful_bid`."""
        return truthful_bid(name, record, worst_case=self.worst_case, quality=self.quality)

    def affordable_cpu_us(self, budget: int) -> int:
        """Returns the microseconds of processor time that `budget` micro-dollars buy in the limits.

        Rounded down, so that `charge(affordable_cpu_us(b)) <= b` for every b.
        """
        most = self.limits.max_cpu_seconds * 1_000_000
        return affordable_cpu_us(budget, price_per_cpu_hour=self.price_per_cpu_hour, most=most)


class PricedLocalProver(Value):
    """A local prover that can quote and bid but not work: it needs no Lean."""

    name: str
    entry: ProverConfig

    @property
    def repairs(self) -> None:
        """None: local provers do not repair."""
        return

    @property
    def max_attempts(self) -> int:
        return self.entry.max_attempts

    @property
    def deterministic(self) -> bool:
        """Whether the same attempt with the same number and seed gives the same answer."""
        return self.entry.repeatable

    def quote(self, theorem: Theorem) -> Quote:
        """Returns the same worst case for every theorem."""
        return Quote(prover=self.name, worst_case=self.entry.worst_case)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        """Returns the same bid for every theorem, from its record."""
        return self.entry.bid(self.name, record)
