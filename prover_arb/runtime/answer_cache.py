"""Answers to questions that would be answered alike again: found once, and given to everyone."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")

MOST_ANSWERS = 20_000
"""How many answers are remembered; the least recently used ones are forgotten first."""


class AnswerCache(Generic[Key, Answer]):
    """Answers by question. Failures are not remembered."""

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._locks: dict[Key, asyncio.Lock] = {}

    async def answer(
        self,
        key: Key,
        work: Callable[[], Awaitable[Answer]],
        *,
        lasting: Callable[[Answer], bool] = lambda _: True,
        waits: bool = True,
    ) -> Answer:
        """Returns the earlier answer to the same question, or what `work` answers now.

        A second caller waits for an answer that is being made, unless it says that it never
        `waits`: then it does the work, too. An answer that is not `lasting` is given to the caller
        only.
        """
        lock = self._locks.setdefault(key, asyncio.Lock())
        if not waits and lock.locked() and key not in self._answers:
            answer = await work()
            if lasting(answer):
                self._keep(key, answer)
            return answer
        try:
            async with lock:
                if key not in self._answers:
                    answer = await work()
                    if not lasting(answer):
                        return answer
                    self._keep(key, answer)
                self._answers.move_to_end(key)
                return self._answers[key]
        finally:
            if not lock.locked():
                self._locks.pop(key, None)

    def _keep(self, key: Key, answer: Answer) -> None:
        self._answers[key] = answer
        self._answers.move_to_end(key)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)
