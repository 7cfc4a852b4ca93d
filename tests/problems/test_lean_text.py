"""The scanner that cuts Lean text into commands and theorems into parts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.core.lexer import tokens
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import commands
from prover_arb.problems.declaration import as_signature, declaration


def theorem_parts(text: str) -> tuple[str, str, bool]:
    [command] = [c for c in commands(text) if c.word in {"theorem", "lemma"}]
    parts = declaration(command)
    return parts.name, parts.statement, parts.ending == "sorry"


def ending(text: str) -> str:
    return declaration(commands(text)[-1]).ending


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
        ("theorem mathd-x (x : ℕ) : x = x := sorry", "line 1: `mathd-...` is not a name"),
        ("theorem 1983_p1 : 1 = 1 := sorry", "not followed by a name but by `1983_p1`"),
        ("theorem t : p := begin sorry end", "`begin` is Lean 3"),
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
    words = ["import", "open", "def", "section", "theorem", "open", "theorem", "end"]
    assert [c.word for c in found] == words
    assert found[2].doc == "twice"
    assert found[2].text.endswith("n + n")
    assert [c.reaches for c in found] == [False] * 5 + [True, False, False]
    assert [c.line for c in found] == [1, 2, 5, 7, 8, 9, 9, 10]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # A prefix on the line of what it reaches over.
        ("open Nat in def k := 2", ["open", "def"]),
        ("set_option a 9 in open Nat in\ntheorem t : p", ["set_option", "open", "theorem"]),
        ("variable (n : ℕ) in theorem t : p", ["variable", "theorem"]),
        # A header whose line breaks were lost.
        ("import Mathlib import Aesop set_option a 1 open Nat Real theorem t : p := sorry",
         ["import", "import", "set_option", "open", "theorem"]),
        ("import Mathlib\nopen scoped Nat\nabbrev k := 2", ["import", "open", "abbrev"]),
        # A comment before a command on its line, as after `special open`.
        ("import Mathlib\n/- note -/ open Set\ntheorem t : p", ["import", "open", "theorem"]),
        # Attributes and modifiers, alone or together.
        ("@[simp] private theorem t : p", ["theorem"]),
        ("@[simp]\nnonrec lemma t : p", ["lemma"]),
        ("@[reducible] noncomputable\ndef k := 2", ["def"]),
        # A doc comment before what is no declaration is that of the next one.
        ("/-- doc -/\nopen Nat in\ntheorem t : p", ["open", "theorem"]),
        # A bracket that is never closed spoils one command only.
        ("theorem a (x : p := sorry\ntheorem b : q := sorry", ["theorem", "theorem"]),
        ("theorem a (x : p := sorry\ndef k := 2\ntheorem b : q", ["theorem", "def", "theorem"]),
        ("example : p := sorry\n#check k\nend", ["example", "#", "end"]),
    ],
)  # fmt: skip
def test_commands_are_told_apart(text: str, words: list[str]) -> None:
    assert [command.word for command in commands(text)] == words


def test_the_doc_comment_of_a_theorem_is_found_before_an_open_too() -> None:
    found = commands("/-- Why. -/\nopen Nat in\ntheorem t : p := sorry")
    assert [command.doc for command in found] == ["", "Why."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("theorem t : 1 = 1 := by sorry", "sorry"),
        ("theorem t : 1 = 1 := by\n  sorry\n  -- here", "sorry"),
        ("theorem t : 1 = 1 := by { sorry }", "sorry"),
        ("theorem t : 1 = 1 := by exact sorry", "sorry"),
        ("theorem t : 1 = 1 := by admit", "sorry"),
        ("theorem t : 1 = 1 := by", "open"),
        ("theorem t : 1 = 1 := by\n  -- a comment\n", "open"),
        ("theorem t : 1 = 1 :=", "open"),
        ("theorem t : 1 = 1", "missing"),
        ("theorem t : let x := 5; x = 5", "missing"),
        ("theorem t : let x := 5; x = 5 :=", "open"),
        ("theorem t : let x := 5; x = 5 := by rfl", "proved"),
        ("theorem t : have y := 1; y = 1 := by simp; sorry", "begun"),
        ("theorem t (n : ℕ := 5) : n = n", "missing"),
        ("theorem t : 1 = 1 := rfl", "proved"),
        ("theorem t : ∀ n : ℕ, n = n\n  | 0 => rfl\n  | n + 1 => rfl", "proved"),
        ("theorem t (x : ℤ) (h : 0 ≤ x) :\n  |x| = x", "missing"),
        ("theorem t (n : ℕ) : 0 ≤ (match n with\n  | 0 => 1\n  | _ => 2)", "missing"),
        ("theorem t (n : ℕ) : 0 ≤ match n with\n  | 0 => 1\n  | _ => 2", "missing"),
    ],
)
def test_what_follows_a_statement_is_told(text: str, expected: str) -> None:
    assert ending(text) == expected


def test_an_example_has_no_name() -> None:
    found = declaration(commands("example (x : ℕ) : x = x := by sorry")[0])
    assert (found.name, found.statement) == ("", "(x : ℕ) : x = x")


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
