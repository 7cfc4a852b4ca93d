"""Worlds, lattices and cascades against closed forms and exhaustive search."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from prover_arb.errors import PolicyError
from prover_arb.research.evaluation.clairvoyant import clairvoyant
from prover_arb.research.evaluation.fitted_cascades import cascade, fit_cascades
from prover_arb.research.evaluation.lattice import (
    Lattice,
    best_sequences,
    expected,
    greedy_sequences,
    in_blocks,
    lattice_for,
    play,
    tables_of,
)
from prover_arb.research.evaluation.rollout import roll_out, rollout_outcomes
from prover_arb.research.evaluation.world_outcomes import paid, survival
from prover_arb.scheduler.index.forest import Forest
from prover_arb.scheduler.index.world import WORLDS, World
from prover_arb.scheduler.planning.paths import NOBODY
from tests.research.evaluation.synthetic_panel import panel, random_panel


@pytest.mark.parametrize("world", WORLDS)
def test_attempts_paid_are_the_sum_of_the_chances_that_they_are_needed(world: World) -> None:
    for s, n in ((0, 4), (1, 4), (4, 4), (7, 900)):
        fails = survival(world, s, n, np.arange(60))
        assert fails[0] == pytest.approx(1)
        assert paid(world, s, n, 60) == pytest.approx(fails.sum(), rel=1e-9)


@pytest.mark.parametrize("world", WORLDS)
def test_using_up_the_records_is_no_success_and_more_attempts_are_not_free(world: World) -> None:
    assert survival(world, 1, 2, 2) > 0.2
    assert survival(world, 1, 2, 3) > 0.1
    assert paid(world, 0, 5, 10) > 9 * (world == "independent")
    assert paid(world, 0, 5, 10) > paid(world, 0, 5, 5) + 3


def test_a_drawn_rate_fails_as_its_distribution_says() -> None:
    p = np.random.default_rng(0).beta(3.3, 7.3, 400_000)
    assert survival("beta", 3, 10, 4) == pytest.approx(((1 - p) ** 4).mean(), rel=0.01)


def test_the_best_sequence_is_the_best_of_all_paths() -> None:
    market = panel([[1, 7], [2, 5], [1, 9]], [[9, 9], [9, 9], [9, 9]], [[1, 8], [4, 6], [0, 3]])
    lattice = Lattice((np.array([0, 1, 2, 4]), np.array([0, 1, 3])))
    tables = tables_of(market, lattice, "beta")
    values = np.array([5.0, 12.0, 30.0, 200.0])
    plan = best_sequences(expected(tables, np.full((1, 3), 1 / 3)), values)
    solved, cost = (values_of_theorems.mean(axis=0) for values_of_theorems in play(plan, tables))
    reached = np.full(len(values), -np.inf)
    for length in range(6):
        for path in itertools.product((0, 1), repeat=length):
            if path.count(0) > 3 or path.count(1) > 2:
                continue
            gains, spent = _walk(path, tables)
            reached = np.maximum(reached, values * gains - spent)
    assert values * solved - cost == pytest.approx(reached, rel=1e-5)
    plain = greedy_sequences(expected(tables, np.full((1, 3), 1 / 3)), values)
    solved, cost = (values_of_theorems.mean(axis=0) for values_of_theorems in play(plain, tables))
    assert (values * solved - cost <= reached + 1e-9).all()


def _walk(path: tuple[int, ...], tables: object) -> tuple[float, float]:
    at = [0, 0]
    open_, spent = np.ones(3), np.zeros(3)
    for j in path:
        g = at[j]
        fail, paid_ = tables.fail[j], tables.paid[j]  # type: ignore[attr-defined]
        spent += (
            open_ / fail[:, g] * tables.cost[:, j] * (paid_[:, g + 1] - paid_[:, g])  # type: ignore[attr-defined]
        )
        open_ = open_ * fail[:, g + 1] / fail[:, g]
        at[j] += 1
    return float(1 - open_.mean()), float(spent.mean())


def test_knowing_one_theorem_the_plan_is_to_try_the_cheapest_per_proof_as_long_as_it_pays() -> None:
    market = panel([[1.0, 4.0]], [[100, 100]], [[10, 80]])
    tables = tables_of(market, lattice_for(market), "independent")
    values = np.array([4.9, 5.1])
    solved, cost = play(best_sequences(expected(tables, np.ones((1, 1))), values), tables)
    assert solved[0] == pytest.approx([0, 1], abs=1e-6)
    assert cost[0] == pytest.approx([0, 5.0], rel=1e-4)
    known = clairvoyant(market, "independent", values)
    assert known[0][0] == pytest.approx([0, 1])
    assert known[1][0] == pytest.approx([0, 5.0])


def test_the_clairvoyant_of_drawn_rates_is_the_mean_over_draws() -> None:
    market = panel([[1.0, 6.0]], [[10, 10]], [[2, 6]])
    rng = np.random.default_rng(1)
    p = np.stack([rng.beta(2.3, 8.3, 300_000), rng.beta(6.3, 4.3, 300_000)])
    least = np.minimum(1.0 / p[0], 6.0 / p[1])
    values = np.array([3.0, 6.0, 12.0, 40.0])
    solved, cost = clairvoyant(market, "beta", values)
    assert solved[0] == pytest.approx([(least <= v).mean() for v in values], abs=0.01)
    assert cost[0] == pytest.approx([(least * (least <= v)).mean() for v in values], rel=0.02)


def test_cascades_charge_what_they_say() -> None:
    market = panel([[2.0]], [[4]], [[2]])
    budget = np.array([[3.0]])
    assert cascade(market, budget, "independent", "cut")[0] == pytest.approx(0.5)
    assert cascade(market, budget, "independent", "cut")[1] == pytest.approx(2 + 0.5 * 1)
    assert cascade(market, budget, "independent", "whole")[0] == pytest.approx(0.75)
    assert cascade(market, budget, "independent", "whole")[1] == pytest.approx(2 + 0.5 * 2)
    assert cascade(market, budget, "independent", "count")[1] == pytest.approx(2 * 1.75)


def test_a_fitted_cascade_asks_the_cheap_prover_first_and_the_dear_one_where_it_pays() -> None:
    market = random_panel()
    values = np.array([0.1, 30.0, 3000.0])
    fitted = fit_cascades(market, "independent", values, "whole")
    assert (fitted[0] == 0).all()
    assert fitted[1, 0] > 0
    assert fitted[2, 1] > fitted[1, 1]


def test_too_many_provers_for_a_lattice_are_refused() -> None:
    market = panel([[1.0] * 9], [[3] * 9], [[1] * 9])
    with pytest.raises(PolicyError, match="for 5 provers, not 9"):
        lattice_for(market)


def test_a_lattice_has_every_count_that_fits_and_grows_in_steps_where_they_do_not() -> None:
    market = panel([[1, 1]], [[5, 400]], [[1, 1]])
    few, many = in_blocks(market, 20).counts
    assert few.tolist() == [0, 1, 2, 3, 4, 5]
    assert (many[:4].tolist(), many[-1]) == ([0, 1, 2, 3], 400)
    assert 15 <= len(many) <= 20
    assert (np.diff(many, 2) >= -1).all()  # rounding may make a step one shorter


@pytest.mark.parametrize("world", WORLDS)
def test_who_sells_once_is_known_once_bought_and_never_paid_twice(world: World) -> None:
    market = panel([[1, 5], [1, 5]], [[1, 10], [1, 10]], [[1, 5], [0, 5]])
    assert market.once.tolist() == [True, False]
    assert cascade(market, np.array([[9.0, 0.0]]), world, "whole")[0].ravel().tolist() == [1, 0]
    assert cascade(market, np.array([[9.0, 0.0]]), world, "cut")[1].ravel().tolist() == [1, 1]
    assert cascade(market, np.array([[0.4, 0.0]]), world, "cut")[1].ravel().tolist() == [0.4, 0.4]
    assert lattice_for(market).shape[0] == 2


def test_a_walk_buys_the_cheapest_proof_next_and_is_played_exactly() -> None:
    market = panel([[1, 7], [2, 5], [1, 9]], [[9, 9], [9, 9], [9, 9]], [[1, 8], [4, 6], [0, 3]])
    tables = tables_of(market, Lattice((np.arange(6), np.arange(6))), "beta")
    way = roll_out(
        tables,
        lambda rows, prices: np.full((len(rows), 3), 1 / 3),
        lambda j, rows, count: market.cost[rows, j],
        3,
        1e6,
        noise=1e9,
    )
    assert (np.diff(way.asking, axis=1) >= 0).all()
    # With prices that say nothing all go one way, and greedily: that of the lattice.
    assert (way.prover == way.prover[0]).all()
    values = np.geomspace(1, 1e5, 40)
    steps = expected(tables, np.full((1, 3), 1 / 3))
    for first, second in zip(
        rollout_outcomes(way, tables, values),
        play(greedy_sequences(steps, values), tables),
        strict=True,
    ):
        assert first == pytest.approx(second)
    assert (way.prover[:, -1] != NOBODY).any()


def test_prices_met_change_where_a_walk_goes() -> None:
    market = panel([[1, 19], [8, 19]], [[40, 40], [40, 40]], [[20, 30], [4, 30]])
    tables = tables_of(market, lattice_for(market), "independent")
    way = roll_out(
        tables,
        lambda rows, prices: np.full((len(rows), 2), 0.5),
        lambda j, rows, count: market.cost[rows, j],
        2,
        1e6,
    )
    assert way.prover[0, :2].tolist() == [0, 0]
    assert way.prover[1, :2].tolist() == [0, 1]


def test_the_forest_names_theorems_alike_and_learns_from_what_is_met() -> None:
    rng = np.random.default_rng(0)
    ease = rng.random(300)
    text = np.stack([ease + rng.normal(0, 0.3, 300), rng.normal(size=300)], axis=1)
    price = (3 - 2 * ease + rng.normal(0, 0.05, 300))[:, None]
    forest = Forest(text[:200], price[:200], ease[:200, None])
    unmet = np.full((100, 1), np.nan)
    before = forest.weights(text[200:], unmet)
    after = forest.weights(text[200:], price[200:])
    assert before.sum(axis=1) == pytest.approx(np.ones(100))
    errors = [np.abs(w @ ease[:200] - ease[200:]).mean() for w in (before, after)]
    assert errors[1] < 0.6 * errors[0] < 0.6 * np.abs(ease[200:] - ease[:200].mean()).mean()
    again = Forest(text[:200], price[:200], ease[:200, None]).weights(text[200:], price[200:])
    assert (again == after).all()


def test_trees_descended_with_our_arrays_lead_where_the_librarys_do() -> None:
    rng = np.random.default_rng(1)
    known, seen = rng.normal(size=(150, 4)), rng.normal(size=(150, 2))
    forest = Forest(known, seen, known[:, :1] + seen)
    features = rng.normal(size=(300, 4))
    met = np.where(rng.random((300, 2)) < 0.5, np.nan, rng.normal(size=(300, 2)))
    # So many rows go through the library, a few through our arrays.
    whole = forest.weights(features, met)
    few = np.vstack([forest.weights(features[i : i + 7], met[i : i + 7]) for i in range(0, 300, 7)])
    assert few == pytest.approx(whole, abs=1e-6)
