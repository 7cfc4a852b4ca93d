"""Scripts lose their arguments and get them back, on the same goal or another one."""

from __future__ import annotations

import pytest

from prover_arb.provers.students.skeletons import (
    Surroundings,
    abstracted,
    computed,
    filled,
    slots_of,
    surroundings_of,
)

STATEMENT = "(x y : ℝ) (f : ℝ → ℝ) (h₀ : ∀ t, f t = 5 * t) (h₁ : x = 20) : f x + y = 100 + y"


def test_a_statement_is_read_for_its_names_and_numerals() -> None:
    around = surroundings_of(STATEMENT)
    assert around.variables == ("x", "y")
    assert around.functions == ("f",)
    assert around.hypotheses == ("h₀", "h₁")
    assert around.numerals == (5, 20, 100)
    assert surroundings_of(": 2 + 2 = 4").variables == ()


@pytest.mark.parametrize(
    ("script", "skeleton", "slots"),
    [
        ("omega", "omega", ""),
        ("rw [h₀, h₁]", "rw [‹h›, ‹h›]", "hh"),
        ("grind [sq_nonneg (x - y), h₁.symm]", "grind [sq_nonneg (‹v› - ‹v›), ‹h›.symm]", "vvh"),
        ("exact ⟨f 20, by simp⟩", "exact ⟨‹f› ‹n›, by simp⟩", "fn"),
        ("refine ⟨4, ?_⟩", "refine ⟨‹n›, ?_⟩", "n"),
        (
            "have d : x % 5 = 0 ∨ x % 5 = 1 ∨ x % 5 = 2 ∨ x % 5 = 3 ∨ x % 5 = 4 := by omega\n"
            "rcases d with r | r | r | r | r <;> simp [r]",
            "have d : ⟦‹v› % ‹n›⟧ := by omega\nrcases d with ⟦r|‹n›⟧ <;> simp [r]",
            "vnn",
        ),
        ("have c_y : y < 20 := hc", "have c_‹v› : ‹v› < ‹n› := hc", "vvn"),
        ("grind (splits := 2)", "grind (splits := 2)", ""),
        ("have z0 : 777 = 777 := rfl", "have z0 : 777 = 777 := rfl", ""),
    ],
)  # fmt: skip
def test_taken_apart_and_put_together_again(script: str, skeleton: str, slots: str) -> None:
    around = surroundings_of(STATEMENT)
    taken = abstracted(script, around)
    assert taken.skeleton == skeleton
    assert slots_of(taken.skeleton) == slots
    assert filled(taken.skeleton, taken.arguments, around) == script


def test_arguments_follow_to_another_statement() -> None:
    taken = abstracted("nlinarith [sq_nonneg (x - 20), h₁, f 101]", surroundings_of(STATEMENT))
    other = surroundings_of("(p : ℝ) (g : ℝ → ℝ) (k₀ : p = 3) (k₁ : g p = 8) : g 3 < p + 70 + 8")
    script = filled(taken.skeleton, taken.arguments, other)
    assert script == "nlinarith [sq_nonneg (p - 8), k₁, g 71]"


def test_a_case_split_over_remainders_fits_another_modulus() -> None:
    learnt = surroundings_of("(n : ℤ) : n ^ 2 % 3 = 0 ∨ n ^ 2 % 3 = 1")
    script = "have d : n % 3 = 0 ∨ n % 3 = 1 ∨ n % 3 = 2 := by omega\nrcases d with r | r | r"
    taken = abstracted(script, learnt)
    other = surroundings_of("(k : ℤ) (h : k < 90) : 4 ∣ k ^ 2 * (k + 6)")
    assert filled(taken.skeleton, taken.arguments, other) == (
        "have d : k % 4 = 0 ∨ k % 4 = 1 ∨ k % 4 = 2 ∨ k % 4 = 3 := by omega\n"
        "rcases d with r | r | r | r"
    )


def test_a_long_list_of_numerals_stays_as_it_is() -> None:
    script = "first " + " ".join(f"| exact ⟨{n}, by decide⟩" for n in range(20))
    taken = abstracted(script, surroundings_of(STATEMENT))
    assert (taken.skeleton, taken.arguments) == (script, ())


def test_where_the_statement_has_nothing_to_name_there_is_no_script() -> None:
    taken = abstracted("rw [h₁]", surroundings_of(STATEMENT))
    assert filled(taken.skeleton, taken.arguments, surroundings_of("(h : 1 < 2) : True")) is None


def test_numbers_are_described_by_the_simplest_way_to_compute_them() -> None:
    ways = computed(Surroundings((), (), (), (12, 49)))
    assert ways[12] == "a"
    assert ways[13] == "a+1"
    assert ways[7] == "√b"
    assert ways[61] == "a+b"
    assert ways[588] == "a*b"
    assert 777 not in ways
