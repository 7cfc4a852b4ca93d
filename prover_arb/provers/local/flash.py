"""The flash seller: the few tactics that most often suffice, and nothing else."""

from __future__ import annotations

from prover_arb.provers.local.session import LeanProver, Session
from prover_arb.provers.local.templates import fixed


class FlashProver(LeanProver):
    """Tries the scripts that come first for the portfolio, and stops there."""

    async def search(self, session: Session) -> str | None:
        for script in fixed.first(closed=session.closed):
            if await session.closes(script):
                return script
        return None
