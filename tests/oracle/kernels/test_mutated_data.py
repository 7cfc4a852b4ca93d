"""Proofs and statements altered at random. PROVER_ARB_FUZZ sets the number of examples of each."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prover_arb.oracle.kernels.official.kernel import Ruling
from tests.conftest import Lean
from tests.oracle.kernels.conftest import Second
from tests.oracle.kernels.exports import lines, text
from tests.oracle.kernels.mutate import Lines, altered, claiming

pytestmark = pytest.mark.lean

EXAMPLES = int(os.environ.get("PROVER_ARB_FUZZ", "150"))
AXIOMS = {"propext", "Classical.choice", "Quot.sound"}

fuzzing = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PROVER_ARB_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)

TREE = """inductive Tree where
  | leaf
  | node (l r : Tree)
def Tree.flip : Tree → Tree
| .leaf => .leaf
| .node l r => .node r.flip l.flip"""

TRUE = [
    ("", "(a b : ℕ) (h : a < b) : a + 1 ≤ b", "term", "h"),
    ("", ": 2 ^ 10 % 7 = 2", "tactics", "decide"),
    ("", "(p q : Prop) (hp : p) (hq : q) : p ∧ q", "tactics", "exact ⟨hp, hq⟩"),
    ("", "(xs ys : List ℕ) : (xs ++ ys).length = ys.length + xs.length", "tactics",
     "simp [Nat.add_comm]"),
    ("", "(n : ℕ) : (match n with | 0 => 0 | k + 1 => k) ≤ n", "file",
     "theorem aux : ∀ n : ℕ, (match n with | 0 => 0 | k + 1 => k) ≤ n\n  | 0 => Nat.le_refl 0\n"
     "  | k + 1 => Nat.le_succ k\n"
     "theorem target (n : ℕ) : (match n with | 0 => 0 | k + 1 => k) ≤ n := aux n"),
    ("def twice (n : ℕ) : ℕ := n + n", "(n : ℕ) : twice n = n + n", "tactics", "rfl"),
    (TREE, ": (Tree.node .leaf .leaf).flip = .node .leaf .leaf", "tactics", "rfl"),
]  # fmt: skip
FALSE = [
    ("", ": False"),
    ("", "(a b : ℕ) (h : a < b) : a + 2 ≤ b"),
    ("", ": 2 ^ 10 % 7 = 3"),
    ("", "(p q : Prop) (hp : p) : p ∧ q"),
    ("", "(n : ℕ) : (match n with | 0 => 1 | k + 1 => k) ≤ n"),
    ("", "(n : ℕ) : (match n with | 0 => False | _ => True)"),
    ("def twice (n : ℕ) : ℕ := n + n + 1", "(n : ℕ) : twice n = n + n"),
    (TREE, ": (Tree.node .leaf .leaf).flip = .leaf"),
]


@dataclass(frozen=True)
class Corpus:
    """Statements with their proofs, and statements that nobody can prove."""

    true: list[tuple[Lines, Lines]]
    false: list[Lines]


@pytest.fixture(scope="module")
def corpus(lean: Lean) -> Corpus:
    limits = {"heartbeats": 200_000, "output_bytes": 100_000, "export_bytes": 10_000_000}

    def ask(op: str, preamble: str, statement: str, **more: object) -> Lines:
        theorem = {"name": "target", "statement": statement, "preamble": preamble}
        request = {"op": op, "theorem": theorem, **limits, **more}
        reply = lean.run(lean.pool.request(request, wall_ms=60_000)).data
        data = reply.get("statement" if op == "reference" else "proof")
        assert isinstance(data, str), reply
        return lines(data)

    true = [
        (ask("reference", preamble, statement),
         ask("elaborate", preamble, statement, candidate={"kind": kind, "text": text}))
        for preamble, statement, kind, text in TRUE
    ]  # fmt: skip
    return Corpus(true, [ask("reference", *case) for case in FALSE])


def sound(second: Second, ruling: Ruling) -> None:
    """An answer of the closed form, by a process that is still there."""
    assert ruling.status in {"accepted", "refused"}, ruling.detail
    assert (ruling.reason is not None) == (ruling.status == "refused")
    assert len(ruling.detail) < 1_000
    assert set(ruling.axioms) <= AXIOMS


def test_the_corpus_is_honest(second: Second, corpus: Corpus) -> None:
    for reference, proof in corpus.true:
        ruling = second.rule(text(reference), text(proof))
        assert ruling.status == "accepted", ruling.detail


@fuzzing
@given(st.randoms(use_true_random=False), st.integers(0, 6))
def test_no_alteration_proves_what_is_false(
    second: Second, corpus: Corpus, draw: random.Random, times: int
) -> None:
    before = second.pids()
    reference = draw.choice(corpus.false)
    _, proof = draw.choice(corpus.true)
    made = altered(draw, claiming(proof, reference), times)
    ruling = second.rule(text(reference), made, heartbeats=20_000)
    sound(second, ruling)
    assert ruling.status == "refused", made
    assert second.pids() == before


@fuzzing
@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_what_is_accepted_after_alterations_is_a_proof(
    second: Second, corpus: Corpus, draw: random.Random, times: int
) -> None:
    before = second.pids()
    reference, proof = draw.choice(corpus.true)
    made = altered(draw, proof, times)
    ruling = second.rule(text(reference), made, heartbeats=20_000, job=True)
    sound(second, ruling)
    if ruling.status == "accepted":
        again = second.rule(text(reference), ruling.job)
        assert again.status == "accepted", again.detail
    assert second.pids() == before


@fuzzing
@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_a_broken_statement_harms_nothing(
    second: Second, corpus: Corpus, draw: random.Random, times: int
) -> None:
    before = second.pids()
    reference, proof = draw.choice(corpus.true)
    ruling = second.rule(altered(draw, reference, times), text(proof), heartbeats=20_000)
    assert ruling.status in {"accepted", "refused", "failed", "unusable"}
    assert second.pids() == before
