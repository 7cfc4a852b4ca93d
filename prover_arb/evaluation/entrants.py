"""The policies that compete: each is fitted on training theorems and plans for held-out ones.

Of a held-out theorem a policy sees a `Sight`: its name, its statement's features, and a till that
tells the price of a prover's first attempt only once it is paid. Outcomes and costs are no part of
it; a policy's plan is put to the truth elsewhere (`lattice.play`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from prover_arb.curves.attempts import Floats
from prover_arb.scheduler.planner import beliefs, cascades
from prover_arb.scheduler.planner.lattice import (
    Decisions,
    Tables,
    best_sequences,
    expected,
    greedy_sequences,
)
from prover_arb.scheduler.planner.panel import Ints, Panel
from prover_arb.scheduler.planner.world import World


@dataclass(frozen=True)
class Sight:
    """What may be seen of Q held-out theorems before buying."""

    names: tuple[str, ...]
    features: Floats | None
    """[Q, F]; None without statements."""
    till: Callable[[int], Floats] = field(repr=False)
    """till(j): [Q] the price of prover j's first attempt, for a plan that begins with buying it."""


@dataclass(frozen=True)
class Known:
    """What a policy is fitted on."""

    panel: Panel
    tables: Tables
    world: World
    features: Floats | None
    """[T, F]"""
    values: Floats
    """[L] what a proof may be worth."""


class Sequencer(Protocol):
    """A policy over attempt sequences."""

    @property
    def name(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def needs_text(self) -> bool: ...

    def belief(self, known: Known, sight: Sight) -> Floats:
        """[Q, T], or [1, T] one for all."""
        ...

    def plan(self, known: Known, weights: Floats) -> Decisions:
        """[states, Q, L] under the belief `weights`."""
        ...


@dataclass(frozen=True)
class Sequences:
    """Plans under a belief about each theorem: `blend` names what the belief is made from."""

    name: str
    source: str
    signals: frozenset[str] = frozenset()
    """Of `category`, `text`, `price` (that of the first attempt of the cheapest prover)."""
    greedy: bool = False

    @property
    def needs_text(self) -> bool:
        return "text" in self.signals

    def belief(self, known: Known, sight: Sight) -> Floats:
        panel, queries = known.panel, len(sight.names)
        if "text" in self.signals and known.features is not None and sight.features is not None:
            weights = beliefs.by_text(panel, known.features, sight.features)
        elif "category" in self.signals:
            weights = beliefs.by_category(panel, sight.names)
        else:
            weights = beliefs.uniform(panel, queries if "price" in self.signals else 1)
        if "price" in self.signals:
            weights = beliefs.after_price(panel, weights, 0, sight.till(0))
        return weights

    def plan(self, known: Known, weights: Floats) -> Decisions:
        steps = expected(known.tables, weights)
        if self.greedy:
            return greedy_sequences(steps, known.values)
        return best_sequences(steps, known.values, first=0 if "price" in self.signals else None)


@dataclass(frozen=True)
class Shuffled:
    """The control: the same policy, with the held-out statements given to the wrong theorems."""

    inner: Sequences
    seed: int = 0

    @property
    def name(self) -> str:
        return f"{self.inner.name}, texts permuted"

    @property
    def source(self) -> str:
        return "control: nothing may be gained from a statement that belongs to another theorem"

    @property
    def needs_text(self) -> bool:
        return True

    def belief(self, known: Known, sight: Sight) -> Floats:
        return self.inner.belief(*self._permuted(known, sight))

    def plan(self, known: Known, weights: Floats) -> Decisions:
        return self.inner.plan(known, weights)

    def _permuted(self, known: Known, sight: Sight) -> tuple[Known, Sight]:
        # Training texts too, so that models fit noise as they would if text said nothing.
        rng = np.random.default_rng(self.seed)
        order: Ints = rng.permutation(len(known.panel))
        asked: Ints = rng.permutation(len(sight.names))
        assert known.features is not None
        assert sight.features is not None
        return (
            Known(known.panel, known.tables, known.world, known.features[order], known.values),
            Sight(sight.names, sight.features[asked], sight.till),
        )


@dataclass(frozen=True)
class Cascade:
    """Up to a threshold on each prover in turn, fitted for each value of a proof."""

    accounting: cascades.Accounting

    @property
    def name(self) -> str:
        return f"cascade ({self.accounting})"

    @property
    def source(self) -> str:
        return "threshold cascade, arXiv 2603.22404"

    def outcome(self, known: Known, held: Panel) -> tuple[Floats, Floats]:
        """(solved, cost), each [Q, L]."""
        thresholds = cascades.fit_cascades(known.panel, known.world, known.values, self.accounting)
        return cascades.cascade(held, thresholds, known.world, self.accounting)


PRIMARY = "text"
"""The primary variant, declared before any result was looked at."""

TEXT = Sequences(
    "text",
    "ours: optimal sequence under a belief from the statement's text",
    frozenset({"text"}),
)

SEQUENCES: tuple[Sequencer, ...] = (
    Sequences("greedy", "most proofs per cost next, on the empirical prior", greedy=True),
    Sequences("dp", "optimal attempt sequence on the empirical prior, by dynamic programming"),
    Sequences("category", "optimal sequence, prior by problem category", frozenset({"category"})),
    Sequences(
        "price",
        "optimal sequence, belief updated by the cost of the cheapest prover's first attempt",
        frozenset({"price"}),
    ),
    TEXT,
    Sequences(
        "text+price",
        "ours: belief from the text, updated by the cost of the first attempt",
        frozenset({"text", "price"}),
    ),
    Shuffled(TEXT),
)
