"""The portfolio seller: many scripts, fixed ones and ones made from the goal, in a fixed order."""

from __future__ import annotations

from prover_arb.provers.goal import parse_goal
from prover_arb.provers.opening import unwrapped
from prover_arb.provers.session import LeanSeller, Session
from prover_arb.provers.templates import fixed, scripts_for


class PortfolioProver(LeanSeller):
    """Tries scripts until one closes the theorem."""

    async def search(self, session: Session) -> str | None:
        for script in fixed.first(closed=session.closed):
            if await session.closes(script):
                return script
        opening, step = await unwrapped(session)
        for made in scripts_for(parse_goal(step.goals[0])):
            script = "\n".join([*opening, made])
            if await session.closes(script):
                return script
        return None
