"""The prover `search`: best-first search over proof states.

The cheapest state is taken first and worked on in stages: quick decision procedures, then moves
that lead to new states, then the portfolio's scripts for its first goal, a few at a time. Between
two stages it goes back into the queue at a higher cost, so that a promising new state gets its
turn.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from textwrap import indent

from prover_arb.provers.local.goal import Goal, parse_goal
from prover_arb.provers.local.moves import moves
from prover_arb.provers.local.opening import unwrapped
from prover_arb.provers.local.session import LeanProver, Session, Step, silent
from prover_arb.provers.local.templates import fixed, scripts_for

CLOSERS = ("omega", "grind")
CHUNK = 4
"""How many scripts are tried on a state before other states get a turn."""
MAX_STATES = 400


@dataclass
class Node:
    """A proof state and the tactics that lead to it from the theorem."""

    state: int
    goals: tuple[str, ...]
    script: list[str]
    stage: int = 0
    scripts: Iterator[str] | None = None
    goal: Goal = field(init=False)

    def __post_init__(self) -> None:
        self.goal = parse_goal(self.goals[0])

    @property
    def cost(self) -> int:
        """The order of the queue: goals left, their size, the depth, and the work done already."""
        size = sum(min(len(g), 600) for g in self.goals)
        return size + 150 * len(self.goals) + 120 * len(self.script) + 200 * self.stage


class SearchProver(LeanProver):
    """Best-first search; quick scripts first, because most theorems need no search."""

    async def search(self, session: Session) -> str | None:
        for script in fixed.first(closed=session.closed):
            if await session.closes(script):
                return script
        opening, step = await unwrapped(session)
        numbers = count()
        queue: list[tuple[int, int, Node]] = []
        seen: set[tuple[str, ...]] = set()

        def push(step: Step, script: list[str]) -> None:
            if step.state is not None and step.goals not in seen and len(seen) < MAX_STATES:
                seen.add(step.goals)
                # The closers have been tried on the theorem itself.
                node = Node(step.state, step.goals, script, stage=0 if script else 1)
                heapq.heappush(queue, (node.cost, next(numbers), node))

        push(step, opening)
        while queue:
            _, _, node = heapq.heappop(queue)
            tactics = _stage(node)
            if not tactics:
                continue
            quiet = node.stage != 1
            results = await session.run(node.state, [silent(t) if quiet else t for t in tactics])
            for tactic, result in zip(tactics, results, strict=False):
                if result.solved:
                    return "\n".join([*node.script, tactic])
                if result.ok:
                    push(result, [*node.script, tactic])
            if quiet and any(r.ok for r in results):
                continue  # its first goal is closed: the states after it go on
            node.stage += 1
            heapq.heappush(queue, (node.cost, next(numbers), node))
        return None


def _stage(node: Node) -> list[str]:
    """Returns the tactics of the node's next stage; none if it is exhausted."""
    if node.stage == 0:
        return list(CLOSERS)
    if node.stage == 1:
        return moves(node.goal, depth=len(node.script))
    if node.scripts is None:
        node.scripts = scripts_for(node.goal)
    chunk = islice(node.scripts, CHUNK)
    if len(node.goals) == 1:
        return list(chunk)
    return ["· " + indent(script, "  ").lstrip() for script in chunk]
