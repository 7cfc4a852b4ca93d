"""`prover-arb problems check`, and what other commands say of rows that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from prover_arb.cli import app
from prover_arb.cli.schedule import read_statements

GOOD = {"name": "good", "formal_statement": "theorem good (x : ℕ) : x = x := by"}
TITLED = {"name": "mathd-x", "formal_statement": "theorem mathd_x (x : ℕ) : x + 0 = x :="}
PROVED = {"name": "proved", "formal_statement": "theorem proved : 1 = 1 := by rfl"}
GAP = {"name": "gap", "formal_statement": "abbrev k : ℕ := sorry\ntheorem gap : k = 2 := sorry"}
ODD = {"name": "odd", "formal_statement": "theorem odd (x : ℕ) : one_of_mine x := sorry"}


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join(map(json.dumps, (GOOD, TITLED, PROVED, GAP))) + "\nnope\n")
    return path


def test_check_says_what_is_read_and_why_the_rest_is_not(mixed: Path) -> None:
    result = call("problems", "check", mixed)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == f"{mixed}: 2 of 5 theorems read"
    assert lines[1] == "  not read: 1 proved, 1 unprovable, 1 unreadable"
    assert f"{mixed}:3: the field `formal_statement`: proved has a proof" in lines[2]
    assert f"{mixed}:4: the field `formal_statement`: it rests on `k`" in lines[3]
    assert f"{mixed}:5: not JSON" in lines[4]


def test_check_as_json(mixed: Path) -> None:
    [found] = json.loads(call("problems", "check", mixed, "--json").stdout)["files"]
    assert (found["rows"], found["read"]) == (5, 2)
    assert [each["title"] for each in found["problems"]] == ["good", "mathd-x"]
    assert found["problems"][1]["name"] == "mathd_x"
    assert [(each["origin"], each["kind"]) for each in found["unread"]] == [
        (f"{mixed}:3", "proved"),
        (f"{mixed}:4", "unprovable"),
        (f"{mixed}:5", "unreadable"),
    ]


def test_the_exit_code_is_that_of_the_worst_file(mixed: Path) -> None:
    good = mixed.with_name("good.jsonl")
    good.write_text(json.dumps(GOOD))
    bad = mixed.with_name("bad.jsonl")
    bad.write_text(json.dumps(PROVED))
    assert call("problems", "check", good).exit_code == 0
    assert call("problems", "check", good, mixed).exit_code == 1
    assert call("problems", "check", good, bad).exit_code == 2
    result = call("problems", "check", good, "none.jsonl", mixed)
    assert result.exit_code == 2
    assert "none.jsonl: no such file" in result.stderr
    assert f"{mixed}: 2 of 5" in result.stdout


def test_equal_reasons_are_one_line_unless_all_is_asked_for(mixed: Path) -> None:
    names = [f"bad-{n}" for n in range(30)]
    rows = [{"name": n, "formal_statement": f"theorem {n.replace('-', '')}-x : p"} for n in names]
    mixed.write_text("\n".join(map(json.dumps, [GOOD, *rows])) + "\nnope" * 3)
    lines = call("problems", "check", mixed).stdout.splitlines()
    assert lines[2] == f"  {mixed}:32 and 2 more: not JSON: Expecting value in column 1"
    assert lines[-1] == "  and 11 other reasons; --all lists every theorem"
    assert len(call("problems", "check", mixed, "--all").stdout.splitlines()) == 35


@pytest.mark.lean
def test_check_elaborates_what_it_read(mixed: Path) -> None:
    mixed.write_text("\n".join(map(json.dumps, (GOOD, GAP, ODD))))
    result = call("problems", "check", mixed, "--elaborate")
    assert result.exit_code == 1, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == f"{mixed}: 2 of 3 theorems read"
    assert f"{mixed}: 1 of 2 statements elaborate" in lines
    assert lines[-1].startswith(f"  {mixed}:3: ")
    assert "one_of_mine" in lines[-1]


@pytest.mark.parametrize(
    "command",
    [
        ["bench", "run", "--no-ray", "--policy", "single:flash", "--problems"],
        ["provers", "record", "flash", "--out", "records", "--problems"],
    ],
)
def test_strict_refuses_a_set_with_rows_that_cannot_be_read(
    mixed: Path, command: list[str]
) -> None:
    result = call(*command, mixed, "--strict")
    assert result.exit_code == 2
    assert "2 of 5 theorems read; not read:" in result.stderr
    assert f"{mixed}:5: not JSON" in result.stderr
    assert "--strict" in result.stderr
    assert list(mixed.parent.iterdir()) == [mixed]


def test_a_proof_of_what_rests_on_a_gap_is_not_bought(mixed: Path) -> None:
    (mixed.parent / "gap.lean").write_text("def k : ℕ := sorry")
    result = call("prove", "k = 2", "--preamble", "gap.lean")
    assert result.exit_code == 2
    assert "rests on `k`" in result.stderr
    mixed.write_text(json.dumps(GAP))
    for command in (["prove"], ["verify", "--kind", "tactics", "--candidate", mixed]):
        result = call(*command, "--theorem", mixed)
        assert result.exit_code == 2
        assert f"{mixed}:1: the field `formal_statement`: it rests on `k`" in result.stderr
    assert not (mixed.parent / "runs").exists()


def test_statements_for_the_scheduler_may_have_proofs(mixed: Path) -> None:
    assert read_statements(mixed) == {
        "good": "(x : ℕ) : x = x",
        "mathd-x": "(x : ℕ) : x + 0 = x",
        "mathd_x": "(x : ℕ) : x + 0 = x",
        "proved": ": 1 = 1",
        "gap": ": k = 2",
    }
