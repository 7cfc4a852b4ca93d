"""A market's worker as a member of a pool."""

from __future__ import annotations

import logging

from prover_arb.errors import WorkerDied
from prover_arb.oracle.pool import Need
from prover_arb.runtime.worker_factory import Worker

log = logging.getLogger(__name__)


class PooledWorker:
    """A market's worker in the pool; one that does not start is out of the market for good."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.lost: BaseException | None = None
        self.ready = False
        self.restarts = 0
        self._started = False

    async def prepare(self, need: Need) -> None:
        """Starts the worker, once; it keeps its customers apart by itself."""
        if not self._started:
            await self.renew()

    def worn(self, error: BaseException | None) -> bool:
        return isinstance(error, WorkerDied)

    async def renew(self) -> None:
        """Starts the worker, also after it died.

        Raises:
            ToolchainError, OracleError: as Worker.start; the worker is lost.
        """
        if self._started:
            log.info("a worker died; it is started again")
            self.restarts += 1
        self.ready = False
        try:
            await self.worker.start()
        except Exception as error:
            log.warning("a worker is out of the market: %s", error)
            self.lost = error
            raise
        self._started = self.ready = True
        log.info("a worker is ready")

    async def close(self) -> None:
        await self.worker.close()
