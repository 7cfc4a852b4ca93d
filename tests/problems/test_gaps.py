"""The `sorry`s of a Lean text: which are filled, with which theorem, and how a proof is put in."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover_arb.core.theorem import Candidate
from prover_arb.errors import ProblemError
from prover_arb.problems.gaps import Gap, Unfilled, filled, gap_numbered, gaps_in
from prover_arb.problems.lean_file import LeanFile

TEXT = """import Lean

/-- Kept. -/
@[simp] theorem first (a : Nat) : a + 0 = a := by sorry -- kept too

namespace Space
variable (n : Nat)

theorem second : n = n := by
  -- why it holds
  sorry

theorem inner : n = n ∧ n = n := by
  constructor
  · sorry
  · rfl

def hole : Nat := sorry
theorem resting : hole = 3 := sorry
end Space

theorem done : True := trivial
theorem unended : 1 = 1 := by
theorem third : (1 : Nat) = 1 := by /- here -/ sorry
example : 2 = 2 := sorry
"""


def tactics(text: str) -> Candidate:
    return Candidate(kind="tactics", text=text)


def test_every_sorry_is_found_with_its_line() -> None:
    gaps = gaps_in(TEXT)
    assert [(gap.name, gap.line) for gap in gaps.fillable] == [
        ("first", 4),
        ("second", 9),
        ("third", 24),
        ("example_8", 25),
    ]
    assert [(gap.name, gap.line) for gap in gaps.unfilled] == [
        ("inner", 15),
        ("hole", 18),
        ("resting", 19),
        ("unended", 23),
    ]
    reasons = [gap.reason for gap in gaps.unfilled]
    assert "larger proof" in reasons[0]
    assert "no theorem" in reasons[1]
    assert "rests on `hole`" in reasons[2]
    assert "put `sorry` there" in reasons[3]


def test_later_theorems_see_earlier_ones_only_once_these_are_proved() -> None:
    before = gap_numbered(TEXT, 1, "core")
    after = gap_numbered(filled(TEXT, 0, tactics("rfl")), 1, "core")
    assert isinstance(before, Gap)
    assert isinstance(after, Gap)
    assert "first" not in before.theorem.preamble
    assert "theorem first (a : Nat) : a + 0 = a := by rfl" in after.theorem.preamble
    assert "variable (n : Nat)" in after.theorem.preamble


def test_what_names_an_open_theorem_waits_until_that_is_proved() -> None:
    text = "namespace S\ntheorem a : 1 = 1 := sorry\nend S\ntheorem b : S.a = S.a := sorry\n"
    before = gap_numbered(text, 1, "core")
    assert isinstance(before, Unfilled)
    assert "rests on `a`" in before.reason
    after = gap_numbered(filled(text, 0, tactics("rfl")), 1, "core")
    assert isinstance(after, Gap)
    assert "theorem a : 1 = 1 := by rfl" in after.theorem.preamble


def test_only_the_sorrys_change() -> None:
    text = TEXT
    for number in (0, 1, 6, 7):
        text = filled(text, number, tactics("rfl"))
    expected = (
        TEXT.replace("by sorry -- kept too", "by rfl -- kept too")
        .replace("holds\n  sorry", "holds\n  rfl")
        .replace("/- here -/ sorry", "/- here -/ rfl")
        .replace("2 = 2 := sorry", "2 = 2 := by rfl")
    )
    assert text == expected
    assert not gaps_in(text).fillable


@pytest.mark.parametrize(
    ("given", "candidate", "expected"),
    [
        ("theorem t : p := sorry", tactics("rfl"), "theorem t : p := by rfl"),
        ("theorem t : p := by sorry", tactics("rfl"), "theorem t : p := by rfl"),
        ("theorem t : p := by\n    sorry", tactics("a\nb"), "theorem t : p := by\n    a\n    b"),
        ("theorem t : p := by\nsorry", tactics("a\nb"), "theorem t : p := by\n  a\n  b"),
        ("theorem t : p := by sorry --c", tactics("a\nb"), "theorem t : p := by\n  a\n  b --c"),
        ("theorem t : p := by /-c-/ sorry", tactics("a"), "theorem t : p := by /-c-/ a"),
        ("theorem t : p :=\n  sorry", tactics("a\nb"), "theorem t : p :=\n  by\n    a\n    b"),
        ("theorem t : p := by exact sorry", tactics("rfl"), "theorem t : p := by rfl"),
        ("theorem t : p := sorry", Candidate(kind="term", text="rfl"), "theorem t : p := rfl"),
        (
            "theorem t : p := by sorry",
            Candidate(kind="term", text="rfl"),
            "theorem t : p := by exact rfl",
        ),
        (
            "theorem t : p := by sorry",
            Candidate(kind="file", text="theorem t : p := by\n    a\n    b\n"),
            "theorem t : p := by\n  a\n  b",
        ),
        (
            "theorem t : p := by sorry",
            Candidate(kind="file", text="theorem t : p := Eq.refl 1"),
            "theorem t : p := by exact Eq.refl 1",
        ),
    ],
)  # fmt: skip
def test_a_proof_takes_the_place_and_the_indentation_of_its_sorry(
    given: str, candidate: Candidate, expected: str
) -> None:
    assert filled(given + "\n", 0, candidate) == expected + "\n"


@pytest.mark.parametrize(
    "candidate",
    [
        Candidate(kind="file", text="theorem help : 1 = 1 := rfl\ntheorem t : 1 = 1 := help"),
        tactics("rfl\ntheorem u : 1 = 2 := rfl"),
        tactics("sorry"),
        tactics("rfl /- never closed"),
    ],
)
def test_a_proof_that_would_state_something_else_is_refused(candidate: Candidate) -> None:
    with pytest.raises(ProblemError):
        filled("theorem t : p := by sorry\n", 0, candidate)


def test_a_file_keeps_its_line_ends_mark_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "Mine.lean"
    data = b"\xef\xbb\xbftheorem t : 1 = 1 := by\r\n  sorry\r\n"
    path.write_bytes(data)
    path.chmod(0o640)
    file = LeanFile.read(path)
    new = file.replaced(filled(file.text, 0, tactics("rfl")))
    assert path.read_bytes() == data.replace(b"sorry", b"rfl")
    assert path.stat().st_mode & 0o777 == 0o640
    assert new.replaced(file.text).data == data == path.read_bytes()


def test_a_file_that_somebody_changed_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "Mine.lean"
    path.write_text("theorem t : p := by sorry\n", encoding="utf-8")
    file = LeanFile.read(path)
    path.write_text("theorem other : 1 = 1 := by sorry\n", encoding="utf-8")
    with pytest.raises(ProblemError, match="changed while"):
        file.replaced("theorem t : p := by rfl\n")
    assert "other" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"theorem t : p := sorry", "expected a .lean file"),
        ("a.lean", b"theorem t :\xff 1 = 1 := sorry", "a.lean:1: not UTF-8"),
        ("a.lean", b"a\r\nb\n", "make them alike"),
    ],
)
def test_a_file_that_cannot_be_changed_faithfully_is_refused(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ProblemError, match=message):
        LeanFile.read(path)
