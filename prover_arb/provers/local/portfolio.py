"""The prover `portfolio`: fixed scripts and scripts made from the goal, in a fixed order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from prover_arb.provers.local.goal import Goal, parse_goal
from prover_arb.provers.local.opening import replaced, unwrapped
from prover_arb.provers.local.resume_point import Notes
from prover_arb.provers.local.script_prover import ScriptProver
from prover_arb.provers.local.session import Session, Step
from prover_arb.provers.local.templates import computed, fixed, scripts_for


class PortfolioProver(ScriptProver):
    """Tries scripts until one closes the theorem."""

    async def scripts(self, session: Session, notes: Notes) -> AsyncIterator[str]:
        step: Step | None = None
        if notes.goal is None:
            notes.opening, step = await unwrapped(session)
            notes.goal = step.goals[0]
        opening, goal = notes.opening, parse_goal(notes.goal)
        # `grind` on the integer part of a real number ends the embedded Lean's process.
        for floors in computed.constant_floors(goal):
            yield "\n".join([*opening, floors])
        for script in fixed.first(closed=session.closed):
            yield script
        if notes.formulas is None:
            if step is None:
                _, step = await unwrapped(session)
            notes.formulas, notes.formula_goal = await replaced(session, step, goal)
        made = _scripts(opening, goal)
        if notes.formula_goal is not None:
            after = _scripts([*opening, *notes.formulas], parse_goal(notes.formula_goal))
            made = _by_turns(after, made)
        for script in made:
            yield script


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
