"""The flash seller: the few tactics that most often suffice, and nothing else."""

from __future__ import annotations

from prover_arb.provers.session import LeanSeller, Session

SCRIPTS = ("intros; omega", "intros; grind", "decide +kernel")


class FlashProver(LeanSeller):
    """Tries SCRIPTS in order."""

    async def search(self, session: Session) -> str | None:
        for script in SCRIPTS:
            if await session.closes(script):
                return script
        return None
