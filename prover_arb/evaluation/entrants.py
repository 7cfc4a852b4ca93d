"""The policies that compete: each is fitted on training theorems and plans for held-out ones.

Of a held-out theorem a policy sees a `Sight`: its name, its statement's features, and a till that
tells the price of a prover's first attempt only once it is paid. Outcomes and costs are no part of
it; a policy's plan is put to the truth elsewhere (`lattice.play`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
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

    def plan(self, known: Known, sight: Sight, weights: Floats) -> Decisions:
        """[states, Q, L] under the belief `weights`."""
        ...


@dataclass(frozen=True)
class Sequences:
    """Plans under a belief about each theorem."""

    name: str
    source: str
    signals: frozenset[str] = frozenset()
    """Of `category`, `text`, `price` (that of the first attempt of the cheapest prover), `prices`
    (that of every prover's first attempt, met as it is bought)."""
    greedy: bool = False
    noise: float = 0.0
    """How far, in log, prices met are expected to be off."""

    @property
    def needs_text(self) -> bool:
        return "text" in self.signals

    def belief(self, known: Known, sight: Sight) -> Floats:
        panel, queries = known.panel, len(sight.names)
        if "text" in self.signals and known.features is not None and sight.features is not None:
            weights = beliefs.TextModel(panel, known.features).weights(sight.features)
        elif "category" in self.signals:
            weights = beliefs.by_category(panel, sight.names)
        else:
            weights = beliefs.uniform(panel, queries if self.signals else 1)
        if self.priced:
            weights = beliefs.after_price(panel, weights, 0, sight.till(0), noise=self.noise)
        return weights

    @property
    def priced(self) -> bool:
        """Whether the cheapest prover is tried before anything is planned."""
        return "price" in self.signals or ("prices" in self.signals and not self.greedy)

    def plan(self, known: Known, sight: Sight, weights: Floats) -> Decisions:
        if "prices" in self.signals and self.greedy:
            return _indexed(known, sight, weights, self.noise)
        if "prices" in self.signals:
            return _replanned(known, sight, weights)
        steps = expected(known.tables, weights)
        if self.greedy:
            return greedy_sequences(steps, known.values)
        return best_sequences(steps, known.values, first=0 if self.priced else None)


def _replanned(known: Known, sight: Sight, weights: Floats) -> Decisions:
    """Optimal plans, made anew whenever a prover's price is met for the first time.

    A state tells which provers were tried, and so which prices are known there: decisions at a
    state are those of the plan made with these prices. The cheapest prover is tried first.
    """
    lattice = known.tables.lattice
    out: Decisions | None = None
    for more in _subsets(range(1, len(known.panel.provers))):
        met = {j: sight.till(j) for j in (0, *more)}
        belief = _met(known, weights, {j: met[j] for j in more})
        plan = best_sequences(expected(known.tables, belief, met), known.values)
        if out is None:
            out = plan
            out[0] = 0
        else:
            states = lattice.tried(frozenset(met))
            out[states] = plan[states]
    assert out is not None
    return out


def _indexed(known: Known, sight: Sight, weights: Floats, noise: float) -> Decisions:
    """Most proofs per cost next, prices taken into the belief as they are met."""
    lattice = known.tables.lattice
    out: Decisions | None = None
    for tried in _subsets(range(len(known.panel.provers))):
        met = {j: sight.till(j) for j in tried}
        belief = _met(known, weights, met, noise)
        # One price that may be off says more about the theorem than about the next price.
        steps = expected(known.tables, belief, None if noise else met)
        plan = greedy_sequences(steps, known.values)
        if out is None:
            out = plan
        else:
            states = lattice.tried(frozenset(tried))
            out[states] = plan[states]
    assert out is not None
    return out


def _met(known: Known, weights: Floats, prices: Mapping[int, Floats], noise: float = 0.0) -> Floats:
    for j, each in prices.items():
        weights = beliefs.after_price(known.panel, weights, j, each, noise=noise)
    return weights


def _subsets(provers: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The empty one first."""
    for size in range(len(provers) + 1):
        yield from combinations(provers, size)


@dataclass(frozen=True)
class Shuffled:
    """The control: the same policy, with the held-out statements given to the wrong theorems."""

    inner: Sequences
    seed: int = 0

    @property
    def name(self) -> str:
        return f"{self.inner.name}-permuted"

    @property
    def source(self) -> str:
        return "control: nothing may be gained from a statement that belongs to another theorem"

    @property
    def needs_text(self) -> bool:
        return True

    def belief(self, known: Known, sight: Sight) -> Floats:
        return self.inner.belief(*self._permuted(known, sight))

    def plan(self, known: Known, sight: Sight, weights: Floats) -> Decisions:
        return self.inner.plan(known, sight, weights)

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
class Noisy:
    """The same policy where every price it meets is off by a factor, as single attempts are.

    Records hold mean costs alone; this asks how much of a gain from prices would survive.
    """

    inner: Sequences
    spread: float = beliefs.NOISE
    """Standard deviation of the log of the factor."""
    seed: int = 0

    @property
    def name(self) -> str:
        return f"{self.inner.name}-noisy"

    @property
    def source(self) -> str:
        return f"sensitivity: prices met are off by exp(N(0, {self.spread}^2)), which it allows for"

    @property
    def needs_text(self) -> bool:
        return self.inner.needs_text

    def belief(self, known: Known, sight: Sight) -> Floats:
        return self.inner.belief(known, self._blurred(sight))

    def plan(self, known: Known, sight: Sight, weights: Floats) -> Decisions:
        return self.inner.plan(known, self._blurred(sight), weights)

    def _blurred(self, sight: Sight) -> Sight:
        def till(prover: int) -> Floats:
            rng = np.random.default_rng((self.seed, prover))
            return sight.till(prover) * np.exp(rng.normal(0, self.spread, len(sight.names)))

        return replace(sight, till=till)


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

INDEX = Sequences(
    "index",
    "ours: most proofs per cost next, belief from the text and every price",
    frozenset({"text", "prices"}),
    greedy=True,
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
    Sequences(
        "prices",
        "optimal sequence, plan made anew at every prover's first price",
        frozenset({"prices"}),
    ),
    TEXT,
    Sequences(
        "text+price",
        "ours: belief from the text, updated by the cost of the first attempt",
        frozenset({"text", "price"}),
    ),
    Sequences(
        "text+prices",
        "ours: belief from the text, plan made anew at every prover's first price",
        frozenset({"text", "prices"}),
    ),
    INDEX,
    Noisy(replace(INDEX, noise=beliefs.NOISE)),
    Noisy(Sequences("price", "", frozenset({"price"}), noise=beliefs.NOISE)),
    Shuffled(TEXT),
)
