"""The policies that compete: each is fitted on training theorems and plays on held-out ones.

Of a held-out theorem a policy sees a `Observation`: its name, its statement's features, and a till
that tells the price of attempts once they are paid. Outcomes and costs are no part of it; what a
policy decides is put to the truth elsewhere (`lattice.play`, `walk.walked`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from prover_arb.research.evaluation import fitted_cascades
from prover_arb.research.evaluation.lattice import (
    LatticeTables,
    best_sequences,
    expected,
    greedy_sequences,
    play,
)
from prover_arb.research.evaluation.rollout import (
    BeliefUpdate,
    PriceLookup,
    Rollout,
    roll_out,
    rollout_outcomes,
)
from prover_arb.scheduler.index import beliefs
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.features import OF_KIND
from prover_arb.scheduler.index.forest import Forest
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World

FittedForests = dict[tuple[object, ...], Forest]
"""Fitted forests, which are the same in every world."""


@dataclass(frozen=True)
class Observation:
    """What may be seen of Q held-out theorems before buying."""

    names: tuple[str, ...]
    features: Floats
    """[Q, F]"""
    price_lookup: PriceLookup = field(repr=False)


@dataclass(frozen=True)
class TrainingData:
    """What a policy is fitted on."""

    panel: Panel
    tables: LatticeTables
    """On the lattice of attempt sequences."""
    fine: LatticeTables
    """In finer blocks, for policies that need no lattice."""
    world: World
    features: Floats
    """[T, F]"""
    values: Floats
    """[L] what a proof may be worth."""
    part: tuple[int, int] = (0, 0)
    """Which split into folds, and which fold: what is fitted is remembered by it."""
    forests: FittedForests = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class HeldOutMarket:
    """Held-out theorems as they are, on the two sets of blocks."""

    tables: LatticeTables
    fine: LatticeTables


class CandidatePolicy(Protocol):
    """A policy that can be fitted, and played on theorems it was not fitted on."""

    @property
    def name(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def needs_text(self) -> bool: ...

    def belief(self, known: TrainingData, observation: Observation) -> Floats:
        """[Q, T] before anything is bought, or [1, T] one for all."""
        ...

    def outcome(
        self, known: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        """(solved, cost), each [Q, L]; `market` is for playing, not for deciding."""
        ...


@dataclass(frozen=True)
class Sequences:
    """One plan for all theorems, on the empirical prior."""

    name: str
    source: str
    greedy: bool = False
    needs_text: bool = False

    def belief(self, known: TrainingData, observation: Observation) -> Floats:
        return _uniform(known.panel, 1)

    def outcome(
        self, known: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        steps = expected(known.tables, self.belief(known, observation))
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

    def belief(self, known: TrainingData, observation: Observation) -> Floats:
        count, m = len(observation.names), len(known.panel.provers)
        return self._believe(known, observation)(np.arange(count), np.full((count, m), np.nan))

    def roll_out(self, known: TrainingData, observation: Observation) -> Rollout:
        """What it buys for each theorem."""
        return roll_out(
            known.fine,
            self._believe(known, observation),
            observation.price_lookup,
            len(observation.names),
            float(known.values[-1]),
            noise=self.noise,
        )

    def outcome(
        self, known: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        return rollout_outcomes(self.roll_out(known, observation), market.fine, known.values)

    def _believe(self, known: TrainingData, observation: Observation) -> BeliefUpdate:
        panel = known.panel
        if not self.signals:
            return lambda rows, prices: _uniform(panel, len(rows))
        forest = self._forest(known)
        asked = self._read(observation.features)

        def believe(rows: Ints, prices: Floats) -> Floats:
            met = (
                _revealed_so_far(panel.once, prices) if "prices" in self.signals else prices[:, :0]
            )
            return forest.weights(None if asked is None else asked[rows], met)

        return believe

    def _forest(self, known: TrainingData) -> Forest:
        key = (*known.part, self.signals, self.noise)
        if key not in known.forests:
            panel = known.panel
            priced = "prices" in self.signals
            known.forests[key] = Forest(
                self._read(known.features),
                beliefs.revealed(panel.successes.astype(np.float64), panel.cost, panel.once)
                if priced
                else panel.cost[:, :0],
                beliefs.difficulty(beliefs.smoothed(panel), panel.cost, panel.once),
                noise=np.where(panel.once, 0.0, self.noise) if priced else 0.0,
            )
        return known.forests[key]

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

    def belief(self, known: TrainingData, observation: Observation) -> Floats:
        return self.inner.belief(*self._permuted(known, observation))

    def outcome(
        self, known: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        return self.inner.outcome(*self._permuted(known, observation), market)

    def _permuted(
        self, known: TrainingData, observation: Observation
    ) -> tuple[TrainingData, Observation]:
        # Training texts too, so that models fit noise as they would if text said nothing.
        rng = np.random.default_rng(self.seed)
        order: Ints = rng.permutation(len(known.panel))
        asked: Ints = rng.permutation(len(observation.names))
        part = (-1 - known.part[0], known.part[1])
        return (
            replace(known, features=known.features[order], part=part),
            replace(observation, features=observation.features[asked]),
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

    def belief(self, known: TrainingData, observation: Observation) -> Floats:
        return self.inner.belief(known, observation)

    def outcome(
        self, known: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        def price_lookup(prover: int, rows: Ints, count: Ints) -> Floats:
            rng = np.random.default_rng((self.seed, prover, *known.part))
            off = rng.normal(0, self.inner.noise, (len(observation.names), int(count.max())))
            mean = np.cumsum(off, axis=1)[rows, count - 1] / count
            return observation.price_lookup(prover, rows, count) * np.exp(mean)

        return self.inner.outcome(known, replace(observation, price_lookup=price_lookup), market)


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

    def outcome(self, known: TrainingData, held: Panel) -> tuple[Floats, Floats]:
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

CANDIDATE_POLICIES: tuple[CandidatePolicy, ...] = (
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
