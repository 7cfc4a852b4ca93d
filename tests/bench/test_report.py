"""The report page and the closing table."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from arithmetic import CATALOG, opened
from typer.testing import CliRunner

from prover_arb.bench.prepare import claim, prepare
from prover_arb.bench.report import load_runs, series, write_report, write_run_report
from prover_arb.bench.run_options import RunOptions
from prover_arb.bench.runner import Benchmark
from prover_arb.bench.runs import RunFolder
from prover_arb.bench.summary import Margin
from prover_arb.bench.tables import duration, margin_line
from prover_arb.cli import app
from prover_arb.errors import RunError

EVIL = "</script><script>alert(1)</script>"


def run(tmp_path: Path, name: str, statements: dict[str, str], **more: object) -> Path:
    """A finished run."""
    problems = tmp_path / f"{name}.jsonl"
    rows = [
        {"name": n, "formal_statement": f"theorem {n} {s} := by sorry", "source": EVIL}
        for n, s in statements.items()
    ]
    problems.write_text("\n".join(json.dumps(row) for row in rows))
    options = RunOptions(catalog=CATALOG, problems=problems, out=tmp_path / name, **more)  # type: ignore[arg-type]
    ready = prepare(options)
    with ready.folder.locked():
        claim(ready)
        benchmark = Benchmark(ready, opened, workers=1)
        asyncio.run(benchmark.run())
    return ready.folder.path


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    statements = {"a": ": 1 + 1 = 2", "b": ": 40 + 2 = 42", "c": ": 400 * 2 = 800"}
    one = run(tmp_path, "one", statements, policies=("single:flash",))
    other = run(tmp_path, "other", statements | {"d": f': "{EVIL}" = 1'}, policies=("cascade",))
    return [one, other]


def test_runs_are_compared_on_one_page(two: list[Path], tmp_path: Path) -> None:
    page = tmp_path / "pages" / "both.html"
    found = load_runs(two)
    assert [one.label for one in series(found)] == ["one / single:flash", "other / cascade"]
    write_report(found, page)
    text = page.read_text()
    links = re.findall(r'<td><a href="([^"]+)"', text)
    assert len(links) == 1 + 3
    for link in links:
        assert (page.parent / link).resolve().is_file()
    assert "../one/certificates/single-flash/a.json" in links


def test_what_a_data_set_says_cannot_become_script(two: list[Path], tmp_path: Path) -> None:
    write_report(load_runs(two), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert EVIL not in text
    assert "<script>alert" not in text


def test_the_comparison_is_printed(two: list[Path], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = CliRunner().invoke(app, ["bench", "report", *map(str, two), "--out", str(page)])
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines() if " / " in line]
    assert [(row[0], row[3]) for row in rows] == [("one", "1/3"), ("other", "3/3")]
    assert "do not compare" in " ".join(result.stderr.split())
    assert page.exists()


def test_the_ledger_shows_the_same_total_as_the_table(two: list[Path]) -> None:
    text = CliRunner().invoke(app, ["ledger", "totals", str(two[1])]).stdout
    [total] = [line.split() for line in text.splitlines() if line.split()[:1] == ["total"]]
    rows = load_runs(two[1:])[0].rows
    cost = sum(row.cost for row in rows)
    assert f"${cost / 1e6:.6f}" in total
    assert total[1] == str(sum(len(row.purchases) for row in rows))


def test_what_policies_took_for_themselves_is_in_the_report_and_on_the_ledger(
    tmp_path: Path,
) -> None:
    statements = {"a": ": 1 + 1 = 2", "b": ": 40 + 2 = 42"}
    folder = run(tmp_path, "own", statements, policies=("cascade", "schedule:-"))
    write_run_report(RunFolder(folder))
    summary = json.loads((folder / "summary.json").read_text())
    cascade, schedule = summary["policies"]
    assert cascade["deciding_cost"] > 0
    assert cascade["learning_cost"] == 0
    assert min(schedule["deciding_cost"], schedule["learning_cost"]) > 0
    for policy in (cascade, schedule):
        parts = ("cost", "verification_cost", "deciding_cost", "learning_cost")
        assert policy["total"] == sum(policy[part] for part in parts)
    assert "in which the broker decided and learnt" in (folder / "report.html").read_text()

    def totals(*more: str) -> str:
        result = CliRunner().invoke(app, ["ledger", "totals", str(folder), *more])
        assert result.exit_code == 0, result.output
        return result.stdout

    stored = [json.loads(line) for line in totals("--overheads", "--json").splitlines()]
    assert [(row["policy"], row["deciding_cost"], row["learning_cost"]) for row in stored] == [
        (row["policy"], row["deciding_cost"], row["learning_cost"]) for row in (cascade, schedule)
    ]
    text = totals()
    assert (text.count("(deciding)"), text.count("(learning)")) == (2, 1)
    assert f"${schedule['learning_cost'] / 1e6:.6f}" in totals("--overheads")
    refused = CliRunner().invoke(
        app, ["ledger", "totals", str(folder), "--by", "key", "--overheads"]
    )
    assert refused.exit_code == 2


def test_a_run_of_an_earlier_version_says_nothing_of_what_it_did_not_measure(
    two: list[Path],
) -> None:
    with closing(sqlite3.connect(two[0] / "ledger.sqlite3")) as db:
        db.execute("DROP TABLE overheads")
        db.execute("PRAGMA user_version = 7")
        db.commit()
    old, new = load_runs(two)
    assert dict(old.overheads) == {}
    assert new.overheads["cascade"].deciding_us > 0


def test_runs_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    folders = []
    for parent in ("x", "y"):
        (tmp_path / parent).mkdir()
        folders.append(run(tmp_path / parent, "same", {"a": ": 1 + 1 = 2"}, policies=("cascade",)))
    labels = [one.label for one in series(load_runs(folders))]
    assert labels == [f"{folder} / cascade" for folder in folders]


def test_a_run_is_compared_once(two: list[Path]) -> None:
    with pytest.raises(RunError, match="given twice"):
        load_runs([two[0], two[0]])


def test_a_run_without_results_has_no_report(two: list[Path]) -> None:
    (two[0] / "results.jsonl").unlink()
    with pytest.raises(RunError, match="no results in it yet"):
        load_runs(two)


def test_a_margin_is_said_either_way() -> None:
    margin = Margin(
        policy="cascade",
        solved=5,
        reach=5,
        market=2_000_000,
        market_prover="search",
        cost=500_000,
        net=True,
    )
    assert "$1.500000 less (margin 75.0%)" in margin_line(margin)
    dearer = margin.model_copy(update={"cost": 3_000_000, "net": False})
    assert "$1.000000 more (margin -50.0%), provers only" in margin_line(dearer)
    further = margin_line(margin.model_copy(update={"reach": 8}))
    assert further.endswith("It goes on to 8, which no single prover reached")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (99.94, "99.9 s"), (100, "1 min 40 s"), (7_380, "2 h 03 min")],
)
def test_durations_are_readable(seconds: float, text: str) -> None:
    assert duration(seconds) == text
