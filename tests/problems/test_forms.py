"""What a statement's form keeps, and what it lets go."""

from __future__ import annotations

import pytest

from prover_arb.problems.forms import form, form_digest

SAME = [
    ("(x y : ℝ) (h : 2 * x = 6) : x = 3", "(a b:ℝ)(h₀:7*a=21):a=3"),
    (": ∃ x : ℕ, x ^ 2 = 49", ": ∃ n : ℕ, n^3 = 8"),
    ("(f : ℤ → ℤ) (h : ∀ x, f x = x) : f 3 = 6", "(g : ℤ → ℤ) (k : ∀ t, g t = t) : g 1 = 5"),
    (": ∑ k in Finset.range 7, k = 21", ": ∑ i ∈ Finset.range 5, i = 10"),
    (": IsLeast {n : ℕ | 3 ∣ n} 0", ": IsLeast {m : ℕ | 9 ∣ m} 9"),
    ("(h : 1 < 2) : h.le = h.le", "(k : 3 < 4) : k.le = k.le"),
    (": (∃ x, x < 3) ∧ ∃ x, x < 4", ": (∃ x, x < 3) ∧ ∃ y, y < 4"),
    ("(x : ℝ) : x >= 1 /- a remark -/", "(x : ℝ) : x ≥ 2"),
]  # fmt: skip

DIFFERENT = [
    ("(x : ℝ) : x = x", "(x : ℚ) : x = x"),
    ("(x y : ℝ) : x + y = 0", "(x y : ℝ) : x + x = 0"),
    ("(x y : ℝ) : x < y", "(x y : ℝ) : y < x"),
    ("(n : ℕ) : Nat.gcd n 2 = 1", "(n : ℕ) : Nat.lcm n 2 = 1"),
    ("(x : ℝ) : x = 3", "(x : ℝ) : x = -3"),
    (": ∃ x, x < 1 ∧ (∃ y, y < x) ∧ x = 1", ": ∃ x, x < 1 ∧ (∃ y, y < y) ∧ x = 1"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_names_numerals_and_spaces_do_not_matter(left: str, right: str) -> None:
    assert form(left) == form(right)
    assert form_digest(left) == form_digest(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_everything_else_matters(left: str, right: str) -> None:
    assert form_digest(left) != form_digest(right)


def test_an_inner_binding_ends_with_its_bracket() -> None:
    shadowed = form(": ∃ x, (∃ x, x < 3) ∧ x = 1")
    assert shadowed == form(": ∃ x, (∃ y, y < 3) ∧ x = 1")


def test_a_text_that_cannot_be_split_into_words_is_compared_as_it_stands() -> None:
    broken = "(x : ℝ) : x = 1 /- never closed"
    assert form_digest(broken) == form_digest(broken)
    assert form_digest(broken) != form_digest("(y : ℝ) : y = 1 /- never closed")


def test_leaks_are_seen_through_renaming_and_numerals() -> None:
    train = ["(x : ℝ) (h : 3 * x = 12) : x = 4", "(n : ℕ) : n ≤ n + 1"]
    main = ["(z : ℝ) (h₀ : 5 * z = 10) : z = 2"]
    digests = [form_digest(statement) for statement in train]
    assert form_digest(main[0]) in digests
    assert not {*digests[1:]} & {form_digest(statement) for statement in main}
