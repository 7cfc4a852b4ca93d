"""The benchmark: it runs every policy on every theorem, and can be resumed at any moment.

    problems -> which of them elaborate -> policy by policy, theorem by theorem -> rows -> report

The ledger makes a run resumable: a theorem whose row is missing goes to the broker again, and the
broker finds in the ledger what was already paid for.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from prover_arb.bench.batch import Batch, together
from prover_arb.bench.prepare import PreparedRun
from prover_arb.bench.result_rows import (
    Row,
    Skipped,
    append_row,
    bought,
    read_rows,
    read_skipped,
    write_skipped,
)
from prover_arb.bench.run_config import RunConfig, refuse_other_toolchain
from prover_arb.bench.runs import RunFolder
from prover_arb.core.durable_files import drop_cut_line, write_atomic
from prover_arb.core.theorem import ToolchainIdentity
from prover_arb.errors import WorkerDied, WorkerNotStarted
from prover_arb.problems import Problem
from prover_arb.scheduler.policies.parse import learns

if TYPE_CHECKING:
    from prover_arb.core.outcome import Outcome
    from prover_arb.runtime import Marketplace

T = TypeVar("T")

OpenMarket = Callable[[Path], "AbstractAsyncContextManager[Marketplace]"]
"""Opens the market over the ledger at a path."""


@dataclass
class Watcher:
    """Callbacks for a progress display; the default ones do nothing."""

    inspected: Callable[[int, int], None] = lambda done, of: None
    begun: Callable[[str, int], None] = lambda policy, theorems: None
    added: Callable[[Row], None] = lambda row: None


@dataclass(frozen=True)
class Benchmark:
    """A prepared run at work, in a folder that the caller has locked."""

    prepared: PreparedRun
    open_market: OpenMarket
    workers: int
    watcher: Watcher = field(default_factory=Watcher)

    @property
    def folder(self) -> RunFolder:
        return self.prepared.folder

    @property
    def config(self) -> RunConfig:
        return self.prepared.config

    async def run(self) -> None:
        """Works until every row is there; may be cancelled, and run again.

        Raises:
            RunError: the toolchain is not the one that the run was begun with.
            ProverArbError: the market failed; run again to resume.
        """
        async with self.open_market(self.folder.ledger) as market:
            identity = await market.identity()
            self._hold_to(identity)
            elaborating = await self._elaborating(market)
            drop_cut_line(self.folder.results)
            done = read_rows(self.folder.results)
            buy = partial(self._buy, market, identity)
            wanted: list[tuple[str, Problem]] = []
            for policy in self.config.policies:
                rows = {row.theorem: row for row in done if row.policy == policy}
                self.watcher.begun(policy, len(elaborating))
                for row in rows.values():
                    self.watcher.added(row)
                missing = [problem for problem in elaborating if problem.name not in rows]
                if self.config.batch_budget is None and self.config.target_rate is None:
                    if learns(policy):
                        # What it learns should not depend on when other policies end.
                        await self._for_every(wanted, buy)
                        await self._for_every([(policy, problem) for problem in missing], buy)
                        wanted = []
                    else:
                        wanted += [(policy, problem) for problem in missing]
                    continue
                batch = Batch(
                    market,
                    self.config,
                    policy=policy,
                    workers=self.workers,
                    finish=partial(self._finish, policy, identity),
                )
                await batch.run(missing, rows.values())
            # One queue for all others: no worker waits for the last theorem of a policy.
            await self._for_every(wanted, buy)

    def _hold_to(self, identity: ToolchainIdentity) -> None:
        before = self.config.toolchain
        if before is None:
            self.folder.write_config(self.config.model_copy(update={"toolchain": identity}))
        else:
            refuse_other_toolchain(self.folder.path, before, identity)

    async def _elaborating(self, market: Marketplace) -> list[Problem]:
        """Returns the problems whose statements elaborate; the others go to skipped.jsonl.

        A statement that ends the Lean process which reads it is void, and goes there too.
        """
        if not self.folder.skipped.exists():
            reasons: dict[str, str] = {}
            void: set[str] = set()

            async def inspect(problem: Problem) -> None:
                try:
                    check = await market.inspect(problem.theorem)
                except WorkerNotStarted:
                    raise
                except WorkerDied as error:
                    void.add(problem.name)
                    reasons[problem.name] = f"not judged: {error}"
                else:
                    reasons[problem.name] = "" if check.elaborates else check.reason or "unknown"
                self.watcher.inspected(len(reasons), len(self.prepared.problems))

            await self._for_every(self.prepared.problems, inspect)
            bad = [problem for problem in self.prepared.problems if reasons[problem.name]]
            write_skipped(
                self.folder.skipped,
                (
                    Skipped(
                        theorem=problem.name,
                        title=problem.title,
                        origin=problem.origin,
                        split=problem.split,
                        statement_sha256=problem.theorem.digest,
                        reason=reasons[problem.name],
                        void=problem.name in void,
                    )
                    for problem in bad
                ),
            )
        skipped = {item.theorem for item in read_skipped(self.folder.skipped)}
        return [problem for problem in self.prepared.problems if problem.name not in skipped]

    async def _buy(
        self, market: Marketplace, identity: ToolchainIdentity, wanted: tuple[str, Problem]
    ) -> None:
        policy, problem = wanted
        started = time.time()
        outcome = await market.prove(problem.theorem, self.config.job(policy))
        self._finish(policy, identity, problem, outcome, started)

    def _finish(
        self,
        policy: str,
        identity: ToolchainIdentity,
        problem: Problem,
        outcome: Outcome,
        started: float,
    ) -> None:
        certificate = ""
        if outcome.proof is not None:
            path = self.folder.certificate(policy, outcome.proof.theorem.name)
            write_atomic(path, outcome.proof.model_dump_json(indent=2) + "\n")
            certificate = path.relative_to(self.folder.path).as_posix()
        row = self._row(problem, policy, identity, outcome, started, certificate=certificate)
        append_row(self.folder.results, row)
        self.watcher.added(row)

    def _row(
        self,
        problem: Problem,
        policy: str,
        identity: ToolchainIdentity,
        outcome: Outcome,
        started: float,
        *,
        certificate: str,
    ) -> Row:
        return Row(
            run=self.config.run,
            policy=policy,
            theorem=problem.name,
            title=problem.title,
            split=problem.split,
            source=problem.source,
            difficulty=problem.difficulty,
            category=problem.category,
            origin=problem.origin,
            status=outcome.status,
            why_stopped=outcome.why_stopped,
            cost=outcome.cost,
            verification_cost=outcome.verification_cost,
            wall_ms=outcome.wall_ms,
            stages=outcome.stages,
            started_at=started,
            finished_at=time.time(),
            purchases=tuple(
                bought(purchase, outcome.asking.get(purchase.id)) for purchase in outcome.purchases
            ),
            certificate=certificate,
            budget=self.config.budget,
            seed=self.config.seed,
            profile=problem.theorem.profile,
            statement_sha256=problem.theorem.digest,
            data_sha256=self.config.data_sha256,
            toolchain=identity,
            kernels=outcome.proof.kernels if outcome.proof else (),
            catalog_version=self.config.catalog_version,
            catalog_sha256=self.config.catalog_sha256,
            package_version=self.config.package_version,
        )

    async def _for_every(self, items: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
        """Does `work` on every item, `workers` at a time; the first failure ends all of it."""
        queue: Iterator[T] = iter(items)

        async def work_through() -> None:
            for item in queue:
                await work(item)

        async with together() as group:
            for _ in range(self.workers):
                group.create_task(work_through())
