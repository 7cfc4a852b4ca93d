"""The policies that compete: each is fitted on training theorems and plays on held-out ones.

Of a held-out theorem a policy sees a `Sight`: its name, its statement's features, and a till that
tells the price of attempts once they are paid. Outcomes and costs are no part of it; what a policy
decides is put to the truth elsewhere (`lattice.play`, `walk.walked`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from prover_arb.research.evaluation import fitted_cascades
from prover_arb.research.evaluation.lattice import (
    Tables,
    best_sequences,
    expected,
    greedy_sequences,
    play,
)
from prover_arb.research.evaluation.rollout import Believe, Till, Walk, walk, walked
from prover_arb.scheduler.index import beliefs
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.features import OF_KIND
from prover_arb.scheduler.index.forest import Forest
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World

Memo = dict[tuple[object, ...], Forest]
"""Fitted forests, which are the same in every world."""


@dataclass(frozen=True)
class Sight:
    """What may be seen of Q held-out theorems before buying."""

    names: tuple[str, ...]
    features: Floats
    """[Q, F]"""
    till: Till = field(repr=False)


@dataclass(frozen=True)
class Known:
    """What a policy is fitted on."""

    panel: Panel
    tables: Tables
    """On the lattice of attempt sequences."""
    fine: Tables
    """In finer blocks, for policies that need no lattice."""
    world: World
    features: Floats
    """[T, F]"""
    values: Floats
    """[L] what a proof may be worth."""
    part: tuple[int, int] = (0, 0)
    """Which split into folds, and which fold: what is fitted is remembered by it."""
    memo: Memo = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Market:
    """Held-out theorems as they are, on the two sets of blocks."""

    tables: Tables
    fine: Tables


class Entrant(Protocol):
    """A policy that can be fitted, and played on theorems it was not fitted on."""

    @property
    def name(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def needs_text(self) -> bool: ...

    def belief(self, known: Known, sight: Sight) -> Floats:
        """[Q, T] before anything is bought, or [1, T] one for all."""
        ...

    def outcome(self, known: Known, sight: Sight, market: Market) -> tuple[Floats, Floats]:
        """(solved, cost), each [Q, L]; `market` is for playing, not for deciding."""
        ...


@dataclass(frozen=True)
class Sequences:
    """One plan for all theorems, on the empirical prior."""

    name: str
    source: str
    greedy: bool = False
    needs_text: bool = False

    def belief(self, known: Known, sight: Sight) -> Floats:
        return _uniform(known.panel, 1)

    def outcome(self, known: Known, sight: Sight, market: Market) -> tuple[Floats, Floats]:
        steps = expected(known.tables, self.belief(known, sight))
        plan = greedy_sequences if self.greedy else best_sequences
        return play(plan(steps, known.values), market.tables)


@dataclass(frozen=True)
class Contextual:
    """Value per dollar next, under a belief about each theorem that every purchase changes.

    Failures always count. `signals` say what else does: `kind` (the kind of problem, by the
    theorem's name), `text` (the whole statement, if there is one), `prices` (what attempts cost,
    once paid).
    """

    name: str
    source: str
    signals: frozenset[str] = frozenset()
    noise: float = 0.0
    """How far, in log, the price of a single attempt may be from its theorem's mean."""
    needs_text: bool = False
    """Without statements it would be another policy of the list."""

    def belief(self, known: Known, sight: Sight) -> Floats:
        count, m = len(sight.names), len(known.panel.provers)
        return self._believe(known, sight)(np.arange(count), np.full((count, m), np.nan))

    def walk(self, known: Known, sight: Sight) -> Walk:
        """What it buys for each theorem."""
        return walk(
            known.fine,
            self._believe(known, sight),
            sight.till,
            len(sight.names),
            float(known.values[-1]),
            noise=self.noise,
        )

    def outcome(self, known: Known, sight: Sight, market: Market) -> tuple[Floats, Floats]:
        return walked(self.walk(known, sight), market.fine, known.values)

    def _believe(self, known: Known, sight: Sight) -> Believe:
        panel = known.panel
        if not self.signals:
            return lambda rows, prices: _uniform(panel, len(rows))
        forest = self._forest(known)
        asked = self._read(sight.features)

        def believe(rows: Ints, prices: Floats) -> Floats:
            met = (
                _revealed_so_far(panel.once, prices) if "prices" in self.signals else prices[:, :0]
            )
            return forest.weights(None if asked is None else asked[rows], met)

        return believe

    def _forest(self, known: Known) -> Forest:
        key = (*known.part, self.signals, self.noise)
        if key not in known.memo:
            panel = known.panel
            priced = "prices" in self.signals
            known.memo[key] = Forest(
                self._read(known.features),
                beliefs.revealed(panel.successes.astype(np.float64), panel.cost, panel.once)
                if priced
                else panel.cost[:, :0],
                beliefs.difficulty(beliefs.smoothed(panel), panel.cost, panel.once),
                noise=np.where(panel.once, 0.0, self.noise) if priced else 0.0,
            )
        return known.memo[key]

    def _read(self, features: Floats) -> Floats | None:
        if not self.signals & {"kind", "text"}:
            return None
        return features if "text" in self.signals else features[:, OF_KIND]


@dataclass(frozen=True)
class Shuffled:
    """The control: the same policy, with names and statements given to the wrong theorems."""

    inner: Contextual
    seed: int = 0

    @property
    def name(self) -> str:
        return f"{self.inner.name}-permuted"

    @property
    def source(self) -> str:
        return "control: told another theorem's name and statement, which say nothing of this one"

    @property
    def needs_text(self) -> bool:
        return self.inner.needs_text

    def belief(self, known: Known, sight: Sight) -> Floats:
        return self.inner.belief(*self._permuted(known, sight))

    def outcome(self, known: Known, sight: Sight, market: Market) -> tuple[Floats, Floats]:
        return self.inner.outcome(*self._permuted(known, sight), market)

    def _permuted(self, known: Known, sight: Sight) -> tuple[Known, Sight]:
        # Training texts too, so that models fit noise as they would if text said nothing.
        rng = np.random.default_rng(self.seed)
        order: Ints = rng.permutation(len(known.panel))
        asked: Ints = rng.permutation(len(sight.names))
        part = (-1 - known.part[0], known.part[1])
        return (
            replace(known, features=known.features[order], part=part),
            replace(sight, features=sight.features[asked]),
        )


@dataclass(frozen=True)
class Noisy:
    """The same policy where single attempts cost more or less than their theorem's mean.

    Records hold mean costs alone; this asks how much of a gain from prices would survive.
    """

    inner: Contextual
    seed: int = 0

    @property
    def name(self) -> str:
        return f"{self.inner.name}-noisy"

    @property
    def source(self) -> str:
        return (
            f"sensitivity: each attempt's price is off by exp(N(0, {self.inner.noise}^2)), "
            "which it allows for"
        )

    @property
    def needs_text(self) -> bool:
        return self.inner.needs_text

    def belief(self, known: Known, sight: Sight) -> Floats:
        return self.inner.belief(known, sight)

    def outcome(self, known: Known, sight: Sight, market: Market) -> tuple[Floats, Floats]:
        def till(prover: int, rows: Ints, count: Ints) -> Floats:
            rng = np.random.default_rng((self.seed, prover, *known.part))
            off = rng.normal(0, self.inner.noise, (len(sight.names), int(count.max())))
            mean = np.cumsum(off, axis=1)[rows, count - 1] / count
            return sight.till(prover, rows, count) * np.exp(mean)

        return self.inner.outcome(known, replace(sight, till=till), market)


@dataclass(frozen=True)
class Cascade:
    """Up to a threshold on each prover in turn, fitted for each value of a proof."""

    accounting: fitted_cascades.Accounting

    @property
    def name(self) -> str:
        return f"cascade ({self.accounting})"

    @property
    def source(self) -> str:
        return "threshold cascade, arXiv 2603.22404"

    def outcome(self, known: Known, held: Panel) -> tuple[Floats, Floats]:
        """(solved, cost), each [Q, L]."""
        thresholds = fitted_cascades.fit_cascades(
            known.panel, known.world, known.values, self.accounting
        )
        return fitted_cascades.cascade(held, thresholds, known.world, self.accounting)


def _uniform(panel: Panel, queries: int) -> Floats:
    """Returns the belief [queries, T] that weighs all recorded theorems alike."""
    return np.full((queries, len(panel)), 1.0 / len(panel))


def _revealed_so_far(once: NDArray[np.bool_], prices: Floats) -> Floats:
    """Returns what buying revealed of theorems still open [Q, m], as `beliefs.revealed` puts it.

    The log prices [Q, m] are NaN until they are met.
    """
    failed = np.where(np.isnan(prices), np.nan, 0.0)
    return np.where(once, failed, prices)


CONTEXTUAL = Contextual(
    "contextual",
    "ours: value per dollar next, belief from name, statement, failures and prices",
    frozenset({"kind", "text", "prices"}),
)

PRIMARY = CONTEXTUAL.name
"""The primary variant: everything that is known. Its parts are measured beside it."""

ENTRANTS: tuple[Entrant, ...] = (
    Sequences("greedy", "most proofs per cost next, on the empirical prior", greedy=True),
    Sequences("dp", "optimal attempt sequence on the empirical prior, by dynamic programming"),
    Contextual("failures", "ablation: only failures change the belief"),
    Contextual("kind", "ablation: the kind of problem, by its name", frozenset({"kind"})),
    Contextual(
        "text", "ablation: the statement and its kind", frozenset({"kind", "text"}), needs_text=True
    ),
    Contextual("prices", "ablation: prices met, no name or statement", frozenset({"prices"})),
    CONTEXTUAL,
    Noisy(replace(CONTEXTUAL, noise=beliefs.NOISE)),
    Shuffled(CONTEXTUAL),
)
