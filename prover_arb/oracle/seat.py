"""Room for one Lean process, which serves one customer for its life, and its start and end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from prover_arb.errors import ToolchainError, WorkerNotStarted
from prover_arb.oracle.worker import LeanWorker

_log = logging.getLogger(__name__)


class Seat:
    """Holds a process, one that is starting, or none."""

    def __init__(self) -> None:
        self.customer: str | None = None
        """Whose texts the process reads."""
        self.worker: LeanWorker | None = None
        self.starting: asyncio.Task[LeanWorker] | None = None

    @property
    def alive(self) -> bool:
        """Whether its process can take a request now or after the one it is at."""
        if self.worker is not None:
            return self.worker.usable
        start = self.starting
        return start is not None and start.done() and not _failed(start)

    def begin(self, customer: str, make: Callable[[], LeanWorker]) -> asyncio.Task[LeanWorker]:
        """The start of the seat's process for a customer, begun now unless it is under way."""
        self.customer = customer
        if self.starting is None or (self.starting.done() and _failed(self.starting)):
            self.starting = asyncio.create_task(_started(make))
            # A start that nobody waits for any more must not complain about its error.
            self.starting.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self.starting

    async def empty(self) -> None:
        """End the process, or its start."""
        worker, start = self.worker, self.starting
        self.customer = self.worker = self.starting = None
        if start is not None:
            start.cancel()
            await asyncio.wait({start})
            if not _failed(start):
                worker = start.result()
        if worker is not None:
            await worker.stop()


def _failed(start: asyncio.Task[LeanWorker]) -> bool:
    """Whether a start that is over came to nothing."""
    return start.cancelled() or start.exception() is not None


async def _started(make: Callable[[], LeanWorker]) -> LeanWorker:
    try:
        worker = make()
        await worker.start()
    except (WorkerNotStarted, ToolchainError) as error:
        _log.warning("a Lean process did not start: %s", error)
        raise
    _log.info("Lean process %s is started", worker.pid)
    return worker
