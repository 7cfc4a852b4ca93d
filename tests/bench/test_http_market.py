"""The market over HTTP as the command line runs it: real sellers in real processes, one killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from prover_arb.bench.comparison import Comparison
from prover_arb.bench.http_market import CONDITIONS, sellers
from prover_arb.bench.seller_process import Conditions
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.cli import app
from prover_arb.core.theorem import Theorem
from prover_arb.errors import OracleError
from prover_arb.provers.catalog import load_catalog

EASY = "(a b : ℕ) (h : a < b) : a + {} ≤ b + {}"
HARDER = "(a b : ℝ) (h : a ^ 2 + b ^ 2 = {}) : a * b ≤ {}"
"""Not for flash."""

COMMAND = [sys.executable, "-m", "prover_arb.cli", "bench", "market", "--one-kernel"]


def problems(tmp_path: Path) -> Path:
    """One for portfolio in hand when it is killed, three while it is away, one when it is back."""
    order = ["easy", "easy", "harder", "harder", "harder", "harder", "harder", "easy", "easy"]
    statements = {}
    for k, kind in enumerate(order, 1):
        text = EASY.format(k, k - 1) if kind == "easy" else HARDER.format(2 * k, k)
        statements[f"{kind}_{k}"] = text
    path = tmp_path / "problems.jsonl"
    rows = [
        {"name": name, "split": "test", "formal_statement": f"theorem {name} {text} := by sorry"}
        for name, text in statements.items()
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


@pytest.mark.lean
def test_the_market_over_http_is_the_one_in_process(tmp_path: Path) -> None:
    folder = tmp_path / "market"
    done = subprocess.run(
        [*COMMAND, "--problems", str(problems(tmp_path)), "--out", str(folder), "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout, done.stderr
    found = Comparison.model_validate_json(done.stdout)
    assert Comparison.model_validate_json((folder / "comparison.json").read_text()) == found
    # On a busy machine times differ; what else may is explained, or it is a fault.
    assert all("the same attempts cost" in fault for fault in found.faults), found.faults
    assert done.returncode == bool(found.faults)
    assert found.theorems == 9
    assert found.all.in_process.solved >= 4
    assert found.all.in_process.lost == 0
    assert found.pairs.same >= 4

    assert [event.happening for event in found.events] == [
        "killed", "first lost", "off the market", "started", "selling", "sold again"
    ]  # fmt: skip
    met = {"harder_4", "harder_5", "harder_6"} & set(found.disturbed)
    assert len(met) >= 2
    assert "harder_7" not in found.disturbed

    ledger = SqliteLedger(folder / "over-http" / "ledger.sqlite3")
    bought = ledger.purchases(run="over-http")
    ledger.close()
    sold = [p for p in bought if p.state != "lost"]
    assert all(p.usage and p.usage.completion == p.cost and not p.usage.estimated for p in sold)
    sellers = {name: {p.prover for p in sold if p.theorem == name} for name in {*met, "harder_7"}}
    assert all("portfolio" not in sellers[name] for name in met)
    assert "portfolio" in sellers["harder_7"]
    certificates = list((folder / "over-http" / "certificates").glob("*/*.json"))
    assert len(certificates) == found.all.over_http.solved

    theorem = Theorem(name="t", statement="True")
    over_http = load_catalog(folder / "sellers.toml")
    here = {s.name: s.quote(theorem).worst_case for s in load_catalog().priced_provers()}
    assert {s.name: s.quote(theorem).worst_case for s in over_http.priced_provers()} == here
    assert over_http.verification_price == load_catalog().verification_price


SELLERS_ONLY = """
import asyncio
from prover_arb.bench.http_market import CONDITIONS, sellers

async def main():
    async with sellers(CONDITIONS, "core") as selling:
        print("selling", *(one.url for one in selling), flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.lean
@pytest.mark.parametrize("begun", [False, True], ids=["while they start", "at work"])
def test_sellers_end_with_the_buyer(begun: bool) -> None:
    buyer = subprocess.Popen(
        [sys.executable, "-c", SELLERS_ONLY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        process = psutil.Process(buyer.pid)
        deadline = time.monotonic() + 120
        while len(children := process.children()) < len(CONDITIONS):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        if begun:
            assert buyer.stdout is not None
            assert buyer.stdout.readline().startswith("selling http://127.0.0.1:")
            children = process.children(recursive=True)
            assert len(children) >= 2 * len(CONDITIONS), "each with a Lean of its own"
        buyer.send_signal(signal.SIGINT)
        said = buyer.communicate(timeout=120)[1]
    finally:
        buyer.kill()
    assert "KeyboardInterrupt" in said
    assert "never retrieved" not in said
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []


@pytest.mark.lean
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_stopped_in_one_line(number: signal.Signals, tmp_path: Path) -> None:
    folder = tmp_path / "market"
    with subprocess.Popen(
        [*COMMAND, "--limit", "3", "--out", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as buyer:
        deadline = time.monotonic() + 120
        while not (folder / "in-process" / "config.json").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        buyer.send_signal(number)
        printed, said = buyer.communicate(timeout=120)
    assert (buyer.returncode, printed) == (130, "")
    assert f"stopped; what was bought until then is in {folder}" in said
    assert "Traceback" not in said


def test_a_seller_that_does_not_come_up_is_quoted() -> None:
    nobody = Conditions(prover="nobody", latency_ms=0, per_minute=1)

    async def main() -> None:
        async with sellers([nobody, nobody], "core"):
            pytest.fail("there are no sellers")

    with pytest.raises(OracleError, match=r"seller nobody ended with status 2: .*no local prover"):
        asyncio.run(main())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kill", "nobody"], "--kill nobody: no such seller here; there are: flash, portfolio"),
        (["--limit", "2"], "--limit"),
        (["--policy", "single:nobody"], "nobody"),
        (["--problems", "two.jsonl"], "2 theorems: at least 3 are needed"),
        (["--problems", "none.jsonl"], "none.jsonl"),
        (["--out", "used"], "used/in-process: holds a run already"),
    ],
)
def test_bad_input_is_refused_before_anything_starts(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "used" / "in-process").mkdir(parents=True)
    (tmp_path / "used" / "in-process" / "config.json").write_text("{}")
    Path("two.jsonl").write_text("\n".join(problems(tmp_path).read_text().splitlines()[:2]))
    result = CliRunner().invoke(app, ["bench", "market", *arguments])
    assert result.exit_code == 2, result.output
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "runs").exists()
