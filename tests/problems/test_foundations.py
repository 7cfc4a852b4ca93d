"""What a statement rests on: gaps and axioms of its preamble."""

from __future__ import annotations

import pytest

from prover_arb.core.theorem import Theorem
from prover_arb.problems import unfounded_theorem

STATEMENT = "(x : ℕ) (h : x + 3 = 5) : x = sol"


def reason(preamble: str, statement: str = STATEMENT) -> str:
    return unfounded_theorem(Theorem(name="t", statement=statement, preamble=preamble))


@pytest.mark.parametrize(
    ("preamble", "named"),
    [
        ("abbrev sol : ℕ := sorry", "`sol`"),
        ("noncomputable def sol : ℕ := by sorry", "`sol`"),
        ("def sol : ℕ := by\n  exact sorry\n-- 2", "`sol`"),
        ("axiom sol : ℕ", "the axiom `sol`"),
        ("/-- two -/\n@[simp] axiom sol : ℕ", "the axiom `sol`"),
        ("def gap : ℕ := sorry\nabbrev sol := gap + 1", "`gap`"),
        ("namespace A\nabbrev sol : ℕ := sorry\nend A\nopen A", "`sol`"),
        ("abbrev A.sol : ℕ := sorry", "`A.sol`"),
        ("def sol : ℕ := 2\ninstance : Inhabited ℕ := sorry", "instance"),
        ('def gap : ℕ := sorry\nlocal notation "sol" => gap', "`gap`"),
        ("def sol := 2\ndef gap : ℕ := sorry\nvariable (h : gap = 2)", "`gap`"),
        ("lemma helper : 1 = 1 := sorry\ndef sol : ℕ := (helper, 2).2", "`helper`"),
    ],
)
def test_a_gap_that_the_statement_rests_on_is_named(preamble: str, named: str) -> None:
    assert named in reason(preamble)


@pytest.mark.parametrize(
    "preamble",
    [
        "",
        "abbrev sol : ℕ := 2",
        "abbrev sol : ℕ := 2 -- not sorry",
        "/- axiom sol : ℕ := sorry -/\ndef sol := 2",
        "lemma helper : 1 = 1 := sorry\ndef sol := 2",
        "axiom other : 1 = 2\ndef sol := 2",
        'def sol := 2\ndef text := "sorry"',
    ],
)
def test_a_gap_that_it_does_not_rest_on_is_none(preamble: str) -> None:
    assert reason(preamble) == ""


def test_a_statement_with_a_gap_of_its_own() -> None:
    assert "contains `sorry`" in reason("", ": answer(sorry) ↔ 1 = 1")
    assert "`sol`" in reason("def sol : Finset ℕ := sorry", ": sol.card = 2")


def test_what_is_no_lean_text_is_left_to_lean() -> None:
    assert reason("/- open") == ""
