"""No code of a candidate runs, no task needs a thread, a statement is nothing but a statement."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover_arb.core.theorem import Reason
from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain import threads
from tests.conftest import Lean

LT = "(a b : ℕ) (h : a < b) : a + 1 ≤ b"
TARGET = f"theorem target {LT} := by"
HALVE = (
    "def halve (n : ℕ) : ℕ := if n < 2 then 0 else halve (n - 2) + 1\ntermination_by n\n"
    "decreasing_by omega\n"
)
CONFIG = "Lean.Meta.Simp.Config"
LIE = f"theorem lie : Nat = {CONFIG} := sorry\n"

CODE: list[tuple[str, Reason]] = [
    # The configuration of a tactic is compiled and run; a cast makes a pointer of a number.
    (f"{LIE}{TARGET} simp (config := cast lie 4096)", "forbidden_command"),
    (f"{TARGET} simp (maxSteps := (sorry : Nat))", "forbidden_command"),
    (f"{TARGET} simp (maxSteps := let x := 5; x)", "forbidden_command"),
    (f"def c : {CONFIG} := {{}}\n{TARGET} simp (config := c)", "forbidden_command"),
    (
        f"def c : {CONFIG} := {{}}\n{TARGET} simp (config := {{ c with contextual := true }})",
        "forbidden_command",
    ),
    (f"def maxSteps := 5\n{TARGET} simp (config := {{ maxSteps }})", "forbidden_command"),
    # What may be named without an identifier is not compiled, so it cannot be run.
    (f"def Nat.few : Nat := 3\n{TARGET} simp (maxSteps := .few)", "elaboration_error"),
    (f"instance (n) : OfNat Nat n := ⟨3⟩\n{TARGET} simp (maxSteps := 5)", "elaboration_error"),
    (f"def {CONFIG}.c : {CONFIG} := {{}}\n{TARGET} simp (config := .c)", "elaboration_error"),
    (f"meta def f := 1\n{TARGET} exact h", "forbidden_command"),
    # A name by which the compiler would find other code for what it knows.
    (f"def Nat.add._unsafe_rec (a _b : ℕ) := a\n{TARGET} exact h", "elaboration_error"),
]  # fmt: skip

HARMLESS = [
    # What is not compiled needs no rule of the language: no code comes of it, under any name.
    f"{TARGET} exact h\nwhere helper (n : ℕ) : ℕ := n + 1",
    f"namespace Nat.add\ndef _override (a _b : ℕ) := a\nend Nat.add\n{TARGET} exact h",
    f"{TARGET}\n  let rec «_redArg» : 1 = 1 := rfl\n  exact h",
]

TASKS = [
    f"{HALVE}theorem four : halve 4 = 2 := by simp [halve]\n{TARGET} exact h",
    f"{HALVE}theorem less (n : ℕ) : halve n ≤ n := by fun_induction halve n <;> omega\n"
    f"{TARGET} exact h",
    f"def f : ℕ → ℕ | 0 => 1 | n + 1 => 2 * f n\ntheorem three : f 3 = 8 := by simp [f]\n"
    f"{TARGET} exact h",
    f"{TARGET} exact?",
]

PLAIN = [
    "have : a + 0 = a := by simp (maxSteps := 10 ^ 4) (config := { decide := true }) +arith\nomega",
    "rw (occs := .pos [1]) [Nat.add_comm]\nomega",
    "grind (splits := 3) -ring",
]

SWALLOWED = [
    ": True := by sorry --",
    ": True := by sorry /- -/ --",
    ": False := by\n  sorry\ntheorem other : True",
    ": True := by sorry\nwhere x : True",
    ": 1 = 1 := rfl\ntermination_by x",
    "(n : ℕ) : True := by sorry\n@[simp] theorem other : True",
    ": (by run_tac pure () : True) = trivial",
]

OPEN = [": True -- said after it\n", ": /- said in it -/ True", ".{u} (α : Type u) : True"]


@pytest.mark.lean
@pytest.mark.parametrize(("text", "reason"), CODE)
def test_a_candidates_code_never_runs(lean: Lean, text: str, reason: Reason) -> None:
    verdict = lean.verify(LT, text, "file")
    assert (verdict.status, verdict.reason) == ("rejected", reason), verdict.detail


@pytest.mark.lean
@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_not_compiled_is_judged(lean: Lean, text: str) -> None:
    verdict = lean.verify(LT, text, "file")
    assert verdict.status == "proved", verdict.detail


@pytest.mark.lean
@pytest.mark.parametrize("text", PLAIN)
def test_configurations_may_be_written_out(lean: Lean, text: str) -> None:
    verdict = lean.verify(LT, text)
    assert verdict.status == "proved", verdict.detail


@pytest.mark.lean
@pytest.mark.parametrize("text", TASKS)
def test_tasks_run_without_threads(lean: Lean, text: str) -> None:
    verdict = lean.verify(LT, text, "file")
    assert verdict.status == "proved", verdict.detail


@pytest.mark.lean
@pytest.mark.parametrize("statement", SWALLOWED)
def test_a_statement_brings_no_proof(lean: Lean, statement: str) -> None:
    assert lean.verify(statement, "trivial").status == "invalid_statement"


@pytest.mark.lean
@pytest.mark.parametrize("statement", OPEN)
def test_a_statement_may_be_commented(lean: Lean, statement: str) -> None:
    assert lean.verify(statement, "trivial").status == "proved"


def test_another_module_is_not_edited(tmp_path: Path) -> None:
    other = tmp_path / "lean.wasm"
    other.write_bytes(b"\0asm" * 100)
    with pytest.raises(ToolchainError, match="exactly once"):
        threads.edited(other)
