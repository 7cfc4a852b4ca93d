"""What a comparison holds: one policy on the same theorems, bought in process and over HTTP."""

from __future__ import annotations

from typing import Literal

from prover_arb.bench.seller_process import Conditions
from prover_arb.core.theorem import Value

Happening = Literal["killed", "first lost", "off the market", "started", "selling", "sold again"]

Why = Literal["away", "clock", "Lean lost", "unexplained"]
"""away: the killed seller was off the market; clock: a seller was cut off by its processor time, or
near it; Lean lost: a seller's Lean process died or overran its wall clock; unexplained: none."""


class Event(Value):
    """Something that happened to the killed seller."""

    at: float
    """Seconds since 1970 from whoever notes it, seconds since the first purchase in results."""
    happening: Happening
    detail: str = ""


class Side(Value):
    """What one seller, or all of them, did in one run; amounts in micro-dollars."""

    solved: int = 0
    cost: int = 0
    """Paid to sellers."""
    verification_cost: int = 0
    attempts: int = 0
    """Delivered ones."""
    nothing: int = 0
    """Of those, without a candidate."""
    rejected: int = 0
    void: int = 0
    lost: int = 0
    """Asked for and not delivered, unpaid."""


class Both(Value):
    """The same of both runs."""

    in_process: Side
    over_http: Side


class Pairs(Value):
    """Attempts that both runs bought of the same seller on the same theorem, for as much money."""

    attempts: int
    same: int
    """With the same candidate, or none, on both sides."""
    differ: tuple[str, ...]
    """The others: `theorem/seller (why)`."""
    cost_in_process: int
    cost_over_http: int
    """Micro-dollars, of the pairs that are the same and that no clock cut off on either side."""
    median_deviation: float
    """Of one attempt's cost over HTTP from its cost in process, as a share of the latter."""

    @property
    def cost_ratio(self) -> float:
        return self.cost_over_http / self.cost_in_process if self.cost_in_process else 1.0


class SellerRow(Value):
    """One seller in both runs."""

    conditions: Conditions
    price_per_cpu_hour: int
    all: Both
    undisturbed: Both
    """On the theorems that met no lost purchase."""
    pairs: Pairs


class Difference(Value):
    """A theorem that one run solved and the other did not."""

    theorem: str
    solved_in: Literal["in-process", "over-http"]
    solver: str
    why: Why
    detail: str


class Comparison(Value):
    """The result of buying twice."""

    theorems: int
    disturbed: tuple[str, ...]
    """Theorems with a purchase that was lost."""
    killed: str
    all: Both
    undisturbed: Both
    sellers: tuple[SellerRow, ...]
    differences: tuple[Difference, ...]
    """All of them, disturbed theorems included."""
    other_solver: tuple[str, ...]
    """Theorems both runs solved, by proofs of different sellers."""
    pairs: Pairs
    cost_allowance: int
    """Micro-dollars by which the two costs of the pairs may differ for the clock alone."""
    events: tuple[Event, ...]
    faults: tuple[str, ...]
    """Why the two are not the same market; empty when they are."""
