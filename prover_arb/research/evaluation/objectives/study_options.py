"""What a study of objectives is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prover_arb.scheduler.index.world import World


@dataclass(frozen=True)
class ObjectivesOptions:
    """What to look at; what is None is chosen from the plans."""

    world: World
    folds: int
    seed: int
    draws: int
    budgets: Sequence[float] | None
    """In the unit of the records, for all theorems."""
    rates: Sequence[float] | None
    deadlines: Sequence[float] | None
    """Seconds per theorem, rising."""
    rate_by_deadline: float
