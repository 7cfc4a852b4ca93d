"""Provers whose attempts can be sold in slices: they go on from a text.

A slice ends between two steps of the prover, once all slices so far have used their time together.
A step that is running then may finish within the time of the next slice; one that does not is the
first step of the next slice. The same steps are made in the same order as in a whole attempt, in
about the same time altogether.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from prover_arb.core.purchases import Attempt, Bid, Quote, SalesRecord
from prover_arb.core.slices import Slice
from prover_arb.core.theorem import Theorem
from prover_arb.provers.local.resume_point import lost_state
from prover_arb.provers.local.session import LeanProver, Session


class Trial(Protocol):
    """The work of one slice."""

    used_us: int
    """The processor time of the slices before it."""
    stop_us: int
    """The processor time of this slice after which no step begins."""
    unfinished: bool
    """Whether something is left to try."""

    async def search(self, session: Session) -> str | None:
        """Goes on with the work; raises BudgetExhausted where the slice ends."""

    def resume(self, used_us: int) -> str:
        """Returns where the next slice goes on, after `used_us` of all slices so far."""


class SlicedProver(LeanProver):
    """A prover that sells whole attempts, and slices of them."""

    @abstractmethod
    def trial(self, theorem: Theorem, resume: str) -> Trial:
        """Begins the work of a slice, where the text says; at the beginning if it is empty.

        Raises:
            ProverLostState: the attempt cannot go on from that text.
        """

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
        trial = self.trial(theorem, slice_.resume)
        used = trial.used_us
        end, limit = entry.slice_bounds(slice_.index)
        trial.stop_us = end - used
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

    def __init__(self, prover: SlicedProver, slice_: Slice) -> None:
        self.name = prover.name
        self._prover = prover
        self._slice = slice_

    def quote(self, theorem: Theorem) -> Quote:
        return self._prover.slice_quote(self._slice.index)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        return self._prover.bid(theorem, record)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        return await self._prover.sell_slice(theorem, self._slice, budget)
