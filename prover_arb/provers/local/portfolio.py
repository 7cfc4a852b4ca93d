"""The prover `portfolio`: fixed scripts and scripts made from the goal, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal, parse_goal
from prover_arb.provers.local.opening import replaced, unwrapped
from prover_arb.provers.local.session import LeanProver, Session
from prover_arb.provers.local.templates import computed, fixed, scripts_for


class PortfolioProver(LeanProver):
    """Tries scripts until one closes the theorem."""

    async def search(self, session: Session) -> str | None:
        opening, step = await unwrapped(session)
        goal = parse_goal(step.goals[0])
        # `grind` on the integer part of a real number ends the embedded Lean's process.
        for floors in computed.constant_floors(goal):
            script = "\n".join([*opening, floors])
            if await session.closes(script):
                return script
        for script in fixed.first(closed=session.closed):
            if await session.closes(script):
                return script
        made = _scripts(opening, goal)
        formulas, after = await replaced(session, step, goal)
        if after is not None:
            made = _by_turns(_scripts([*opening, *formulas], after), made)
        for script in made:
            if await session.closes(script):
                return script
        return None


def _scripts(opening: list[str], goal: Goal) -> Iterator[str]:
    for made in scripts_for(goal):
        yield "\n".join([*opening, made])


def _by_turns(first: Iterator[str], second: Iterator[str]) -> Iterator[str]:
    """Yields from each in turn as long as both have more, then the rest."""
    for item in first:
        yield item
        other = next(second, None)
        if other is not None:
            yield other
    yield from second
