"""`prover-arb market ...`: arrays for machines, pages for people, one line for bad input."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from prover_arb.cli import app
from tests.research.market.synthetic_market import row, write

COMMANDS = (
    "curves", "arbitrage", "revenue", "competition", "robustness", "distillation", "entry",
    "auction", "dynamics",
)  # fmt: skip


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["market", *map(str, arguments)])


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return " ".join(result.stderr.split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    names = [f"{'imo' if i % 2 else 'aime'}_{i}" for i in range(50)]
    ease = rng.random(50)
    for prover, cost, skill in (("s-10", 1.0, 0.6), ("m-20", 6.0, 0.8), ("large", 30.0, 1.0)):
        wins = rng.binomial(12, np.minimum(1, ease * skill + 0.1 * skill))
        rows = [row(n, cost * (1 + i % 3), int(w), 12) for i, (n, w) in enumerate(zip(names, wins))]  # noqa: B905
        write(tmp_path / "records", prover, rows)
    return tmp_path / "records"


@pytest.mark.parametrize("command", [*COMMANDS, "report"])
def test_every_command_explains_itself(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert "--records" in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_prints_json_that_is_json(folder: Path, command: str) -> None:
    result = call(command, "--records", folder, "--provers", "s-10,large", "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout, parse_constant=pytest.fail)
    assert data["study"] == command


def test_arbitrage_json_has_the_arrays_of_the_interface(folder: Path) -> None:
    result = call("arbitrage", "--records", folder, "--json", "--verification", "0.5")
    data = json.loads(result.stdout)
    rates = data["solve_rate"]
    names = ("market_price", "arbitrage_cost", "margin", "thresholds", "revenue_change")
    for name in names:
        assert len(data[name]) == len(rates) == 100
    assert data["provers"] == ["s-10", "m-20", "large"]
    assert len(data["thresholds"][0]) == 3
    for price, cost, margin, net in zip(
        data["market_price"], data["arbitrage_cost"], data["margin"], data["margin_net"],
        strict=True,
    ):  # fmt: skip
        assert cost <= price * (1 + 1e-9)
        assert margin == pytest.approx((price - cost) / price, abs=1e-9)
        assert net <= margin


def test_a_grid_is_kept_to(folder: Path) -> None:
    result = call("arbitrage", "--records", folder, "--grid", "1:100:5", "--json")
    for first, second, _ in json.loads(result.stdout)["thresholds"]:
        on_grid = np.append(np.geomspace(1, 100, 5), 0.0)
        # The stage that is swept may end anywhere, those before it only on the grid.
        assert second == 0 or np.isclose(on_grid, first).any()


def test_policies_of_the_scheduler_are_replayed(folder: Path) -> None:
    result = call(
        "arbitrage", "--records", folder, "--provers", "s-10,large", "--policy", "single:large",
        "--policy", "cascade:s-10=0.000004,large=0.0002", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    played = json.loads(result.stdout)["policies"]
    single = [p for p in played if p["policy"] == "single:large"]
    cascade = [p for p in played if p["policy"].startswith("cascade:")]
    assert len(single) == len(cascade) == 8
    assert single[-1]["solve_rate"] > single[0]["solve_rate"]
    assert max(p["solve_rate"] for p in cascade) > 0.3
    assert "unknown prover" in refused(
        call("arbitrage", "--records", folder, "--policy", "single:gone")
    )


def test_distillation_json_gives_each_student_its_margin(folder: Path) -> None:
    result = call("distillation", "--records", folder, "--tokens", "m-20=7k", "--json")
    data = json.loads(result.stdout)
    assert data["teacher"] == "large"
    assert [(s["student"], s["tokens"]) for s in data["students"]] == [("s-10", 10), ("m-20", 7000)]
    for student in data["students"]:
        assert 0 <= student["mean_margin_of_one_cascade"] <= student["mean_margin"] < 1


def test_a_page_and_its_numbers_are_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = call("arbitrage", "--records", folder, "--out", out)
    assert result.exit_code == 0, result.output
    assert "market price" in result.stdout
    page = (out / "arbitrage.html").read_text(encoding="utf-8")
    assert "plot-arbitrage-margin" in page
    assert 'src="http' not in page
    assert "data:text/csv;base64," in page
    rows = list(csv.DictReader(io.StringIO((out / "arbitrage-prices.csv").read_text())))
    assert len(rows) == 100
    assert json.loads((out / "arbitrage.json").read_text())["study"] == "arbitrage"


def test_the_report_has_everything(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "page"
    result = call("report", "--records", folder, "--provers", "s-10,large", "--out", out)
    assert result.exit_code == 0, result.output
    page = (out / "index.html").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f'<section id="{command}">' in page
        assert (out / f"{command}.json").is_file()


def test_bad_input_is_one_clear_line(folder: Path, tmp_path: Path) -> None:
    here = ("--records", folder)
    assert "no such folder" in refused(call("curves", "--records", tmp_path / "none"))
    assert "no records of 'x'" in refused(call("curves", *here, "--provers", "x"))
    assert "named twice" in refused(call("curves", *here, "--provers", "large,large"))
    assert "LOW:HIGH:POINTS" in refused(call("arbitrage", *here, "--grid", "1-2"))
    assert "0 < LOW < HIGH" in refused(call("arbitrage", *here, "--grid", "5:2:9"))
    assert "too many vectors" in refused(call("arbitrage", *here, "--grid", "1:2:9999"))
    assert "0 < low <= high" in refused(call("arbitrage", *here, "--from", "0.9", "--to", "0.5"))
    assert "must be positive" in refused(call("arbitrage", *here, "--max-budget", "-1"))
    assert "--teacher" in refused(call("distillation", *here, "--teacher", "nobody"))
    assert "PROVER=NUMBER" in refused(call("distillation", *here, "--tokens", "a"))
    assert "at least one student" in refused(call("distillation", *here, "--provers", "large"))
    bad = tmp_path / "bad"
    write(bad, "a", [row("x", 1, 1, 1)])
    (bad / "b.jsonl").write_text('{"id": "x", "mean_cost": 1, "attempts": [1]}\noops\n')
    assert f"{bad / 'b.jsonl'}:2: not JSON" in refused(call("report", "--records", bad))
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert "cannot be written" in refused(call("revenue", *here, "--out", blocked))


@pytest.mark.parametrize("wins", [0, 1])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_smallest_market_there_is(tmp_path: Path, command: str, wins: int) -> None:
    """One problem, one attempt; two provers, of which the second solves it or neither does."""
    write(tmp_path / "r", "a", [row("x", 1.0, 0, 1)])
    write(tmp_path / "r", "b", [row("x", 3.0, wins, 1)])
    result = call(command, "--records", tmp_path / "r", "--json")
    if not wins:
        assert "nothing to sell" in refused(result)
        return
    assert result.exit_code == 0, result.output
    json.loads(result.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_everything_solved_at_once(tmp_path: Path, command: str) -> None:
    rows = [row(f"p_{i}", 1.0, 3, 3) for i in range(6)]
    write(tmp_path / "r", "a", rows)
    write(tmp_path / "r", "b", [r | {"mean_cost": 2.0} for r in rows])
    result = call(command, "--records", tmp_path / "r", "--json")
    assert result.exit_code == 0, result.output


def test_a_rate_nobody_reaches_is_said(tmp_path: Path) -> None:
    rows = [row(f"p_{i}", 1.0, 2 * (i < 6), 2) for i in range(10)]
    write(tmp_path / "r", "a", rows)
    result = call("arbitrage", "--records", tmp_path / "r", "--from", "0.5", "--to", "0.9")
    assert result.exit_code == 0
    assert "no single prover reaches the rate" in " ".join(result.stdout.split())
    assert "no cascade does either" in " ".join(result.stdout.split())
