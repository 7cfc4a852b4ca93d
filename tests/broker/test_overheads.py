"""What deciding and learning take of the broker's processor is on the ledger."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.ledger.overheads import PolicyOverhead, read_overheads
from prover_arb.core.money import MicroUSD
from prover_arb.core.outcome import Outcome
from prover_arb.core.overhead import Overhead
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import State
from prover_arb.core.theorem import Theorem
from prover_arb.errors import LeaseLost
from prover_arb.runtime.marketplace import LocalMarketplace
from prover_arb.runtime.null_market import NullWorkerFactory
from prover_arb.scheduler import RefuteFirst, make_policy

CPU_SECOND = 3_600_000_000
"""The price of processor time at which a second costs a dollar, and a microsecond its millionth."""

THEOREMS = [Theorem(name=f"t{n}", statement=f": {n} = {n}") for n in range(6)]


def buy(
    path: Path, policy: str, *, proves: int = 0, budget: int = 40, theorems: int = 3
) -> list[Outcome]:
    """Buys in one session on the null market; attempt number `proves` is a proof."""
    job = ProofJob(policy=policy, budget=budget, run="r")

    async def work() -> list[Outcome]:
        factory = NullWorkerFactory(proves=proves, verification_price=CPU_SECOND)
        market = await LocalMarketplace.create(factory, ledger=path, workers=1)
        try:
            return [await market.prove(theorem, job) for theorem in THEOREMS[:theorems]]
        finally:
            await market.close()

    return asyncio.run(work())


def took(path: Path) -> PolicyOverhead:
    (overhead,) = read_overheads(path, "r")
    return overhead


def per_theorem(path: Path) -> dict[tuple[str, str], int]:
    """The microseconds on the ledger, by kind and theorem."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT kind, theorem_digest, cpu_us FROM overheads").fetchall()
    return {(kind, digest): cpu_us for kind, digest, cpu_us in rows}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


def test_a_policy_that_learns_has_both_kinds(path: Path) -> None:
    begun = time.process_time_ns()
    buy(path, "schedule:-")
    used = (time.process_time_ns() - begun) // 1_000
    overhead = took(path)
    assert overhead.policy == "schedule:-"
    assert overhead.deciding_us > 0
    assert overhead.learning_us > 0
    assert overhead.deciding_us + overhead.learning_us < used
    assert (overhead.deciding_cost, overhead.learning_cost) == (
        overhead.deciding_us,
        overhead.learning_us,
    )
    # Deciding belongs to theorems, learning to none.
    digests = {("deciding", theorem.digest) for theorem in THEOREMS[:3]}
    assert per_theorem(path).keys() == {*digests, ("learning", "")}


@pytest.mark.parametrize("policy", ["single:null", "cascade:null=0.00002"])
def test_a_policy_that_learns_nothing_only_decides(path: Path, policy: str) -> None:
    buy(path, policy)
    overhead = took(path)
    assert overhead.deciding_us > 0
    assert (overhead.learning_us, overhead.learning_cost) == (0, 0)


def test_a_policy_that_asks_for_refutations_says_what_the_other_learnt(path: Path) -> None:
    learning = RefuteFirst(make_policy("schedule:-", ["null"]))
    assert learning.take_learning_ns() == 0  # records are read for the first decision
    learning.decide(State(theorem=THEOREMS[0], budget=MicroUSD(100), past=(), quotes=()))
    assert learning.take_learning_ns() > 0
    assert learning.take_learning_ns() == 0
    assert RefuteFirst(make_policy("single:null", ["null"])).take_learning_ns() == 0


def test_no_budget_pays_for_it(path: Path) -> None:
    """Deciding costs more here than the whole budget, and the proof is bought all the same."""
    (outcome,) = buy(path, "schedule:-", budget=4, theorems=1)
    assert outcome.status == "proved"
    assert (outcome.cost, outcome.verification_cost) == (1, 0)
    assert took(path).cost > 4


def test_the_last_decision_counts_although_nothing_is_bought_after_it(path: Path) -> None:
    (outcome,) = buy(path, "cascade:null=0.00002", budget=0, theorems=1)
    assert (outcome.status, outcome.purchases) == ("not_proved", ())
    assert took(path).deciding_us > 0


def test_a_run_that_goes_on_adds_to_it_and_counts_nothing_twice(path: Path) -> None:
    buy(path, "single:null", proves=6, budget=4, theorems=6)
    before = per_theorem(path)
    outcomes = buy(path, "single:null", proves=6, budget=40, theorems=2)
    after = per_theorem(path)
    assert [outcome.status for outcome in outcomes] == ["proved", "proved"]
    assert after.keys() == before.keys()
    grown = {digest for (kind, digest) in after if after[kind, digest] > before[kind, digest]}
    assert grown == {theorem.digest for theorem in THEOREMS[:2]}
    # What is settled needs no further decision.
    buy(path, "single:null", proves=6, budget=40, theorems=2)
    assert per_theorem(path) == after


def test_time_is_added_up_before_it_is_rounded_to_money(path: Path) -> None:
    half = Overhead(deciding_us=1, learning_us=0, price=CPU_SECOND // 2)
    with closing(SqliteLedger(path)) as ledger:
        for theorem in THEOREMS[:5]:
            ledger.add_overhead(run="r", policy="p", theorem=theorem, overhead=half)
        ledger.add_overhead(
            run="r",
            policy="p",
            theorem=THEOREMS[0],
            overhead=Overhead(deciding_us=2, learning_us=7, price=CPU_SECOND),
        )
        ledger.add_overhead(run="other", policy="p", theorem=THEOREMS[0], overhead=half)
        (overhead,) = ledger.overheads("r")
    assert overhead == PolicyOverhead(
        policy="p", deciding_us=7, learning_us=7, deciding_cost=5, learning_cost=7
    )


def test_who_lost_the_lease_of_a_run_adds_nothing(path: Path) -> None:
    overhead = Overhead(deciding_us=1, learning_us=1, price=1)
    with closing(SqliteLedger(path)) as late, closing(SqliteLedger(path)) as heir:
        late.recover("r", lease=1)
        heir.recover("r", lease=2)
        with pytest.raises(LeaseLost):
            late.add_overhead(run="r", policy="p", theorem=THEOREMS[0], overhead=overhead)
        assert heir.overheads("r") == []
