"""Robustness, distillation, entry and dynamics on synthetic markets."""

from __future__ import annotations

import numpy as np
import pytest

from prover_arb.core.records import ProverRecords, Record
from prover_arb.errors import InputError
from prover_arb.research.market.distillation import gatekeeping, students, tokens_of
from prover_arb.research.market.dynamics import SCENARIOS, Scenario, price_path, replay
from prover_arb.research.market.entry import first_earning, growth
from prover_arb.research.market.model import Market, build_market
from prover_arb.research.market.robustness import domain, domains, transfer
from tests.research.market.synthetic_market import outcomes, records, two_tier


@pytest.mark.parametrize(
    ("problem", "source"),
    [
        ("django__django-11087", "django__django"),
        ("scikit-learn__scikit-learn-13439", "scikit-learn__scikit-learn"),
        ("mathd_algebra_513", "mathd_algebra"),
        ("amc12a_2003_p5", "amca"),
        ("imo_1960_p2", "imo"),
        ("aime_1983_p1", "aime"),
    ],
)
def test_domains_are_read_from_names(problem: str, source: str) -> None:
    assert domain(problem) == ("amc" if source == "amca" else source)


def _two_domains() -> Market:
    names = [f"imo_{i}" for i in range(40)] + [f"aime_{i}" for i in range(40)]
    rng = np.random.default_rng(0)

    def one(prover: str, cost: float, rate: float) -> ProverRecords:
        wins = {n: int(rng.binomial(20, rate * rng.random())) for n in names}
        rows = {n: Record(n, cost, outcomes(20, s)) for n, s in wins.items()}
        return ProverRecords(prover, rows)

    return build_market([one("cheap", 1.0, 0.7), one("dear", 12.0, 1.0)])


def test_transfer_is_paid_for_and_repeats() -> None:
    market = _two_domains()
    assert set(domains(market.problems)) == {"imo", "aime"}
    results = transfer(market, samples=(0.25, 1.0), repeats=6)
    assert [(t.trained_on, t.sample) for t in results] == [
        ("imo", 10), ("imo", 40), ("aime", 10), ("aime", 40)
    ]  # fmt: skip
    for result in results:
        assert 0 < result.search <= market.records_cost
        assert len(result.margins) + result.skipped == 6
        low, high = result.interval()
        assert low <= np.mean(result.margins) <= high
        # The search weighs less the more problems are sold.
        assert result.net_profit(1e3) < result.net_profit(1e9) <= np.mean(result.profits)
    again = transfer(market, samples=(0.25, 1.0), repeats=6)
    assert again == results


def test_a_student_as_good_as_its_teacher_takes_all() -> None:
    rows = [(100.0, 10, 10)] * 10
    twin = [(1.0, 10, 10)] * 10
    useless = [(50.0, 10, 0)] * 10
    market = build_market(
        [records("teacher", rows), records("s-100", twin), records("s-1", useless)],
        low=0.5, high=1.0,
    )  # fmt: skip
    poor, good = students(market, "teacher", {})
    assert (poor.name, poor.tokens, good.tokens) == ("s-1", 1.0, 100.0)
    # The twin is the market itself: nothing is left to arbitrage, nor to the teacher.
    assert good.mean_margin == pytest.approx(0.0, abs=1e-6)
    assert good.teacher_before == 0.0
    assert poor.teacher_loss == pytest.approx(0.0, abs=1e-6)


def test_a_student_of_easy_problems_leaves_a_margin() -> None:
    market = two_tier()
    [student] = students(market, "dear", {"cheap": 7})
    assert student.tokens == 7
    assert 0.1 < student.mean_margin < 0.75
    assert 0 < student.teacher_loss < 1


def test_names_tell_the_training() -> None:
    assert tokens_of("1.7b-845") == 845
    assert tokens_of("small-3k") == 3_000
    assert tokens_of("small_192K") == 192_000
    assert tokens_of("small-1.5M") == 1_500_000
    assert np.isnan(tokens_of("1.7b-1e"))
    # A model's size is not what it was trained on.
    assert np.isnan(tokens_of("kimina-8b"))


def test_one_cascade_for_all_rates_earns_less_than_the_best_at_each() -> None:
    # By hand (synthetic_market.py): 70% at the rate 1; at 0.4 the cheap prover is the market.
    [student] = students(two_tier().at(np.array([0.4, 1.0])), "dear", {})
    assert student.mean_margin == pytest.approx(0.35, abs=0.01)
    assert student.mean_margin_of_one == pytest.approx(0.35, abs=0.01)
    # Two kinds of easy problems need two cascades: one of them is best at each rate only.
    middling = [(1.0, 5, 5)] * 5 + [(1.0, 20, 1)] * 4 + [(1.0, 20, 0)] * 1
    mixed = build_market(
        [records("dear", [(30.0, 5, 5)] * 10), records("cheap", middling)], low=0.3, high=1.0
    )
    [student] = students(mixed, "dear", {})
    assert 0 < student.mean_margin_of_one < student.mean_margin
    # A teacher that does not reach a rate sells nothing there, which counts as zero.
    beyond = two_tier().at(np.array([0.9, 1.0]))
    short = beyond.with_provers([beyond.provers[0].subset(np.arange(100)), beyond.provers[1]])
    assert students(short, "dear", {})[0].mean_margin_of_one > 0.7


def test_gatekeeping_pays_until_someone_distils() -> None:
    easy = [(1.0, 5, 5)] * 8 + [(1.0, 5, 0)] * 2
    copy = [(1.5, 5, 5)] * 8 + [(1.5, 5, 0)] * 2
    dear = records("dear", [(20.0, 5, 5)] * 10)
    market = build_market([dear, records("cheap", easy), records("copy", copy)], low=0.85, high=1.0)
    alone, both, copied = gatekeeping(market, "dear", "cheap", "copy")
    assert alone.provider > both.provider > copied.provider
    assert both.customers < copied.customers < alone.customers


def test_a_small_prover_earns_earlier_with_arbitrage() -> None:
    small = records("small", [(1.0, 10, 5)] * 16 + [(1.0, 10, 0)] * 4)
    large = records("large", [(20.0, 10, 10)] * 20)
    market = build_market([small, large], low=0.5, high=1.0)
    grown = growth(market, "small", [0.0, 0.05, 0.1, 0.2, 0.5, 1.0])
    assert grown[0].with_arbitrage == grown[0].without == 0.0
    assert grown[1].pass_rate == pytest.approx(0.05 * 0.4, rel=1e-3)
    early = first_earning(grown, with_arbitrage=True)
    late = first_earning(grown, with_arbitrage=False)
    assert early is not None
    assert late is None or early.factor <= late.factor
    assert first_earning(grown[:1], with_arbitrage=True) is None


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_hindsight_is_never_dearer(scenario: Scenario) -> None:
    market = _two_domains()
    path = price_path(scenario, 2, 12, seed=3)
    often, never = (replay(market, path, 0.5, every=n) for n in (1, 100))
    for found in (often, never):
        known = np.isfinite(found.refitted)
        assert (found.hindsight[known] <= found.refitted[known] + 1e-9).all()
        assert (np.diff(found.regret) >= -1e-9).all()
    assert often.refits.tolist() == list(range(12))
    assert never.refits.tolist() == [0]
    assert often.relative_regret <= never.relative_regret + 1e-9
    # Even a fresh policy is read between grid points.
    assert often.relative_regret == pytest.approx(0.0, abs=0.01)


def test_a_price_cut_makes_an_old_policy_regret() -> None:
    market = two_tier()
    path = np.ones((6, 2))
    path[3:, 1] = 0.02  # the dear prover becomes cheaper than the cheap one
    replayed = replay(market, path, 0.9, every=100)
    assert replayed.relative_regret > 0.05


def test_unknown_scenarios_are_refused() -> None:
    with pytest.raises(InputError, match="known: random-walk"):
        price_path("boom", 2, 3)  # type: ignore[arg-type]
