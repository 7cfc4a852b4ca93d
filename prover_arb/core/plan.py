"""What a policy would buy for a theorem if every attempt failed, and what that promises."""

from __future__ import annotations

import math

from pydantic import Field

from prover_arb.core.money import MicroUSD, format_usd
from prover_arb.core.theorem import Value


class PlannedPurchase(Value):
    """One step of a plan; it is bought only if all steps before it failed."""

    product: str
    """The prover, or the slice of its attempt, such as `portfolio#2`."""
    chance: float = Field(ge=0, le=1)
    """How likely it is a proof, given that the steps before it failed."""
    cost: MicroUSD
    """What it is expected to cost with its verification."""
    worst_case: MicroUSD
    """What it may cost at most with its verification."""


class Plan(Value):
    """The purchases that a policy would make one after another, as far as they are foreseen."""

    budget: MicroUSD
    """What may be spent in all."""
    purchases: tuple[PlannedPurchase, ...]
    why_stopped: str
    """Why nothing more would be bought after the last of them."""
    unplanned: bool = False
    """Whether the policy would go on after them; all that is left then counts as cost, and no
    chance is counted."""
    provers: tuple[str, ...] = ()
    """What every prover's first attempt promises, in sentences."""

    @property
    def probability(self) -> float:
        """How likely the theorem is proved by them."""
        return 1.0 - math.prod(1.0 - step.chance for step in self.purchases)

    @property
    def expected_cost(self) -> MicroUSD:
        """What is spent on average, rounded up to a micro-dollar."""
        reached, expected, paid = 1.0, 0.0, 0
        for step in self.purchases:
            expected += reached * step.cost
            paid += step.cost
            reached *= 1.0 - step.chance
        if self.unplanned:
            expected += reached * max(0, self.budget - paid)
        return MicroUSD(min(self.budget, math.ceil(expected)))

    @property
    def worst_cost(self) -> MicroUSD:
        """What is spent if every step takes all that it may."""
        worst = sum(step.worst_case for step in self.purchases)
        return self.budget if self.unplanned else MicroUSD(min(self.budget, worst))

    @property
    def sentences(self) -> list[str]:
        """The plan in words."""
        steps = [
            f"Step {number}: {step.product}, a proof with chance {step.chance:.1%}; it is expected "
            f"to cost {format_usd(step.cost)}, and at most {format_usd(step.worst_case)} with its "
            "verification."
            for number, step in enumerate(self.purchases[:SHOWN], 1)
        ]
        more = len(self.purchases) - SHOWN
        if more > 0:
            steps.append(f"Then {more} more such steps.")
        end = (
            f"What would be bought after {len(self.purchases)} steps is not planned: it counts "
            "with the rest of the budget as cost and with no chance of a proof."
            if self.unplanned
            else f"Then nothing more is bought: {self.why_stopped}."
        )
        return [*self.provers, *steps, end]


SHOWN = 20
"""How many steps of a plan are put into words."""
