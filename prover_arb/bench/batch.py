"""A benchmark whose theorems share one budget, or stop together at a solve rate.

For each theorem the policy first says what a proof would have to be worth for the next attempt;
then the allocator lets the best theorems continue, a few at a time. What was spent, and on what, is
in the ledger, so a batch is resumed like any run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prover_arb.bench.result_rows import Row
from prover_arb.bench.run_config import RunConfig
from prover_arb.core.stopwatch import Stages
from prover_arb.problems import Problem
from prover_arb.scheduler.planning.allocator import Allocator, Grant

if TYPE_CHECKING:
    from prover_arb.core.outcome import Outcome
    from prover_arb.runtime import Marketplace

SOLD_OUT = "every prover has sold all attempts that it sells"


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """A group of tasks: the first failure cancels the others, and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


Finish = Callable[[Problem, "Outcome", float], None]
"""Writes a theorem's row: its outcome, and when it was begun, in seconds since 1970."""


@dataclass
class _OpenTheorem:
    """A theorem for which more may be bought."""

    problem: Problem
    outcome: Outcome
    started: float

    @property
    def spent(self) -> int:
        return self.outcome.cost + self.outcome.verification_cost

    def add(self, outcome: Outcome) -> None:
        """Adds a further call's outcome; the ledger adds up purchases, but not times."""
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
    """Runs one policy on all theorems under `config.batch_budget` and `config.target_rate`."""

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
        # A theorem of a batch has one attempt at a time, and the batch's budget is the only limit;
        # runs that were begun by earlier versions may have recorded others.
        self._job = config.job(policy).model_copy(update={"max_parallel": 1, "run_budget": None})
        self._workers = workers
        self._finish = finish
        self._open: dict[str, _OpenTheorem] = {}

    async def run(self, missing: Sequence[Problem], rows: Iterable[Row]) -> None:
        """Buys for the theorems without a row; `rows` are those of earlier programs.

        Raises:
            ProverArbError: the market failed, or the policy has no index.
        """
        finished = list(rows)
        allocator = Allocator(
            money=self._config.batch_budget,
            target=self._config.target(len(missing) + len(finished)),
            at_once=self._workers,
        )
        for row in finished:
            allocator.enter(row.theorem, None, spent=row.total, proved=row.solved)
        for start in range(0, len(missing), self._workers):
            chunk = missing[start : start + self._workers]
            async with together() as group:
                tasks = [group.create_task(self._ask_for_offer(problem)) for problem in chunk]
            for problem, task in zip(chunk, tasks, strict=True):
                open_theorem = _OpenTheorem(problem, task.result(), time.time())
                self._open[problem.name] = open_theorem
                proved = open_theorem.outcome.status == "proved"
                allocator.enter(
                    problem.name,
                    open_theorem.outcome.offer,
                    spent=open_theorem.spent,
                    proved=proved,
                )
                self._close_if_done(open_theorem)
        await self._buy(allocator)
        for open_theorem in list(self._open.values()):
            ended = open_theorem.outcome.model_copy(update={"why_stopped": allocator.why_over})
            self._finish(open_theorem.problem, ended, open_theorem.started)

    async def _ask_for_offer(self, problem: Problem) -> Outcome:
        """Returns what was bought for a theorem so far, and the policy's offer; buys nothing."""
        return await self._prove(problem, budget=self._config.budget, value=0)

    async def _buy(self, allocator: Allocator) -> None:
        async with together() as group:
            running: set[asyncio.Task[tuple[Grant, Outcome]]] = set()
            while True:
                while (grant := allocator.grant()) is not None:
                    running.add(group.create_task(self._continue(grant)))
                if not running:
                    return
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    self._record(allocator, *task.result())

    async def _continue(self, grant: Grant) -> tuple[Grant, Outcome]:
        open_theorem = self._open[grant.theorem]
        budget = min(self._config.budget, open_theorem.spent + grant.allotment)
        return grant, await self._prove(open_theorem.problem, budget=budget, value=grant.value)

    def _record(self, allocator: Allocator, grant: Grant, outcome: Outcome) -> None:
        open_theorem = self._open[grant.theorem]
        spent, tried = open_theorem.spent, len(open_theorem.outcome.purchases)
        open_theorem.add(outcome)
        allocator.back(
            grant.theorem,
            outcome.offer,
            spent=open_theorem.spent - spent,
            proved=outcome.status == "proved",
            tried=len(outcome.purchases) > tried,
        )
        self._close_if_done(open_theorem)

    def _close_if_done(self, open_theorem: _OpenTheorem) -> None:
        outcome = open_theorem.outcome
        if outcome.open:
            if outcome.offer is not None:
                return
            outcome = outcome.model_copy(update={"why_stopped": SOLD_OUT})
        del self._open[open_theorem.problem.name]
        self._finish(open_theorem.problem, outcome, open_theorem.started)

    async def _prove(self, problem: Problem, *, budget: int, value: int) -> Outcome:
        return await self._market.prove(
            problem.theorem,
            self._job.model_copy(update={"budget": budget, "value": value}),
        )
