"""Attempts in flight for one theorem: sellers at work side by side, and what the unwanted cost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from prover_arb.broker.account import Account
from prover_arb.broker.ledger.ledger import INTERRUPTED
from prover_arb.core.purchases import Attempt, Purchase, Withdrawn
from prover_arb.errors import ProverError, WorkerDied, WorkerTimeout

log = logging.getLogger(__name__)

LONGEST_FAILURE = 500
"""Characters of a seller's excuse that the ledger keeps."""


class Flights:
    """What was bought for an account and is not there yet; each settles itself when it lands."""

    def __init__(self, account: Account, *, abreast: int) -> None:
        self._account = account
        self._abreast = abreast
        self._tasks: dict[asyncio.Task[None], Purchase] = {}
        self._recalled = INTERRUPTED

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def full(self) -> bool:
        """Whether as many are in flight as may be."""
        return len(self) >= self._abreast

    def launch(self, purchase: Purchase, selling: Callable[[], Awaitable[Attempt]]) -> None:
        """Begin an attempt whose money is held back."""
        task = asyncio.create_task(self._deliver(purchase, selling))
        self._tasks[task] = purchase

    async def landed(self) -> None:
        """Wait until at least one has landed; a defect of a seller is raised."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            purchase = self._tasks.pop(task)
            if task.cancelled() or task.exception() is not None:
                self._account.abandon(purchase, INTERRUPTED)
            task.result()

    async def recall(self, why: str) -> None:
        """Cancel what is in flight, and pay for what it used as far as its sellers tell.

        What an interrupted program (`why` is INTERRUPTED) recalls may be bought again.
        """
        if not self._tasks:
            return
        self._recalled = why
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for task, purchase in self._tasks.items():
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("%s failed while it was cancelled", purchase.prover, exc_info=error)
            if not self._account.is_open(purchase):
                continue
            if why == INTERRUPTED:
                self._account.abandon(purchase, why)
            else:
                self._account.cancel(purchase, None, why)
        self._tasks.clear()

    async def _deliver(self, purchase: Purchase, selling: Callable[[], Awaitable[Attempt]]) -> None:
        """Pay as soon as the attempt is there: nothing waits for the verdict on another one."""
        try:
            invoiced = _invoice(await selling(), purchase)
        except Withdrawn as stopped:
            self._account.cancel(purchase, _invoice(stopped.attempt, purchase), self._recalled)
        except (ProverError, WorkerDied, WorkerTimeout) as error:
            log.warning("%s did not deliver for %s: %s", purchase.prover, purchase.theorem, error)
            fault = error.fault if isinstance(error, ProverError) else "worker"
            said = str(error)[:LONGEST_FAILURE] or type(error).__name__
            self._account.abandon(purchase, said, fault)
        else:
            self._account.deliver(purchase, invoiced)


def _invoice(attempt: Attempt, purchase: Purchase) -> Attempt:
    """The attempt as it will be paid: what was reserved is the most a seller gets.

    Raises:
        ProverError: an invoice that makes no sense.
    """
    if attempt.prover != purchase.prover or min(attempt.cost, attempt.cpu_us, attempt.wall_ms) < 0:
        raise ProverError(f"{purchase.prover} sent an invoice that makes no sense: {attempt!r}")
    if purchase.terms is None and attempt.cost > purchase.reserved:
        log.warning(
            "%s invoiced %d micro-dollars where %d were agreed; it is paid those",
            attempt.prover,
            attempt.cost,
            purchase.reserved,
        )
        over = attempt.overrun + attempt.cost - purchase.reserved
        return attempt.model_copy(update={"cost": purchase.reserved, "overrun": over})
    if attempt.overrun:
        log.warning(
            "%s bills %d micro-dollars more than the %d that were agreed; it is paid those",
            attempt.prover,
            attempt.overrun,
            attempt.cost,
        )
    return attempt
