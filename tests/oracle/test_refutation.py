"""Refutations on the real Lean: who sells them, and what the oracle takes for one."""

from __future__ import annotations

import pytest

from prover_arb.core.negation import negation
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import REFUTER, Candidate, Limits, Theorem
from prover_arb.errors import OracleError, ProverError
from prover_arb.oracle.certificate import issue
from prover_arb.provers.catalog import load_catalog
from tests.conftest import Lean

pytestmark = pytest.mark.lean

FALSE = [
    ": 1 = 2",
    "(a b : ℕ) : a - b + b = a",
    "(n : ℕ) (h : n % 2 = 1) : n / 2 * 2 = n",
    "(x : ℝ) : 0 < x ^ 2",
    "(x y : ℤ) (h : x * y = 6) : x = 2",
]


def theorem(statement: str, preamble: str = "") -> Theorem:
    return Theorem(name="t", statement=statement, preamble=preamble)


def attempt(lean: Lean, target: Theorem, budget: int = 1_000_000) -> Attempt:
    seller = load_catalog(None).build_refuter(lean.pool)
    assert seller is not None
    return lean.run(seller.attempt(target, number=0, budget=budget, seed=0))


@pytest.mark.parametrize("statement", FALSE)
def test_what_is_false_is_refuted(lean: Lean, statement: str) -> None:
    target = theorem(statement)
    sold = attempt(lean, target)
    assert sold.prover == REFUTER
    assert sold.candidate is not None, sold.failure
    assert sold.candidate.kind == "refutation"
    assert sold.cost > 0
    verdict = lean.run(lean.oracle.verify(target, sold.candidate))
    assert (verdict.status, verdict.reason) == ("refuted", None)
    assert "lean 4.35.0 (eb6cafb7290e)" in verdict.kernels
    assert verdict.cpu_us > 0
    assert verdict.toolchain is not None
    # The certificate is an ordinary one, of the negation.
    denial = negation(target)
    assert denial is not None
    proof = sold.candidate.model_copy(update={"kind": "tactics"})
    certificate = issue(denial, proof, lean.run(lean.oracle.verify(denial, proof)), Limits())
    assert certificate.theorem.name == "t_is_false"


@pytest.mark.parametrize(
    "statement",
    ["(n : ℕ) : n + 0 = n", "(a b : ℕ) (h : a < b) : a + 1 ≤ b", "(x : ℝ) : 0 ≤ x ^ 2"],
)
def test_what_is_true_is_not(lean: Lean, statement: str) -> None:
    sold = attempt(lean, theorem(statement))
    assert sold.candidate is None
    # How many of the small counterexamples it gets through depends on the machine.
    assert sold.failure in {"nothing found", "the processor time is used up"}


@pytest.mark.parametrize(
    ("statement", "preamble", "text", "reason"),
    [
        ("(n : ℕ) : n + 0 = n", "", "simp", "elaboration_error"),
        ("(n : ℕ) : n + 0 = n", "", "exact sorry", "uses_sorry"),
        ("(n : ℕ) : n + 0 = n", "", "exact lcProof", "forbidden_axiom"),
        # `n` is universal there, so `¬ n = 2` says more than that the statement is false.
        (": n = 2", "variable (n : ℕ) (h : n = 3)", "omega", "wrong_statement"),
        # Whatever is impossible proves anything, but does not make a statement false.
        (": n = n", "variable (n : ℕ) (h : n < 0)", "omega", "wrong_statement"),
        (": 1 = 1", 'local notation:max "¬" p:max => (p ∨ True)', "simp", "wrong_statement"),
    ],
)
def test_what_is_no_refutation_is_rejected(
    lean: Lean, statement: str, preamble: str, text: str, reason: str
) -> None:
    verdict = lean.verify(statement, text, "refutation", preamble=preamble)
    assert (verdict.status, verdict.reason) == ("rejected", reason), verdict.detail
    assert verdict.kernels == ()


def test_types_and_instances_are_negated_with_the_rest(lean: Lean) -> None:
    text = "intro claim; exact absurd (claim (0 : ℕ) 1 rfl) (by decide)"
    statement = "{α : Type} [Inhabited α] (x : α) (n : ℕ) (h : x = x) : n = 0"
    verdict = lean.verify(statement, text, "refutation")
    assert verdict.status == "refuted", verdict.detail


def test_a_proof_is_no_refutation_and_the_other_way_round(lean: Lean) -> None:
    assert lean.verify(": 1 = 1", "rfl", "refutation").status == "rejected"
    assert lean.verify(": 1 = 2", "decide", "refutation").status == "refuted"
    assert lean.verify(": 1 = 2", "decide").status == "rejected"


def test_a_statement_that_means_nothing_is_invalid(lean: Lean) -> None:
    verdict = lean.verify("(n : Nope) : n = n", "simp", "refutation")
    assert verdict.status == "invalid_statement"
    assert "Nope" in verdict.detail


def test_a_statement_that_takes_too_long_is_not_called_invalid(lean: Lean) -> None:
    slow = ": " + " ∧ ".join(f"{n} + {n} = {n}" for n in range(2_000))
    verdict = lean.verify(slow, "decide", "refutation", limits=Limits(wall_ms=100))
    assert (verdict.status, verdict.reason) == ("rejected", "timeout")
    assert verdict.cpu_us > 0  # what it used, however much of the machine it got


def test_a_statement_without_a_goal_is_refused_by_the_seller(lean: Lean) -> None:
    with pytest.raises(ProverError, match="no goal to negate"):
        attempt(lean, theorem("(n : ℕ)"))


def test_a_refutation_is_not_exported_as_a_proof(lean: Lean) -> None:
    refutation = Candidate(kind="refutation", text="decide")
    with pytest.raises(OracleError, match="it is false"):
        lean.run(lean.oracle.export(theorem(": 1 = 2"), refutation))
