"""Random races in memory: no budget is overrun, and the ledger is the sum of the invoices.

PROVER_ARB_MARKETS sets how many random markets are played (60 unless set).
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Attempt, AttemptCancelled, Purchase, Quote
from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import ProverError, WorkerDied
from prover_arb.scheduler import ThresholdCascade
from tests.broker.test_loop import Market

MARKETS = int(os.environ.get("PROVER_ARB_MARKETS", "60"))

Sale = tuple[str, int, int]
"""How it ends, what it costs, and how many turns of the event loop it takes."""

SALES = st.tuples(
    st.sampled_from(["good", "bad", "bad", "nothing", "void", "slow", "fails", "dies"]),
    st.integers(0, 200),
    st.integers(0, 40),
)
SELLERS = st.lists(
    st.tuples(st.lists(SALES, min_size=1, max_size=5), st.integers(1, 150), st.booleans()),
    min_size=2,
    max_size=3,
)


class Racer:
    """Sells in so many turns, and keeps a book of what it invoiced.

    Cancelled, it invoices what it had used by then, or nothing if it is no `meter`.
    """

    def __init__(self, name: str, sales: Sequence[Sale], worst_case: int, *, meter: bool) -> None:
        self.name = name
        self.invoices: list[int] = []
        self.asked = 0
        self._sales = sales
        self._worst_case = worst_case
        self._meter = meter

    def quote(self, theorem: Theorem) -> Quote:
        return Quote(prover=self.name, worst_case=self._worst_case)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        self.asked += 1
        how, cost, turns = self._sales[(number + len(theorem.name)) % len(self._sales)]
        done = 0
        try:
            while done < turns:
                await asyncio.sleep(0)
                done += 1
        except asyncio.CancelledError:
            used = cost * done // turns
            if not self._meter or not used:
                raise
            self.invoices.append(min(used, budget))
            raise AttemptCancelled(Attempt(prover=self.name, candidate=None, cost=used)) from None
        if how == "fails":
            raise ProverError("503")
        if how == "dies":
            raise WorkerDied("gone")
        self.invoices.append(min(cost, budget))
        found = None if how == "nothing" else Candidate(kind="tactics", text=how)
        return Attempt(prover=self.name, candidate=found, cost=cost)


@settings(max_examples=MARKETS, deadline=None)
@given(
    sellers=SELLERS,
    theorems=st.lists(st.integers(0, 3_000), min_size=1, max_size=3),
    run_budget=st.none() | st.integers(0, 5_000),
    max_parallel=st.integers(1, 4),
    price=st.sampled_from([0, 10**6, 10**8, 3_600_000_000, 10**10]),
    cpu_us=st.integers(0, 100),
    taus=st.lists(st.integers(0, 1_200), min_size=3, max_size=3),
    cancel_at=st.lists(st.integers(1, 25), max_size=3),
)
def test_no_budget_is_overrun_and_the_ledger_is_the_sum_of_the_invoices(
    *,
    sellers: list[tuple[list[Sale], int, bool]],
    theorems: list[int],
    run_budget: int | None,
    max_parallel: int,
    price: int,
    cpu_us: int,
    taus: list[int],
    cancel_at: list[int],
) -> None:
    """Any prices, races, failures and interruptions; `theorems` are their budgets."""
    stalls = [
        Racer(f"s{i}", sales, worst, meter=meter) for i, (sales, worst, meter) in enumerate(sellers)
    ]
    names = [stall.name for stall in stalls]
    policy = ThresholdCascade(
        dict(zip(names, taus, strict=False)), max_attempts=dict.fromkeys(names, 4)
    )

    async def shop(market: Market, step: int | None) -> list[Outcome | BaseException]:
        """Buy for all theorems at once; the first of them is cancelled at that step."""
        steps = 0

        def note(purchase: Purchase) -> None:
            nonlocal steps
            steps += 1
            if steps == step:
                tasks[0].cancel()

        tasks = [
            asyncio.create_task(
                market.broker.prove(
                    Theorem(name="t" * (number + 1), statement=": 1 = 1"),
                    policy,
                    ProofJob(policy=policy.name, budget=budget, run="r", max_parallel=max_parallel),
                    on_purchase=note,
                )
            )
            for number, budget in enumerate(theorems)
        ]
        return await asyncio.gather(*tasks, return_exceptions=True)

    with tempfile.TemporaryDirectory() as folder:
        market = Market(Path(folder), *stalls, price=price, cpu_us=cpu_us)
        if run_budget is not None:
            market.ledger.limit_run("r", run_budget)
        for step in cancel_at:
            asyncio.run(shop(market, step))
        outcomes = asyncio.run(shop(market, None))
        purchases = market.ledger.purchases(run="r")
        rows = market.ledger.summarise("r")
        left = market.ledger.run_left("r")
        market.ledger.close()

    total = sum(p.cost + p.verification_cost for p in purchases)
    assert sum(p.cost for p in purchases) == sum(sum(stall.invoices) for stall in stalls)
    assert sum(row.cost + row.verification_cost for row in rows) == total
    assert len(purchases) >= sum(stall.asked for stall in stalls)
    assert (left is None) == (run_budget is None)
    if run_budget is not None:
        assert total <= run_budget
        assert left == run_budget - total
    assert {p.state for p in purchases} <= {"judged", "lost", "cancelled"}
    for number, (budget, outcome) in enumerate(zip(theorems, outcomes, strict=True)):
        assert isinstance(outcome, Outcome)
        mine = [p for p in purchases if p.theorem == "t" * (number + 1)]
        assert list(outcome.purchases) == mine
        assert outcome.cost + outcome.verification_cost <= budget
        proofs = [p for p in mine if p.verdict is not None and p.verdict.status == "proved"]
        assert len(proofs) == (outcome.status == "proved")
        for name, tau in zip(names, taus, strict=False):
            sold = [p for p in mine if p.prover == name and p.state != "cancelled"]
            assert sum(p.cost for p in sold) <= tau
            numbers = [p.number for p in sold if p.state == "judged"]
            assert len(set(numbers)) == len(numbers)
            assert len(numbers) <= 4
