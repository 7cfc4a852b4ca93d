"""The prover `search`: best-first search over proof states.

The cheapest state is taken first, and a few tactics are tried on it; then it goes back into the
queue at a higher cost, so that other states get their turn. A state's tactics are closers, steps
that lead to new states, scripts of the portfolio's templates, scripts that only the search knows
(repertoire/), and what the shipped student would draw. Each is tried with few heartbeats first; one
that used them up is tried again with all of them when the state has nothing else left. A search
with nothing left to try ends early.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from textwrap import indent

from prover_arb.core.theorem import Theorem
from prover_arb.provers.local.drawn import drawn_for
from prover_arb.provers.local.goal import Goal, parse_goal
from prover_arb.provers.local.moves import moves, unfolded
from prover_arb.provers.local.opening import unwrap
from prover_arb.provers.local.repertoire import computed_for, guessed_for
from prover_arb.provers.local.resume_point import read_resume, resume_text
from prover_arb.provers.local.session import Session
from prover_arb.provers.local.sliced_prover import SlicedProver, Trial
from prover_arb.provers.local.templates import computed, fixed, scripts_for
from prover_arb.provers.local.templates.functions import formula_lines
from prover_arb.provers.local.workbench import SearchPoint, Workbench

FEW = 1_500
"""Heartbeats of a first try; three quarters of what closes a goal at all need less."""
ALL = 1_000_000_000
"""As many heartbeats as the catalog allows."""
CHUNK = 4
"""How many tactics are tried on a state before other states get a turn."""
MAX_STATES = 150
_MOST_UNWRAPPED = 10
_CHILD_SCRIPTS = 24
"""How many scripts are tried on a state that a step led to."""


@dataclass
class Node:
    """A proof state: the tactics that lead to it, its goals, and what is to be tried on it."""

    path: tuple[str, ...]
    goals: tuple[str, ...]
    depth: int
    plan: Iterator[str] = field(default_factory=lambda: iter(()))
    heartbeats: int = FEW
    effort: float = 0
    exhausted: list[str] = field(default_factory=list)

    @property
    def cost(self) -> float:
        """The order of the queue: the depth, the goals left, their size, and the work done."""
        size = sum(min(len(g), 600) for g in self.goals) / 80
        return 10 * self.depth + 3 * len(self.goals) + size + self.effort

    @property
    def goal(self) -> Goal:
        return parse_goal(self.goals[0])


class SearchProver(SlicedProver):
    """Best-first search; what most often closes a theorem is tried first."""

    async def search(self, session: Session) -> str | None:
        theorem = session.theorem
        return await _Search(Workbench(session, self.name, theorem), session.closed).run()

    def trial(self, theorem: Theorem, resume: str) -> Trial:
        """Begins where the record in the text ends; raises as `SlicedProver.trial`."""
        start = None
        if resume:
            start = read_resume(resume, SearchPoint, prover=self.name, theorem=theorem)
        return _SearchTrial(self.name, theorem, start)


class _SearchTrial:
    """The part of a search that one slice makes."""

    def __init__(self, prover: str, theorem: Theorem, start: SearchPoint | None) -> None:
        self._prover = prover
        self._theorem = theorem
        self._start = start
        self._bench: Workbench | None = None
        self.used_us = 0 if start is None else start.used_us
        self.stop_us = 0
        self.unfinished = True

    async def search(self, session: Session) -> str | None:
        """Goes on with the search; raises BudgetExhausted where the slice ends."""
        self._bench = Workbench(
            session, self._prover, self._theorem, self._start, stop_us=self.stop_us
        )
        script = await _Search(self._bench, session.closed).run()
        self.unfinished = False
        return script

    def resume(self, used_us: int) -> str:
        """Returns where the next slice goes on, after `used_us` of all slices so far."""
        bench = self._bench
        return resume_text(
            SearchPoint(
                prover=self._prover,
                theorem=self._theorem.digest,
                used_us=used_us,
                outcomes=() if bench is None else tuple(bench.outcomes),
                tactics_sha256="" if bench is None else bench.tactics_sha256,
            )
        )


class _Search:
    """One search; with the same answers of Lean it takes the same steps."""

    def __init__(self, bench: Workbench, closed: bool) -> None:
        self._bench = bench
        self._closed = closed
        self._numbers = count()
        self._queue: list[tuple[float, int, Node]] = []
        self._seen: set[tuple[str, ...]] = set()

    async def run(self) -> str | None:
        root = await self._opened()
        if root is None:
            return None
        root.plan = self._first_plan(root)
        self._push(root)
        while self._queue:
            _, _, node = heapq.heappop(self._queue)
            script = await self._work(node)
            if script is not None:
                return script
        return None

    async def _opened(self) -> Node | None:
        """Returns the theorem's state with its quantifiers introduced."""
        start = await self._bench.run((), "skip", ALL)
        if not start.goals:
            return None
        node = Node((), start.goals, 0)
        for number in range(_MOST_UNWRAPPED):
            tactic = unwrap(node.goal, number)
            if tactic is None:
                break
            after = await self._bench.run(node.path, tactic, ALL)
            if not after.goals:
                break
            node = Node((*node.path, tactic), after.goals, 0)
        return node

    async def _work(self, node: Node) -> str | None:
        """Tries a few tactics on a state; returns a script if one proves the theorem."""
        tactics = list(islice(node.plan, CHUNK))
        for planned in tactics:
            mark, tactic = planned[:1], planned.lstrip(_MARKS)
            focused = tactic
            if len(node.goals) > 1 and mark != _STEP:
                focused = "· " + indent(tactic, "  ").lstrip()
            heartbeats = ALL if mark == _SURE else node.heartbeats
            outcome = await self._bench.run(node.path, focused, heartbeats)
            if outcome.goals == ():
                return "\n".join([*node.path, focused])
            node.effort += (0.4 if node.depth == 0 else 3) * (1 if heartbeats == FEW else 6)
            if outcome.exhausted and heartbeats == FEW:
                node.exhausted.append(planned)
            if outcome.goals:
                closed = len(outcome.goals) < len(node.goals)
                self._reach((*node.path, focused), outcome.goals, node.depth + (not closed))
                if closed:
                    return None  # the states after it go on
        if len(tactics) == CHUNK:
            self._push(node)
        elif node.exhausted and node.heartbeats == FEW:
            node.heartbeats, node.plan = ALL, iter(node.exhausted)
            self._push(node)
        return None

    def _reach(self, path: tuple[str, ...], goals: tuple[str, ...], depth: int) -> None:
        if goals in self._seen or len(self._seen) >= MAX_STATES:
            return
        self._seen.add(goals)
        node = Node(path, goals, depth)
        node.plan = _later_plan(node)
        self._push(node)

    def _push(self, node: Node) -> None:
        heapq.heappush(self._queue, (node.cost, next(self._numbers), node))

    def _first_plan(self, node: Node) -> Iterator[str]:
        """Yields what is tried on the theorem itself."""
        goal = node.goal
        # `grind` on the integer part of a real number ends the embedded Lean's process.
        yield from computed.constant_floors(goal)
        yield from fixed.first(closed=self._closed)
        yield from (_SURE + script for script in computed_for(goal))
        if lines := formula_lines(goal):
            yield _STEP + "\n".join([*lines, "try dsimp only at *"])
        scripts = _by_turns(scripts_for(goal), guessed_for(goal), drawn_for(goal))
        yield from islice(scripts, 12)
        yield from (_STEP + move for move in moves(goal, depth=len(node.path)))
        yield from scripts


_STEP, _SURE = _MARKS = "\x01\x02"
"""The first marks a tactic that is meant to lead to new states and is tried on all goals as they
are; the second marks a tactic that may use all heartbeats at once."""
_CLOSERS = ("omega", "grind", "simp_all; done")


def _later_plan(node: Node) -> Iterator[str]:
    """Yields what is tried on a state that a step led to."""
    goal = node.goal
    safe = unfolded(goal, len(node.path) + 20)
    if safe is not None:
        yield _STEP + safe
        return
    yield from _CLOSERS
    yield from (_SURE + script for script in computed_for(goal))
    scripts = _by_turns(guessed_for(goal), scripts_for(goal), drawn_for(goal))
    yield from islice(scripts, CHUNK + 1)
    yield from (_STEP + move for move in moves(goal, depth=len(node.path)))
    yield from islice(scripts, _CHILD_SCRIPTS)


def _by_turns(*lists: Iterator[str]) -> Iterator[str]:
    """Yields from each in turn as long as it has more, and nothing twice."""
    seen: dict[str, None] = {}
    waiting = list(lists)
    while waiting:
        for scripts in list(waiting):
            script = next(scripts, None)
            if script is None:
                waiting.remove(scripts)
            elif script not in seen:
                seen[script] = None
                yield script
