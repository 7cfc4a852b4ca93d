"""A pool grows while requests wait and shrinks afterwards, and loses nothing over it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from prover_arb.core.worker_bounds import Workers
from prover_arb.errors import OracleError, ToolchainError, WorkerDied
from prover_arb.runtime.elastic_pool import WorkerSupply
from prover_arb.runtime.null_market import NullWorker
from prover_arb.runtime.worker_factory import Worker
from prover_arb.runtime.worker_pool import WorkerPool


class Machine:
    """Makes workers, and knows what became of each."""

    def __init__(self) -> None:
        self.made: list[Numbered] = []
        self.alive: set[int] = set()
        self.closed: list[int] = []
        self.broken: Exception | None = None
        self.room: int | None = None
        """How many workers it has room for; others start only when there is room."""
        self.tries: list[float] = []
        """When each start was tried."""

    def worker(self) -> Numbered:
        self.made.append(Numbered(number=len(self.made), machine=self))
        return self.made[-1]

    def supply(self, text: str, idle_seconds: float = 0.1) -> WorkerSupply[Numbered]:
        pace = {"patience_seconds": 0.05, "idle_seconds": idle_seconds}
        return WorkerSupply(self.worker, Workers.parse(text).model_copy(update=pace))


@dataclass(frozen=True)
class Numbered(NullWorker):
    number: int = 0
    machine: Machine = field(default_factory=Machine)

    async def start(self) -> None:
        self.machine.tries.append(time.monotonic())
        if self.machine.broken is not None:
            raise self.machine.broken
        while self.machine.room is not None and len(self.machine.alive) >= self.machine.room:
            await asyncio.sleep(0.01)
        self.machine.alive.add(self.number)

    async def close(self) -> None:
        self.machine.alive.discard(self.number)
        self.machine.closed.append(self.number)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


def number_of(worker: Worker) -> int:
    assert isinstance(worker, Numbered)
    return worker.number


def run(main: Callable[[], object]) -> None:
    asyncio.run(asyncio.wait_for(main(), 120))  # type: ignore[arg-type]


@pytest.fixture
def machine() -> Machine:
    return Machine()


class Orders:
    """Requests that last until they are let go."""

    def __init__(self, pool: WorkerPool) -> None:
        self.pool = pool
        self.gate = asyncio.Event()
        self.serving: list[int] = []
        self.done: list[int] = []
        self.tasks: list[asyncio.Task[None]] = []

    def place(self, count: int) -> None:
        self.tasks += [
            asyncio.create_task(self.pool.run(self.work, customer=f"c{number}"))
            for number in range(count)
        ]

    async def work(self, worker: Worker) -> None:
        number = number_of(worker)
        self.serving.append(number)
        await self.gate.wait()
        assert number in worker.machine.alive  # type: ignore[attr-defined]
        self.done.append(number)


def test_it_grows_while_requests_wait_and_shrinks_when_workers_were_not_needed(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "prover_arb")

    async def main() -> None:
        async with WorkerPool(machine.supply("1..4")) as pool:
            assert (pool.status.workers, pool.status.ready) == (1, 1)
            orders = Orders(pool)
            orders.place(10)
            await until(lambda: pool.status.ready == 4)
            await until(lambda: len(orders.serving) == 4)
            assert (pool.status.workers, pool.status.waiting) == (4, 6)
            orders.gate.set()
            await asyncio.gather(*orders.tasks)
            assert len(orders.done) == 10
            await until(lambda: pool.status.workers == 1)
            await until(lambda: len(machine.alive) == 1)
            assert len(machine.made) == 4
            orders.place(1)
            await orders.tasks[-1]
        assert sorted(machine.closed) == [0, 1, 2, 3]

    run(main)
    assert "waiting for" in caplog.text
    assert "1..4 allowed" in caplog.text
    assert "ending a worker that was not needed for 0.1 s; there are 1" in caplog.text


def test_a_worker_with_a_lease_never_ends(machine: Machine) -> None:
    """Two of three are at work all the time; the third one goes, whichever it is."""

    async def main() -> None:
        async with WorkerPool(machine.supply("1..3")) as pool:
            first = Orders(pool)
            first.place(3)
            await until(lambda: len(first.serving) == 3)
            last = Orders(pool)
            last.place(2)
            first.gate.set()
            await until(lambda: len(last.serving) == 2)
            await until(lambda: pool.status.workers == 2)
            assert set(last.serving).isdisjoint(machine.closed)
            last.gate.set()
            await asyncio.gather(*first.tasks, *last.tasks)
            await until(lambda: pool.status.workers == 1)

    run(main)


def test_workers_that_take_turns_at_little_work_end_too(machine: Machine) -> None:
    """Each of four customers comes back to the worker that it had, so none is idle for long."""

    async def main() -> None:
        async with WorkerPool(machine.supply("1..4", idle_seconds=0.2)) as pool:
            orders = Orders(pool)
            orders.place(4)
            await until(lambda: len(orders.serving) == 4)
            orders.gate.set()
            await asyncio.gather(*orders.tasks)

            async def quick(worker: Worker) -> int:
                return number_of(worker)

            async with asyncio.timeout(60):
                while pool.status.workers > 1:
                    for customer in ("c0", "c1", "c2", "c3"):
                        await pool.run(quick, customer=customer)
                        await asyncio.sleep(0.01)

    run(main)


def test_a_start_that_fails_is_said_and_tried_again_later(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with WorkerPool(machine.supply("1..2")) as pool:
            machine.broken = ToolchainError("the disk is full")
            orders = Orders(pool)
            orders.place(3)
            await until(lambda: len(machine.tries) == 3)
            machine.broken = None
            assert len(orders.serving) == 1
            await until(lambda: pool.status.ready == 2)
            await until(lambda: len(orders.serving) == 2)
            _, second, third, last = machine.tries
            assert third - second >= 1
            assert last - third >= 2
            orders.gate.set()
            await asyncio.gather(*orders.tasks)

    run(main)
    assert "the disk is full" in caplog.text
    assert "is tried in 1 s" in caplog.text
    assert "is tried in 2 s" in caplog.text


def test_a_worker_that_finds_no_room_keeps_nobody_waiting_and_ends_with_the_pool(
    machine: Machine,
) -> None:
    machine.room = 1

    async def main() -> None:
        async with WorkerPool(machine.supply("1..3")) as pool:
            orders = Orders(pool)
            orders.place(3)
            await until(lambda: len(machine.made) == 2)
            assert (pool.status.workers, pool.status.ready) == (2, 1)
            orders.gate.set()
            await asyncio.gather(*orders.tasks)
            assert set(orders.done) == {0}
            # Its start is given up when it is not needed any more.
            await until(lambda: pool.status.workers == 1)
            await until(lambda: machine.closed == [1])
            orders = Orders(pool)
            orders.place(3)
            await until(lambda: len(machine.made) == 3)
            for task in orders.tasks:
                task.cancel()
            await asyncio.gather(*orders.tasks, return_exceptions=True)
        assert sorted(machine.closed) == [0, 1, 2]

    run(main)


def test_a_lost_worker_is_replaced(machine: Machine) -> None:
    async def main() -> None:
        async with WorkerPool(machine.supply("2..3")) as pool:
            await until(lambda: pool.status.ready == 2)
            machine.broken = OracleError("it does not start again")

            async def dies(worker: Worker) -> None:
                raise WorkerDied("gone")

            with pytest.raises(WorkerDied):
                await pool.run(dies)
            await until(lambda: len(machine.closed) == 1)
            machine.broken = None
            await until(lambda: pool.status.ready == 2)
            assert pool.status.restarts == 1
            assert len(machine.made) >= 3

    run(main)


def test_when_the_last_worker_is_lost_everybody_hears_why(machine: Machine) -> None:
    async def main() -> None:
        async with WorkerPool(machine.supply("1..3")) as pool:
            machine.broken = OracleError("it does not start again")

            async def dies(worker: Worker) -> None:
                raise WorkerDied("gone")

            with pytest.raises(OracleError, match="it does not start again"):
                await pool.run(dies, again=True)

    run(main)


def test_reserved_workers_stay_reserved_and_are_not_counted(machine: Machine) -> None:
    reserved = Machine()

    async def main() -> None:
        async with WorkerPool(machine.supply("1..2"), reserved=[reserved.worker()]) as pool:
            orders = Orders(pool)
            orders.place(5)
            await until(lambda: len(orders.serving) == 2)

            async def which(worker: Worker) -> bool:
                return worker is reserved.made[0]

            assert await pool.run(which, customer="v", interactive=True)
            orders.gate.set()
            await asyncio.gather(*orders.tasks)
            await until(lambda: pool.status.workers == 2)
            assert reserved.closed == []

    run(main)
