"""All policies on one market, in one world, on held-out theorems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from prover_arb.errors import InputError
from prover_arb.research.evaluation import fitted_cascades
from prover_arb.research.evaluation.candidate_policies import (
    CANDIDATE_POLICIES,
    CandidatePolicy,
    Cascade,
    FittedForests,
    HeldOutMarket,
    Observation,
    TrainingData,
)
from prover_arb.research.evaluation.clairvoyant import clairvoyant
from prover_arb.research.evaluation.folds import folds
from prover_arb.research.evaluation.lattice import in_blocks, lattice_for, tables_of
from prover_arb.research.evaluation.metrics import (
    Calibration,
    PolicyOutcome,
    band,
    bootstrap,
    calibration,
    interval,
    log_costs,
    ratio,
)
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.features import of_theorems
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World

LEVELS = 30
REACH = 2e4
"""The highest value of a proof, in attempts of the dearest prover."""

CUT, WHOLE, COUNT = Cascade("cut"), Cascade("whole"), Cascade("count")
CASCADES = (CUT, WHOLE, COUNT)
BOUND = "clairvoyant"
SINGLE = "best single"
BETTER = "cascade"
"""As a reference: the better of the two cascades whose budgets are money."""


@dataclass(frozen=True)
class Settings:
    """How to evaluate."""

    world: World = "independent"
    folds: int = 5
    seeds: tuple[int, ...] = (0, 1, 2)
    low: float = 0.60
    high: float = 0.90
    draws: int = 1000
    bootstrap_seed: int = 0
    reference: str = BETTER
    """What costs are compared with, by name."""


@dataclass(frozen=True)
class Score:
    """One policy's figures."""

    name: str
    source: str
    band_cost_ratio: float
    interval: tuple[float, float]
    against_count: tuple[float, float, float]
    """Ratio and interval against the cascade of attempt counts, which uses no cost signal."""
    sub_bands: dict[str, tuple[float, float, float]]
    """Ratio and interval."""
    clairvoyant_share: float
    """(1 - ratio) / (1 - the clairvoyant's ratio)."""
    rates: Floats
    cost: Floats
    """Cost per theorem at each rate; inf out of reach."""
    net_value: list[float]
    """V * solved - cost, per theorem, at each of `Result.worth`."""
    regret: list[float]
    """The clairvoyant's net value less this one's."""
    calibration: Calibration | None = None


@dataclass(frozen=True)
class Result:
    """One market in one world."""

    panel: Panel
    settings: Settings
    reference: str
    worth: list[float]
    """Three values of a proof: those at which the reference solves 70, 80 and 90%, or what of
    that it reaches."""
    scores: dict[str, Score]
    outcomes: dict[str, PolicyOutcome] = field(repr=False, default_factory=dict)


def values_for(panel: Panel) -> Floats:
    """[L] values of a proof, from less than the cheapest attempt to thousands of the dearest."""
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
    """Fit on training folds, play on held-out theorems, compare.

    Without statements, policies read names alone. `forests` keeps what was fitted for another world
    of the same panel and settings.

    Raises:
        InputError: an unknown policy or reference, more folds than theorems, or no statement
            matches.
    """
    candidates = chosen(policies, texts=statements is not None)
    references = [BETTER, *(one.name for one in CASCADES), *(one.name for one in candidates)]
    if settings.reference not in references:
        raise InputError(
            f"--reference: {settings.reference!r} is not evaluated here; there are "
            f"{', '.join(map(repr, references))}"
        )
    features = features_of(panel, statements)
    values = values_for(panel)
    lattice, fine = lattice_for(panel), in_blocks(panel)
    fitted: FittedForests = {} if forests is None else forests
    sums: dict[str, list[PolicyOutcome]] = {}
    beliefs: dict[str, list[Floats]] = {}
    names = [*(each.name for each in CASCADES), *(one.name for one in candidates)]
    for seed in settings.seeds:
        report(f"{settings.world}: folds of seed {seed}")
        parts: dict[str, PolicyOutcome] = {name: _empty(panel, values) for name in names}
        predicted = {one.name: np.zeros(panel.cost.shape) for one in candidates}
        for fold, (train, held) in enumerate(folds(len(panel), settings.folds, seed)):
            prior, truth = panel.on(train), panel.on(held)
            known = TrainingData(
                prior,
                tables_of(prior, lattice, settings.world),
                tables_of(prior, fine, settings.world),
                settings.world,
                features[train],
                values,
                (seed, fold),
                fitted,
            )
            market = HeldOutMarket(
                tables_of(truth, lattice, settings.world), tables_of(truth, fine, settings.world)
            )
            for simple in CASCADES:
                _put(parts[simple.name], held, *simple.outcome(known, truth))
            observation = Observation(
                truth.theorems,
                features[held],
                lambda j, rows, count, cost=truth.cost: cost[rows, j],  # type: ignore[misc]
            )
            for one in candidates:
                _put(parts[one.name], held, *one.outcome(known, observation, market))
                rate = prior.successes / prior.attempts
                predicted[one.name][held] = one.belief(known, observation) @ rate
        for name, part in parts.items():
            sums.setdefault(name, []).append(part)
        for name, guess in predicted.items():
            beliefs.setdefault(name, []).append(guess)
    outcomes = {
        name: PolicyOutcome(
            np.mean([one.solved for one in each], axis=0),
            np.mean([one.cost for one in each], axis=0),
        )
        for name, each in sums.items()
    }
    outcomes[BOUND] = PolicyOutcome(*clairvoyant(panel, settings.world, values))
    sources = {one.name: one.source for one in CASCADES}
    sources |= {one.name: one.source for one in candidates}
    sources[BOUND] = "knows every theorem's success rates and costs"
    sources[SINGLE] = "one prover, the cheapest at each solve rate"
    judged = {name: np.mean(each, axis=0) for name, each in beliefs.items()}
    return _scored(panel, settings, values, outcomes, sources=sources, judged=judged)


def chosen(policies: Sequence[str] | None, *, texts: bool) -> list[CandidatePolicy]:
    """The policies asked for, or all that can be had.

    Raises:
        InputError: an unknown one, or one that reads statements where there are none.
    """
    every = {one.name: one for one in CANDIDATE_POLICIES}
    if policies is None:
        return [one for one in every.values() if texts or not one.needs_text]
    for name in policies:
        if name not in every:
            raise InputError(
                f"--policies: unknown policy {name!r}; there are {', '.join(map(repr, every))}"
            )
        if every[name].needs_text and not texts:
            raise InputError(f"--policies: {name!r} reads statements; give --statements")
    return [every[name] for name in dict.fromkeys(policies)]


def features_of(panel: Panel, statements: Mapping[str, str] | None) -> Floats:
    """[N, F] by name, and by statement where there are some.

    Raises:
        InputError: statements of other theorems.
    """
    if statements is None:
        return of_theorems(panel.theorems, [None] * len(panel))
    found = [name for name in panel.theorems if name in statements]
    if len(found) * 2 < len(panel):
        raise InputError(
            f"--statements: statements of only {len(found)} of {len(panel)} recorded theorems"
        )
    return of_theorems(panel.theorems, [statements.get(name) for name in panel.theorems])


def _empty(panel: Panel, values: Floats) -> PolicyOutcome:
    return PolicyOutcome(np.zeros((len(panel), len(values))), np.zeros((len(panel), len(values))))


def _put(into: PolicyOutcome, held: Ints, solved: Floats, cost: Floats) -> None:
    into.solved[held] = solved
    into.cost[held] = cost


def _singles(panel: Panel, settings: Settings) -> list[PolicyOutcome]:
    found = []
    for j in range(len(panel.provers)):
        levels = fitted_cascades.single_thresholds(panel, j, 4 * LEVELS)
        fail, spend = fitted_cascades.outcomes(panel, j, settings.world, levels, "whole")
        found.append(PolicyOutcome(1.0 - fail.T, spend.T))
    return found


def _scored(
    panel: Panel,
    settings: Settings,
    values: Floats,
    outcomes: dict[str, PolicyOutcome],
    *,
    sources: dict[str, str],
    judged: dict[str, Floats],
) -> Result:
    draws = bootstrap(len(panel), settings.draws, settings.bootstrap_seed)
    rates = band(settings.low, settings.high)
    logs = {name: log_costs(outcome, rates, draws) for name, outcome in outcomes.items()}
    logs[SINGLE] = np.min(
        [log_costs(one, rates, draws) for one in _singles(panel, settings)], axis=0
    )
    reference = settings.reference
    if reference == BETTER:
        # On the theorems as they are.
        cut = float(ratio(logs[CUT.name][:1], logs[WHOLE.name][:1])[0]) < 1.0
        reference = CUT.name if cut else WHOLE.name
    worth = _worth(values, outcomes[reference])
    bound = _net(values, outcomes[BOUND], worth)
    against = logs[reference]
    best = float(ratio(logs[BOUND][:1], against[:1])[0])
    scores = {}
    recorded = panel.successes / panel.attempts
    for name in [SINGLE, *(each.name for each in CASCADES), *judged, BOUND]:
        all_ = ratio(logs[name], against)
        plainer = ratio(logs[name], logs[COUNT.name])
        net = _net(values, outcomes[name], worth) if name in outcomes else []
        scores[name] = Score(
            name=name,
            source=sources[name],
            band_cost_ratio=float(all_[0]),
            interval=interval(all_[1:]),
            against_count=(float(plainer[0]), *interval(plainer[1:])),
            sub_bands=_sub_bands(logs[name], against, rates),
            clairvoyant_share=(1 - float(all_[0])) / (1 - best) if best < 1 else float("nan"),
            rates=rates,
            cost=np.exp(logs[name][0]),
            net_value=net,
            regret=[b - n for b, n in zip(bound, net, strict=False)],
            calibration=calibration(
                judged[name], recorded, np.broadcast_to(recorded.mean(axis=0), recorded.shape)
            )
            if name in judged
            else None,
        )
    return Result(panel, settings, reference, worth, scores, outcomes)


def _sub_bands(
    policy: Floats, reference: Floats, rates: Floats
) -> dict[str, tuple[float, float, float]]:
    edges = np.linspace(rates[0], rates[-1], 4)
    found = {}
    for low, high in pairwise(edges):
        inside = (rates >= low - 1e-9) & (rates <= high + 1e-9)
        each = ratio(policy[:, inside], reference[:, inside])
        found[f"{low:.2f}-{high:.2f}"] = (float(each[0]), *interval(each[1:]))
    return found


def _worth(values: Floats, reference: PolicyOutcome) -> list[float]:
    solved = np.maximum.accumulate(reference.solved.mean(axis=0))
    wanted = np.minimum([0.7, 0.8, 0.9], solved[-1])
    return [float(values[min(int(np.searchsorted(solved, w)), len(values) - 1)]) for w in wanted]


def _net(values: Floats, outcome: PolicyOutcome, worth: list[float]) -> list[float]:
    net = values * outcome.solved.mean(axis=0) - outcome.cost.mean(axis=0)
    return [float(np.interp(each, values, net)) for each in worth]
