"""Answers that are found once for everyone who asks."""

from __future__ import annotations

import asyncio

from prover_arb.runtime.answer_cache import AnswerCache


def test_a_caller_that_never_waits_does_the_work_that_another_began() -> None:
    """What it finds is kept, and given to whoever asks next."""

    async def main() -> None:
        cache = AnswerCache[str, int]()
        begun, never = asyncio.Event(), asyncio.Event()

        async def endless() -> int:
            begun.set()
            await never.wait()
            return 1

        async def quick() -> int:
            return 2

        slow = asyncio.create_task(cache.answer("asked", endless))
        await begun.wait()
        assert await cache.answer("asked", quick, waits=False) == 2
        waiting = asyncio.create_task(cache.answer("asked", quick))
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        assert await waiting == 2

    asyncio.run(main())


def test_those_that_wait_ask_once() -> None:
    async def main() -> None:
        cache, asked = AnswerCache[str, int](), []

        async def work() -> int:
            asked.append(1)
            await asyncio.sleep(0)
            return len(asked)

        assert await asyncio.gather(*(cache.answer("asked", work) for _ in range(3))) == [1, 1, 1]

    asyncio.run(main())
