"""The options of a study of objectives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prover_arb.scheduler.index.world import World


@dataclass(frozen=True)
class ObjectivesOptions:
    """What to study; options that are None are chosen from the plans."""

    world: World
    folds: int
    seed: int
    draws: int
    budgets: Sequence[float] | None
    """Budgets for all theorems together, in the unit of the records."""
    rates: Sequence[float] | None
    deadlines: Sequence[float] | None
    """Seconds for each theorem, rising."""
    rate_by_deadline: float
    """The share of the theorems to be proved within a deadline."""
