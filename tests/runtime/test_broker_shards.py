"""Several brokers on Ray buy as one broker does."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from ray import cloudpickle

from prover_arb.broker.ledger.ledger import INTERRUPTED, SqliteLedger
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.records import ProverRecords, Record
from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.core.worker_bounds import Workers
from prover_arb.errors import BrokerDied, InputError
from prover_arb.runtime import Marketplace, open_market_of
from prover_arb.runtime.broker_shards import broker_of
from prover_arb.runtime.null_market import NullWorker, NullWorkerFactory
from prover_arb.runtime.ray_market import RayMarketplace
from prover_arb.runtime.recorded_market import ReplayWorkerFactory, replay_of
from tests.broker_processes import broker_processes

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
    assert {broker_of(chosen, job, 2) for chosen in theorems} == {0, 1}

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


def test_theorems_are_spread_and_those_of_one_lease_stay_together() -> None:
    theorems = [theorem(number) for number in range(400)]
    order = ProofJob(policy="single:null", budget=9, run="order-1", lease=1)
    for brokers in (1, 2, 4):
        owners = [broker_of(chosen, order, brokers) for chosen in theorems]
        assert owners == [broker_of(chosen, None, brokers) for chosen in theorems]
        shares = [owners.count(broker) for broker in range(brokers)]
        assert len(shares) == len(set(owners))
        assert min(shares) > 0.6 * 400 / brokers
        file = order.model_copy(update={"run_budget": 50})
        assert len({broker_of(chosen, file, brokers) for chosen in theorems}) == 1
    files = [file.model_copy(update={"run": f"order-{number}"}) for number in range(50)]
    assert {broker_of(theorems[0], file, 4) for file in files} == {0, 1, 2, 3}


@dataclass(frozen=True)
class Endless(NullWorker):
    """A worker whose attempts do not end."""

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        await asyncio.Event().wait()
        return await super().attempt(theorem, request)


class EndlessFactory(NullWorkerFactory):
    def worker(self) -> Endless:
        return Endless(proves=self.proves)


def test_one_reserved_worker_checks_for_all_brokers(tmp_path: Path) -> None:
    """Behind attempts that occupy the workers of both brokers, of which one has it."""
    theorems = [theorem(number) for number in range(6)]
    jobs = [
        ProofJob(policy="single:null", budget=9, run=f"order-{chosen.name}", lease=1)
        for chosen in theorems
    ]
    owners = {broker_of(*order, 2) for order in zip(theorems, jobs, strict=True)}
    assert owners == {0, 1}
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # Actors cannot import tests.

    async def main() -> None:
        async with RayMarketplace.opened(
            EndlessFactory(), ledger=tmp_path / "ledger.sqlite3", workers=2, reserved=1, brokers=2
        ) as market:
            buying = [
                asyncio.create_task(market.prove(chosen, job))
                for chosen, job in zip(theorems, jobs, strict=True)
            ]
            while (await market.status()).waiting < len(theorems) - 2:
                assert not any(task.done() for task in buying)
                await asyncio.sleep(0.05)
            for chosen in theorems:
                assert (await market.inspect(chosen)).elaborates
                script = Candidate(kind="tactics", text="null 0")
                assert (await market.verify(chosen, script)).status == "proved"
            assert not any(task.done() for task in buying)
            for task in buying:
                task.cancel()
            await asyncio.gather(*buying, return_exceptions=True)

    try:
        asyncio.run(main())
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


@pytest.mark.parametrize(
    "workers",
    [
        pytest.param(Workers(least=2, most=2), id="fixed"),
        pytest.param(
            Workers(least=2, most=3, patience_seconds=0.05, idle_seconds=0.3),
            id="elastic",
            marks=pytest.mark.skipif(
                os.environ.get("PROVER_ARB_NODES") != "1", reason="PROVER_ARB_NODES is not 1"
            ),
        ),
    ],
)
def test_a_broker_that_dies_is_started_again_and_the_other_goes_on(
    tmp_path: Path, workers: Workers
) -> None:
    """What it had in work is bought under the next lease; no purchase is paid twice.

    Where the other broker's further worker takes the place of one that died, it gives it back.
    """
    ledger = tmp_path / "ledger.sqlite3"
    theorems = [theorem(number) for number in range(8)]

    def job(chosen: Theorem, lease: int) -> ProofJob:
        return ProofJob(policy="single:null", budget=9, run=f"order-{chosen.name}", lease=lease)

    async def main() -> None:
        factory = NullWorkerFactory(proves=3, seconds=0.1)
        async with open_market_of(factory, ledger=ledger, workers=workers, brokers=2) as market:
            first = {t.name: asyncio.create_task(market.prove(t, job(t, 1))) for t in theorems}
            while not all(book.purchases(run=job(t, 1).run) for t in theorems[:4]):
                await asyncio.sleep(0.05)
            victim = broker_processes(ledger)[0]
            victim.kill()
            status = await market.status()
            assert (status.brokers, status.brokers_ready) == (2, 1)
            check = await market.verify(theorems[0], Candidate(kind="tactics", text="null 3"))
            assert check.status == "proved"
            ended = dict(zip(first, await _results(list(first.values())), strict=True))
            died = [t for t in theorems if isinstance(ended[t.name], BrokerDied)]
            went_on = [t for t in theorems if isinstance(ended[t.name], Outcome)]
            assert len({broker_of(t, None, 2) for t in died}) == 1
            assert died
            assert went_on
            assert len(died) + len(went_on) == len(theorems)
            again = await asyncio.gather(*(market.prove(t, job(t, 2)) for t in died))
            assert {outcome.status for outcome in again} == {"proved"}
            status = await market.status()
            assert (status.brokers_ready, status.broker_restarts) == (2, 1)
            assert workers.least <= status.ready <= workers.most

    book = SqliteLedger(ledger)
    asyncio.run(main())
    for chosen in theorems:
        bought = book.purchases(run=job(chosen, 1).run)
        paid = [p for p in bought if p.state == "judged"]
        assert [p.number for p in paid] == [0, 1, 2, 3]
        assert sum(p.cost for p in bought) == 4
        assert {p.state for p in bought} <= {"judged", "lost"}
    book.close()


async def _results(tasks: Sequence[asyncio.Task[Outcome]]) -> list[Outcome | BaseException]:
    return await asyncio.gather(*tasks, return_exceptions=True)
