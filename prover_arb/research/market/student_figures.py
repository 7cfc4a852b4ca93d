"""What students do beside their teacher on held-out theorems, with intervals.

Source of the market figures: arXiv 2603.22404; see distillation.py. Every figure is the mean over
seeds, and has two 95% intervals:

    over seeds      Student's t, from the figure of each seed
    over theorems   bootstrap: theorems are drawn with replacement, the same ones for student and
                    teacher; each draw takes the attempts of one seed, the seeds in turn

A cascade's thresholds are fitted on the theorems that it is measured on, as in the paper; the
`schedule` policy is fitted on other theorems than it is measured on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from prover_arb.research.evaluation.candidate_policies import PRIMARY
from prover_arb.research.evaluation.evaluate import evaluate
from prover_arb.research.evaluation.metrics import interval
from prover_arb.research.evaluation.scores import SINGLE, Score, Settings
from prover_arb.research.market.distillation import Student, students
from prover_arb.research.market.model import POINTS as MARKET_POINTS
from prover_arb.research.market.model import Market, build_market
from prover_arb.research.market.seeded_attempts import SeededAttempts
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.panel import panel_of

RESAMPLES = 200
"""Bootstrap draws of theorems."""
POINTS = 100
"""Budgets on the grids of their markets, which are many."""
RANDOM_SEED = 20_261_127
FEWEST = 20
"""Theorems below which a policy is not fitted on some and measured on the others."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its intervals; NaN where it is not defined."""

    mean: float
    over_seeds: tuple[float, float]
    over_theorems: tuple[float, float]


@dataclass(frozen=True)
class StudentFigures:
    """What one student does beside its teacher; shares, where nothing else is said."""

    student: str
    learnt: int
    """Theorems with a proof that it learnt from."""
    tokens: int
    """Tokens of those proofs."""
    solved: Estimate
    """Theorems solved by a buyer who asks until a proof comes or the attempts are used up."""
    solved_at_once: Estimate
    """Theorems solved by the first attempt."""
    new: Estimate
    """Theorems solved that the teacher does not solve."""
    solve_share: Estimate
    """Theorems solved, of what the teacher solves."""
    cost_share: Estimate
    """Cost per theorem, of the teacher's."""
    cpu_share: Estimate
    """Processor time per theorem, which no price enters, of the teacher's."""
    margin: Estimate
    """The mean margin with one cascade for all solve rates, as the paper takes it."""
    margin_at_each_rate: Estimate
    """The mean margin with the best cascade at each solve rate."""
    teacher_loss: Estimate
    """The revenue that the teacher loses to the arbitrageur, who buys from both."""
    teacher_loss_to_both: Estimate
    """The revenue that the teacher loses to student and arbitrageur, against selling alone."""
    schedule_ratio: Estimate
    """The cost of the `schedule` policy that buys from both, as a ratio to the cheaper of the two
    at equal solve rate."""


def student_figures(
    teacher: SeededAttempts,
    pupils: Sequence[SeededAttempts],
    *,
    statements: Mapping[str, str],
    resamples: int = RESAMPLES,
    report: Callable[[str], None] = lambda _: None,
) -> tuple[Market, list[StudentFigures]]:
    """Returns the market of all attempts, and the figures of each student, least trained first.

    Solve rates run from 65% of what the best prover solves to all of it. A market never buys more
    attempts than were made.

    Args:
        teacher: the attempts of the teacher.
        pupils: the attempts of the students, of one number of seeds.
        statements: the theorems' statements, by name.
        resamples: bootstrap draws of theorems.
        report: is called with a line of progress.

    Raises:
        RecordsError: no prover solved a theorem.
    """
    pooled = _market([teacher, *pupils])
    low, high = float(pooled.rates[0]), float(pooled.rates[-1])
    settings = Settings("independent", low=low, high=high, draws=resamples, reference=PRIMARY)
    rows = _resampled(len(teacher.theorems), resamples)
    figures = []
    for pupil in sorted(pupils, key=lambda pupil: (pupil.tokens, pupil.prover)):
        report(f"figures of {pupil.prover}")
        seeds = range(len(pupil.solved))
        markets = [_market([teacher, pupil.of_seed(place)], low=low, high=high) for place in seeds]
        by_seed = [_pair(market, teacher.prover) for market in markets]
        by_draw = [
            _pair(markets[draw % len(markets)].on(chosen), teacher.prover)
            for draw, chosen in enumerate(rows)
        ]
        figures.append(
            StudentFigures(
                student=pupil.prover,
                learnt=pupil.learnt,
                tokens=pupil.tokens,
                **_bought(teacher, pupil, rows),
                **{
                    name: _estimate(list(map(read, by_seed)), list(map(read, by_draw)))
                    for name, read in _READ.items()
                },
                schedule_ratio=_schedule(teacher, pupil, settings, statements),
            )
        )
    return pooled, figures


_READ: dict[str, Callable[[Student], float]] = {
    "margin": lambda pair: pair.mean_margin_of_one,
    "margin_at_each_rate": lambda pair: pair.mean_margin,
    "teacher_loss": lambda pair: pair.teacher_loss,
    "teacher_loss_to_both": lambda pair: pair.teacher_loss_to_both,
}
"""Figures of a market of two."""


def over_seeds(values: Sequence[float]) -> tuple[float, float]:
    """Returns the bounds of the 95% interval of a mean over seeds (Student's t)."""
    known = [value for value in values if np.isfinite(value)]
    if len(known) < 2:
        return float("nan"), float("nan")
    mean = float(np.mean(known))
    half = float(stats.t.ppf(0.975, len(known) - 1) * stats.sem(known))
    return mean - half, mean + half


def _market(
    provers: Sequence[SeededAttempts],
    *,
    low: float | None = None,
    high: float | None = None,
    points: int = MARKET_POINTS,
) -> Market:
    records = [prover.records() for prover in provers]
    return build_market(records, estimator="recorded", low=low, high=high, points=points)


def _pair(market: Market, teacher: str) -> Student:
    return students(market, teacher, {})[0]


def _resampled(theorems: int, draws: int) -> list[Ints]:
    random = np.random.default_rng(RANDOM_SEED)
    return [random.integers(0, theorems, theorems) for _ in range(draws)]


def _estimate(by_seed: Sequence[float], by_draw: Sequence[float]) -> Estimate:
    known = [value for value in by_seed if np.isfinite(value)]
    mean = float(np.mean(known)) if known else float("nan")
    return Estimate(mean, over_seeds(by_seed), interval(np.asarray(by_draw, dtype=np.float64)))


def _bought(
    teacher: SeededAttempts, pupil: SeededAttempts, rows: Sequence[Ints]
) -> dict[str, Estimate]:
    """Returns the figures of a buyer who asks one prover until a proof comes."""
    (solved, cost, cpu_s), first = pupil.until_proved(), pupil.solved[:, :, 0].astype(np.float64)
    taught, paid, worked = (values[0] for values in teacher.until_proved())

    def estimate(values: Floats, of: Floats | None = None) -> Estimate:
        def figure(place: int, chosen: Ints | slice) -> float:
            total = float(values[place, chosen].sum())
            if of is None:
                return total
            whole = float(of[chosen].sum())
            return total / whole if whole > 0 else float("nan")

        return _estimate(
            [figure(place, slice(None)) for place in range(len(values))],
            [figure(draw % len(values), chosen) for draw, chosen in enumerate(rows)],
        )

    return {
        "solved": estimate(solved),
        "solved_at_once": estimate(first),
        "new": estimate(solved * (1 - taught)),
        "solve_share": estimate(solved, taught),
        "cost_share": estimate(cost, paid),
        "cpu_share": estimate(cpu_s, worked),
    }


def _schedule(
    teacher: SeededAttempts,
    pupil: SeededAttempts,
    settings: Settings,
    statements: Mapping[str, str],
) -> Estimate:
    """Returns what `schedule` costs, cross-validated, against the cheaper prover at each rate."""
    if len(teacher.theorems) < FEWEST:
        unknown = float("nan"), float("nan")
        return Estimate(float("nan"), unknown, unknown)

    def single(attempts: SeededAttempts, *, seed: int, draws: int) -> Score:
        panel = panel_of([teacher.records(), attempts.records()])
        own = replace(settings, seeds=(seed,), draws=draws)
        return evaluate(panel, own, statements=statements, policies=[PRIMARY]).scores[SINGLE]

    by_seed = [
        1 / single(pupil.of_seed(place), seed=place, draws=1).band_cost_ratio
        for place in range(len(pupil.solved))
    ]
    least, most = single(pupil, seed=0, draws=settings.draws).interval
    return Estimate(float(np.mean(by_seed)), over_seeds(by_seed), (1 / most, 1 / least))
