"""The prover `flash`: the few tactics that most often suffice."""

from __future__ import annotations

from prover_arb.provers.local.session import LeanProver, Session
from prover_arb.provers.local.templates import fixed


class FlashProver(LeanProver):
    """Tries only the scripts that the portfolio tries first."""

    async def search(self, session: Session) -> str | None:
        for script in fixed.first(closed=session.closed):
            if await session.closes(script):
                return script
        return None
