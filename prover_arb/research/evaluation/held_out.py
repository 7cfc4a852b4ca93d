"""What a policy is fitted on, what it sees of held-out theorems, and what these are in truth.

A policy sees an `Observation` of held-out theorems: their names, the features of their statements,
and a function that gives the price of attempts once they are paid. Outcomes and costs are no part
of it. What the policy decides is played against the truth elsewhere (`lattice.play`,
`rollout.rollout_outcomes`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from prover_arb.research.evaluation.lattice import LatticeTables
from prover_arb.research.evaluation.rollout import PriceLookup
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.forest import Forest
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World

FittedForests = dict[tuple[object, ...], Forest]
"""Fitted forests by what they were fitted on; they are the same in every world."""


@dataclass(frozen=True)
class Observation:
    """What a policy may see of Q held-out theorems before it buys."""

    names: tuple[str, ...]
    features: Floats
    """[Q, F]"""
    price_lookup: PriceLookup = field(repr=False)
    """Gives the prices of attempts that were paid."""


@dataclass(frozen=True)
class TrainingData:
    """What a policy is fitted on: T recorded theorems."""

    panel: Panel
    tables: LatticeTables
    """On the lattice of attempt sequences."""
    fine: LatticeTables
    """In finer blocks, for policies that need no lattice."""
    world: World
    features: Floats
    """[T, F]"""
    values: Floats
    """The values of a proof [L]."""
    part: tuple[int, int] = (0, 0)
    """The seed of the split into folds, and the fold: forests are kept by it."""
    forests: FittedForests = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class HeldOutMarket:
    """Held-out theorems as they are in truth, on both sets of blocks."""

    tables: LatticeTables
    fine: LatticeTables


class CandidatePolicy(Protocol):
    """A policy that can be fitted, and played on theorems it was not fitted on."""

    @property
    def name(self) -> str: ...

    @property
    def source(self) -> str:
        """Where the policy comes from, in a few words."""
        ...

    @property
    def needs_text(self) -> bool:
        """Whether it is another policy of the list if there are no statements."""
        ...

    def belief(self, data: TrainingData, observation: Observation) -> Floats:
        """Returns the belief before anything is bought: [Q, T], or [1, T] for all theorems."""
        ...

    def outcome(
        self, data: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        """Returns (solved, cost), each [Q, L]; only the playing reads `market`."""
        ...
