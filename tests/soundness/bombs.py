"""Candidates that would use up whatever they are given; none of them proves anything."""

from __future__ import annotations

from prover_arb.core.theorem import Candidate, Theorem

THEOREM = Theorem(name="target", statement="(a b : ℕ) (h : a < b) : a + 2 ≤ b")

_FREE = "set_option maxRecDepth 1000000 in\nset_option maxHeartbeats 0 in\n"

BOMBS = {
    "endless elaboration": Candidate(
        kind="tactics", text=f"{_FREE}repeat (first | (have := Nat.lt_irrefl a) | skip)\nomega"
    ),
    "endless rewriting": Candidate(
        kind="tactics",
        text=f"have g : ∀ n : ℕ, n = n + 0 := fun _ => rfl\n{_FREE}repeat rw [g a]\nomega",
    ),
    "endless kernel reduction": Candidate(
        kind="tactics",
        text=f"{_FREE}have : ∀ n : ℕ, n < 10000000 → n + 1 < 10000001 := by decide +kernel\nomega",
    ),
    "deep recursion": Candidate(kind="term", text="(" * 100_000 + "h" + ")" * 100_000),
    "deep term": Candidate(kind="term", text="id <| " * 20_000 + "h"),
    "memory": Candidate(
        kind="tactics",
        text=f"{_FREE}have : (List.range 20000000).length = 20000000 := by decide +kernel\nomega",
    ),
    "huge number": Candidate(
        kind="tactics", text="have : 2 ^ (2 ^ 40) % 7 = 2 := by decide +kernel\nomega"
    ),
    "huge product": Candidate(
        kind="tactics", text="have : (2^16777215)^16777215 % 7 = 2 := by decide +kernel\nomega"
    ),
    "a hundred megabytes of output": Candidate(
        kind="tactics", text=f'{_FREE}iterate 1000 trace "{"x" * 100_000}"\nomega'
    ),
    "a hundred thousand goals": Candidate(
        kind="tactics", text=f"{_FREE}iterate 100000 (refine (fun _ : True => ?_) ?_)"
    ),
}
