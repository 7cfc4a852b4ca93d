"""Evaluates all policies on one market, in one world, on held-out theorems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from prover_arb.errors import InputError
from prover_arb.research.evaluation.candidate_policies import CANDIDATE_POLICIES, Cascade
from prover_arb.research.evaluation.clairvoyant import clairvoyant
from prover_arb.research.evaluation.folds import folds
from prover_arb.research.evaluation.held_out import (
    CandidatePolicy,
    FittedForests,
    HeldOutMarket,
    Observation,
    TrainingData,
)
from prover_arb.research.evaluation.lattice import in_blocks, lattice_for, tables_of
from prover_arb.research.evaluation.metrics import PolicyOutcome
from prover_arb.research.evaluation.scores import (
    BETTER,
    BOUND,
    CASCADES,
    SINGLE,
    Score,
    Settings,
    score_policies,
)
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.features import of_theorems
from prover_arb.scheduler.index.panel import Panel

LEVELS = 30
"""How many values of a proof are compared."""

REACH = 2e4
"""The highest value of a proof, in attempts of the most expensive prover."""


@dataclass(frozen=True)
class Result:
    """The evaluation of one market in one world."""

    panel: Panel
    settings: Settings
    reference: str
    worth: list[float]
    """The three values of a proof at which net values are given; see `Scores.worth`."""
    scores: dict[str, Score]
    outcomes: dict[str, PolicyOutcome] = field(repr=False, default_factory=dict)


def values_for(panel: Panel) -> Floats:
    """Returns values of a proof [L].

    They run from half the cheapest attempt to thousands of the most expensive prover's attempts.
    """
    means = panel.cost.mean(axis=0)
    return np.geomspace(means.min() / 2, means.max() * REACH, LEVELS)


def evaluate(
    panel: Panel,
    settings: Settings,
    *,
    statements: Mapping[str, str] | None = None,
    policies: Sequence[str] | None = None,
    report: Callable[[str], None] = lambda _: None,
    forests: FittedForests | None = None,
) -> Result:
    """Fits policies on training folds, plays them on held-out theorems, and compares them.

    Args:
        panel: the recorded theorems.
        settings: how to evaluate.
        statements: by name; without them policies read names only.
        policies: the names of the policies to compare; all that are possible if None.
        report: is called with a line of progress.
        forests: keeps fitted forests for another world of the same panel and settings.

    Raises:
        InputError: a policy or the reference is unknown, there are more folds than theorems, or
            the statements belong to other theorems.
    """
    candidates = chosen(policies, texts=statements is not None)
    references = [BETTER, *(policy.name for policy in CASCADES)]
    references += [policy.name for policy in candidates]
    if settings.reference not in references:
        raise InputError(
            f"--reference: {settings.reference!r} is not evaluated here; there are "
            f"{', '.join(map(repr, references))}"
        )
    features = features_of(panel, statements)
    values = values_for(panel)
    evaluation = _Evaluation(panel, settings, candidates, features, forests=forests)
    by_seed = []
    for seed in settings.seeds:
        report(f"{settings.world}: folds of seed {seed}")
        by_seed.append(evaluation.play(seed))
    compared: list[Cascade | CandidatePolicy] = [*CASCADES, *candidates]
    outcomes = {
        policy.name: PolicyOutcome(
            np.mean([outcomes[policy.name].solved for outcomes, _ in by_seed], axis=0),
            np.mean([outcomes[policy.name].cost for outcomes, _ in by_seed], axis=0),
        )
        for policy in compared
    }
    outcomes[BOUND] = PolicyOutcome(*clairvoyant(panel, settings.world, values))
    sources = {policy.name: policy.source for policy in compared}
    sources[BOUND] = "knows every theorem's success rates and costs"
    sources[SINGLE] = "one prover, the cheapest at each solve rate"
    predicted = {
        policy.name: np.mean([predicted[policy.name] for _, predicted in by_seed], axis=0)
        for policy in candidates
    }
    scores = score_policies(panel, settings, values, outcomes, sources=sources, predicted=predicted)
    return Result(panel, settings, scores.reference, scores.worth, scores.by_policy, outcomes)


class _Evaluation:
    """One market in one world, ready to be split into folds."""

    def __init__(
        self,
        panel: Panel,
        settings: Settings,
        candidates: Sequence[CandidatePolicy],
        features: Floats,
        *,
        forests: FittedForests | None,
    ) -> None:
        self._panel, self._settings, self._candidates = panel, settings, candidates
        self._features, self._values = features, values_for(panel)
        self._forests: FittedForests = {} if forests is None else forests
        self._lattice, self._fine = lattice_for(panel), in_blocks(panel)

    def play(self, seed: int) -> tuple[dict[str, PolicyOutcome], dict[str, Floats]]:
        """Plays every policy on every theorem while it is held out, in the split of one seed.

        Returns the outcomes of all policies, and the success rates [N, m] that the candidates
        predict before anything is bought.
        """
        panel = self._panel
        shape = len(panel), len(self._values)
        names = [policy.name for policy in CASCADES] + [policy.name for policy in self._candidates]
        outcomes = {name: PolicyOutcome(np.zeros(shape), np.zeros(shape)) for name in names}
        predicted = {policy.name: np.zeros(panel.cost.shape) for policy in self._candidates}
        for held, data, observation, market in self._folds(seed):
            for cascade in CASCADES:
                _put(outcomes[cascade.name], held, *cascade.outcome(data, panel.on(held)))
            rate = data.panel.successes / data.panel.attempts
            for policy in self._candidates:
                _put(outcomes[policy.name], held, *policy.outcome(data, observation, market))
                predicted[policy.name][held] = policy.belief(data, observation) @ rate
        return outcomes, predicted

    def _folds(self, seed: int) -> Iterator[tuple[Ints, TrainingData, Observation, HeldOutMarket]]:
        """Yields every fold: its theorems, the training data, what is seen, and the truth."""
        world = self._settings.world
        splits = folds(len(self._panel), self._settings.folds, seed)
        for fold, (train, held) in enumerate(splits):
            training, truth = self._panel.on(train), self._panel.on(held)
            data = TrainingData(
                training,
                tables_of(training, self._lattice, world),
                tables_of(training, self._fine, world),
                world,
                self._features[train],
                self._values,
                (seed, fold),
                self._forests,
            )
            observation = Observation(
                truth.theorems,
                self._features[held],
                lambda j, rows, count, cost=truth.cost: cost[rows, j],  # type: ignore[misc]
            )
            market = HeldOutMarket(
                tables_of(truth, self._lattice, world), tables_of(truth, self._fine, world)
            )
            yield held, data, observation, market


def chosen(policies: Sequence[str] | None, *, texts: bool) -> list[CandidatePolicy]:
    """Returns the policies asked for, or all that are possible.

    `texts` says whether there are statements to read.

    Raises:
        InputError: a policy is unknown, or reads statements where there are none.
    """
    known = {policy.name: policy for policy in CANDIDATE_POLICIES}
    if policies is None:
        return [policy for policy in known.values() if texts or not policy.needs_text]
    for name in policies:
        if name not in known:
            raise InputError(
                f"--policies: unknown policy {name!r}; there are {', '.join(map(repr, known))}"
            )
        if known[name].needs_text and not texts:
            raise InputError(f"--policies: {name!r} reads statements; give --statements")
    return [known[name] for name in dict.fromkeys(policies)]


def features_of(panel: Panel, statements: Mapping[str, str] | None) -> Floats:
    """Returns features [N, F] of the theorems' names, and of their statements as far as given.

    Raises:
        InputError: fewer than half of the theorems have a statement.
    """
    if statements is None:
        return of_theorems(panel.theorems, [None] * len(panel))
    count = sum(name in statements for name in panel.theorems)
    if count * 2 < len(panel):
        raise InputError(
            f"--statements: statements of only {count} of {len(panel)} recorded theorems"
        )
    return of_theorems(panel.theorems, [statements.get(name) for name in panel.theorems])


def _put(into: PolicyOutcome, held: Ints, solved: Floats, cost: Floats) -> None:
    into.solved[held] = solved
    into.cost[held] = cost
