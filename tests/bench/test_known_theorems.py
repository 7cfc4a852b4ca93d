"""A policy file that knows theorems of a run is refused, unless that is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from arithmetic import CATALOG

from prover_arb.bench.known_theorems import begins_with
from prover_arb.bench.prepare import prepare
from prover_arb.bench.run_options import RunOptions
from prover_arb.core.history import PurchaseOutcome, TheoremHistory
from prover_arb.errors import PolicyError
from prover_arb.scheduler.policy_file import policy_file

BOUGHT = (PurchaseOutcome(prover="flash", cost=5, status="proved"),)


def knowing(folder: Path, theorem: str, statement: str | None, exploration: float = 0.02) -> str:
    learnt = TheoremHistory(theorem=theorem, statement=statement, past=BOUGHT)
    path = folder / "policy.json"
    file = policy_file(None, learnt=[learnt], exploration=exploration)
    path.write_text(file.model_dump_json())
    return f"schedule:{path}"


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    rows = [
        {
            "name": "sum",
            "formal_statement": "theorem sum (n : ℕ) (h : n = 3) : n + 4 = 7 := by sorry",
        },
        {"name": "true", "formal_statement": "theorem true : True := by sorry"},
    ]
    path = tmp_path / "problems.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def begun(problems: Path, policy: str, **more: bool) -> tuple[str, ...]:
    options = RunOptions(catalog=CATALOG, problems=problems, policies=(policy,), **more)  # type: ignore[arg-type]
    return prepare(options).config.policies


@pytest.mark.parametrize("prefix", ["", "refute+"])
def test_a_file_that_knows_a_theorem_up_to_names_and_numerals_is_refused(
    problems: Path, tmp_path: Path, prefix: str
) -> None:
    policy = prefix + knowing(tmp_path, "other", "(k : ℕ) (e : k = 5) : k + 1 = 6")
    with pytest.raises(PolicyError, match=r"policy\.json: .* knows 1 of these theorems \(sum\)"):
        begun(problems, policy)
    assert begun(problems, policy, known_theorems=True) == (policy,)


def test_names_count_where_there_are_no_statements(problems: Path, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"1 of these theorems \(true\)"):
        begun(problems, knowing(tmp_path, "true", None))


def test_other_theorems_are_no_reason(problems: Path, tmp_path: Path) -> None:
    policy = knowing(tmp_path, "sum", "(n : ℕ) (h : n = 3) : n * 4 = 12")
    assert begun(problems, policy) == (policy,)


def test_a_run_says_how_far_it_explores_and_what_is_known(problems: Path, tmp_path: Path) -> None:
    policy = knowing(tmp_path, "other", "(k : ℕ) (e : k = 5) : k + 1 = 6", exploration=0.05)
    options = RunOptions(catalog=CATALOG, problems=problems)
    assert begins_with([policy, "cascade", "schedule:-"], prepare(options).problems) == [
        f"{policy} explores with at most 5.0% of what it spends",
        f"{policy} knows 1 of these theorems (sum): its figures are not held out",
    ]
    assert begins_with(["schedule"], ()) == [
        "schedule explores with at most 2.0% of what it spends"
    ]
