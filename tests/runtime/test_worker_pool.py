"""Hosts are leased to one request at a time, lost ones revived, requests moved on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from prover_arb.errors import ToolchainError, WorkerDied
from prover_arb.runtime.null_market import NullWorker
from prover_arb.runtime.worker_factory import Worker
from prover_arb.runtime.worker_pool import WorkerPool


@dataclass(frozen=True)
class Fragile(NullWorker):
    """A worker that fails to start as often as `start_errors` says, and counts its starts."""

    name: str = "worker"
    start_errors: list[Exception] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    async def start(self) -> None:
        self.starts.append(self.name)
        if self.start_errors:
            raise self.start_errors.pop(0)

    async def close(self) -> None:
        self.closed.append(self.name)


def test_a_host_works_on_one_thing_at_a_time() -> None:
    async def main() -> None:
        workers = [Fragile(name="a"), Fragile(name="b")]
        queue = WorkerPool(workers)
        await queue.start()
        at_work: set[int] = set()
        most = 0

        async def work(worker: Worker) -> None:
            nonlocal most
            assert id(worker) not in at_work
            at_work.add(id(worker))
            most = max(most, len(at_work))
            await asyncio.sleep(0.005)
            at_work.discard(id(worker))

        await asyncio.gather(*(queue.run(work) for _ in range(20)))
        assert most == 2
        await queue.close()
        assert [worker.closed for worker in workers] == [["a"], ["b"]]

    asyncio.run(main())


def test_all_workers_start_even_if_a_start_takes_no_time() -> None:
    async def main() -> int:
        pool = WorkerPool([Fragile(), Fragile()], reserved=[Fragile(), Fragile()])
        await pool.start()
        while pool.status.ready < pool.status.workers:
            await asyncio.sleep(0.001)
        ready = pool.status.ready
        await pool.close()
        return ready

    assert asyncio.run(asyncio.wait_for(main(), 60)) == 4


def test_a_request_moves_on_when_its_host_is_lost_and_the_host_is_revived() -> None:
    async def main() -> None:
        workers = [Fragile(name="a"), Fragile(name="b")]
        queue = WorkerPool(workers)
        await queue.start()
        seen: list[Worker] = []

        async def work(worker: Worker) -> str:
            seen.append(worker)
            if len(seen) == 1:
                raise WorkerDied("gone")
            return "done"

        assert await queue.run(work, again=True) == "done"
        assert seen[0] is not seen[1]
        lost = next(worker for worker in workers if worker is seen[0])
        await asyncio.sleep(0)
        assert lost.starts == [lost.name, lost.name]
        await queue.close()

    asyncio.run(main())


def test_a_request_is_done_once_more_at_most_and_only_where_asked_for() -> None:
    async def main() -> None:
        queue = WorkerPool([Fragile(), Fragile()])
        await queue.start()
        tried = 0

        async def work(worker: Worker) -> None:
            nonlocal tried
            tried += 1
            raise WorkerDied("gone")

        with pytest.raises(WorkerDied):
            await queue.run(work, again=True)
        assert tried == 2
        with pytest.raises(WorkerDied):
            await queue.run(work)
        assert tried == 3
        await queue.close()

    asyncio.run(main())


def test_the_market_opens_with_the_hosts_that_come_up() -> None:
    async def main() -> None:
        bad = Fragile(name="bad", start_errors=[ToolchainError("no Lean here")])
        queue = WorkerPool([bad, Fragile(name="good")])
        await queue.start()

        async def name(worker: Worker) -> str:
            assert isinstance(worker, Fragile)
            return worker.name

        assert [await queue.run(name) for _ in range(3)] == ["good"] * 3
        await queue.close()

    asyncio.run(main())


def test_a_worker_that_joins_late_serves_who_waits() -> None:
    class Slow(Fragile):
        async def start(self) -> None:
            await may_start.wait()
            await super().start()

    may_start = asyncio.Event()

    async def main() -> None:
        pool = WorkerPool([Fragile(name="early"), Slow(name="late")])
        await pool.start()

        async def name(worker: Worker) -> str:
            assert isinstance(worker, Fragile)
            may_start.set()
            await asyncio.sleep(0.01)
            return worker.name

        assert sorted(await asyncio.gather(pool.run(name), pool.run(name))) == ["early", "late"]
        await pool.close()

    asyncio.run(main())


@pytest.mark.parametrize("error", [ToolchainError("no Lean here"), ValueError("a bug")])
def test_without_any_host_everybody_hears_why(error: Exception) -> None:
    async def main() -> None:
        queue = WorkerPool([Fragile(start_errors=[error])])
        with pytest.raises(type(error), match=str(error)):
            await queue.start()

        async def work(worker: Worker) -> None:
            raise AssertionError

        with pytest.raises(type(error), match=str(error)):
            await queue.run(work)
        await queue.close()

    asyncio.run(main())


def test_a_host_that_cannot_be_revived_leaves_the_market() -> None:
    async def main() -> None:
        worker = Fragile()
        queue = WorkerPool([worker])
        await queue.start()
        worker.start_errors.append(ToolchainError("disk gone"))

        async def work(worker: Worker) -> None:
            raise WorkerDied("gone")

        with pytest.raises(WorkerDied):
            await queue.run(work)
        with pytest.raises(ToolchainError, match="disk gone"):
            await queue.run(work)
        await queue.close()

    asyncio.run(main())


def test_a_cancelled_request_frees_its_host() -> None:
    async def main() -> None:
        queue = WorkerPool([Fragile()])
        await queue.start()

        async def forever(worker: Worker) -> None:
            await asyncio.Event().wait()

        async def quick(worker: Worker) -> int:
            return 7

        task = asyncio.create_task(queue.run(forever))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.wait_for(queue.run(quick), 1) == 7
        await queue.close()

    asyncio.run(main())


def test_customers_take_turns() -> None:
    async def main() -> None:
        queue = WorkerPool([Fragile()], turn_seconds=0.02)
        await queue.start()
        served: list[str] = []

        async def ask(customer: str) -> None:
            async def work(worker: Worker) -> None:
                served.append(customer)
                await asyncio.sleep(0.005)

            await queue.run(work, customer=customer)

        await asyncio.gather(*(ask("many") for _ in range(20)), ask("one"))
        assert served.index("one") < 15
        await queue.close()

    asyncio.run(main())


def test_reserved_workers_serve_those_who_wait_for_the_answer() -> None:
    async def main() -> None:
        usual, reserved = Fragile(name="usual"), Fragile(name="reserved")
        pool = WorkerPool([usual], reserved=[reserved])
        await pool.start()
        gate = asyncio.Event()
        served: list[str] = []

        async def long(worker: Worker) -> None:
            served.append(worker.name)  # type: ignore[attr-defined]
            await gate.wait()

        async def short(worker: Worker) -> str:
            return str(worker.name)  # type: ignore[attr-defined]

        orders = [asyncio.create_task(pool.run(long, customer="orders")) for _ in range(3)]
        answers = [await pool.run(short, customer="c", interactive=True) for _ in range(5)]
        assert answers == ["reserved"] * 5
        assert served == ["usual"]
        assert pool.status.waiting == 2
        gate.set()
        await asyncio.gather(*orders)
        assert served == ["usual"] * 3
        # With both free, interactive requests use both.
        busy = asyncio.create_task(pool.run(long, interactive=True))
        assert {await pool.run(short, interactive=True) for _ in range(3)} <= {"usual", "reserved"}
        await busy
        assert (pool.status.workers, pool.status.ready, pool.status.waiting) == (2, 2, 0)
        await pool.close()

    asyncio.run(main())
