"""The catalog entry of a prover on this machine: its kind, its price and its limits."""

from __future__ import annotations

from itertools import accumulate
from math import isclose

from pydantic import Field, StrictFloat, StrictInt, ValidationInfo, field_validator

from prover_arb.core.money import MicroUSD
from prover_arb.core.purchases import Bid, Quote, SalesRecord
from prover_arb.core.theorem import Theorem, Value
from prover_arb.provers.pricing import affordable_cpu_us, charge_for_cpu, truthful_bid

SHORTEST_SLICE = 0.05
"""Seconds; in less, an attempt is hardly begun."""


class ComputeLimits(Value):
    """What one attempt of a prover that works on our own processors may use."""

    heartbeats: StrictInt = Field(ge=1, le=1_000_000_000)
    """Lean heartbeats for one tactic script or one search step."""
    max_cpu_seconds: StrictInt = Field(ge=1, le=86_400)
    """Processor time of one whole attempt; with the price it fixes the worst case."""


class ProverConfig(Value):
    """A prover that is billed by processor time."""

    kind: str
    """A key of `catalog.KINDS`, `student` or `refutation`; the catalog refuses others."""
    description: str = ""
    price_per_cpu_hour: StrictInt = Field(ge=0)
    """The list price, in micro-dollars per CPU-hour."""
    deterministic: bool = True
    """Whether the same attempt bought twice gives the same answer."""
    max_attempts: StrictInt = Field(default=1, ge=1, le=100_000)
    """How many attempts on one theorem are offered; 1 for a deterministic prover."""
    quality: StrictFloat = Field(default=0.5, ge=0, le=1)
    """The solve probability it bids in an auction before it has sold anything."""
    limits: ComputeLimits
    slices: tuple[StrictFloat, ...] = Field(default=(), max_length=20)
    """The seconds of processor time of the slices of an attempt, if it is sold in slices."""

    @field_validator("slices")
    @classmethod
    def _they_make_an_attempt(
        cls, slices: tuple[float, ...], info: ValidationInfo
    ) -> tuple[float, ...]:
        """Returns the slices if together they are the attempt that the limits allow."""
        limits: ComputeLimits | None = info.data.get("limits")
        if not slices or limits is None:
            return slices
        if len(slices) < 2:
            raise ValueError("one slice is a whole attempt; give at least two, or leave it out")
        if not min(slices) >= SHORTEST_SLICE:
            raise ValueError(
                f"a slice is at least {SHORTEST_SLICE} seconds long, got {min(slices):g}"
            )
        if not isclose(sum(slices), limits.max_cpu_seconds, abs_tol=1e-6):
            raise ValueError(
                f"the slices are {sum(slices):g} seconds together, and limits.max_cpu_seconds is "
                f"{limits.max_cpu_seconds}; make them equal"
            )
        return slices

    def slice_bounds(self, index: int) -> tuple[int, int]:
        """Returns when a slice ends, and by when at the latest, in microseconds of the attempt.

        A script that runs when the slice ends may finish within the time of the next slice.
        """
        ends = [round(seconds * 1_000_000) for seconds in accumulate(self.slices)]
        return ends[index], ends[min(index + 1, len(ends) - 1)]

    def slice_quote(self, name: str, index: int) -> Quote:
        """Returns the quote for a slice: its time, and that of the next one."""
        begins = self.slice_bounds(index - 1)[0] if index else 0
        return Quote(
            prover=name,
            worst_case=MicroUSD(self.charge(self.slice_bounds(index)[1] - begins)),
            slice=index,
            slices=tuple(
                MicroUSD(self.charge(round(seconds * 1_000_000))) for seconds in self.slices
            ),
        )

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
    def slices(self) -> int:
        """How many slices an attempt has; 0 if it is only sold whole."""
        return len(self.entry.slices)

    def slice_quote(self, index: int) -> Quote:
        """Returns the same quote for every theorem."""
        return self.entry.slice_quote(self.name, index)

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
