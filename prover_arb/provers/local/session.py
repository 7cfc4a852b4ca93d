"""The base of provers that work in Lean: one Lean process, a meter, and an invoice at the end.

What a session used before something went wrong is invoiced, and so is what it used before it was
cancelled, except for the last request.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from textwrap import indent

from prover_arb.core.purchases import Attempt, AttemptCancelled, Bid, Quote, SalesRecord
from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import ProverError, WorkerDied, WorkerTimeout
from prover_arb.oracle.lean_pool import Leases
from prover_arb.oracle.verification import theorem_fields
from prover_arb.oracle.worker import LeanWorker
from prover_arb.provers.prover_config import ProverConfig

_CPU_SLACK_MS = 2_000
"""How far the Lean process may run beyond the limit before it is ended; it is not billed. Lean ends
most scripts itself, by their heartbeats, but a kernel's work has none."""
_WALL_PER_CPU = 20
_WALL_SLACK_MS = 30_000
"""Only a process that hangs is ended by wall-clock time: processors are shared, so what else the
machine does must not decide."""
_CLOSE_MS = 2_000
_HEARTBEATS_PER_CPU_SECOND = 10_000
"""As measured; it keeps one step from running far beyond what is left to spend."""


class BudgetExhausted(Exception):
    """The processor time that the budget pays for is used up; a search usually ends like this."""


@dataclass(frozen=True)
class Step:
    """The result of one tactic."""

    ok: bool
    state: int | None
    """The new state; None if the tactic failed or left no goals."""
    goals: tuple[str, ...]
    """The goals as Lean prints them; empty if it solved the goal or failed."""
    heartbeats: int = 0
    """What it used."""

    @property
    def solved(self) -> bool:
        return self.ok and not self.goals


class Session:
    """Runs scripts and tactics on one theorem within `cpu_us` microseconds of processor time."""

    def __init__(
        self,
        worker: LeanWorker,
        theorem: Theorem,
        *,
        cpu_us: int,
        heartbeats: int,
        guard_us: int | None = None,
    ) -> None:
        """Begins with nothing used; a process that uses much more than `guard_us` is ended.

        That is the limit itself if it is not given.
        """
        self._worker = worker
        self._heartbeats = heartbeats
        self._limit_us = cpu_us
        self._guard_us = cpu_us if guard_us is None else guard_us
        self.theorem = theorem
        self._theorem = theorem_fields(theorem)
        self._opened = False
        self.used_us = 0
        self.cut = False
        """Whether the last script was stopped by the limit of the session, not by its own."""

    @property
    def closed(self) -> bool:
        """Whether the statement has no variables before its colon."""
        return self._theorem["statement"].lstrip().startswith(":")

    @property
    def left_us(self) -> int:
        """Microseconds of processor time that may still be used."""
        return max(0, self._limit_us - self.used_us)

    async def closes(self, script: str) -> bool:
        """Returns whether a tactic script proves the theorem.

        Raises:
            BudgetExhausted: nothing is left to spend.
            ProverError: the statement does not elaborate.
            WorkerDied, WorkerTimeout: as LeanWorker.request.
        """
        op: dict[str, object] = {
            "op": "try",
            "theorem": self._theorem,
            "scripts": [guarded(script)],
        }
        data = await self._ask(op)
        solved, allowed = data.get("solved") == 0, op["heartbeats"]
        assert isinstance(allowed, int)
        self.cut = not solved and _heartbeats_used(data) >= allowed < self._heartbeats
        return solved

    async def open(self) -> Step:
        """Returns the theorem's first proof state; raises as `closes`."""
        self._opened = True
        data = await self._ask({"op": "open", "theorem": self._theorem})
        return _step({**data, "ok": True})

    async def run(
        self, state: int, tactics: Sequence[str], *, heartbeats: int | None = None
    ) -> list[Step]:
        """Runs each tactic on its own from `state`, up to the first that solves the goal.

        Each may use `heartbeats`, or what the session allows. It raises the same errors as
        `closes`.
        """
        wanted = self._heartbeats if heartbeats is None else min(heartbeats, self._heartbeats)
        op: dict[str, object] = {"op": "tactic", "state": state, "tactics": list(tactics)}
        data = await self._ask(op, wanted)
        results = data.get("results")
        steps = [_step(r) for r in results] if isinstance(results, list) else []
        allowed = op["heartbeats"]
        assert isinstance(allowed, int)
        self.cut = any(not s.ok and s.heartbeats >= allowed < wanted for s in steps)
        return steps

    async def forget(self) -> None:
        """Drops every proof state, so that the process can be used for something else."""
        if self._opened and self._worker.usable:
            with contextlib.suppress(WorkerDied, WorkerTimeout):  # then the states are gone too
                await self._worker.request({"op": "close"}, wall_ms=_CLOSE_MS)

    async def _ask(self, op: dict[str, object], heartbeats: int | None = None) -> dict[str, object]:
        if self.left_us <= 0:
            raise BudgetExhausted
        cpu_ms = max(0, self._guard_us - self.used_us) // 1000 + _CPU_SLACK_MS
        wall_ms = cpu_ms * _WALL_PER_CPU + _WALL_SLACK_MS
        affordable = self.left_us * _HEARTBEATS_PER_CPU_SECOND // 1_000_000
        op["heartbeats"] = max(1, min(heartbeats or self._heartbeats, affordable))
        try:
            reply = await self._worker.request(op, wall_ms=wall_ms, cpu_ms=cpu_ms)
        except (WorkerDied, WorkerTimeout) as error:
            self.used_us += error.cpu_us
            raise
        self.used_us += reply.cpu_us
        if reply.data.get("status") != "ok":
            detail = reply.data.get("detail") or reply.data.get("status")
            raise ProverError(f"Lean refused the request: {detail}")
        return reply.data


class LeanProver(ABC):
    """A prover that works in Lean and is billed by processor time.

    A subclass has one method, `search`. Example: `SearchProver` in search.py.
    """

    def __init__(self, name: str, entry: ProverConfig, pool: Leases) -> None:
        self.name = name
        self.max_attempts = entry.max_attempts
        self._entry = entry
        self._pool = pool

    @abstractmethod
    async def search(self, session: Session) -> str | None:
        """Returns a tactic script that closes the theorem, or None.

        The same theorem must give the same script, whatever the number and the seed; two machines
        may differ only in how far the processor time reaches.
        """

    def quote(self, theorem: Theorem) -> Quote:
        """Returns the same worst case for every theorem."""
        return Quote(prover=self.name, worst_case=self._entry.worst_case)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        """Returns the same bid for every theorem, from its record."""
        return self._entry.bid(self.name, record)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Searches for as long as `budget` micro-dollars pay for, and makes the invoice.

        Raises:
            ProverError: the statement does not elaborate.
            OracleError: no Lean process could be started.
            AttemptCancelled: cancelled after Lean had given answers; the invoice is for those.
        """
        return await self._sell(theorem, self._entry.affordable_cpu_us(budget), self.search)

    async def _sell(
        self,
        theorem: Theorem,
        limit_us: int,
        search: Callable[[Session], Awaitable[str | None]],
        *,
        guard_us: int | None = None,
    ) -> Attempt:
        """Runs `search` in a session of `limit_us` microseconds, and makes the invoice."""
        if limit_us <= 0:
            failure = "the budget buys no work"
            return Attempt(prover=self.name, candidate=None, cost=0, failure=failure, cut=True)
        started = time.monotonic()
        script, failure, cancelled, cut = None, "nothing found", False, False
        async with self._pool.lease() as worker:
            session = Session(
                worker,
                theorem,
                cpu_us=limit_us,
                heartbeats=self._entry.limits.heartbeats,
                guard_us=guard_us,
            )
            try:
                script = await search(session)
            except BudgetExhausted:
                cut, failure = True, "the processor time is used up"
            except (WorkerDied, WorkerTimeout) as error:
                failure = f"the Lean process was lost: {error}"
            except asyncio.CancelledError:
                if session.used_us == 0:
                    raise
                cancelled, failure = True, "cancelled"
            finally:
                await session.forget()
        attempt = Attempt(
            prover=self.name,
            candidate=None if script is None else Candidate(kind="tactics", text=script),
            cost=self._entry.charge(min(session.used_us, limit_us)),
            cpu_us=session.used_us,
            wall_ms=round((time.monotonic() - started) * 1000),
            failure=failure if script is None else "",
            cut=cut,
        )
        if cancelled:
            raise AttemptCancelled(attempt)
        return attempt


def guarded(script: str) -> str:
    """Returns a script that fails silently, because Lean spends half its time on messages."""
    return f"first\n  | (\n{indent(script, '    ')})\n  | skip"


def silent(tactic: str) -> str:
    """Returns a tactic whose failure has a short message."""
    return f"first\n  | (\n{indent(tactic, '    ')})\n  | fail"


def _heartbeats_used(data: dict[str, object]) -> int:
    """Returns the heartbeats of the one script that was tried; 0 if Lean does not say."""
    tried = data.get("tried")
    first = tried[0] if isinstance(tried, list) and tried else None
    return _number(first.get("heartbeats")) if isinstance(first, dict) else 0


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _step(data: object) -> Step:
    fields = data if isinstance(data, dict) else {}
    state, goals = fields.get("state"), fields.get("goals")
    return Step(
        ok=fields.get("ok") is True,
        state=state if isinstance(state, int) else None,
        goals=tuple(str(g) for g in goals) if isinstance(goals, list) else (),
        heartbeats=_number(fields.get("heartbeats")),
    )
