"""Reading Lean's printed goals."""

from __future__ import annotations

import subprocess
import sys

import pytest

from prover_arb.errors import ProverError
from prover_arb.provers.local.goal import parse_goal

PRINTED = """\
case succ
ℝ : Type
inst✝ : Lean.Grind.Field ℝ
x y : ℝ
n : ℕ
f : ℝ → ℝ
h₀ : 0 < x ∧
    x < y
h✝ : n = 3
⊢ f x = y ∨
    n = 3"""


def test_a_goal_is_read_into_hypotheses_and_target() -> None:
    goal = parse_goal(PRINTED)
    assert goal.target == "f x = y ∨ n = 3"
    assert [h.name for h in goal.hypotheses] == ["ℝ", "inst✝", "x", "y", "n", "f", "h₀", "h✝"]
    assert goal.hypotheses[6].type == "0 < x ∧ x < y"


def test_variables_are_found_by_type() -> None:
    goal = parse_goal(PRINTED)
    assert goal.variables("ℝ") == ["x", "y"]
    assert goal.variables("ℕ", "ℝ") == ["x", "y", "n"]
    assert goal.variables("ℤ") == []


def test_facts_leave_out_what_a_script_cannot_name() -> None:
    assert [h.name for h in parse_goal(PRINTED).facts] == ["f", "h₀"]


@pytest.mark.parametrize("text", ["", "no goals", "⊢ a\n⊢ b"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ProverError, match="not a printed goal"):
        parse_goal(text)


def test_reading_a_goal_does_not_import_lean_dojo_itself() -> None:
    """Its package runs git and reads .env files on import."""
    code = (
        "import sys\n"
        "from prover_arb.provers.local.goal import parse_goal\n"
        "parse_goal('x : Nat\\n⊢ x = x')\n"
        "sys.exit('lean_dojo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
