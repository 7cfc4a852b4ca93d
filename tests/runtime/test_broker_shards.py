"""Several brokers on Ray buy as one broker does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from prover_arb.broker.ledger.ledger import INTERRUPTED, SqliteLedger
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.records import ProverRecords, Record
from prover_arb.core.theorem import Theorem
from prover_arb.errors import InputError
from prover_arb.runtime import Marketplace, open_market_of
from prover_arb.runtime.null_market import NullWorkerFactory
from prover_arb.runtime.recorded_market import ReplayWorkerFactory, replay_of

pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("local_ray")]


def theorem(number: int) -> Theorem:
    return Theorem(name=f"t{number}", statement=f": {number} = {number}")


def recorded(theorems: int) -> ReplayWorkerFactory:
    """Two provers: the dear one solves far more often, which a policy finds out by buying."""
    draw = random.Random(1)
    return replay_of(
        [
            ProverRecords(
                name,
                {
                    f"t{i}": Record(
                        f"t{i}", cost, tuple(draw.random() < rate for _ in range(4)), "USD"
                    )
                    for i in range(theorems)
                },
            )
            for name, cost, rate in (("cheap", 10.0, 0.1), ("dear", 25.0, 0.8))
        ],
        Decimal("0.000001"),
    )


async def buy(
    market: Marketplace, job: ProofJob, theorems: Sequence[Theorem], *, at_once: int = 1
) -> list[Outcome]:
    slots = asyncio.Semaphore(at_once)

    async def prove(chosen: Theorem) -> Outcome:
        async with slots:
            return await market.prove(chosen, job)

    return await asyncio.gather(*map(prove, theorems))


def test_a_policy_that_learns_buys_with_two_brokers_what_it_buys_with_one(tmp_path: Path) -> None:
    job = ProofJob(policy="schedule:-", budget=200, run="r", seed=3)
    theorems = [theorem(number) for number in range(24)]
    assert len({int(chosen.digest[:8], 16) % 2 for chosen in theorems}) == 2

    async def bought(*, ray: bool, brokers: int) -> list[tuple[object, ...]]:
        ledger = tmp_path / f"{brokers}.sqlite3"
        async with open_market_of(
            recorded(24), ledger=ledger, ray=ray, workers=2, brokers=brokers
        ) as market:
            return [
                (o.status, o.cost, [(p.prover, p.number, p.state, p.reserved) for p in o.purchases])
                for o in await buy(market, job, theorems)
            ]

    one = asyncio.run(bought(ray=False, brokers=1))
    assert {status for status, *_ in one} == {"replayed", "not_proved"}
    assert asyncio.run(bought(ray=True, brokers=2)) == one


def test_brokers_share_a_run_its_budget_and_what_a_dead_program_left_open(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite3"
    theorems = [theorem(number) for number in range(20)]
    job = ProofJob(policy="single:null", budget=9, run="r", run_budget=83, max_parallel=3)
    book = SqliteLedger(ledger)
    for chosen in theorems[:2]:
        book.reserve(run="r", theorem=chosen, policy=job.policy, prover="null", reserved=1)

    async def main() -> list[Outcome]:
        factory = NullWorkerFactory(proves=1_000)
        async with open_market_of(factory, ledger=ledger, workers=2, brokers=2) as market:
            return await buy(market, job, theorems, at_once=20)

    outcomes = asyncio.run(main())
    assert sum(outcome.cost for outcome in outcomes) == 83
    assert book.run_left("r") == 0
    (totals,) = book.summarise("r")
    assert (totals.cost, totals.purchases, totals.lost) == (83, 83, 2)
    lost = [(p.theorem, p.failure) for p in book.purchases(run="r") if p.state == "lost"]
    assert lost == [("t0", INTERRUPTED), ("t1", INTERRUPTED)]
    book.close()


def test_a_broker_without_a_worker_is_refused(tmp_path: Path) -> None:
    async def main() -> None:
        ledger = tmp_path / "ledger.sqlite3"
        async with open_market_of(NullWorkerFactory(), ledger=ledger, workers=2, brokers=3):
            pass

    with pytest.raises(InputError, match=r"--brokers 3: each broker needs a worker.*there are 2"):
        asyncio.run(main())
