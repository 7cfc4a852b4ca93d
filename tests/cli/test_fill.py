"""`prover-arb fill` on a real Lean: proofs are bought in order and stand in the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from prover_arb import fill
from prover_arb.cli import app
from prover_arb.oracle.certificate import read

TEXT = """/-- What is doubled is even. -/
@[simp] theorem double_even (n : Nat) : (n + n) % 2 = 0 := by sorry -- by arithmetic

namespace Space
variable (p q : Prop)

theorem swap : p ∧ q → q ∧ p := by
  -- both parts
  sorry

theorem not_so (n : Nat) : n < 5 := sorry

theorem half_done : p → p ∧ True := by
  intro h
  constructor
  · sorry
  · trivial
end Space

theorem misread (n : Nat) : n = missing_thing := by sorry
"""


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.lean
def test_a_file_is_filled_and_a_second_run_buys_what_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path, out = tmp_path / "Mine.lean", tmp_path / "Filled.lean"
    path.write_text(TEXT, encoding="utf-8")
    done = call("fill", path, "--policy", "single:flash", "--out", out, "--json")
    assert done.exit_code == 2, done.output  # `misread` is no statement
    assert path.read_text(encoding="utf-8") == TEXT
    result = json.loads(done.stdout)
    gaps = {gap["name"]: gap for gap in result["gaps"]}
    assert {name: gap["status"] for name, gap in gaps.items()} == {
        "double_even": "filled",
        "swap": "filled",
        "not_so": "not_proved",
        "half_done": "not_bought",
        "misread": "invalid_statement",
    }
    assert [gap["line"] for gap in result["gaps"]] == [2, 7, 11, 16, 20]
    assert "missing_thing" in gaps["misread"]["reason"]
    assert gaps["not_so"]["cost"] > 0
    assert gaps["misread"]["cost"] == 0
    spent = sum(gap["cost"] + gap["verification_cost"] for gap in gaps.values())
    assert result["cost"] == spent
    # Only the two `sorry`s have changed, and the later theorem was proved after the earlier one.
    text = out.read_text(encoding="utf-8")
    first, second = text.split("-- by arithmetic"), TEXT.split("-- by arithmetic")
    assert first[0].startswith(second[0].replace("sorry ", ""))
    assert text.count("sorry") == TEXT.count("sorry") - 2
    assert text.endswith(TEXT[TEXT.index("theorem not_so") :])
    certificate = read(Path(gaps["swap"]["certificate"]).read_text(encoding="utf-8"), "swap.json")
    assert "theorem double_even" in certificate.theorem.preamble
    assert "sorry" not in certificate.theorem.preamble
    # The result is read again, and what is filled is not bought again.
    open_now = tmp_path / "Open.lean"
    open_now.write_text(text[: text.index("theorem not_so")] + "end Space\n", encoding="utf-8")
    again = call("fill", open_now, "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["gaps"] == []


def test_what_cannot_be_filled_is_named_with_its_line_and_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "Mine.lean"
    text = "theorem t : True := by\n  first\n  | sorry\n  | trivial\n\ndef hole : Nat := sorry\n"
    path.write_text(text, encoding="utf-8")
    done = call("fill", path)
    assert done.exit_code == 1
    assert f"{path}:3: t: open: `sorry` stands inside a larger proof" in done.stdout
    assert f"{path}:6: hole: open: `sorry` stands in a `def`" in done.stdout
    assert "0 of 2 filled" in done.stdout
    assert path.read_text(encoding="utf-8") == text
    result = fill(path, budget_usd="0.01")
    assert [gap.name for gap in result.left] == ["t", "hole"]
    assert result.cost == 0
    assert result.text == text


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("/- never closed", [], "Mine.lean: line 1: a comment"),
        ("theorem t : 1 = 1 := sorry", ["--budget", "0"], "--budget: '0' buys nothing"),
        ("theorem t : 1 = 1 := sorry", ["--file-budget", "x"], "--file-budget: 'x' is not"),
        ("theorem t : 1 = 1 := sorry", ["--policy", "single:nobody"], "nobody"),
    ],
)
def test_bad_input_is_refused_before_anything_is_bought(
    tmp_path: Path, text: str, options: list[str], message: str
) -> None:
    path = tmp_path / "Mine.lean"
    path.write_text(text, encoding="utf-8")
    done = call("fill", path, *options)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
