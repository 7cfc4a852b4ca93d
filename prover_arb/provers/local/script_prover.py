"""Provers that try a list of scripts in a fixed order, whose attempts can be sold in slices.

Each slice tries at least one script. The same scripts are tried in the same order as in a whole
attempt, in the same time altogether.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import AsyncIterator

from prover_arb.core.theorem import Theorem
from prover_arb.provers.local.resume_point import (
    Notes,
    ResumePoint,
    changed_state,
    read_resume,
    resume_text,
)
from prover_arb.provers.local.session import BudgetExhausted, Session
from prover_arb.provers.local.sliced_prover import SlicedProver, Trial


class ScriptProver(SlicedProver):
    """A prover that tries scripts until one closes the theorem; a subclass lists them."""

    @abstractmethod
    def scripts(self, session: Session, notes: Notes) -> AsyncIterator[str]:
        """Yields the scripts; what Lean is asked for them is kept in `notes`, and asked once.

        The same theorem must give the same scripts. Raises as `Session.closes`.
        """

    async def search(self, session: Session) -> str | None:
        async for script in self.scripts(session, Notes()):
            if await session.closes(script):
                return script
        return None

    def trial(self, theorem: Theorem, resume: str) -> Trial:
        """Begins where the scripts named in the text end; raises as `SlicedProver.trial`."""
        start = None
        if resume:
            start = read_resume(resume, ResumePoint, prover=self.name, theorem=theorem)
        return _ScriptTrial(self, theorem, start)


class _ScriptTrial:
    """The scripts of one slice, and how far it came."""

    def __init__(self, prover: ScriptProver, theorem: Theorem, start: ResumePoint | None) -> None:
        self._prover = prover
        self._theorem = theorem
        self._start = start
        self.used_us = 0 if start is None else start.used_us
        self.stop_us = 0
        self._notes = Notes() if start is None else start.notes.model_copy(deep=True)
        self._tried = 0
        self._hash = hashlib.sha256()
        self.unfinished = False
        """Whether there are scripts left that were not tried."""

    async def search(self, session: Session) -> str | None:
        """Tries the next scripts; raises BudgetExhausted where the slice ends."""
        earlier = 0 if self._start is None else self._start.tried
        self.unfinished = True
        async for script in self._prover.scripts(session, self._notes):
            if self._tried == earlier:
                self._require_same_scripts()
            if self._tried >= earlier:
                if self._tried > earlier and session.used_us >= self.stop_us:
                    raise BudgetExhausted
                if await session.closes(script):
                    return script
                if session.cut:
                    raise BudgetExhausted
            self._tried += 1
            self._hash.update(f"{script}\0".encode())
        if self._tried < earlier:
            self._require_same_scripts()
        self.unfinished = False
        return None

    def resume(self, used_us: int) -> str:
        """Returns where the next slice goes on, after `used_us` of all slices so far."""
        start = self._start
        if start is not None and self._tried < start.tried:
            return resume_text(start.model_copy(update={"used_us": used_us}))
        return resume_text(
            ResumePoint(
                prover=self._prover.name,
                theorem=self._theorem.digest,
                tried=self._tried,
                scripts_sha256=self._hash.hexdigest(),
                used_us=used_us,
                notes=self._notes,
            )
        )

    def _require_same_scripts(self) -> None:
        start = self._start
        if start is None or self._hash.hexdigest() == start.scripts_sha256:
            return
        raise changed_state(self._prover.name, self._theorem, "scripts")
