"""The prover `flash`: the few tactics that most often suffice."""

from __future__ import annotations

from collections.abc import AsyncIterator

from prover_arb.provers.local.resume_point import Notes
from prover_arb.provers.local.script_prover import ScriptProver
from prover_arb.provers.local.session import Session
from prover_arb.provers.local.templates import fixed


class FlashProver(ScriptProver):
    """Tries only the scripts that the portfolio tries first."""

    async def scripts(self, session: Session, notes: Notes) -> AsyncIterator[str]:
        for script in fixed.first(closed=session.closed):
            yield script
