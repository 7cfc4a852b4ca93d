"""`--records` given several times: provers are pooled, and what is left out is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from prover_arb.cli import app
from tests.research.market.synthetic_market import row, write

SMALL = ("--world", "beta", "--seeds", "1", "--draws", "10", "--policies", "greedy")


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """20 problems of two provers in two folders; the second lacks one and has two more."""
    cheap = [row(f"mathd_{i}", 1 + i % 3, i % 5, 4) for i in range(20)]
    dear = [row(f"mathd_{i}", 9 + i % 2, 3, 4) for i in range(1, 22)]
    write(tmp_path / "one", "cheap", cheap)
    write(tmp_path / "two", "dear", dear)
    return tmp_path / "one", tmp_path / "two"


def test_evaluate_pools_and_counts(folders: tuple[Path, Path], tmp_path: Path) -> None:
    one, two = folders
    pooled = ("--records", one, "--records", two, "--from", "0.3", "--to", "0.6")
    result = call("schedule", "evaluate", *pooled, *SMALL, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["problems_left_out"] == 3
    shown = call("schedule", "evaluate", *pooled, *SMALL, "--out", tmp_path / "page")
    assert "not every prover has records of them: 3." in shown.stdout
    page = (tmp_path / "page" / "schedule.html").read_text()
    assert "19, those that every prover has records of; 3 others are left out" in page


def test_fit_pools_and_counts(folders: tuple[Path, Path], tmp_path: Path) -> None:
    one, two = folders
    out = tmp_path / "policy.json"
    result = call("schedule", "fit", out, "--records", one, "--records", two, "--dollars", "0.001")
    assert result.exit_code == 0, result.output
    assert "2 provers, 19 theorems" in result.stdout
    assert "not every prover has records of them: 3." in result.stdout
    assert json.loads(out.read_text())["provers"] == ["cheap", "dear"]


def test_market_pools_and_counts(folders: tuple[Path, Path]) -> None:
    one, two = folders
    result = call("market", "curves", "--records", one, "--records", two)
    assert result.exit_code == 0, result.output
    assert "not every prover has records of them: 3." in result.stdout
    alone = call("market", "curves", "--records", one)
    assert "not every prover" not in alone.stdout


def test_a_prover_in_two_folders_is_refused(folders: tuple[Path, Path]) -> None:
    one, two = folders
    write(two, "cheap", [row("mathd_1", 1, 1, 1)])
    for command in (("schedule", "evaluate"), ("market", "curves")):
        result = call(*command, "--records", one, "--records", two)
        assert result.exit_code == 2
        assert "'cheap' has records in" in result.stderr
        assert "Traceback" not in result.stderr
