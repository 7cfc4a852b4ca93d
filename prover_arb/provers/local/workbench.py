"""Proof states that are named by the tactics that lead to them, and a record of all steps.

A search is a function of what Lean answered so far. So the record alone says where it stands: with
the same answers it comes to the same place, without Lean, and a proof state that it works on there
is made again by its tactics.
"""

from __future__ import annotations

import hashlib
import time

from pydantic import Field

from prover_arb.core.theorem import Theorem, Value
from prover_arb.provers.local.resume_point import Progress, changed_state
from prover_arb.provers.local.session import BudgetExhausted, Session, silent

_INSTANCE = "inst✝"
MOST_TEXT = 4_000
"""Longer goals are not worked on."""


class Outcome(Value):
    """What one tactic did."""

    goals: tuple[str, ...] | None = None
    """The goals that are left; None if it failed."""
    exhausted: bool = False
    """Whether it failed because its heartbeats were used up, so that more may help."""


class SearchPoint(Progress):
    """How far a search came."""

    outcomes: tuple[Outcome, ...] = Field(max_length=100_000)
    """What the tactics did, in order."""
    tactics_sha256: str
    """The hash of those tactics, and of where they were tried."""


class Workbench:
    """Runs tactics on the proof states of one theorem, or reads from the record what they did."""

    def __init__(
        self,
        session: Session,
        prover: str,
        theorem: Theorem,
        start: SearchPoint | None = None,
        *,
        stop_us: int | None = None,
    ) -> None:
        """Begins with the record of an earlier slice; no step begins after `stop_us`."""
        self._session = session
        self._prover = prover
        self._theorem = theorem
        self._start = start
        self._stop_us = stop_us
        self._states: dict[tuple[str, ...], int] = {}
        self._hash = hashlib.sha256()
        self._place = 0
        self._fresh = 0
        self._thinking_since = time.thread_time_ns()
        self.outcomes: list[Outcome] = [] if start is None else list(start.outcomes)

    @property
    def tactics_sha256(self) -> str:
        """The hash of all tactics so far."""
        start = self._start
        if start is not None and self._place < len(start.outcomes):
            return start.tactics_sha256
        return self._hash.hexdigest()

    async def run(self, path: tuple[str, ...], tactic: str, heartbeats: int) -> Outcome:
        """Returns what a tactic does to the state that the tactics of `path` lead to.

        What the search computed since the last answer is billed as Lean's work is.

        Raises:
            BudgetExhausted: the slice or the session ends.
            ProverLostState: the search is another than the one of the record.
            ProverError, WorkerDied, WorkerTimeout: as `Session.run`.
        """
        self._session.used_us += (time.thread_time_ns() - self._thinking_since) // 1000
        try:
            return await self._answer(path, tactic, heartbeats)
        finally:
            self._thinking_since = time.thread_time_ns()

    async def _answer(self, path: tuple[str, ...], tactic: str, heartbeats: int) -> Outcome:
        asked = "\0".join([*path, "", tactic, str(heartbeats)]).encode()
        if self._place < len(self.outcomes):
            self._note(asked)
            self._require_same_tactics()
            return self.outcomes[self._place - 1]
        session = self._session
        if self._fresh and self._stop_us is not None and session.used_us >= self._stop_us:
            raise BudgetExhausted
        state = await self._state(path)
        outcome = Outcome()
        if state is not None:
            (step,) = await session.run(state, [silent(tactic)], heartbeats=heartbeats)
            if session.cut:
                raise BudgetExhausted
            if step.ok:
                goals = tuple(_without_instances(g) for g in step.goals)
                if step.state is not None:
                    self._states[*path, tactic] = step.state
                if all(len(g) <= MOST_TEXT for g in goals):
                    outcome = Outcome(goals=goals)
            else:
                outcome = Outcome(exhausted=step.heartbeats >= heartbeats)
        self._note(asked)
        self._fresh += 1
        self.outcomes.append(outcome)
        return outcome

    def _require_same_tactics(self) -> None:
        start = self._start
        if start is None or self._place != len(start.outcomes):
            return
        if self._hash.hexdigest() != start.tactics_sha256:
            raise changed_state(self._prover, self._theorem, "tactics")

    def _note(self, asked: bytes) -> None:
        self._place += 1
        self._hash.update(hashlib.sha256(asked).digest())

    async def _state(self, path: tuple[str, ...]) -> int | None:
        """Returns the state of the path in this process; None if it cannot be made again."""
        if path in self._states:
            return self._states[path]
        session = self._session
        if not path:
            state = (await session.open()).state
        else:
            root = await self._state(())
            if root is None:
                return None
            (step,) = await session.run(root, ["\n".join(path)])
            if session.cut:
                raise BudgetExhausted
            state = step.state
        if state is not None:
            self._states[path] = state
        return state


def _without_instances(goal: str) -> str:
    return "\n".join(line for line in goal.split("\n") if not line.startswith(_INSTANCE))
