"""How long a verification may take.

The oracle promises a verdict within a check's `wall_ms` plus two seconds, whatever happens inside:
statement, elaboration, kernels, processes that have to be started, and one retry. Only the time in
which a check waits for other checks does not count.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Iterator
from typing import TypeVar

from prover_arb.errors import OracleError

T = TypeVar("T")

GRACE_MS = 2_000
"""What a verification may take beyond its wall-clock limit, by the oracle's promise."""
_MARGIN_MS = 300
"""Of the grace, what is kept for ending processes and carrying the answer."""


class Clock:
    """Runs from the beginning of a verification to the end of the time it was promised within."""

    def __init__(self, wall_ms: int) -> None:
        self._began = time.monotonic()
        self._waited = self._starting = 0.0
        self._wall_ms = wall_ms
        self._promised_ms = wall_ms + GRACE_MS - _MARGIN_MS

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds so far, without those it was stopped for."""
        return round((time.monotonic() - self._began - self._waited) * 1000)

    @property
    def left_ms(self) -> int:
        """Milliseconds in which the verdict must be there."""
        return max(0, self._promised_ms - self.elapsed_ms)

    @property
    def starting_ms(self) -> int:
        """Milliseconds of these in which the verification waited for a process to start."""
        return round(self._starting * 1000)

    @property
    def cut_short(self) -> bool:
        """Whether starts of processes left the verification less than half of its limit so far.

        Up to the grace, starts cost a verification nothing of its limit. Beyond that they do, and a
        verification that is ended without half of its limit has not failed: it was not tried.
        """
        return 2 * (self.elapsed_ms - self.starting_ms) < self._wall_ms

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Do not count the time within: the check waits for others."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._waited += time.monotonic() - began

    async def bound(self, start: Awaitable[T]) -> T:
        """The result of `start`, which starts a process, if it is there in time.

        Raises:
            OracleError: it is not.
        """
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.left_ms / 1000):
                return await start
        except TimeoutError:
            raise OracleError("no Lean process was ready in time") from None
        finally:
            self._starting += time.monotonic() - began
