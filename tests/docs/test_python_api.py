"""The public Python API: its names, that importing it loads little, its page's examples."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import prover_arb
from prover_arb import InputError, Theorem, prove, verify_many

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")


def run(code: str, folder: Path) -> str:
    """Returns what a Python program prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_all_public_names() -> None:
    assert prover_arb.__all__ == [
        "BudgetError",
        "Candidate",
        "Certificate",
        "FilledFile",
        "FilledGap",
        "InputError",
        "LedgerError",
        "Limits",
        "Message",
        "OracleError",
        "Outcome",
        "PolicyError",
        "ProverArbError",
        "Theorem",
        "ToolchainError",
        "Verdict",
        "fill",
        "fill_async",
        "prove",
        "prove_async",
        "verify",
        "verify_async",
        "verify_many",
        "verify_many_async",
    ]


@pytest.mark.parametrize("name", prover_arb.__all__)
def test_a_public_name_exists_under_that_name(name: str) -> None:
    assert getattr(prover_arb, name).__name__ == name
    assert name in dir(prover_arb)


def test_any_other_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'prover_arb' has no attribute 'purchase'"):
        _ = prover_arb.purchase


def test_names_of_the_page_are_public() -> None:
    functions = re.findall(r"`((?:fill|prove|verify)(?:_\w+)?)(?:\(.*?\))?`", PAGE)
    named = {*functions, *re.findall(r"`([A-Z]\w*[a-z])`", PAGE)}
    assert named <= {*prover_arb.__all__}
    errors_and_functions = {n for n in prover_arb.__all__ if n.endswith("Error") or n.islower()}
    assert errors_and_functions <= named


def test_importing_loads_nothing_heavy_and_verifying_neither_ray_nor_plots(tmp_path: Path) -> None:
    code = (
        "import json, sys\n"
        "import prover_arb\n"
        "light = [m for m in ('pydantic', 'numpy', 'prover_arb.core') if m in sys.modules]\n"
        "prover_arb.verify\n"
        "heavy = [m for m in ('ray', 'plotly', 'sklearn', 'fastapi') if m in sys.modules]\n"
        "print(json.dumps([light, heavy]))"
    )
    assert json.loads(run(code, tmp_path)) == [[], []]


@pytest.mark.lean
def test_the_examples_of_the_page_print_what_it_says(tmp_path: Path) -> None:
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    said = "".join(re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    assert run(code, tmp_path) == said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.lean
def test_a_ledger_is_continued_and_a_running_loop_is_no_obstacle(tmp_path: Path) -> None:
    ledger = tmp_path / "purchases.sqlite"

    async def notebook() -> list[prover_arb.Outcome]:
        return [
            prove(": 1 + 1 = 2", budget_usd=0.01, policy="single:flash", ledger=ledger)
            for _ in range(2)
        ]

    first, second = asyncio.run(notebook())
    assert first.budget == 10_000
    assert first.status == second.status == "proved"
    assert [p.id for p in first.purchases] == [p.id for p in second.purchases]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"budget_usd": "much"}, "budget_usd: 'much' is not an amount"),
        ({"budget_usd": Decimal("-1")}, "budget_usd: '-1' is negative"),
        ({"budget_usd": "1e-07"}, "budget_usd: '1e-07' is finer than a micro-dollar"),
        ({"budget_usd": 0.0000001}, "budget_usd: 1e-07 buys nothing"),
        ({"budget_usd": 1, "max_parallel": 0}, "max_parallel must be at least 1, got 0"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        prove(": True", **arguments)  # type: ignore[arg-type]


def test_bad_pairs_are_refused_before_lean_is_needed() -> None:
    with pytest.raises(InputError, match="workers must be at least 1, got 0"):
        verify_many([(": True", "trivial")], workers=0)
    other = Theorem(name="other", statement=": True", profile="mathlib")
    with pytest.raises(InputError, match="the profiles core and mathlib"):
        verify_many([(": True", "trivial"), (other, "trivial")])
    assert verify_many([]) == []
