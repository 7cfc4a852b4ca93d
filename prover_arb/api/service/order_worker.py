"""Works on orders behind the requests: takes them from the queue that all replicas share.

It is one class, of more than 300 lines: what may happen to an order in work (it ends, is cancelled,
is parked, or is taken over by another replica) changes the same few dictionaries.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from tenacity import retry, retry_if_exception, stop_after_delay, wait_exponential

from prover_arb.api.problem_documents import ProblemDocument, document_of
from prover_arb.api.problem_kinds import BAD_INPUT, INVALID_STATEMENT, MARKET_FAILED, Kind
from prover_arb.api.service.database.database import now
from prover_arb.api.service.event_store import EventStore
from prover_arb.api.service.files.file_filler import FileFiller
from prover_arb.api.service.known_proofs import KnownProofs
from prover_arb.api.service.order_queue import OrderQueue
from prover_arb.api.service.order_store import OrderStore
from prover_arb.api.service.orders import STATUS_OF, Order, OrderStatus
from prover_arb.api.service.purchase_follower import PurchaseFollower
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.core.logs import log_ids
from prover_arb.core.money import NO_MONEY, MicroUSD
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.errors import (
    BrokerDied,
    InputError,
    LeaseLost,
    LedgerError,
    LedgerUnavailable,
    ProverArbError,
    RunError,
)
from prover_arb.runtime.marketplace import Marketplace

log = logging.getLogger(__name__)

T = TypeVar("T")

SETTLING_SECONDS = 30.0
"""How long the purchases of a cancelled order may take to be settled under one lease."""

UNSETTLED = frozenset({"open", "delivered", "proved", "refuted"})
"""What the purchases of an order have in common that cannot end as cancelled without the market:
their states, and the verdicts with which it ends otherwise."""

POLL_SECONDS = 0.5
"""How often a replica looks for what others did: for orders, and for requests to cancel."""

_until_stored = retry(
    retry=retry_if_exception(
        lambda error: isinstance(error, LedgerError) and not isinstance(error, LeaseLost)
    ),
    wait=wait_exponential(0.2, max=5),
    stop=stop_after_delay(60),
    reraise=True,
)
"""Repeats a step until the database takes it: a database that went away comes back. An order whose
end could not be stored for a minute goes back into the queue when the database is there, and is
ended from what the ledger says."""


class OrderWorker:
    """Works on at most `at_once` orders of a store; `run` does so while a market is open."""

    def __init__(
        self,
        queue: OrderQueue,
        orders: OrderStore,
        events: EventStore,
        follower: PurchaseFollower,
        policies: RegisteredPolicies,
        *,
        filler: FileFiller,
        known: KnownProofs,
        at_once: int,
        heartbeat: float,
        on_finished: Callable[[OrderStatus, MicroUSD, MicroUSD], None],
    ) -> None:
        """`on_finished` is told what was spent and what is charged.

        Every `heartbeat` seconds it says that it still works on its orders.
        """
        self.queue = queue
        self._orders = orders
        self._events = events
        self._follower = follower
        self._policies = policies
        self._filler = filler
        self._known = known
        self._at_once = at_once
        self._heartbeat = heartbeat
        self._on_finished = on_finished
        self._work: dict[str, asyncio.Task[None]] = {}
        self._leases: dict[str, int] = {}
        self._added = asyncio.Event()
        self._cancelled: set[str] = set()
        self._lost: set[str] = set()

    @property
    def running(self) -> int:
        """How many orders this replica works on."""
        return len(self._work)

    def add(self, _order: Order) -> None:
        """Says that an accepted order is in the queue."""
        self._added.set()

    async def cancel(self, order: Order, *, seconds: float) -> None:
        """Ends the work on an order whose cancellation is recorded.

        It waits until the order has ended, for at most so many seconds.
        """
        self._events.signal(order.id)
        task = self._work.get(order.id)
        if task is not None:
            self._cancel(order.id)
            await asyncio.wait({task}, timeout=seconds)
        elif order.finished_at is None:
            await self._ended_elsewhere(order, seconds)

    async def _ended_elsewhere(self, order: Order, seconds: float) -> None:
        """Waits until an order has ended that another replica works on, or that waits."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await asyncio.sleep(POLL_SECONDS / 2)
                    current = await self._orders.get(order.tenant, order.id)
                    if current is None or current.finished_at is not None:
                        return

    def _cancel(self, order_id: str) -> None:
        if order_id not in self._cancelled:
            self._cancelled.add(order_id)
            self._work[order_id].cancel()

    async def run(self, market: Marketplace) -> None:
        """Works on unfinished orders, and on those that are added, until the market breaks.

        Raises:
            RunError: the market broke; unfinished orders go on when `run` is called again.
        """
        slots = asyncio.Semaphore(self._at_once)
        broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        tasks = [
            asyncio.create_task(self._follower.run()),
            asyncio.create_task(self._tend()),
            asyncio.create_task(self._dispatch(market, slots, broken)),
        ]
        try:
            await asyncio.wait({broken, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            for task in (broken, *tasks):
                if task.done():
                    await task
        finally:
            await _settled(self._stop(*tasks))

    async def _stop(self, *tasks: asyncio.Task[None]) -> None:
        """Parks everything: what is not finished is queued, and goes on later."""
        working = [*tasks, *self._work.values()]
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        try:
            await self.queue.put_all_back()
        except LedgerError as error:
            log.warning("orders are still called running until their leases run out: %s", error)

    async def _tend(self) -> None:
        """Renews the leases of what is worked on, and hears of what happened elsewhere."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            try:
                if loop.time() >= due:
                    tended = await self.queue.tend(dict(self._leases))
                    due = loop.time() + self._heartbeat
                    for order_id in tended.lost & self._work.keys():
                        log.warning("order %s was taken over by another replica", order_id)
                        self._lost.add(order_id)
                        self._work[order_id].cancel()
                unwanted = await self.queue.cancelled(self._work.keys()) if self._work else ()
                for order_id in self._work.keys() & unwanted:
                    self._cancel(order_id)
            except LedgerError as error:
                log.warning("the leases of orders are not renewed: %s", error)
            await asyncio.sleep(POLL_SECONDS)

    async def _dispatch(
        self, market: Marketplace, slots: asyncio.Semaphore, broken: asyncio.Future[None]
    ) -> None:
        while True:
            await slots.acquire()
            order = await self._next()
            with log_ids(
                order=order.id, run=order.run, theorem=order.theorem.name, request=order.request_id
            ):
                task = asyncio.create_task(self._work_on(order, market, broken), name=order.run)
            self._work[order.id] = task
            self._leases[order.id] = order.lease
            task.add_done_callback(partial(self._done, order, slots))

    async def _next(self) -> Order:
        """Takes the next order of the queue, as soon as there is one."""
        while True:
            self._added.clear()
            try:
                order = await _settled(self.queue.take())
            except LedgerError as error:
                log.warning("no order is taken from the queue: %s", error)
            else:
                if order is not None:
                    return order
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._added.wait()

    def _done(self, order: Order, slots: asyncio.Semaphore, task: asyncio.Task[None]) -> None:
        order_id = order.id
        del self._work[order_id], self._leases[order_id]
        self._cancelled.discard(order_id)
        self._lost.discard(order_id)
        self._follower.forget(order)
        slots.release()
        if not task.cancelled() and task.exception() is not None:
            log.error("order %s is left as it is for now", order_id, exc_info=task.exception())

    async def _work_on(
        self, order: Order, market: Marketplace, broken: asyncio.Future[None]
    ) -> None:
        try:
            await self._fulfil_or_cancel(order, market)
        except LeaseLost as error:
            log.warning("order %s is in other hands: %s", order.id, error)
        except BrokerDied as error:
            log.warning("order %s waits for its broker: %s", order.id, error)
            await self._park(order)
        except RunError as error:
            # The order stays unfinished: it goes on when the market is open again.
            if not broken.done():
                broken.set_exception(error)
            await self._park(order)
        except LedgerUnavailable as error:
            log.warning("order %s waits for the database: %s", order.id, error)
            await _until_stored(self.queue.put_back)(order)
        except ProverArbError as error:
            log.error("order %s failed: %s", order.id, error)
            kind = BAD_INPUT if isinstance(error, InputError) else MARKET_FAILED
            await self._finish(order, "failed", problem=_problem(order, kind, str(error)))
        except Exception:  # an order must end, whatever nobody foresaw
            log.exception("order %s ends by a defect", order.id)
            detail = "This is a defect of the service; its log says more"
            await self._finish(order, "failed", problem=_problem(order, MARKET_FAILED, detail))

    async def _fulfil_or_cancel(self, order: Order, market: Marketplace) -> None:
        try:
            await self._fulfil(order, market)
        except asyncio.CancelledError:
            if order.id in self._lost:
                return
            if order.id not in self._cancelled:
                await self._park(order)
                raise
            await self._settle_cancelled(order, market, bought=order.cancel_requested_at is None)

    async def _park(self, order: Order) -> None:
        """Puts an order back; if that fails, it is taken over once its lease has run out."""
        try:
            await self.queue.put_back(order)
        except LedgerError as error:
            log.warning("order %s is still called running: %s", order.id, error)
        else:
            log.info("order %s is parked", order.id)

    async def _fulfil(self, order: Order, market: Marketplace) -> None:
        if order.cancel_requested_at is not None:
            self._cancelled.add(order.id)
            raise asyncio.CancelledError
        begun = await _until_stored(self._orders.begin)(order)
        if begun is None:
            current = await _until_stored(self._orders.get)(order.tenant, order.id)
            if current is not None and current.finished_at is None and current.lease == order.lease:
                await self._settle_cancelled(current, market, bought=False)
            return
        order = begun
        self._events.signal(order.id)
        log.info("order %s is worked on", order.id)
        await _until_stored(self._follower.follow)(order)
        job = order.job(self._policies.text(order.policy), now=now())
        if order.kind == "file":
            filled = await self._filler.fill(order, market, job)
            await self._finish(order, "exhausted" if filled.left else "proved")
        else:
            known = await _until_stored(self._known.find)(order, market)
            job = job.model_copy(update={"known_proof": known})
            outcome = await market.prove(order.theorem, job)
            if order.batch is not None:
                order, outcome = await self._go_on(order, outcome, market)
            await self._finish_with(order, outcome)

    async def _go_on(
        self, order: Order, outcome: Outcome, market: Marketplace
    ) -> tuple[Order, Outcome]:
        """Goes on with what others of the batch left, as long as that buys something."""
        while STATUS_OF[outcome.status] == "exhausted":
            raised = await _until_stored(self._orders.raise_budget)(order)
            if raised is None:
                break
            order, before = raised, len(outcome.purchases)
            job = order.job(self._policies.text(order.policy), now=now())
            outcome = await market.prove(order.theorem, job)
            if len(outcome.purchases) == before:
                break
        return order, outcome

    async def _settle_cancelled(self, order: Order, market: Marketplace, *, bought: bool) -> None:
        """Ends a cancelled order; an attempt that was paid for is judged, and may be a proof.

        `bought` says that the market was buying for it under this lease. What it then cannot settle
        in time is settled under the next lease, under which the market cannot buy for it any more.

        Raises:
            RunError, LedgerError: the market or the database broke, or the lease is lost.
        """
        outcome: Outcome | None = None
        all_filled = False
        # Its budget may have been set when work on it began.
        stored = await _until_stored(self._orders.get)(order.tenant, order.id) or order
        order = stored.model_copy(update={"lease": order.lease})
        await _until_stored(self._follower.follow)(order)
        states = await _until_stored(self._follower.states)(order.id)
        try:
            async with asyncio.timeout(SETTLING_SECONDS):
                if order.kind == "file":
                    filled = await self._judged(order, market, self._filler.settle)
                    all_filled = not filled.left
                elif bought or states & UNSETTLED:
                    outcome = await self._judged(order, market, _prove)
        except (RunError, LedgerError):
            raise
        except (TimeoutError, ProverArbError) as error:
            log.error("order %s is cancelled, and not all is settled: %s", order.id, error)
            if bought:
                await _until_stored(self.queue.put_back)(order)
                return
        if outcome is not None and outcome.status in {"proved", "refuted"}:
            await self._finish_with(order, outcome)
        else:
            await self._finish(order, "proved" if all_filled else "cancelled", outcome=outcome)

    async def _judged(
        self,
        order: Order,
        market: Marketplace,
        work: Callable[[Order, Marketplace, ProofJob], Awaitable[T]],
    ) -> T:
        """Has what is paid for judged by `work`, and buys nothing more."""
        job = order.job(self._policies.text(order.policy), now=now(), deadline=0)
        while True:
            try:
                return await work(order, market, job)
            except (LeaseLost, LedgerUnavailable):
                raise
            except LedgerError:
                # The call that was cancelled has not ended yet.
                await asyncio.sleep(0.1)

    async def _finish_with(self, order: Order, outcome: Outcome) -> None:
        status = STATUS_OF[outcome.status]
        problem = None
        if outcome.status == "invalid_statement":
            problem = _problem(order, INVALID_STATEMENT, outcome.why_stopped)
        elif status == "failed":
            detail = f"{outcome.status}: {outcome.why_stopped}"
            problem = _problem(order, MARKET_FAILED, detail)
        await self._finish(order, status, outcome=outcome, problem=problem)

    async def _finish(
        self,
        order: Order,
        status: OrderStatus,
        *,
        outcome: Outcome | None = None,
        problem: ProblemDocument | None = None,
    ) -> None:
        spent = NO_MONEY
        if outcome is not None:
            spent = MicroUSD(outcome.cost + outcome.verification_cost)
        await _settled(self._store(order, status, outcome, problem, spent))

    async def _store(
        self,
        order: Order,
        status: OrderStatus,
        outcome: Outcome | None,
        problem: ProblemDocument | None,
        spent: MicroUSD,
    ) -> None:
        await _until_stored(self._follower.leave)(order.id)
        if outcome is None:
            spent = await _until_stored(self._follower.spent)(order.id)
        charged = await _until_stored(self._orders.finish)(
            order, status, outcome=outcome, problem=problem, spent=spent
        )
        self._events.signal(order.id)
        if charged is not None:
            log.info("order %s is finished: %s", order.id, status)
            self._on_finished(status, spent, charged)


async def _prove(order: Order, market: Marketplace, job: ProofJob) -> Outcome:
    return await market.prove(order.theorem, job)


def _problem(order: Order, kind: Kind, detail: str) -> ProblemDocument:
    return document_of(kind, detail, f"/v1/proofs/{order.id}")


async def _settled(work: Coroutine[Any, Any, T]) -> T:
    """Does all of `work`, also when this is cancelled meanwhile."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
