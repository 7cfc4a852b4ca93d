"""Attempts in parallel: the formulas against closed forms, and against races that are run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.research.evaluation.objectives.batch_plan import at_value
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.planning.cells import Cells, recorded_cells, true_cells
from prover_arb.scheduler.planning.deadline_plan import best, by_deadline, plans, race
from prover_arb.scheduler.planning.paths import Paths, paths_for
from tests.research.evaluation.synthetic_panel import random_panel


def one_prover(rate: float, attempts: int, cost: float = 2.0) -> tuple[Cells, Paths]:
    """A theorem with a known rate, and a path of so many attempts."""
    panel = Panel(
        ("p",),
        ("t",),
        np.array([[cost]]),
        np.array([[1000]]),
        np.array([[round(1000 * rate)]]),
    )
    same = np.ones((1, attempts))
    path = Paths(np.zeros((1, attempts), dtype=np.int64), same, same, same)
    cells = true_cells(panel, "independent")
    return cells, path.played(cells)


@pytest.mark.parametrize("max_parallel", [1, 2, 5])
@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0])
def test_rounds_of_equal_attempts_are_geometric(max_parallel: int, rate: float) -> None:
    cost, seconds = 2.0, 3.0
    cells, path = one_prover(rate, 500, cost)
    run = race(path, cells, np.eye(1), np.array([[seconds]]), max_parallel)
    finish = run.by(np.inf)
    hit = 1 - (1 - rate) ** max_parallel
    assert finish.solved == pytest.approx(1.0)
    assert finish.seconds == pytest.approx(seconds / hit)
    assert finish.cost == pytest.approx(max_parallel * cost / hit)
    assert finish.waste == pytest.approx(max_parallel * cost / hit - cost / rate, abs=1e-9)


def test_a_deadline_cuts_off_what_would_end_after_it() -> None:
    cells, path = one_prover(0.5, 500)
    run = race(path, cells, np.eye(1), np.array([[3.0]]), 2)
    finish = run.by(7.0)
    assert finish.solved == pytest.approx(1 - 0.5**4)
    assert finish.cost == pytest.approx(2 * 2.0 * (1 + 0.25))
    assert finish.seconds == pytest.approx(3 * (1 + 0.25))
    assert run.by(2.9).cost == 0


@st.composite
def races(draw: st.DrawFn) -> tuple[Cells, Paths, np.ndarray, np.ndarray]:
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    attempts = np.array([[draw(st.integers(1, 9)) for _ in range(m)] for _ in range(n)])
    share = np.array([[draw(st.floats(0, 1)) for _ in range(m)] for _ in range(n)])
    cost = np.array([[draw(st.floats(0.5, 20)) for _ in range(m)] for _ in range(n)])
    panel = Panel(
        tuple(f"p{j}" for j in range(m)),
        tuple(f"t{i}" for i in range(n)),
        cost,
        attempts,
        np.round(share * attempts).astype(np.int64),
    )
    weights = np.full((2, n), 1 / n)
    seconds = np.array([[draw(st.floats(0.5, 9)) for _ in range(m)] for _ in range(2)])
    paths = paths_for(recorded_cells(panel), weights, 500.0, np.full(m, 4))
    return recorded_cells(panel), paths, weights, seconds


@settings(deadline=None)
@given(races(), st.integers(2, 5))
def test_time_is_bought_with_waste(
    case: tuple[Cells, Paths, np.ndarray, np.ndarray], max_parallel: int
) -> None:
    cells, paths, weights, seconds = case
    alone, several = (race(paths, cells, weights, seconds, k) for k in (1, max_parallel))
    one, more = alone.by(np.inf), several.by(np.inf)
    plan = at_value(paths, 500.0)
    assert one.waste == 0
    assert one.cost == pytest.approx(plan.spend)
    assert one.solved == pytest.approx(plan.solved)
    assert more.solved == pytest.approx(one.solved)
    assert more.seconds <= one.seconds * (1 + 1e-9)
    assert 0 <= more.waste <= more.cost * (1 + 1e-9)
    for deadline in (3.0, 8.0, 20.0):
        assert several.by(deadline).solved >= alone.by(deadline).solved - 1e-9


@settings(deadline=None, max_examples=30)
@given(races(), st.floats(0.05, 0.9))
def test_a_shorter_deadline_never_costs_less(
    case: tuple[Cells, Paths, np.ndarray, np.ndarray], share: float
) -> None:
    cells, paths, weights, seconds = case
    deadlines = [2.0, 4.0, 8.0, 16.0, 64.0]
    choices = plans(
        paths,
        cells,
        weights,
        seconds,
        values=[5, 50, 500],
        deadlines=deadlines,
        parallelism=(1, 2, 4),
    )
    wanted = share * max(plan.finish.solved for plan in choices[-1])
    chosen = by_deadline(choices, wanted)
    assert chosen[-1] is not None
    for shorter, longer in pairwise(chosen):
        if shorter is not None:
            assert longer is not None
            assert longer.finish.cost <= shorter.finish.cost
    for deadline, choice, plan in zip(deadlines, choices, chosen, strict=True):
        enough = [other for other in choice if other.finish.solved >= wanted * (1 - 1e-9)]
        assert (plan is None) == (not enough)
        if plan is not None:
            assert plan.finish.cost <= min(other.finish.cost for other in enough)
            some = paths.below(plan.value)
            again = race(some, cells, weights, seconds, plan.max_parallel).by(plan.deadline)
            assert plan.deadline <= deadline
            assert again.solved >= wanted * (1 - 1e-9)


def run_once(
    rng: np.random.Generator, case: tuple[Cells, Paths, np.ndarray, np.ndarray], max_parallel: int
) -> tuple[bool, float, float, float]:
    """(solved, cost, waste, seconds) of a race on one theorem, run event by event."""
    cells, paths, weights, seconds = case
    theorem = rng.choice(len(cells.cost), p=weights[0])
    wins, both = cells.wins[theorem], cells.total[theorem]
    rates = rng.beta(wins, both - wins)
    steps = [int(j) for j in paths.prover[0] if j >= 0]
    flying: list[tuple[float, int, float]] = []
    now = spent = 0.0
    at = 0
    while True:
        while at < len(steps) and len(flying) < max_parallel:
            flying.append((now + seconds[0, steps[at]], at, now))
            at += 1
        if not flying:
            return False, spent, 0.0, now
        flying.sort()
        now, step, _ = flying.pop(0)
        spent += cells.cost[theorem, steps[step]]
        if rng.random() < rates[steps[step]]:
            waste = sum(
                cells.cost[theorem, steps[other]] * (now - begun) / seconds[0, steps[other]]
                for _, other, begun in flying
            )
            return True, spent + waste, waste, now


@pytest.mark.parametrize("max_parallel", [1, 3, 4])
def test_races_that_are_run_agree_with_the_formulas(max_parallel: int) -> None:
    panel = random_panel(12, seed=5)
    weights = np.random.default_rng(6).dirichlet(np.ones(12))[None, :]
    seconds = np.array([[2.0, 7.0]])
    cells = recorded_cells(panel)
    paths = paths_for(cells, weights, 3_000.0, np.array([6, 5]))
    case = cells, paths, weights, seconds
    finish = race(paths, cells, weights, seconds, max_parallel).by(np.inf)
    expected = finish.solved, finish.cost, finish.waste, finish.seconds
    rng = np.random.default_rng(7)
    drawn = np.array([run_once(rng, case, max_parallel) for _ in range(6_000)], dtype=float)
    error = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - expected) <= 4 * error + 1e-9).all()
    assert max_parallel == 1 or finish.waste > 0


def test_a_proof_worth_more_is_worth_more_waste() -> None:
    cells = recorded_cells(random_panel(30, seed=8))
    weights = np.full((5, 30), 1 / 30)
    seconds = np.tile([4.0, 20.0], (5, 1))

    def chosen(value: float, deadline: float) -> int:
        paths = paths_for(cells, weights, value, np.array([40, 40]))
        (choice,) = plans(paths, cells, weights, seconds, values=[value], deadlines=[deadline])
        return best(choice).max_parallel

    assert chosen(500.0, 1e9) == 1
    assert chosen(500.0, 40.0) > 1
    assert chosen(5_000.0, 40.0) >= chosen(500.0, 40.0)
