"""Takes orders, and works on them behind the requests; after a restart it resumes them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress

from prover_arb.api.problem_documents import MARKET_FAILED, NOT_READY, Problem, document_of
from prover_arb.api.service.orders import Order, OrderBook
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.logs import log_ids
from prover_arb.core.money import MicroUSD, format_usd
from prover_arb.core.theorem import Profile, Theorem, ToolchainIdentity
from prover_arb.errors import OracleError, ProverArbError, RunError
from prover_arb.problems import refuse_unfounded
from prover_arb.runtime.marketplace import Marketplace

log = logging.getLogger(__name__)

AT_ONCE = 64
"""How many orders are worked on at once; most of them wait for a Lean worker."""

REOPEN_SECONDS = 15.0
"""How long to wait before a market that failed is opened again."""

MarketFactory = Callable[[], AbstractAsyncContextManager[Marketplace]]
"""Opens the market that an order worker buys on."""


class OrderWorker:
    """Works on orders between the requests and the market, which opens in the background."""

    def __init__(
        self,
        open_market: MarketFactory,
        *,
        orders: OrderBook,
        ledger: SqliteLedger,
        profile: Profile,
        policies: RegisteredPolicies,
    ) -> None:
        self.profile = profile
        self.policies = policies
        self.orders = orders
        self.ledger = ledger
        self._open_market = open_market
        self._market: Marketplace | None = None
        self._identity: ToolchainIdentity | None = None
        self._trouble = "Lean is starting"
        self._broken = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._work: dict[str, asyncio.Task[None]] = {}
        self._keeper: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begins to open the market, and returns at once."""
        self._keeper = asyncio.create_task(self._keep_open())

    async def close(self) -> None:
        """Stops working; the next order worker on the same book resumes unfinished orders."""
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        self.orders.close()
        self.ledger.close()

    @property
    def market(self) -> Marketplace:
        """The open market.

        Raises:
            Problem: it is not open yet, or not any more.
        """
        if self._market is None:
            raise Problem(NOT_READY, f"The oracle is not ready yet: {self._trouble}")
        return self._market

    @property
    def identity(self) -> ToolchainIdentity:
        """Which kernel judges; raises the same Problem as `market` if the market is not open."""
        assert self.market
        assert self._identity is not None
        return self._identity

    async def place(
        self, theorem: Theorem, *, policy: str, budget: MicroUSD, seed: int, customer: str = ""
    ) -> Order:
        """Takes an order and begins to work on it.

        Raises:
            PolicyError: no policy is registered under this name, or it needs a prover that the
                market does not have.
            ProblemError: the statement rests on a gap of its preamble.
            Problem: the market is not open.
        """
        refuse_unfounded(theorem)
        await self.market.check_policy(self.policies.text(policy))
        order = self.orders.place(theorem, policy=policy, budget=budget, seed=seed)
        with log_ids(order=order.id, theorem=theorem.name):
            log.info("order %s is placed: %s, %s", order.id, policy, format_usd(budget))
        self._begin(order, customer)
        return order

    async def _keep_open(self) -> None:
        while True:
            try:
                async with self._open_market() as market:
                    self._identity = _of_a_kernel(await market.identity())
                    self._market = market
                    self._broken.clear()
                    await self._until_broken()
            except ProverArbError as error:
                self._trouble = str(error)
                log.error("the market is not open: %s", error)
            finally:
                self._market = None
            await asyncio.sleep(REOPEN_SECONDS)

    async def _until_broken(self) -> None:
        for order in self.orders.unfinished():
            # Keys are not kept, so an order that is taken up again is a customer of its own.
            self._begin(order, order.run)
        try:
            await self._broken.wait()
        finally:
            for task in self._work.values():
                task.cancel()
            await asyncio.gather(*self._work.values(), return_exceptions=True)

    def _begin(self, order: Order, customer: str) -> None:
        with log_ids(order=order.id, run=order.run, theorem=order.theorem.name):
            task = asyncio.create_task(self._fulfil(order, customer), name=order.run)
        self._work[order.id] = task
        task.add_done_callback(lambda _: self._work.pop(order.id, None))

    async def _fulfil(self, order: Order, customer: str) -> None:
        async with self._slots:
            log.info("order %s is worked on", order.id)
            self.orders.mark_running(order)
            try:
                outcome = await self.market.prove(
                    order.theorem,
                    order.job(self.policies.text(order.policy), customer),
                )
            except RunError as error:
                # The order stays unfinished: it goes on when the market is open again.
                self._trouble = str(error)
                self._broken.set()
            except ProverArbError as error:
                log.error("order %s failed: %s", order.id, error)
                where = f"/v1/proofs/{order.id}"
                self.orders.fail(order, document_of(MARKET_FAILED, str(error), where))
            else:
                self.orders.finish(order, outcome)
                log.info("order %s is finished: %s", order.id, outcome.status)


def _of_a_kernel(identity: ToolchainIdentity) -> ToolchainIdentity:
    """Raises OracleError for a market on which no kernel judges, because it proves nothing."""
    if identity.is_replay:
        raise OracleError("a replay of recorded attempts proves nothing and is not served")
    return identity
