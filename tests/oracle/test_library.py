"""What every proof of the core profile rests on is itself proved: no hole, no axiom, no trust."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prover_arb.core.theorem import Reason
from prover_arb.core.workspace import workspace
from prover_arb.oracle.toolchain import embedded
from tests.conftest import Lean

HOLES = re.compile(
    r"\b(sorry|admit|axiom|unsafe|implemented_by|extern|opaque|native_decide|csimp|ofReduceBool"
    r"|skipKernelTC|partial)\b"
)
MODULES = embedded.closure(embedded.LIBRARY, workspace())


def code(path: Path) -> str:
    """The text without comments, and without what stands in quotation marks: words of syntax."""
    text = re.sub(r"/-.*?-/", " ", path.read_text(), flags=re.DOTALL)
    return re.sub(r'"[^"\n]*"', '""', re.sub(r"--.*", " ", text))


@pytest.mark.parametrize("module", MODULES)
def test_no_hole_in_the_library(module: str) -> None:
    path = workspace() / f"{module.replace('.', '/')}.lean"
    assert HOLES.findall(code(path)) == []


# Statements that a careless definition would make true (or false).
FALSE = [
    ": Nat.Prime 1",
    ": Nat.Prime 0",
    ": Nat.Prime 91",
    ": (3 : ℕ) - 5 = 1",
    ": ∑ k ∈ Finset.range 5, k = 15",
    ": Nat.factorial 0 = 0",
    ": Nat.choose 4 5 = 1",
    ": ∃ x : ℝ, x ^ 2 = -1",
    ": ∃ x : ℝ, x + 1 = x",
    ": (1 : ℝ) = 2",
    ": Real.sqrt (-4) = 2",
    ": Even 3",
    "(n : ℤ) : |n| = n",
]
TRUE = [
    (": Nat.Prime 97", "decide +kernel"),
    (": ∑ k ∈ Finset.range 5, k = 10", "decide +kernel"),
    (": ∏ k ∈ Finset.Icc 1 4, k = 24", "decide +kernel"),
    (": Nat.factorial 5 = 120", "decide +kernel"),
    (": Nat.choose 5 2 = 10", "decide +kernel"),
    (": (7 : ℤ) / 2 = 3", "decide"),
    (": (1 : ℝ) ≠ 2", "grind"),
    ("(x : ℝ) (h : x ^ 2 = -1) : False", "have := mul_self_nonneg x; grind"),
]
SCRIPTS = ["decide", "decide +kernel", "simp", "grind", "omega", "simp_all", "rfl"]


@pytest.mark.lean
@pytest.mark.parametrize("statement", FALSE)
def test_false_statements_are_not_proved(lean: Lean, statement: str) -> None:
    reasons: set[Reason | None] = set()
    for script in SCRIPTS:
        verdict = lean.verify(statement, script)
        assert verdict.status != "proved", script
        reasons.add(verdict.reason)
    assert reasons != {None}, "the statement should elaborate"


@pytest.mark.lean
@pytest.mark.parametrize(("statement", "proof"), TRUE)
def test_true_statements_are(lean: Lean, statement: str, proof: str) -> None:
    verdict = lean.verify(statement, proof)
    assert verdict.status == "proved", verdict.detail
