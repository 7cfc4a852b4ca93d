"""Scores of policies: their costs at equal solve rate, from out-of-fold outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from prover_arb.research.evaluation import fitted_cascades
from prover_arb.research.evaluation.candidate_policies import Cascade
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
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World

SINGLE_LEVELS = 120
"""How many thresholds of a single prover are compared."""

CUT, WHOLE, COUNT = Cascade("cut"), Cascade("whole"), Cascade("count")
CASCADES = (CUT, WHOLE, COUNT)
BOUND = "clairvoyant"
SINGLE = "best single"
BETTER = "cascade"
"""As a reference: the better of the two cascades whose budgets are money."""


@dataclass(frozen=True)
class Settings:
    """How policies are evaluated."""

    world: World = "independent"
    folds: int = 5
    seeds: tuple[int, ...] = (0, 1, 2)
    """One split into folds for each."""
    low: float = 0.60
    """The lowest solve rate of the band."""
    high: float = 0.90
    """The highest solve rate of the band."""
    draws: int = 1000
    """Bootstrap draws."""
    bootstrap_seed: int = 0
    reference: str = BETTER
    """The name of the policy that costs are compared with."""


@dataclass(frozen=True)
class Score:
    """The figures of one policy."""

    name: str
    source: str
    band_cost_ratio: float
    interval: tuple[float, float]
    against_count: tuple[float, float, float]
    """Ratio and interval against the cascade of attempt counts, which uses no cost signal."""
    sub_bands: dict[str, tuple[float, float, float]]
    """Ratio and interval for each third of the band."""
    clairvoyant_share: float
    """(1 - ratio) / (1 - the clairvoyant's ratio)."""
    rates: Floats
    """The solve rates of the band [S]."""
    cost: Floats
    """The cost per theorem at each rate [S]; inf where the rate is out of reach."""
    net_value: list[float]
    """V * solved - cost, per theorem, at each value V of `Scores.worth`."""
    regret: list[float]
    """The clairvoyant's net value less that of this policy."""
    calibration: Calibration | None = None


@dataclass(frozen=True)
class Scores:
    """The scores of all policies against one reference."""

    reference: str
    worth: list[float]
    """Three values of a proof: those at which the reference solves 70, 80 and 90%, or as much of
    that as it reaches."""
    by_policy: dict[str, Score]


def score_policies(
    panel: Panel,
    settings: Settings,
    values: Floats,
    outcomes: dict[str, PolicyOutcome],
    *,
    sources: dict[str, str],
    predicted: dict[str, Floats],
) -> Scores:
    """Compares the `outcomes` of policies at the values of a proof `values` [L].

    `predicted` holds the success rates [N, m] that each policy with a belief predicts before
    anything is bought; `sources` says where each policy comes from.
    """
    draws = bootstrap(len(panel), settings.draws, settings.bootstrap_seed)
    rates = band(settings.low, settings.high)
    logs = {name: log_costs(outcome, rates, draws) for name, outcome in outcomes.items()}
    logs[SINGLE] = np.min(
        [log_costs(outcome, rates, draws) for outcome in _single_provers(panel, settings)], axis=0
    )
    reference = settings.reference
    if reference == BETTER:
        # The better one is chosen on the theorems as they are, not on bootstrap draws.
        cut_is_better = float(ratio(logs[CUT.name][:1], logs[WHOLE.name][:1])[0]) < 1.0
        reference = CUT.name if cut_is_better else WHOLE.name
    worth = _worth(values, outcomes[reference])
    bound = _net_value(values, outcomes[BOUND], worth)
    against = logs[reference]
    best = float(ratio(logs[BOUND][:1], against[:1])[0])
    scores = {}
    recorded = panel.successes / panel.attempts
    for name in [SINGLE, *(cascade.name for cascade in CASCADES), *predicted, BOUND]:
        ratios = ratio(logs[name], against)
        count_ratios = ratio(logs[name], logs[COUNT.name])
        net = _net_value(values, outcomes[name], worth) if name in outcomes else []
        scores[name] = Score(
            name=name,
            source=sources[name],
            band_cost_ratio=float(ratios[0]),
            interval=interval(ratios[1:]),
            against_count=(float(count_ratios[0]), *interval(count_ratios[1:])),
            sub_bands=_sub_bands(logs[name], against, rates),
            clairvoyant_share=(1 - float(ratios[0])) / (1 - best) if best < 1 else float("nan"),
            rates=rates,
            cost=np.exp(logs[name][0]),
            net_value=net,
            regret=[b - n for b, n in zip(bound, net, strict=False)],
            calibration=calibration(
                predicted[name], recorded, np.broadcast_to(recorded.mean(axis=0), recorded.shape)
            )
            if name in predicted
            else None,
        )
    return Scores(reference, worth, scores)


def _single_provers(panel: Panel, settings: Settings) -> list[PolicyOutcome]:
    outcomes = []
    for j in range(len(panel.provers)):
        levels = fitted_cascades.single_thresholds(panel, j, SINGLE_LEVELS)
        fail, spend = fitted_cascades.outcomes(panel, j, settings.world, levels, "whole")
        outcomes.append(PolicyOutcome(1.0 - fail.T, spend.T))
    return outcomes


def _sub_bands(
    policy: Floats, reference: Floats, rates: Floats
) -> dict[str, tuple[float, float, float]]:
    edges = np.linspace(rates[0], rates[-1], 4)
    sub_bands = {}
    for low, high in pairwise(edges):
        inside = (rates >= low - 1e-9) & (rates <= high + 1e-9)
        ratios = ratio(policy[:, inside], reference[:, inside])
        sub_bands[f"{low:.2f}-{high:.2f}"] = (float(ratios[0]), *interval(ratios[1:]))
    return sub_bands


def _worth(values: Floats, reference: PolicyOutcome) -> list[float]:
    solved = np.maximum.accumulate(reference.solved.mean(axis=0))
    wanted = np.minimum([0.7, 0.8, 0.9], solved[-1])
    return [float(values[min(int(np.searchsorted(solved, w)), len(values) - 1)]) for w in wanted]


def _net_value(values: Floats, outcome: PolicyOutcome, worth: list[float]) -> list[float]:
    net = values * outcome.solved.mean(axis=0) - outcome.cost.mean(axis=0)
    return [float(np.interp(value, values, net)) for value in worth]
