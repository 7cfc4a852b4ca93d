"""Verdicts of the real Lean on honest proofs, failures, and the plainest attacks."""

from __future__ import annotations

import pytest

from prover_arb.core.theorem import CandidateKind, Limits, Reason
from tests.conftest import Lean

pytestmark = pytest.mark.lean

LT = "(a b : ℕ) (h : a < b) : a + 1 ≤ b"

HONEST: list[tuple[str, CandidateKind, str]] = [
    (LT, "tactics", "omega"),
    (LT, "tactics", "  omega\n\n"),
    (LT, "tactics", "-- a comment\nexact h"),
    (LT, "tactics", "norm_num\nexact h\nomega"),  # docs/mathlib.md, the two liberties
    (LT, "term", "h"),
    (LT, "term", "by omega"),
    (LT, "file", "theorem target (a b : ℕ) (h : a < b) : a + 1 ≤ b := by omega"),
    (LT, "file", f"theorem helper {LT} := h\ntheorem target {LT} := helper a b h"),
    (
        LT,
        "file",
        "namespace Help\ndef double (n : ℕ) := n + n\n"
        "theorem double_eq (n : ℕ) : double n = 2 * n := by unfold double; omega\nend Help\n"
        f"theorem target {LT} := by omega",
    ),
    (": ∀ n : ℕ, n = n", "term", "fun _ => rfl"),
    (": 2 ^ 10 = 1024", "tactics", "decide"),
    (": 2 ^ 10 = 1024", "tactics", "decide +kernel"),
    ("(p q : Prop) (hp : p) (hq : q) : p ∧ q", "tactics", "constructor\n· exact hp\n· exact hq"),
    ("(x y : ℤ) (h : x + y = 3) (h' : x - y = 1) : x = 2", "tactics", "omega"),
    ("(x y : ℝ) (h : x + y = 3) (h' : x - y = 1) : x = 2", "tactics", "grind"),
    ("(n : ℕ) : n ≤ 2 ^ n", "tactics", "induction n with\n| zero => simp\n| succ n ih => grind"),
    ("(p : Prop) : p ∨ ¬ p", "term", "Classical.em p"),
    (  # grind takes a conjunction apart by projections
        "(a b c : ℕ) (h : Nat.digits 10 (7 ^ 3 + 2) = [a, b, c]) : a * b * c = 60",
        "tactics",
        "rw [show Nat.digits 10 (7 ^ 3 + 2) = [5, 4, 3] from by decide +kernel] at h\ngrind",
    ),
    (
        LT,
        "file",
        "def fib : ℕ → ℕ\n| 0 => 0\n| 1 => 1\n| n + 2 => fib n + fib (n + 1)\n"
        "theorem fib_two : fib 2 = 1 := rfl\n"
        f"theorem target {LT} := h",
    ),
    (
        LT,
        "file",
        "def halve (n : ℕ) : ℕ := if n < 2 then 0 else halve (n - 2) + 1\ntermination_by n\n"
        f"theorem target {LT} := h",
    ),
]

REJECTED: list[tuple[str, CandidateKind, str, Reason]] = [
    (LT, "tactics", "omegaa", "parse_error"),
    (LT, "tactics", "exact h\nomega", "elaboration_error"),  # no goal is left
    (LT, "tactics", "", "parse_error"),
    (LT, "tactics", "simp", "elaboration_error"),
    (LT, "tactics", "first | (exact h; omega) | fail", "elaboration_error"),
    (LT, "term", "h h", "elaboration_error"),
    (LT, "term", "h ; omega", "trailing_input"),
    (LT, "tactics", "omega\nend\ntheorem x : False := by", "trailing_input"),
    (LT, "tactics", "sorry", "uses_sorry"),
    (LT, "tactics", "admit", "uses_sorry"),
    (LT, "tactics", "first | exact absurd h (by sorry)", "uses_sorry"),
    (LT, "tactics", "native_decide", "forbidden_command"),
    (": (2 : ℕ) = 2", "tactics", "decide +native", "forbidden_command"),
    (LT, "tactics", "run_tac Lean.logInfo m!\"x\"", "forbidden_command"),
    (LT, "term", "by_elab return Lean.mkConst `True.intro", "forbidden_command"),
    (LT, "tactics", "set_option debug.skipKernelTC true in omega", "forbidden_command"),
    (LT, "tactics", "exact lcProof", "forbidden_axiom"),
    (LT, "tactics", "exact (fun _ : True => h) Lean.trustCompiler", "forbidden_axiom"),
    (LT, "file", f"axiom cheat : False\ntheorem target {LT} := cheat.elim", "forbidden_command"),
    (LT, "file", f"opaque cheat : False\ntheorem target {LT} := cheat.elim", "forbidden_command"),
    (LT, "file", "theorem target : True := trivial", "wrong_statement"),
    (LT, "file", f"theorem other {LT} := h", "wrong_statement"),
    (LT, "file", f"def target {LT} := h", "wrong_statement"),
    (LT, "file", f"namespace N\ntheorem target {LT} := h\nend N", "wrong_statement"),
    (LT, "file", "import Lean\ntheorem target : True := trivial", "forbidden_import"),
    (LT, "file", "import Lean", "forbidden_import"),
    (LT, "file", "import Mathlib", "wrong_statement"),  # passed over: docs/mathlib.md
    (LT, "file", "#eval 1", "forbidden_command"),
    (LT, "file", f'macro "omega" : tactic => `(tactic| sorry)\ntheorem target {LT} := by omega',
     "forbidden_command"),
    (LT, "file", f'notation "ℕ" => Bool\ntheorem target {LT} := h', "forbidden_command"),
    (LT, "file", f"inductive Bad | mk\ntheorem target {LT} := h", "forbidden_command"),
    (LT, "file", f"@[implemented_by id] theorem target {LT} := h", "forbidden_command"),
    (LT, "file", f"unsafe def x : False := x\ntheorem target {LT} := h", "forbidden_command"),
    (": (5 : ℕ) < 3", "file", "instance (priority := high) : LT ℕ := ⟨fun _ _ => True⟩\n"
     "theorem target : (5 : ℕ) < 3 := trivial", "wrong_statement"),
    (LT, "file", f"variable (z : False)\ntheorem target {LT} := h /- never closed",
     "parse_error"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "kind", "text"), HONEST)
def test_accepts_honest_proofs(lean: Lean, statement: str, kind: CandidateKind, text: str) -> None:
    verdict = lean.verify(statement, text, kind)
    assert (verdict.status, verdict.reason) == ("proved", None), verdict.detail
    assert verdict.toolchain is not None
    assert verdict.cpu_us > 0


@pytest.mark.parametrize(("statement", "kind", "text", "reason"), REJECTED)
def test_rejects_with_the_right_reason(
    lean: Lean, statement: str, kind: CandidateKind, text: str, reason: Reason
) -> None:
    verdict = lean.verify(statement, text, kind)
    assert (verdict.status, verdict.reason) == ("rejected", reason), verdict.detail
    assert verdict.detail


@pytest.mark.parametrize(
    "statement",
    [
        "(a : ℕ) : a = b",
        "(a : ℕ : a = a",
        ": Nonsense",
        ": True := trivial\ntheorem target2 : False",
        ": True := by trivial\n#eval 1\ntheorem target2 : False",
        ": (sorry : Prop)",
    ],
)
def test_bad_statements_are_the_customers_error(lean: Lean, statement: str) -> None:
    verdict = lean.verify(statement, "trivial")
    assert verdict.status == "invalid_statement"
    assert verdict.detail


def test_preamble_is_elaborated_and_its_errors_reported(lean: Lean) -> None:
    preamble = "def seven : ℕ := 7"
    assert lean.verify(": seven = 7", "rfl", preamble=preamble).status == "proved"
    broken = lean.verify(": seven = 7", "rfl", preamble="def seven : ℕ := true")
    assert broken.status == "invalid_statement"
    assert "preamble" in broken.detail


@pytest.mark.parametrize("preamble", ["\n", "-- nothing", "/- no /- thing -/ -/\n-- at all\n"])
def test_a_preamble_may_say_nothing(lean: Lean, preamble: str) -> None:
    assert lean.verify(": 1 = 1", "rfl", preamble=preamble).status == "proved"


@pytest.mark.parametrize("preamble", ["/- never closed", "-/", "- -", "/-- of nothing -/"])
def test_a_preamble_that_is_no_comment_is_read_by_lean(lean: Lean, preamble: str) -> None:
    verdict = lean.verify(": 1 = 1", "rfl", preamble=preamble)
    assert verdict.status == "invalid_statement"
    assert "preamble" in verdict.detail


@pytest.mark.parametrize(
    ("preamble", "reason"),
    [
        ("theorem cheat : False := by sorry", "uses_sorry"),
        ("axiom cheat : False", "forbidden_axiom"),
        ("axiom base : False\ntheorem cheat : False := base", "forbidden_axiom"),
    ],
)
def test_a_proof_may_not_rest_on_what_a_preamble_leaves_open(
    lean: Lean, preamble: str, reason: Reason
) -> None:
    verdict = lean.verify(": 1 = 2", "exact cheat.elim", preamble=preamble)
    assert (verdict.status, verdict.reason) == ("rejected", reason)
    assert lean.verify(": 1 = 1", "rfl", preamble=preamble).status == "proved"


@pytest.mark.parametrize("preamble", ["#eval 1", "run_cmd pure ()", "initialize pure ()"])
def test_a_preamble_may_not_run_code(lean: Lean, preamble: str) -> None:
    verdict = lean.verify(": 1 = 1", "rfl", preamble=preamble)
    assert verdict.status == "invalid_statement"


def test_a_preamble_may_bring_types_and_notations(lean: Lean) -> None:
    preamble = (
        "inductive Coin | heads | tails\n"
        "def turn : Coin → Coin | .heads => .tails | .tails => .heads\n"
        'notation "♯" x => turn x'
    )
    proof = "cases c <;> rfl"
    assert lean.verify("(c : Coin) : (♯ (♯ c)) = c", proof, preamble=preamble).status == "proved"


def test_messages_count_lines_in_the_candidates_own_text(lean: Lean) -> None:
    verdict = lean.verify(LT, "skip\nskip\nsimp")
    assert [m.line for m in verdict.messages if m.severity == "error"] == [3]


def test_classical_axioms_are_named(lean: Lean) -> None:
    verdict = lean.verify("(p q : Prop) (h : p ↔ q) : p = q", "exact propext h")
    assert verdict.status == "proved"
    assert verdict.axioms == ("propext",)


def test_a_kernel_decision_that_fails_leaves_the_next_tactic_its_turn(lean: Lean) -> None:
    text = "first | exact absurd h (by decide +kernel) | omega"
    assert lean.verify("(h : 1 < 2) : 2 = 1 + 1", text).status == "proved"
    assert lean.verify(": 2 = 1 + 2", "decide +kernel").reason == "elaboration_error"


def test_a_check_leaves_nothing_for_the_next(lean: Lean) -> None:
    helper = "@[simp] theorem ab (a b : ℕ) (h : a < b) : a + 1 ≤ b := h\n"
    assert lean.verify(LT, f"{helper}theorem target {LT} := ab a b h", "file").status == "proved"
    again = lean.verify(LT, "exact ab a b h")
    assert (again.status, again.reason) == ("rejected", "elaboration_error")
    assert lean.verify(LT, "simp").status == "rejected"


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("exact (by\n  have : ∀ n : ℕ, n < 50000 → n * n < 2500000000 := by decide +kernel\n"
         "  exact h)", {"timeout", "heartbeats", "memory", "elaboration_error"}),
        ("have : 2 ^ (2 ^ 40) % 7 = 2 := by decide +kernel\nomega",
         {"timeout", "heartbeats", "memory", "elaboration_error", "replay_failed"}),
        ("by_cases k : 2 ^ (2 ^ 40) % 7 = 2 <;> omega", {"memory"}),
        ("repeat' (first | (refine ⟨?_, ?_⟩) | skip)\nrepeat skip",
         {"timeout", "heartbeats", "elaboration_error"}),
    ],
)  # fmt: skip
def test_limits_end_runaway_candidates(lean: Lean, text: str, reasons: set[str]) -> None:
    verdict = lean.verify(LT, text, limits=Limits(wall_ms=4_000, heartbeats=200_000))
    assert verdict.status == "rejected"
    assert verdict.reason in reasons, verdict.detail
    assert lean.verify(LT, "omega").status == "proved"


def test_floods_of_messages_are_cut(lean: Lean) -> None:
    text = "\n".join(["#check (5 : ℕ)"] * 400)
    limits = Limits(output_bytes=1_000)
    verdict = lean.verify(LT, f"{text}\ntheorem target {LT} := h", "file", limits=limits)
    assert (verdict.status, verdict.reason) == ("rejected", "output_limit")
