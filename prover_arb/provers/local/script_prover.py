"""Provers that try a list of scripts in a fixed order, whose attempts can be sold in slices.

A slice ends between two scripts, once all slices so far have used their time together. A script
that is running then may finish within the time of the next slice; one that does not is the first
script of the next slice. Each slice tries at least one script. The same scripts are tried in the
same order as in a whole attempt, in the same time altogether.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import AsyncIterator

from prover_arb.core.purchases import Attempt, Bid, Quote, SalesRecord
from prover_arb.core.slices import Slice
from prover_arb.core.theorem import Theorem
from prover_arb.provers.local.resume_point import (
    Notes,
    ResumePoint,
    lost_state,
    read_resume,
    resume_text,
)
from prover_arb.provers.local.session import BudgetExhausted, LeanProver, Session


class ScriptProver(LeanProver):
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

    @property
    def slices(self) -> int:
        return len(self._entry.slices)

    def resuming(self, slice_: Slice) -> AttemptSlice:
        """Returns the prover that sells this slice of an attempt."""
        return AttemptSlice(self, slice_)

    def slice_quote(self, index: int) -> Quote:
        """Returns the same quote for every theorem."""
        return self._entry.slice_quote(self.name, index)

    async def sell_slice(self, theorem: Theorem, slice_: Slice, budget: int) -> Attempt:
        """Goes on for as long as the slice and the budget last; raises as `attempt`.

        Raises:
            ProverLostState: the attempt cannot go on where it stopped.
        """
        entry = self._entry
        if slice_.index >= self.slices:
            why = f"it has {self.slices} slices here, and this would be number {slice_.index + 1}"
            raise lost_state(self.name, theorem, why)
        start = None
        if slice_.resume:
            start = read_resume(slice_.resume, prover=self.name, theorem=theorem)
        used = 0 if start is None else start.used_us
        end, limit = entry.slice_bounds(slice_.index)
        trial = _SliceTrial(self, theorem, start, stop_us=end - used)
        sold = await self._sell(
            theorem,
            min(entry.affordable_cpu_us(budget), limit - used),
            trial.search,
            guard_us=entry.limits.max_cpu_seconds * 1_000_000 - used,
        )
        # A kernel's work may go on for longer than it is billed for.
        used += min(sold.cpu_us, limit - used)
        left = slice_.index + 1 < self.slices and used < entry.slice_bounds(slice_.index + 1)[1]
        if sold.candidate is not None or not (trial.unfinished and left):
            return sold
        return sold.model_copy(
            update={"failure": "nothing found yet", "resume": trial.resume(used)}
        )


class AttemptSlice:
    """One slice of an attempt, sold like an attempt of its own."""

    def __init__(self, prover: ScriptProver, slice_: Slice) -> None:
        self.name = prover.name
        self._prover = prover
        self._slice = slice_

    def quote(self, theorem: Theorem) -> Quote:
        return self._prover.slice_quote(self._slice.index)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        return self._prover.bid(theorem, record)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        return await self._prover.sell_slice(theorem, self._slice, budget)


class _SliceTrial:
    """The scripts of one slice, and how far it came."""

    def __init__(
        self, prover: ScriptProver, theorem: Theorem, start: ResumePoint | None, *, stop_us: int
    ) -> None:
        self._prover = prover
        self._theorem = theorem
        self._start = start
        self._stop_us = stop_us
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
                if self._tried > earlier and session.used_us >= self._stop_us:
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
        why = (
            "the scripts that it tried by then are others now, so that another version of the "
            "prover made them"
        )
        raise lost_state(self._prover.name, self._theorem, why)
