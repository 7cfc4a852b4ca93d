"""The policies that are compared: each is fitted on training theorems, and plays on held-out
ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from prover_arb.research.evaluation import fitted_cascades
from prover_arb.research.evaluation.held_out import (
    CandidatePolicy,
    HeldOutMarket,
    Observation,
    TrainingData,
)
from prover_arb.research.evaluation.lattice import (
    best_sequences,
    expected,
    greedy_sequences,
    play,
)
from prover_arb.research.evaluation.rollout import (
    BeliefUpdate,
    Rollout,
    roll_out,
    rollout_outcomes,
)
from prover_arb.scheduler.index import beliefs
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.features import OF_KIND
from prover_arb.scheduler.index.forest import Forest
from prover_arb.scheduler.index.panel import Panel


@dataclass(frozen=True)
class Sequences:
    """One plan for all theorems, which weighs the recorded theorems alike."""

    name: str
    source: str
    greedy: bool = False
    needs_text: bool = False

    def belief(self, data: TrainingData, observation: Observation) -> Floats:
        return _uniform(data.panel, 1)

    def outcome(
        self, data: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        steps = expected(data.tables, self.belief(data, observation))
        plan = greedy_sequences if self.greedy else best_sequences
        return play(plan(steps, data.values), market.tables)


@dataclass(frozen=True)
class Contextual:
    """Buys the best value per dollar, by a belief about each theorem that every purchase changes.

    Failures always change the belief. `signals` say what else does: `kind` (the kind of problem, by
    the theorem's name), `text` (the whole statement, if there is one), and `prices` (what attempts
    cost, once they are paid).
    """

    name: str
    source: str
    signals: frozenset[str] = frozenset()
    noise: float = 0.0
    """The standard deviation of the log price of an attempt around its theorem's mean."""
    needs_text: bool = False
    """Whether, without statements, it is another policy of the list."""

    def belief(self, data: TrainingData, observation: Observation) -> Floats:
        count, m = len(observation.names), len(data.panel.provers)
        return self._believe(data, observation)(np.arange(count), np.full((count, m), np.nan))

    def roll_out(self, data: TrainingData, observation: Observation) -> Rollout:
        """Returns what it buys for each theorem."""
        return roll_out(
            data.fine,
            self._believe(data, observation),
            observation.price_lookup,
            len(observation.names),
            float(data.values[-1]),
            noise=self.noise,
        )

    def outcome(
        self, data: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        return rollout_outcomes(self.roll_out(data, observation), market.fine, data.values)

    def _believe(self, data: TrainingData, observation: Observation) -> BeliefUpdate:
        panel = data.panel
        if not self.signals:
            return lambda rows, prices: _uniform(panel, len(rows))
        forest = self._forest(data)
        features = self._read(observation.features)

        def believe(rows: Ints, prices: Floats) -> Floats:
            revealed = (
                _revealed_so_far(panel.once, prices) if "prices" in self.signals else prices[:, :0]
            )
            return forest.weights(None if features is None else features[rows], revealed)

        return believe

    def _forest(self, data: TrainingData) -> Forest:
        key = (*data.part, self.signals, self.noise)
        if key not in data.forests:
            panel = data.panel
            priced = "prices" in self.signals
            data.forests[key] = Forest(
                self._read(data.features),
                beliefs.revealed(panel.successes.astype(np.float64), panel.cost, panel.once)
                if priced
                else panel.cost[:, :0],
                beliefs.difficulty(beliefs.smoothed(panel), panel.cost),
                noise=np.where(panel.once, 0.0, self.noise) if priced else 0.0,
                repeating=bool(panel.once.mean() > 0.5),
            )
        return data.forests[key]

    def _read(self, features: Floats) -> Floats | None:
        if not self.signals & {"kind", "text"}:
            return None
        return features if "text" in self.signals else features[:, OF_KIND]


@dataclass(frozen=True)
class Shuffled:
    """A control: the same policy, with names and statements given to the wrong theorems."""

    inner: Contextual
    seed: int = 0

    @property
    def name(self) -> str:
        return f"{self.inner.name}-permuted"

    @property
    def source(self) -> str:
        return (
            "control: reads another theorem's name and statement, which say nothing about this one"
        )

    @property
    def needs_text(self) -> bool:
        return self.inner.needs_text

    def belief(self, data: TrainingData, observation: Observation) -> Floats:
        return self.inner.belief(*self._permuted(data, observation))

    def outcome(
        self, data: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        return self.inner.outcome(*self._permuted(data, observation), market)

    def _permuted(
        self, data: TrainingData, observation: Observation
    ) -> tuple[TrainingData, Observation]:
        # Training texts are permuted too, so that models fit noise, as if text said nothing.
        rng = np.random.default_rng(self.seed)
        order: Ints = rng.permutation(len(data.panel))
        held_order: Ints = rng.permutation(len(observation.names))
        part = (-1 - data.part[0], data.part[1])
        return (
            replace(data, features=data.features[order], part=part),
            replace(observation, features=observation.features[held_order]),
        )


@dataclass(frozen=True)
class Noisy:
    """The same policy where single attempts cost more or less than their theorem's mean.

    Records hold mean costs only; this shows how much of the gain from prices would remain.
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
            "which the policy allows for"
        )

    @property
    def needs_text(self) -> bool:
        return self.inner.needs_text

    def belief(self, data: TrainingData, observation: Observation) -> Floats:
        return self.inner.belief(data, observation)

    def outcome(
        self, data: TrainingData, observation: Observation, market: HeldOutMarket
    ) -> tuple[Floats, Floats]:
        def price_lookup(prover: int, rows: Ints, count: Ints) -> Floats:
            rng = np.random.default_rng((self.seed, prover, *data.part))
            off = rng.normal(0, self.inner.noise, (len(observation.names), int(count.max())))
            mean = np.cumsum(off, axis=1)[rows, count - 1] / count
            return observation.price_lookup(prover, rows, count) * np.exp(mean)

        return self.inner.outcome(data, replace(observation, price_lookup=price_lookup), market)


@dataclass(frozen=True)
class Cascade:
    """Spends up to a threshold on each prover in turn, fitted for each value of a proof."""

    accounting: fitted_cascades.Accounting

    @property
    def name(self) -> str:
        return f"cascade ({self.accounting})"

    @property
    def source(self) -> str:
        return "threshold cascade, arXiv 2603.22404"

    def outcome(self, data: TrainingData, held: Panel) -> tuple[Floats, Floats]:
        """Returns (solved, cost), each [Q, L], on the panel `held`."""
        thresholds = fitted_cascades.fit_cascades(
            data.panel, data.world, data.values, self.accounting
        )
        return fitted_cascades.cascade(held, thresholds, data.world, self.accounting)


def _uniform(panel: Panel, queries: int) -> Floats:
    """Returns the belief [queries, T] that weighs all recorded theorems alike."""
    return np.full((queries, len(panel)), 1.0 / len(panel))


def _revealed_so_far(once: NDArray[np.bool_], prices: Floats) -> Floats:
    """Returns what buying revealed of theorems still open [Q, m], as `beliefs.revealed` puts it.

    The log prices [Q, m] are NaN until an attempt is paid.
    """
    failed = np.where(np.isnan(prices), np.nan, 0.0)
    return np.where(once, failed, prices)


CONTEXTUAL = Contextual(
    "contextual",
    "ours: value per dollar next, belief from name, statement, failures and prices",
    frozenset({"kind", "text", "prices"}),
)

PRIMARY = CONTEXTUAL.name
"""The primary policy, which reads everything that is known; its parts are measured beside it."""

CANDIDATE_POLICIES: tuple[CandidatePolicy, ...] = (
    Sequences("greedy", "most proofs per cost next, on the empirical prior", greedy=True),
    Sequences("dp", "optimal attempt sequence on the empirical prior, by dynamic programming"),
    Contextual("failures", "ablation: only failures change the belief"),
    Contextual("kind", "ablation: the kind of problem, by its name", frozenset({"kind"})),
    Contextual(
        "text", "ablation: the statement and its kind", frozenset({"kind", "text"}), needs_text=True
    ),
    Contextual("prices", "ablation: prices paid, no name or statement", frozenset({"prices"})),
    CONTEXTUAL,
    Noisy(replace(CONTEXTUAL, noise=beliefs.NOISE)),
    Shuffled(CONTEXTUAL),
)
