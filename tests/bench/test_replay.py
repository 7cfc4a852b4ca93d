"""`bench replay`: recorded markets through the benchmark, and every place that must say so."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from prover_arb.bench.runs import RunFolder, load_run
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.cli import app
from tests.research.market.synthetic_market import row, write

SHARED = Path(__file__).parents[3] / "shared" / "data"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def replay(*arguments: str | Path) -> Result:
    return call("bench", "replay", *arguments, *([] if "--ray" in arguments else ["--no-ray"]))


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.stderr
    return " ".join(result.stderr.split())


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """In thousandths of a dollar. Each theorem's successes come first."""
    folder = tmp_path / "records"
    write(folder, "cheap", [row("mathd_1", 0.5, 2, 2), row("imo-2", 1.0, 0, 3), row("x", 1, 1, 1)])
    write(folder, "dear", [row("mathd_1", 4.0, 1, 1), row("imo-2", 8.0, 1, 2), row("y", 1, 1, 1)])
    return folder


@pytest.fixture
def statements(tmp_path: Path) -> Path:
    path = tmp_path / "statements.jsonl"
    stated = {"name": "mathd_1", "formal_statement": "theorem mathd_1 (n : ℕ) : n = n := by sorry"}
    path.write_text(json.dumps(stated) + "\n")
    return path


def test_a_replay_is_a_run_that_says_so_everywhere(
    records: Path, statements: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    result = replay(
        "--records", records, "--dollars", "0.001", "--statements", statements, "--out", out
    )
    assert result.exit_code == 0, result.output
    shown = " ".join(result.stdout.split())
    assert "single:cheap (replayed) 1/2 50.0% $0.003500" in shown
    assert "single:dear (replayed) 2/2 100.0% $0.012000" in shown
    assert "cascade (replayed) 2/2 100.0% $0.011500" in shown
    assert "No kernel judged anything, and there are no certificates." in shown
    assert "not every prover has records of them: 2." in shown
    assert "Theorems whose statement is not known: 1." in shown
    assert "replayed 2, spent $0.011500" in " ".join(result.stderr.split())

    run = load_run(out)
    assert run.complete
    rows = {(r.policy, r.theorem): r for r in run.rows}
    solved = rows["cascade", "imo_2"]
    assert (solved.status, solved.why_stopped, solved.certificate) == ("replayed", "replayed", "")
    assert (solved.kernels, solved.toolchain.origin) == ((), "replay")
    assert [p.status for p in solved.purchases] == ["nothing"] * 3 + ["replayed"]
    assert solved.origin.endswith("cheap.jsonl:2")
    assert rows["cascade", "mathd_1"].origin.endswith("statements.jsonl:1")
    assert {row.status for row in run.rows} == {"replayed", "not_proved"}
    assert not (out / "certificates").exists()

    page = (out / "report.html").read_text()
    assert "What a replay of records solved" in page
    assert "dear (replayed) $0.011000" in page
    assert "the kernel accepted" not in page
    assert "certificates/" not in page
    summary = json.loads((out / "summary.json").read_text())
    assert summary["replayed"] is True
    totals = [
        json.loads(one) for one in call("ledger", "totals", out, "--json").stdout.split("\n") if one
    ]
    assert sum(one["proved"] for one in totals) == 0
    assert sum(one["replayed"] for one in totals) == 5
    compared = call("bench", "report", out, "--out", tmp_path / "page.html")
    assert "cascade (replayed)" in compared.stdout


def test_a_replay_that_was_stopped_goes_on_without_paying_twice(
    records: Path, tmp_path: Path
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for out in (whole, cut):
        result = replay("--records", records, "--dollars", "0.001", "--seed", "3", "--out", out)
        assert result.exit_code == 0, result.output
    lines = (cut / "results.jsonl").read_text().splitlines(keepends=True)
    (cut / "results.jsonl").write_text("".join(lines[:2]))
    again = replay("--resume", cut)
    assert again.exit_code == 0, again.output

    def facts(out: Path) -> set[tuple[str, str, str, int, int]]:
        rows = load_run(out).rows
        return {(r.policy, r.theorem, r.status, r.cost, len(r.purchases)) for r in rows}

    assert facts(cut) == facts(whole)
    totals = [call("ledger", "totals", out, "--json").stdout for out in (cut, whole)]
    paid = [
        [
            (one["policy"], one["prover"], one["purchases"], one["cost"])
            for one in map(json.loads, t.split("\n")[:-1])
        ]
        for t in totals
    ]
    assert paid[0] == paid[1]


def test_a_replay_is_resumed_only_as_it_was_begun(records: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert replay("--records", records, "--dollars", "0.001", "--out", out).exit_code == 0
    assert "a replay of records; go on with `bench replay --resume" in refused(
        call("bench", "run", "--no-ray", "--resume", out)
    )
    assert "dollars='0.001'" in refused(replay("--resume", out, "--dollars", "0.002"))
    assert "seed: 0 -> 5" in refused(replay("--resume", out, "--seed", "5"))
    write(records, "cheap", [row("mathd_1", 0.5, 1, 2), row("imo-2", 1.0, 0, 3)])
    assert "data_sha256" in refused(replay("--resume", out))


def test_policies_that_read_are_given_names_and_statements(
    records: Path, statements: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.json"
    fitted = call(
        "schedule", "fit", policy, "--records", records, "--dollars", "0.001", "--statements",
        statements, "--value", "0.05",
    )  # fmt: skip
    assert fitted.exit_code == 0, fitted.output
    out = tmp_path / "run"
    result = replay(
        "--records", records, "--dollars", "0.001", "--statements", statements, "--out", out,
        "--policy", f"schedule:{policy}", "--policy", "single:dear",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    run = load_run(out)
    assert run.config.policies == (f"schedule:{policy}", "single:dear")
    assert all(row.purchases for row in run.rows)
    said = f"schedule:{policy} was fitted on 2 of these theorems: its figures are not held out."
    assert said in result.stdout
    assert said in (out / "report.html").read_text()
    assert [row.status for row in run.rows if row.policy == "single:dear"] == ["replayed"] * 2


def test_our_own_ledger_is_replayed(records: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert replay("--records", records, "--dollars", "0.001", "--out", first).exit_code == 0
    ledger = first / "ledger.sqlite3"
    result = replay("--records", ledger, "--provers", "dear,cheap", "--out", second)
    assert result.exit_code == 0, result.output
    costs = [
        {(r.policy, r.theorem): (r.status, r.cost) for r in load_run(out).rows}
        for out in (first, second)
    ]
    # "cheap" proved mathd_1 at once, so its record is one attempt now; nothing else is different.
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--dollars: the records do not say that they are in dollars"),
        (["--dollars", "much"], "--dollars: 'much' is not a number"),
        (["--dollars", "-1"], "--dollars: -1 is not a positive number"),
        (["--dollars", "nan"], "--dollars: nan is not a positive number"),
        (["--dollars", "1e9"], "cheap.jsonl:1: mean_cost: "),
        (["--dollars", "1", "--provers", "cheap,nobody"], "no records of 'nobody'"),
        (["--dollars", "1", "--policy", "single:nobody"], "unknown prover 'nobody'"),
        (["--dollars", "1", "--budget", "x"], "--budget"),
        (["--dollars", "1", "--address", "auto"], "--no-ray says to do without Ray"),
        (["--dollars", "1", "--statements", "/nowhere.jsonl"], "/nowhere.jsonl"),
    ],
)
def test_bad_input_is_named(records: Path, tmp_path: Path, arguments: list[str], said: str) -> None:
    result = replay("--records", records, "--out", tmp_path / "run", *arguments)
    assert said in refused(result)
    assert not (tmp_path / "run").exists()


def test_records_and_statements_must_belong_together(records: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"name": "b", "formal_statement": "theorem b : 1 = 1 := by sorry"}\n')
    given = ("--records", records, "--dollars", "1", "--statements", path)
    assert "none of the 2 recorded theorems is in it" in refused(replay(*given))
    assert "no records are named" in refused(replay())


def test_a_policy_is_given_once_and_a_folder_holds_one_run(records: Path, tmp_path: Path) -> None:
    given = ("--records", records, "--dollars", "1", "--policy", "cascade", "--out", tmp_path / "r")
    assert "a policy is given twice: cascade, cascade" in refused(
        replay(*given, "--policy", "cascade")
    )
    assert replay(*given).exit_code == 0
    assert "holds a run already" in refused(replay(*given))


@pytest.mark.ray
def test_on_ray_it_is_the_same(records: Path, tmp_path: Path) -> None:
    given = ("--records", records, "--dollars", "0.001", "--seed", "2")
    local, ray = tmp_path / "local", tmp_path / "ray"
    assert replay(*given, "--out", local).exit_code == 0
    result = replay(*given, "--out", ray, "--workers", "2", "--ray")
    assert result.exit_code == 0, result.output
    rows = [
        sorted((r.policy, r.theorem, r.status, r.cost) for r in load_run(out).rows)
        for out in (local, ray)
    ]
    assert rows[0] == rows[1]


@pytest.mark.needs_shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is absent; this test replays it")
def test_the_recorded_lean_market_replays(tmp_path: Path) -> None:
    out = tmp_path / "run"
    result = replay(
        "--records", SHARED / "records" / "lean", "--statements",
        SHARED / "minif2f" / "minif2f_lean4.jsonl", "--dollars", "1e-8", "--budget", "0.01",
        "--policy", "single:kimina-72b", "--out", out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    lines = (SHARED / "records" / "lean" / "kimina-72b.jsonl").read_text().splitlines()
    expected = {}
    for each in map(json.loads, lines):
        price = math.ceil(round(each["mean_cost"] * 0.01, 9))
        tries = 10_000 // price
        expected[each["id"]] = "replayed" if any(each["attempts"][:tries]) else "not_proved"
    assert len(expected) == 244
    assert {r.theorem: r.status for r in load_run(out).rows} == expected


def test_the_log_tells_of_every_purchase_with_its_ids(records: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [*("-v", "--log-json", "bench", "replay", "--no-ray"), *("--policy", "single:cheap")]
    paths = ["--records", str(records), "--dollars", "0.001", "--out", str(out)]
    ended = subprocess.run(
        [sys.executable, "-m", "prover_arb.cli", *command, *paths],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = [json.loads(line) for line in ended.stderr.splitlines() if line.startswith("{")]
    logged = [line for line in lines if "purchase" in line]
    ledger = SqliteLedger(RunFolder(out).ledger)
    bought = ledger.purchases(run=load_run(out).config.run)
    ledger.close()
    assert {(line["run"], line["theorem"], line["purchase"]) for line in logged} == {
        (purchase.run, purchase.theorem, purchase.id) for purchase in bought
    }
    assert {line["level"] for line in lines} == {"INFO"}
    verdicts = [line["message"] for line in lines if line["message"].startswith("verdict on ")]
    assert any("proved" in message for message in verdicts)
