"""Keeps a market open in the background, and knows whether Lean judges on it now."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import NOT_READY
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity
from prover_arb.errors import OracleError, ProverArbError
from prover_arb.runtime.marketplace import Marketplace

log = logging.getLogger(__name__)

REOPEN_SECONDS = 15.0
"""How long after it was opened a market that failed is opened again at the earliest."""

WATCH_SECONDS = 1.0
"""How often an open market is asked whether it is still there."""

FRESH_SECONDS = 2.0
"""A verdict so recent shows that Lean judges."""

PROBE_SECONDS = 5.0
"""How long Lean may take over the probe."""

MarketFactory = Callable[[], AbstractAsyncContextManager[Marketplace]]
"""Opens the market that orders are bought on."""

_PROBE = Candidate(kind="tactics", text="exact True.intro")


class MarketKeeper:
    """Opens a market again and again, and does work on it while it is open."""

    def __init__(
        self, open_market: MarketFactory, *, profile: str, reopen_seconds: float = REOPEN_SECONDS
    ) -> None:
        self._open_market = open_market
        self._reopen_seconds = reopen_seconds
        self.theorem = Theorem.model_validate(
            {"name": "ready", "statement": ": True", "profile": profile}
        )
        """A theorem that is nobody's: for the probe, and to ask for prices."""
        self._market: Marketplace | None = None
        self._identity: ToolchainIdentity | None = None
        self._trouble = "Lean is starting"
        self._judged_at = -FRESH_SECONDS
        self._customer = ""
        self._probing = asyncio.Lock()

    async def run(self, work: Callable[[Marketplace], Coroutine[Any, Any, None]]) -> None:
        """Runs `work` on a market until this is cancelled; one that fails is opened again."""
        while True:
            again_at = time.monotonic() + self._reopen_seconds
            try:
                async with self._open_market() as market:
                    self._identity = _of_a_kernel(await market.identity())
                    self._market = market
                    await _first_of(work(market), _watch(market))
            except ProverArbError as error:
                self._trouble = str(error)
                log.error("the market is not open: %s", error)
            except Exception:  # whatever nobody foresaw, the market must open again
                self._trouble = "a defect of the service; its log says more"
                log.exception("the market is not open")
            finally:
                self._market = None
            await asyncio.sleep(again_at - time.monotonic())

    @property
    def market(self) -> Marketplace:
        """The open market.

        Raises:
            Problem: it is not open yet, or not any more.
        """
        if self._market is None:
            raise Problem(NOT_READY, f"The oracle is not ready yet: {self._trouble}")
        return self._market

    def judged(self, customer: str) -> None:
        """Notes that Lean has just given a verdict to a customer."""
        self._judged_at = time.monotonic()
        self._customer = customer

    async def judging(self) -> ToolchainIdentity:
        """Returns which Lean judges now.

        Raises:
            Problem: none does: the market is not open, or no verdict comes.
        """
        async with self._probing:
            market = self.market
            assert self._identity is not None
            if time.monotonic() - self._judged_at > FRESH_SECONDS:
                await self._probe(market)
            return self._identity

    async def _probe(self, market: Marketplace) -> None:
        limits = Limits(wall_ms=int(PROBE_SECONDS * 1000))
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                # In the name of the customer served last, for a change of customers costs a
                # process; the probe holds no text of anybody.
                verdict = await market.verify(self.theorem, _PROBE, limits, customer=self._customer)
        except TimeoutError:
            why = f"no verdict within {PROBE_SECONDS:.0f} s"
            raise Problem(NOT_READY, f"The oracle does not judge: {why}") from None
        except ProverArbError as error:
            raise Problem(NOT_READY, f"The oracle does not judge: {error}") from None
        if verdict.status == "void":
            raise Problem(NOT_READY, f"The oracle does not judge: {verdict.detail}")
        self.judged(self._customer)


async def _watch(market: Marketplace) -> None:
    """Watches a market that may have no work to do when it breaks; raises RunError then."""
    while True:
        await market.status()
        await asyncio.sleep(WATCH_SECONDS)


async def _first_of(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Runs all of them until one ends or fails, and raises what that one raised."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _of_a_kernel(identity: ToolchainIdentity) -> ToolchainIdentity:
    """Raises OracleError for a market on which no kernel judges, because it proves nothing."""
    if identity.is_replay:
        raise OracleError("a replay of recorded attempts proves nothing and is not served")
    return identity
