"""A benchmark whose theorems share one budget, or stop together at a solve rate.

Theorems are asked first what a proof would have to be worth for their next attempt, then the
allocator lets the best of them go on, a few at a time. What was spent, and on what, is found in the
ledger, so a batch is gone on with like any run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prover_arb.bench.rows import Row
from prover_arb.bench.runs import RunConfig
from prover_arb.core.stopwatch import Stages
from prover_arb.problems import Problem
from prover_arb.scheduler.planning.allocator import Allocator, Grant

if TYPE_CHECKING:
    from prover_arb.core.outcome import Outcome
    from prover_arb.runtime import Marketplace

SOLD_OUT = "every seller has sold all attempts it sells"


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """Tasks that end together: the first failure cancels the others, and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


Finish = Callable[[Problem, "Outcome", float], None]
"""Writes a theorem's row: what came of it, and when it was begun, in seconds since 1970."""


@dataclass
class _Held:
    """A theorem that is not finished."""

    problem: Problem
    outcome: Outcome
    started: float

    @property
    def spent(self) -> int:
        return self.outcome.cost + self.outcome.verification_cost

    def went_on(self, outcome: Outcome) -> None:
        """Take over what a further call found; purchases add up in the ledger, times do not."""
        before = self.outcome.stages
        stages = {
            name: getattr(before, name) + spent
            for name, spent in outcome.stages.model_dump().items()
        }
        self.outcome = outcome.model_copy(
            update={
                "wall_ms": self.outcome.wall_ms + outcome.wall_ms,
                "stages": Stages(**stages),
            }
        )


class Batch:
    """One policy on all theorems of a run, under `config.batch_budget` and `config.target_rate`."""

    def __init__(
        self,
        market: Marketplace,
        config: RunConfig,
        *,
        policy: str,
        workers: int,
        finish: Finish,
    ) -> None:
        self._market = market
        self._config = config
        # Theorems of a batch are bought for one attempt at a time, and share the batch's budget.
        self._job = config.job(policy).model_copy(update={"max_parallel": 1, "run_budget": None})
        self._workers = workers
        self._finish = finish
        self._open: dict[str, _Held] = {}

    async def run(self, missing: Sequence[Problem], rows: Iterable[Row]) -> None:
        """Buy for the theorems without a row; `rows` are those of earlier programs.

        Raises:
            ProverArbError: the market failed, or the policy has no index.
        """
        finished = list(rows)
        allocator = Allocator(
            money=self._config.batch_budget,
            target=self._config.wanted(len(missing) + len(finished)),
            at_once=self._workers,
        )
        for row in finished:
            allocator.enter(row.theorem, None, spent=row.total, proved=row.solved)
        for start in range(0, len(missing), self._workers):
            some = missing[start : start + self._workers]
            async with together() as group:
                tasks = [group.create_task(self._ask(problem)) for problem in some]
            for problem, task in zip(some, tasks, strict=True):
                held = _Held(problem, task.result(), time.time())
                self._open[problem.name] = held
                proved = held.outcome.status == "proved"
                allocator.enter(problem.name, held.outcome.offer, spent=held.spent, proved=proved)
                self._close_if_done(held)
        await self._buy(allocator)
        for held in list(self._open.values()):
            ended = held.outcome.model_copy(update={"why_stopped": allocator.why_over})
            self._finish(held.problem, ended, held.started)

    async def _ask(self, problem: Problem) -> Outcome:
        """What was bought of it so far and what it asks for; buys nothing."""
        return await self._prove(problem, budget=self._config.budget, value=0)

    async def _buy(self, allocator: Allocator) -> None:
        async with together() as group:
            running: set[asyncio.Task[tuple[Grant, Outcome]]] = set()
            while True:
                while (grant := allocator.grant()) is not None:
                    running.add(group.create_task(self._go_on(grant)))
                if not running:
                    return
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    self._back(allocator, *task.result())

    async def _go_on(self, grant: Grant) -> tuple[Grant, Outcome]:
        held = self._open[grant.theorem]
        budget = min(self._config.budget, held.spent + grant.allotment)
        return grant, await self._prove(held.problem, budget=budget, value=grant.value)

    def _back(self, allocator: Allocator, grant: Grant, outcome: Outcome) -> None:
        held = self._open[grant.theorem]
        spent, tried = held.spent, len(held.outcome.purchases)
        held.went_on(outcome)
        allocator.back(
            grant.theorem,
            outcome.offer,
            spent=held.spent - spent,
            proved=outcome.status == "proved",
            tried=len(outcome.purchases) > tried,
        )
        self._close_if_done(held)

    def _close_if_done(self, held: _Held) -> None:
        outcome = held.outcome
        if outcome.open:
            if outcome.offer is not None:
                return
            outcome = outcome.model_copy(update={"why_stopped": SOLD_OUT})
        del self._open[held.problem.name]
        self._finish(held.problem, outcome, held.started)

    async def _prove(self, problem: Problem, *, budget: int, value: int) -> Outcome:
        return await self._market.prove(
            problem.theorem,
            self._job.model_copy(update={"budget": budget, "value": value}),
        )
