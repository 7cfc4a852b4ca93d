"""What is made of an answer is what Lean accepts, under the statement that was asked for."""

from __future__ import annotations

import pytest

from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.provers.chat.answers import extract
from prover_arb.provers.chat.answers.source import NAMESPACES
from tests.conftest import Lean

STATEMENT = "(n m : ℕ) (h : n = m + 2) : m + 2 = n"
THEOREM = Theorem(name="goal", statement=STATEMENT)
MAIN = f"theorem goal {STATEMENT} := by\n  have := helper m\n  omega"
HELPER = "theorem helper (k : ℕ) : k + 0 = k := by\n  simp"

FILES = {
    "a lemma": f"{HELPER.replace('theorem', 'lemma')}\n\n{MAIN.replace('theorem', 'lemma')}",
    "a lemma under a limit": f"set_option maxHeartbeats 0 in\n{HELPER}\n\n{MAIN}\n\nend",
    "documentation and attributes": f"/-- a -/\n@[simp] {HELPER}\n\n/-- b -/\n@[simp]\n"
    f"protected {MAIN}",
    "an attribute of Mathlib's": f"@[simp, norm_cast] {HELPER}\n\n{MAIN}",
    "an option of Mathlib's": f"set_option tactic.hygienic false\n{HELPER}\n\n{MAIN}",
    "a namespace": f"namespace Mine\n\n{HELPER}\n\n{MAIN}\n\nend Mine",
    "a section": f"noncomputable section\n\n{HELPER}\n\n{MAIN}\n\nend",
    "a variable": f"variable (z : ℕ)\n\n{HELPER}\n\n{MAIN}",
    "opened": f"open Finset Polynomial\nopen Filter in\n{HELPER}\n\n{MAIN}",
    "commands that print": f"#eval 1\n{HELPER}\n#check helper\n\n{MAIN}\n\n#print axioms goal",
    "another name": f"{HELPER}\n\n{MAIN.replace('goal', 'my_goal')}",
    "as an example": f"{HELPER}\n\n{MAIN.replace('theorem goal', 'example')}",
    "in other words": f"{HELPER}\n\n{MAIN.replace('(n m : ℕ)', '(n : ℕ) (m : Nat)')}",
    "an example that fails": f"{HELPER}\n\nexample : 1 = 2 := by\n  simp\n\n{MAIN}",
    "a term": f"theorem goal {STATEMENT} := h.symm",
    "a term that opens": f"open Nat Finset in\ntheorem goal {STATEMENT} := h.symm",
    "tactics that use what is open": f"open Finset\n\ntheorem goal {STATEMENT} := by\n"
    "  have : range 0 = ∅ := rfl\n  omega",
}

ANSWERS = {title: f"```lean4\nimport Mathlib\n\n{code}\n```" for title, code in FILES.items()} | {
    "a lemma in a block of its own": f"First:\n```lean4\n{HELPER}\n```\n"
    f"Then:\n```lean4\n{MAIN}\n```",
    "a comment that holds fences": "```lean4\n/- so\n```\n#eval 1\n```\n-/\n"
    f"{HELPER}\n\n{MAIN} -- ``` done\n```",
}


@pytest.mark.lean
def test_lean_accepts_what_is_made_of_an_answer(lean: Lean) -> None:
    refused = {}
    for title, answer in ANSWERS.items():
        candidate = extract(answer, THEOREM)
        assert candidate is not None, title
        verdict = lean.run(lean.oracle.verify(THEOREM, candidate))
        if verdict.status != "proved":
            refused[title] = f"{verdict.reason}: {verdict.detail}\n{candidate.text}"
    assert refused == {}


@pytest.mark.lean
def test_the_core_profile_has_the_namespaces_that_answers_may_open(lean: Lean) -> None:
    text = f"open {' '.join(sorted(NAMESPACES))} in\nomega"
    verdict = lean.run(lean.oracle.verify(THEOREM, Candidate(kind="tactics", text=text)))
    assert verdict.status == "proved", verdict.detail
