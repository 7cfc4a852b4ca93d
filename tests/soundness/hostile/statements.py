"""What customers ask in these tests: true statements with their proofs, and false ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from prover_arb.core.theorem import Candidate, CandidateKind, Limits, Theorem
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.elaborator import LeanElaborator
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.reference import ReferenceService, Statement
from prover_arb.oracle.verification import Verification
from tests.oracle.kernels.exports import is_declaration, joined, lines
from tests.soundness.hostile.meaning import Lines, Meaning

TREE = """inductive Tree where
  | leaf
  | node (l r : Tree)
def Tree.flip : Tree → Tree
| .leaf => .leaf
| .node l r => .node r.flip l.flip
"""
HELD = """structure Held (α : Type) where
  value : α
  positive : Prop
class Marked (α : Type) where
  mark : α
instance : Marked ℕ := ⟨{mark}⟩
"""
EVEN = """mutual
inductive Evens : ℕ → Prop
  | zero : Evens 0
  | step (n : ℕ) : Odds n → Evens (n + {more})
inductive Odds : ℕ → Prop
  | step (n : ℕ) : Evens n → Odds (n + {more})
end
"""

TRUE: list[tuple[str, str, CandidateKind, str]] = [
    ("", "(a b : ℕ) (h : a < b) : a + 1 ≤ b", "term", "h"),
    ("", ": 2 ^ 10 % 7 = 2", "tactics", "decide"),
    ("", "(p q : Prop) (hp : p) (hq : q) : p ∧ q", "tactics", "exact ⟨hp, hq⟩"),
    ("", "(p : Prop) : p ∨ ¬ p", "term", "Classical.em p"),
    ("", "{α : Type} (x y : α × ℕ) (h : x = y) : x.2 = y.2", "tactics", "rw [h]"),
    ("", ': "a".append "b" = "ab"', "tactics", "rfl"),
    ("", "(n : ℕ) : (match n with | 0 => 0 | k + 1 => k) ≤ n", "file",
     "theorem aux : ∀ n : ℕ, (match n with | 0 => 0 | k + 1 => k) ≤ n\n  | 0 => Nat.le_refl 0\n"
     "  | k + 1 => Nat.le_succ k\n"
     "theorem target (n : ℕ) : (match n with | 0 => 0 | k + 1 => k) ≤ n := aux n"),
    ("def twice (n : ℕ) : ℕ := n + n", "(n : ℕ) : twice n = n + n", "tactics", "rfl"),
    (TREE, ": (Tree.node .leaf .leaf).flip = .node .leaf .leaf", "tactics", "rfl"),
    (HELD.format(mark=3), "(x : Held ℕ) (h : x.value = 3) : x.value = Marked.mark", "term", "h"),
    (EVEN.format(more=1), ": Evens 2", "term", ".step 1 (.step 0 .zero)"),
    ("universe u\ndef same {α : Sort u} (a : α) : α := a", "{α : Type} (a : α) : same a = a",
     "term", "rfl"),
]  # fmt: skip

FALSE: list[tuple[str, str]] = [
    ("", ": False"),
    ("", "(a b : ℕ) (h : a < b) : a + 2 ≤ b"),
    ("", ": 2 ^ 10 % 7 = 3"),
    ("", "(p q : Prop) (hp : p) : p ∧ q"),
    ("", "(p : Prop) : p"),
    ("", "{α : Type} (x y : α × ℕ) (h : x.1 = y.1) : x.2 = y.2"),
    ("", ': "a".append "b" = "abc"'),
    ("", "(n : ℕ) : (match n with | 0 => 1 | k + 1 => k) ≤ n"),
    ("", "(n : ℕ) : match n with | 0 => False | _ => True"),
    ("", "(n : ℕ) : if n = 3 then False else True"),
    ("def twice (n : ℕ) : ℕ := n + n + 1", "(n : ℕ) : twice n = n + n"),
    ("def claim : Prop := False", ": claim"),
    ("theorem fact : True := trivial", ": False"),
    ("inductive Color where\n  | red\n  | green", "(c : Color) : c = .red"),
    (TREE, ": (Tree.node .leaf .leaf).flip = .leaf"),
    (HELD.format(mark=4), "(x : Held ℕ) (h : x.value = 3) : x.value = Marked.mark"),
    (EVEN.format(more=1), ": Evens 3"),
    ("universe u\ndef same {α : Sort u} (a : α) (n : ℕ) : ℕ := n + 1",
     "{α : Type} (a : α) (n : ℕ) : same a n = n"),
]  # fmt: skip
"""None of them has a proof."""

REFUTATIONS = [
    "exact id",
    "intro h\nhave := h 0 1 (by decide)\nomega",
    "decide",
    "intro h\nexact (h True False trivial).2",
    "intro h\nexact h False",
    "intro h\nhave := @h ℕ (0, 0) (0, 1) rfl\nsimp at this",
    "decide",
    "intro h\nhave := h 0\nsimp at this",
    "intro h\nexact h 0",
    "intro h\nhave := h 3\nsimp at this",
    "intro h\nhave := h 0\nsimp [twice] at this",
    "exact fun h => h",
    "exact id",
    "intro h\ncases h .green",
    "intro h\ncases h",
    "intro h\nexact absurd (h ⟨3, True⟩ rfl) (show ¬ ((3 : ℕ) = 4) by decide)",
    "intro h\ncases h with | step n h => cases h with\n"
    "| step n h => cases h with | step n h => cases h",
    "intro h\nhave := @h ℕ 0 0\nsimp [same] at this",
]
"""One for each of them."""

FORGED: list[tuple[str, str, str, str, CandidateKind, str]] = [
    (*FALSE[10], "def twice (n : ℕ) : ℕ := n + n", "(n : ℕ) : twice n = n + n", "term", "rfl"),
    (*FALSE[11], "def claim : Prop := True", ": claim", "term", "trivial"),
    (*FALSE[13], "inductive Color where\n  | red", "(c : Color) : c = .red", "tactics",
     "cases c; rfl"),
    (*FALSE[14], TREE.replace(".node r.flip l.flip", ".leaf"),
     ": (Tree.node .leaf .leaf).flip = .leaf", "term", "rfl"),
    (*FALSE[15], HELD.format(mark=3), FALSE[15][1], "term", "h"),
    (*FALSE[16], EVEN.format(more=3).replace("Evens 0", "Evens 3"), ": Evens 3", "term", ".zero"),
    (*FALSE[17], "universe u\ndef same {α : Sort u} (a : α) (n : ℕ) : ℕ := n", FALSE[17][1],
     "term", "rfl"),
    (*FALSE[8], "", "(n : ℕ) : match n with | 0 => True | _ => True", "tactics",
     "cases n <;> trivial"),
    (*FALSE[7], "", "(n : ℕ) : (match n with | 0 => 0 | k + 1 => k) ≤ n", "tactics",
     "cases n <;> simp"),
    (*FALSE[9], "", "(n : ℕ) : if n = 3 then True else True", "tactics", "simp"),
]  # fmt: skip
"""A false statement, then another preamble and statement that are true, with the proof."""


@dataclass(frozen=True)
class Asked:
    """A statement, and what is known of it."""

    theorem: Theorem
    reference: Lines
    proof: Lines | None
    """None for a false one."""

    @property
    def constants(self) -> Lines:
        """The reference without the theorem."""
        return self.reference[:-1]

    @property
    def goal(self) -> dict[str, Any]:
        """The theorem as the reference declares it."""
        body = self.reference[-1]["axiom"]
        assert isinstance(body, dict)
        return body


@dataclass(frozen=True)
class Corpus:
    """What hostile answers are made from."""

    true: tuple[Asked, ...]
    false: tuple[Asked, ...]
    forged: tuple[tuple[Asked, Lines], ...]
    """False statements, each with all declarations of a proof of something else that looks the
    same, those of the other preamble first."""
    gaps: tuple[tuple[str | int, ...], ...]
    """Names that the library mentions and does not ship."""


async def corpus(pool: LeanPool, references: ReferenceService) -> Corpus:
    """Everything, as the real Lean gives it."""
    elaborator = LeanElaborator(pool)

    async def asked(preamble: str, statement: str, *proof: str) -> Asked:
        theorem = Theorem(name="target", statement=statement, preamble=preamble)
        kind, text = proof or ("term", "trivial")
        candidate = Candidate.model_validate({"kind": kind, "text": text})
        limits = Limits(wall_ms=60_000)
        check = Verification(theorem, candidate, limits, Clock(limits.wall_ms))
        found = await references.statement(check)
        assert isinstance(found, Statement), (statement, found)
        made = None
        if proof:
            elaborated = await elaborator.elaborate(check)
            assert elaborated.status == "elaborated", (statement, elaborated.detail)
            made = lines(elaborated.proof)
        return Asked(theorem, lines(found.data), made)

    false = [await asked(*case) for case in FALSE]
    place = {case: index for index, case in enumerate(FALSE)}
    forged = []
    for preamble, statement, *other in FORGED:
        made = await asked(*other)
        assert made.proof is not None
        every = joined(made.constants, _without(made.proof, set(Meaning(made.constants).whole)))
        forged.append((false[place[preamble, statement]], every))
    gaps = pool.toolchain.library.gaps
    assert gaps is not None
    return Corpus(
        true=tuple([await asked(*case) for case in TRUE]),
        false=tuple(false),
        forged=tuple(forged),
        gaps=tuple(tuple(name) for name in json.loads(gaps.read_text())),
    )


def _without(proof: Lines, names: set[str]) -> Lines:
    """A proof without its declarations of these names."""
    order = iter(Meaning(proof).order)
    return [line for line in proof if not is_declaration(line) or next(order) not in names]
