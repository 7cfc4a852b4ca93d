"""Preambles that would change what a process believes, and what another customer asks afterwards.

The first one forges types by `sorry` before the kernel speaks, writes into memory by them, and has
Lean run that code to fill in an argument. The second one changes what symbols and tactics mean.
"""

from __future__ import annotations

from prover_arb.core.theorem import Candidate, Theorem

_FORGED = """
theorem textIsWord : (String × ℕ) = USize := by exact sorryAx _ true
theorem wordIsBytes : USize = ByteArray := by exact sorryAx _ true
theorem anything (p : Prop) : p := by exact sorryAx _ true
def everything (n : ℕ) : ByteArray := cast wordIsBytes (0xFFFFFFF0 ||| n.toUSize)
def placeOf (s : String) : USize := cast textIsWord (s, 0)
def put (a : ByteArray) (i : USize) (b : UInt8) : ByteArray := a.uset i b (anything _)
def zeros (n : ℕ) (a : ByteArray) (i : USize) : ByteArray := match n with
  | 0 => a
  | n + 1 => zeros n (put a i 0) (i + 1)
"""
_WRITES = """
def evil : Lean.Syntax :=
  let done := zeros 4096 (everything 1) (placeOf "here")
  .node .none `Lean.Parser.Tactic.tacticTrivial
    #[.atom .none (if done.size = 1 then "trivial" else " trivial ".trimAscii.toString)]
theorem asked (_ : autoParam True evil) : True := trivial
example : True := asked
"""
_RULES = """
theorem cheat : (1 : ℕ) = 2 := by exact sorryAx _ true
attribute [simp] cheat
instance (priority := high) : LE ℕ := ⟨fun _ _ => True⟩
notation:65 a " + " b => a * b
"""
_TRIVIAL = Candidate(kind="tactics", text="trivial")

POISON = [
    (Theorem(name="target", statement="(a : ℕ) : a = a", preamble=preamble), _TRIVIAL)
    for preamble in (_FORGED + _WRITES, _RULES, _FORGED)
]
"""Asked by the first customer; whatever comes of it is that customer's own affair."""

AFTER = [
    (": False", "tactics", "trivial", "rejected"),
    (": (1 : ℕ) = 2", "tactics", "simp", "rejected"),
    (": (5 : ℕ) ≤ 3", "term", "trivial", "rejected"),
    (": (2 : ℕ) + 3 = 6", "tactics", "rfl", "rejected"),
    (": (2 : ℕ) + 3 = 5", "tactics", "rfl", "proved"),
    ("(a b : ℕ) (h : a < b) : a + 1 ≤ b", "tactics", "omega", "proved"),
]
"""Asked by the second one: statement, candidate, and what must be said."""
