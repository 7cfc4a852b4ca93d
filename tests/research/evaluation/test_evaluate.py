"""The instrument: its figures on markets with known answers, its interface, and bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from prover_arb.cli.app import app
from prover_arb.core.record_files import read_folder
from prover_arb.research.evaluation.evaluate import evaluate
from prover_arb.research.evaluation.metrics import (
    PolicyOutcome,
    bootstrap,
    calibration,
    log_costs,
    ratio,
)
from prover_arb.research.evaluation.scores import BOUND, Settings
from prover_arb.scheduler.index.features import category, matrix
from prover_arb.scheduler.index.panel import panel_of
from tests.research.evaluation.synthetic_panel import random_panel, write_records

SHARED = [parent / "shared" / "data" for parent in Path(__file__).resolve().parents]
DATA = next((folder for folder in SHARED if folder.is_dir()), SHARED[2])


def test_a_policy_twice_as_dear_has_ratio_two() -> None:
    solved = np.tile(np.linspace(0, 1, 21), (8, 1))
    cost = np.tile(np.geomspace(1, 50, 21), (8, 1))
    draws = bootstrap(8, 20, 0)
    rates = np.linspace(0.6, 0.9, 31)
    one, two = (log_costs(PolicyOutcome(solved, c), rates, draws) for c in (cost, 2 * cost))
    assert ratio(two, one) == pytest.approx(np.full(21, 2.0))
    assert np.isinf(log_costs(PolicyOutcome(solved / 2, cost), rates, draws)).all()


def test_calibration_is_perfect_for_the_truth_and_worse_for_noise() -> None:
    rng = np.random.default_rng(0)
    rate = rng.random((500, 2))
    right = calibration(rate, rate, np.full_like(rate, 0.5))
    assert right.brier == pytest.approx((rate * (1 - rate)).mean())
    assert right.predicted == pytest.approx(right.observed)
    assert calibration(rng.random((500, 2)), rate, rate).brier > right.brier + 0.05


def test_on_a_market_whose_prices_tell_all_the_price_policy_wins_and_none_beats_the_bound() -> None:
    result = evaluate(random_panel(120), Settings(seeds=(0, 1), draws=50))
    figures = {name: score.band_cost_ratio for name, score in result.scores.items()}
    assert figures["prices"] < 0.97 * figures["dp"]
    assert figures[result.reference] == pytest.approx(1)
    assert all(figures[BOUND] <= figure for figure in figures.values())
    assert min(figure for score in result.scores.values() for figure in score.regret) > -1e-9


def test_without_statements_the_repository_in_a_name_is_a_signal() -> None:
    market = random_panel(120)
    order = np.argsort(market.successes[:, 1])
    names = {int(i): f"owner__{'abcd'[k // 30]}-{k + 100}" for k, i in enumerate(order)}
    named = replace(market, theorems=tuple(names[i] for i in range(120)))
    figures = [
        evaluate(panel, Settings(seeds=(0,), draws=20), policies=["kind", "contextual-permuted"])
        for panel in (market, named)
    ]
    plain, with_names = (
        {n: s.band_cost_ratio for n, s in result.scores.items()} for result in figures
    )
    assert with_names["kind"] < 0.9 * plain["kind"]
    assert with_names["contextual-permuted"] == pytest.approx(
        plain["contextual-permuted"], rel=0.15
    )


def test_costs_are_compared_with_whichever_policy_is_named() -> None:
    market = random_panel(60)
    plain = evaluate(market, Settings(seeds=(0,), draws=20), policies=["dp"])
    other = evaluate(market, Settings(seeds=(0,), draws=20, reference="dp"), policies=["dp"])
    assert other.reference == "dp"
    assert other.scores["dp"].band_cost_ratio == pytest.approx(1)
    assert other.scores[plain.reference].band_cost_ratio == pytest.approx(
        1 / plain.scores["dp"].band_cost_ratio, rel=1e-6
    )


def test_a_statement_is_read_without_its_proof_and_its_name() -> None:
    texts = ["theorem a9 (x : ℝ) (h : 0 < x) : x ^ 2 = 4 := by sorry"]
    texts += ["theorem b777 (x : ℝ) (h : 0 < x) : x ^ 2 = 4 := by norm_num"]
    first, second = matrix(["imo_1960_p2"] * 2, texts)
    assert first == pytest.approx(second, abs=0.2)
    assert np.isfinite(matrix(["x"], [""])).all()
    assert category("amc12a_2002_p6") == "amc12"
    assert category("something") == "other"


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return write_records(random_panel(30), tmp_path / "records")


def _run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["schedule", "evaluate", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_json_has_the_figures_of_every_policy(records: Path, tmp_path: Path) -> None:
    code, out, _ = _run(
        "--records", records, "--world", "beta", "--seeds", "4", "--draws", 20, "--policies",
        "dp,prices", "--json", "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0
    world = json.loads(out)["worlds"]["beta"]
    for name in ("dp", "prices", "cascade (cut)", "clairvoyant", "best single"):
        scored = world["policies"][name]
        assert (
            scored["interval"][0] <= scored["band_cost_ratio"] <= scored["interval"][1]
            or name == (world["reference"])
        )
        assert len(scored["sub_bands"]) == 3
        assert len(scored["curve"]["cost"]) == len(scored["curve"]["solve_rate"]) == 31
    assert "plot-costs-beta" in (tmp_path / "out" / "schedule.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--folds", "31"], "31 folds of 30 theorems"),
        (["--seeds", "1,1"], "--seeds"),
        (["--policies", "oracle"], "unknown policy 'oracle'"),
        (["--reference", "oracle"], "--reference: 'oracle' is not evaluated"),
        (["--policies", "text"], "give --statements"),
        (["--from", "0.9", "--to", "0.6"], "--from"),
        (["--provers", "cheap,nobody"], "no records of 'nobody'"),
        (["--statements", "/nowhere"], "/nowhere"),
    ],
)
def test_bad_input_is_named(records: Path, arguments: list[str], message: str) -> None:
    code, _, err = _run("--records", records, *arguments)
    assert code == 2
    assert message in err.replace("\n", " ")
    assert "Traceback" not in err


def test_statements_of_other_theorems_are_refused(records: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text('{"name": "a", "formal_statement": "theorem a : 1 = 1"}\n')
    code, _, err = _run("--records", records, "--statements", path)
    assert code == 2
    assert "only 0 of 30" in err
    good = '{"name": "a", "formal_statement": "theorem a : 1 = 1"}\n'
    path.write_text(good + '{"name": "b", "formal_statement": "x"}\n')
    assert f"{path.name}:2" in _run("--records", records, "--statements", path)[2]


@pytest.mark.parametrize(
    "row",
    ['{"id": "mathd_algebra_0", "mean_cost": NaN, "attempts": [true]}',
     '{"id": "new", "mean_cost": -1, "attempts": [true]}',
     '{"id": "new", "mean_cost": 1, "attempts": []}',
     '{"id": "mathd_algebra_0", "mean_cost": 1, "attempts": [true]}'],
)  # fmt: skip
def test_bad_records_are_named_with_file_and_line(records: Path, row: str) -> None:
    with (records / "cheap.jsonl").open("a") as file:
        file.write(row + "\n")
    code, _, err = _run("--records", records)
    assert code == 2
    assert "cheap.jsonl:31" in err.replace("\n", "")


@pytest.mark.needs_shared
@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent; this test replays its records")
def test_the_recorded_lean_market_gives_the_known_figures() -> None:
    panel = panel_of(read_folder(DATA / "records" / "lean"))
    lines = (DATA / "minif2f" / "minif2f_lean4.jsonl").read_text().splitlines()
    statements = {row["name"]: row["formal_statement"] for row in map(json.loads, lines)}
    result = evaluate(
        panel,
        Settings(seeds=(0,), draws=200),
        statements=statements,
        policies=["dp", "text", "contextual", "prices", "contextual-permuted"],
    )
    figures = {name: score.band_cost_ratio for name, score in result.scores.items()}
    # Ordering attempts is worth nothing, knowing the theorem is worth much, other texts nothing.
    assert result.scores["dp"].against_count[0] == pytest.approx(0.99, abs=0.03)
    assert figures["contextual"] == pytest.approx(0.75, abs=0.06)
    assert figures["text"] < 1
    assert figures["contextual-permuted"] > figures["prices"] - 0.03
    assert figures[BOUND] == pytest.approx(0.19, abs=0.02)
