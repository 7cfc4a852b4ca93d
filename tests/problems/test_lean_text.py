"""The scanner that cuts Lean text into commands and theorems into parts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.errors import ProblemError
from prover_arb.problems.lean_text import as_signature, commands, declaration, doc_of, tokens


def theorem_parts(text: str) -> tuple[str, str, bool]:
    [command] = [c for c in commands(text) if c.word in {"theorem", "lemma"}]
    parts = declaration(text, command)
    return parts.name, parts.statement, parts.sorry


@pytest.mark.parametrize(
    ("text", "name", "statement"),
    [
        ("theorem t : 1 = 1 := by sorry", "t", ": 1 = 1"),
        ("lemma t.u' (x : ℕ) : x = x := sorry", "t.u'", "(x : ℕ) : x = x"),
        ("theorem t (n : Nat) :\n  n = n :=\n  by sorry\n", "t", "(n : Nat) :\n  n = n"),
        ("theorem t : 1 = 1 := by\nsorry", "t", ": 1 = 1"),
        ("/-- All is one. -/\ntheorem t : 1 = 1 := by sorry", "t", ": 1 = 1"),
        ("-- theorem no : 1 = 2 := by sorry\ntheorem t : 1 = 1 := by sorry", "t", ": 1 = 1"),
        ("/- theorem /- nested -/ := -/ theorem t : 1 = 1 := by sorry", "t", ": 1 = 1"),
        ("theorem t (x : Nat := 5) : x = x := by sorry", "t", "(x : Nat := 5) : x = x"),
        (
            "theorem t (h : 1 = 1 := by sorry) : 1 = 1 := sorry",
            "t",
            "(h : 1 = 1 := by sorry) : 1 = 1",
        ),
        ("theorem t : let x := 5; x = 5 := by sorry", "t", ": let x := 5; x = 5"),
        ('theorem t : ":= by sorry" = s := by sorry', "t", ': ":= by sorry" = s'),
        ("theorem t : '\"' = c := by sorry", "t", ": '\"' = c"),
        ('theorem t : r#"a " b"# = s := by sorry', "t", ': r#"a " b"# = s'),
        ("theorem t.{u} (α : Type u) : α = α := by sorry", "t", ".{u} (α : Type u) : α = α"),
        ("theorem t : f⁻¹' {0} = f '' s := by sorry", "t", ": f⁻¹' {0} = f '' s"),
        ("theorem t : 1 = 1 -- why not\n  := by sorry -- really", "t", ": 1 = 1"),
        ("@[simp] private theorem t : 1 = 1 := by sorry", "t", ": 1 = 1"),
        ("theorem t (x : ℕ : x = x := by sorry", "t", "(x : ℕ : x = x"),
    ],
)
def test_theorems_are_taken_apart(text: str, name: str, statement: str) -> None:
    assert theorem_parts(text) == (name, statement, True)


@pytest.mark.parametrize(
    "text",
    [
        "theorem t : 1 = 1 := by rfl",
        "theorem t : 1 = 1 := rfl -- := by sorry",
        "theorem t : 1 = 1 := by simp; sorry",
        "theorem t (h : 1 = 1 := by sorry) : 1 = 1 := h",
    ],
)
def test_another_proof_than_sorry_is_noticed(text: str) -> None:
    assert not theorem_parts(text)[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n\ntheorem : 1 = 1 := by sorry", "line 3: `theorem` is not followed by a name"),
        ("theorem t : 1 = 1", "line 1: t has no `:=`"),
        ("theorem t := by sorry", "line 1: t has no statement"),
        ("\n/- open\ntheorem t : 1 = 1 := by sorry", "line 2: a comment `/-` is never closed"),
        ('theorem t : "open = 1 := by sorry', "line 1: a string is never closed"),
        ('theorem t : r#"open" = 1 := by sorry', "line 1: a string is never closed"),
    ],
)
def test_what_cannot_be_taken_apart_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ProblemError, match=message.replace("(", r"\(")):
        theorem_parts(text)


def test_a_file_is_cut_into_commands() -> None:
    text = """import Mathlib
open Nat
/-- twice -/
@[simp]
def double (n : Nat) : Nat :=
  n + n
noncomputable section
theorem a : double 1 = 2 := by sorry
open Nat in theorem b : double 2 = 4 := by sorry
end
"""
    found = commands(text)
    words = ["import", "open", "def", "noncomputable", "theorem", "open", "theorem", "end"]
    assert [c.word for c in found] == words
    assert doc_of(found[2]) == "twice"
    assert text[found[2].start : found[2].end].endswith("n + n")


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("(a b : ℕ) (h : a < b) : a + 1 ≤ b", "(a b : ℕ) (h : a < b) : a + 1 ≤ b"),
        ("{a : ℕ} : a = a", "{a : ℕ} : a = a"),
        ("  : 1 = 1\n", ": 1 = 1"),
        ("∀ a b : ℕ, a ≤ b", ": ∀ a b : ℕ, a ≤ b"),
        ("(2 : ℕ) + 2 = 4", ": (2 : ℕ) + 2 = 4"),
        ("1 = 1 -- indeed", ": 1 = 1"),
    ],
)
def test_a_bare_proposition_gets_its_colon(text: str, signature: str) -> None:
    assert as_signature(text) == signature


def test_an_empty_statement_is_refused() -> None:
    with pytest.raises(ProblemError, match="empty"):
        as_signature("  -- nothing\n")


spaces = st.sampled_from([" ", "\n  ", " /- := /- by sorry -/ -/ ", " -- theorem x := sorry\n "])
words = st.sampled_from(
    ["x", "ℕ", "h₁", "x'", "42", "+", ":", ":=", "by", "sorry", "∀", ",", "⁻¹", "s!"]
)
literals = st.sampled_from(
    ["«a b»", '":= by sorry"', r'"\" :="', "'('", r"'\''", r"'\n'", 'r#"" := by sorry"#']
)
atoms = words | literals


@st.composite
def nested(draw: st.DrawFn) -> str:
    """Balanced Lean-like text: words, brackets around words, comments between them."""
    inner = st.lists(atoms, min_size=1, max_size=5)
    text = draw(spaces).join(draw(inner))
    for opening, closing in draw(st.lists(st.sampled_from(["()", "[]", "{}", "⟨⟩"]), max_size=3)):
        text = f"{opening}{text}{draw(spaces)}{closing}{draw(spaces)}{draw(atoms)}"
    return text


@given(nested(), spaces, st.sampled_from(["sorry", "by sorry", "by\n  sorry"]), spaces)
def test_whatever_stands_before_the_last_assign_is_the_statement(
    body: str, gap: str, proof: str, tail: str
) -> None:
    text = f"theorem t{gap}{body}{gap}:={gap}{proof}{tail}"
    name, statement, sorry = theorem_parts(text)
    assert (name, sorry) == ("t", True)
    assert [t.text for t in tokens(statement)] == [t.text for t in tokens(body)]
    assert statement in text


@given(nested())
def test_tokens_lie_in_order_and_brackets_balance(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert token.start >= end
        assert text[token.start : token.end] == token.text
        assert token.depth >= 0
        end = token.end
    assert list(tokens(text))[-1].depth == 0


@given(st.text(max_size=200))
def test_any_text_is_scanned_or_refused(text: str) -> None:
    try:
        found = commands(text)
    except ProblemError:
        return
    assert all(a.end <= b.start for a, b in pairwise(found))
