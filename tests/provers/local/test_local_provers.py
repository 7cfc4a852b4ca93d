"""The sellers on the real Lean: what they find is a proof, and they bill what was agreed."""

from __future__ import annotations

import asyncio

import pytest

from prover_arb.core.protocols import Prover
from prover_arb.core.purchases import Attempt, AttemptCancelled
from prover_arb.core.theorem import Theorem
from prover_arb.errors import ProverError
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.local.session import LeanProver, Session
from prover_arb.provers.prover_config import ProverConfig
from tests.conftest import Lean

pytestmark = pytest.mark.lean

FALSE = "(n : ℕ) : n * n < 10 * n + 5"

PROVABLE = {
    "flash": ["(a b : ℕ) (h : a < b) : a + 1 ≤ b", "(x : ℝ) (h : 2 * x = 6) : x = 3"],
    "portfolio": [
        "(a b : ℝ) (h : a ^ 2 + b ^ 2 = 2) : a * b ≤ 1",
        "(a b c : ℝ) (h : 0 < a) (g : 0 < b) (i : 0 < c) : "
        "6 * a * b * c ≤ a * b * (a + b) + b * c * (b + c) + c * a * (c + a)",
        "(z : ℂ) (h : z = 2 + Complex.I) : z * z = 3 + 4 * Complex.I",
        "(n : ℕ) : (n ^ 2 + n) % 2 = 0",
        "(n : ℕ) (h : n < 60) (h' : n * 7 % 60 = 1) : n = 43",
        "(a b : ℝ) (g : (2 : ℝ) ^ a = 8) (h : (8 : ℝ) ^ b = 16) : a * b = 4",
        ": Real.log 72 / Real.log 6 = 1 + Real.log 12 / Real.log 6",
        "(a : ℕ → ℚ) (n : ℕ) (s : ∀ k, a (k + 2) - a (k + 1) = a (k + 1) - a k) (f : a 0 = 3) "
        "(g : a 1 = 7) (h : a n = 203) : n = 50",
        "(x : ℝ) (h : 1 + 3 / (2 + 1 / x) = 2) : x = 1",
        "(s : ℕ) (h : s = ∑ k ∈ Finset.Icc 5 900, k) : s % 8 = 0",
        "(x : ℝ) (h : x = 1 / 7) : ⌊100 * x⌋ + ⌊1000 * x⌋ = 156",
    ],
    "search": ["(p q r : Prop) (h : p ∧ q ∨ p ∧ r) : p ∧ (q ∨ r)", "(n : ℕ) : 2 ∣ 4 ^ (n + 1)"],
}


class Market:
    """The shipped sellers at work on the session's Lean."""

    def __init__(self, lean: Lean) -> None:
        self.lean = lean
        self.sellers = {s.name: s for s in load_catalog().build(lean.pool)}

    def attempt(self, seller: Prover, statement: str, *, budget: int, **more: int) -> Attempt:
        theorem = Theorem(name="target", statement=statement)
        arguments = {"number": 0, "seed": 0, **more}
        return self.lean.run(seller.attempt(theorem, budget=budget, **arguments))

    def proved(self, statement: str, attempt: Attempt) -> bool:
        assert attempt.candidate is not None, attempt.failure
        return self.lean.verify(statement, attempt.candidate.text).status == "proved"


@pytest.fixture
def market(lean: Lean) -> Market:
    return Market(lean)


def worst(seller: Prover) -> int:
    return seller.quote(Theorem(name="t", statement="True")).worst_case


@pytest.mark.parametrize(
    ("name", "statement"), [(n, s) for n, statements in PROVABLE.items() for s in statements]
)
def test_what_a_seller_finds_is_a_proof(market: Market, name: str, statement: str) -> None:
    seller = market.sellers[name]
    attempt = market.attempt(seller, statement, budget=worst(seller))
    assert market.proved(statement, attempt)
    assert 0 < attempt.cost <= worst(seller)
    assert attempt.cpu_us > 0
    assert attempt.failure == ""


@pytest.mark.parametrize("name", ["flash", "portfolio", "search"])
def test_nothing_is_found_for_a_false_statement(market: Market, name: str) -> None:
    seller = market.sellers[name]
    attempt = market.attempt(seller, FALSE, budget=worst(seller))
    assert attempt.candidate is None
    assert attempt.failure
    assert 0 < attempt.cost <= worst(seller)


@pytest.mark.parametrize("name", ["flash", "portfolio", "search"])
def test_the_budget_is_never_exceeded(market: Market, name: str) -> None:
    seller = market.sellers[name]
    for budget in (0, 1, 7):
        attempt = market.attempt(seller, FALSE, budget=budget)
        assert attempt.cost <= budget
    assert market.attempt(seller, FALSE, budget=0).cpu_us == 0


@pytest.mark.parametrize(
    ("name", "statement"),
    [("portfolio", PROVABLE["portfolio"][8]), ("search", PROVABLE["search"][0])],
)
def test_the_same_purchase_gives_the_same_candidate(
    market: Market, name: str, statement: str
) -> None:
    seller = market.sellers[name]
    first = market.attempt(seller, statement, budget=worst(seller))
    again = market.attempt(seller, statement, budget=worst(seller), number=1, seed=7)
    assert first.candidate == again.candidate
    assert first.candidate is not None


class Patient(LeanProver):
    """Asks Lean the same question for ever, and says when it has the first answer."""

    answers = 0

    async def search(self, session: Session) -> str | None:
        while True:
            await session.closes("rfl")
            self.answers += 1


def test_cancelled_it_invoices_the_work_lean_had_done(lean: Lean) -> None:
    """Answers count; what Lean was at when it was stopped is not known, and not billed."""
    entry = load_catalog().entries["search"]
    assert isinstance(entry, ProverConfig)
    theorem = Theorem(name="target", statement=FALSE)

    async def cancelled(answers: int) -> Attempt | None:
        seller = Patient("patient", entry, lean.pool)
        task = asyncio.create_task(seller.attempt(theorem, number=0, budget=10**6, seed=0))
        while seller.answers < answers:
            await asyncio.sleep(0.01)
        task.cancel()
        try:
            await task
        except AttemptCancelled as stopped:
            return stopped.attempt
        except asyncio.CancelledError:
            return None
        raise AssertionError("it was done before")

    assert lean.run(cancelled(0)) is None
    attempt = lean.run(cancelled(3))
    assert attempt is not None
    assert (attempt.candidate, attempt.failure) == (None, "cancelled")
    assert 0 < attempt.cost == entry.charge(attempt.cpu_us) < entry.worst_case


def test_flash_leaves_to_others_what_needs_more(market: Market) -> None:
    seller = market.sellers["flash"]
    assert market.attempt(seller, PROVABLE["portfolio"][0], budget=10**6).candidate is None


def test_a_statement_that_does_not_elaborate_is_refused(market: Market) -> None:
    with pytest.raises(ProverError, match="Lean refused"):
        market.attempt(market.sellers["flash"], ": nonsense = 1", budget=10**6)
