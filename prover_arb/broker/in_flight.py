"""Attempts in flight for one theorem: provers that work side by side, and what each is paid."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Self

from prover_arb.broker.account import Account
from prover_arb.broker.ledger.ledger import INTERRUPTED
from prover_arb.broker.ledger.patience import recorded
from prover_arb.core.logs import log_ids
from prover_arb.core.purchases import Attempt, AttemptCancelled, Purchase
from prover_arb.errors import ProverError, WorkerDied, WorkerTimeout

log = logging.getLogger(__name__)

LONGEST_FAILURE = 500
"""How many characters of a prover's failure the ledger keeps."""


class InFlight:
    """The attempts that were bought for an account and are not delivered yet.

    Each is settled as soon as it is delivered. As a context manager it cancels, at the end of the
    block, what is still in flight.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._tasks: dict[asyncio.Task[None], Purchase] = {}
        self._why_cancelled = INTERRUPTED

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cancel(INTERRUPTED)

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def full(self) -> bool:
        """Whether no further attempt may start now."""
        return len(self) >= self._account.job.max_parallel

    def start(self, purchase: Purchase, attempt: Callable[[], Awaitable[Attempt]]) -> None:
        """Starts an attempt whose money is reserved."""
        with log_ids(purchase=purchase.id):
            task = asyncio.create_task(self._settle(purchase, attempt))
        self._tasks[task] = purchase

    async def wait(self) -> None:
        """Waits until at least one attempt is settled; a defect in a prover is raised."""
        with self._account.watch.stage("selling"):
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                purchase = self._tasks.pop(task)
                if task.cancelled() or task.exception() is not None:
                    await recorded(partial(self._account.abandon, purchase, INTERRUPTED))
                task.result()

    async def cancel(self, why: str) -> None:
        """Cancels what is in flight, and pays for what it used as far as the provers say.

        What is cancelled because the program was interrupted (`why` is INTERRUPTED) may be bought
        again.
        """
        if not self._tasks:
            return
        self._why_cancelled = why
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for task, purchase in self._tasks.items():
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("%s failed while it was cancelled", purchase.prover, exc_info=error)
            if not self._account.is_open(purchase):
                continue
            if why == INTERRUPTED:
                await recorded(partial(self._account.abandon, purchase, why))
            else:
                await recorded(partial(self._account.cancel, purchase, None, why))
        self._tasks.clear()

    async def _settle(self, purchase: Purchase, attempt: Callable[[], Awaitable[Attempt]]) -> None:
        """Pays as soon as the attempt is delivered; it never waits for another one's verdict."""
        try:
            invoiced = _invoice(await attempt(), purchase)
        except AttemptCancelled as cancelled:
            used = _invoice(cancelled.attempt, purchase)
            await recorded(partial(self._account.cancel, purchase, used, self._why_cancelled))
        except (ProverError, WorkerDied, WorkerTimeout) as error:
            log.warning("%s did not deliver for %s: %s", purchase.prover, purchase.theorem, error)
            fault = error.fault if isinstance(error, ProverError) else "worker"
            failure = str(error)[:LONGEST_FAILURE] or type(error).__name__
            await recorded(partial(self._account.abandon, purchase, failure, fault))
        else:
            await recorded(partial(self._account.deliver, purchase, invoiced))


def _invoice(attempt: Attempt, purchase: Purchase) -> Attempt:
    """Returns the attempt as it will be paid: a prover gets at most what was reserved.

    Raises:
        ProverError: the invoice makes no sense.
    """
    if attempt.prover != purchase.prover or min(attempt.cost, attempt.cpu_us, attempt.wall_ms) < 0:
        raise ProverError(f"{purchase.prover} sent an invoice that makes no sense: {attempt!r}")
    if purchase.terms is None and attempt.cost > purchase.reserved:
        log.warning(
            "%s invoiced %d micro-dollars, but %d were reserved; it is paid those",
            attempt.prover,
            attempt.cost,
            purchase.reserved,
        )
        over = attempt.overrun + attempt.cost - purchase.reserved
        return attempt.model_copy(update={"cost": purchase.reserved, "overrun": over})
    if attempt.overrun:
        log.warning(
            "%s bills %d micro-dollars more than the %d that were reserved; it is paid those",
            attempt.prover,
            attempt.overrun,
            attempt.cost,
        )
    return attempt
