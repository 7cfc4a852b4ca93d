"""One budget for many theorems, shared while they run: the theorem with the best offer buys next.

Every open theorem says at which value of a proof its best next attempt would be bought (an
`Offer`). The theorem with the lowest such value, which is the one with the best index, buys next,
and then makes a new offer; so the last dollar buys as much on every theorem, whatever was expected
before. The batch ends when the money is gone, when enough theorems are proved, or when there is no
offer. A value of a proof that is set beforehand for the whole batch, or anew after each theorem,
buys about as much for the same money, but misses the budget by as much as beliefs are off
(`prover-arb schedule objectives` compares them).

Money is handed out as *allotments*: the theorems in progress together never hold more than what is
left. At the end of the money an attempt may begin with less than its worst case, and is cut off
where that is used up, but only if the money pays for what the attempt costs on average.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from prover_arb.core.purchases import Offer

RESERVE_FACTOR = 4 / 3
"""An allotment over what the prover may use of it: the broker reserves a quarter for
verification."""

UNLIMITED = 10**15
"""Micro-dollars; more than any batch has."""


@dataclass(frozen=True)
class Grant:
    """The permission to go on with a theorem."""

    theorem: str
    value: int
    """What a proof is worth until the theorem comes back, in micro-dollars."""
    allotment: int
    """What the theorem may spend beyond what it has spent, in micro-dollars."""


class Allocator:
    """Decides which of the theorems that share one budget buys next.

    `money` is the budget in micro-dollars, or None without a limit; `target` is how many theorems
    are to be proved, or None for as many as possible; at most `at_once` theorems are in progress.
    """

    def __init__(self, *, money: int | None, target: int | None, at_once: int) -> None:
        self._left = UNLIMITED if money is None else money
        self._target = target
        self._at_once = at_once
        self._proved = 0
        self._waiting: list[tuple[int, int, str, Offer]] = []
        self._in_progress: dict[str, int] = {}
        self._place: dict[str, int] = {}
        self._short = False

    @property
    def left(self) -> int:
        """The micro-dollars that no theorem in progress holds."""
        return self._left

    @property
    def proved(self) -> int:
        return self._proved

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        return self._target is not None and self._proved >= self._target

    @property
    def why_over(self) -> str:
        """Why nothing more is bought, once `grant` returns None and no theorem is in progress."""
        if self.reached:
            return "as many theorems are proved as were wanted"
        if self._short or self._waiting:
            return "the batch's money does not pay for another attempt"
        return "no theorem has a next attempt worth buying"

    def enter(self, theorem: str, offer: Offer | None, *, spent: int, proved: bool) -> None:
        """Adds a theorem, for which an earlier program may have `spent` something already."""
        self._left -= spent
        self._settle(theorem, offer, proved)

    def grant(self) -> Grant | None:
        """Returns the next theorem to go on with.

        None means that nothing can go on now: the money is out or in the hands of theorems in
        progress, or no theorem makes an offer.
        """
        idle = self._at_once - len(self._in_progress)
        if self.reached or idle <= 0:
            return None
        while self._waiting:
            *_, theorem, offer = self._waiting[0]
            whole = int(offer.worst_case * RESERVE_FACTOR) + 1
            if self._left >= whole:
                break
            if self._in_progress:
                # Theorems in progress may return some of their money.
                return None
            if self._left >= min(whole, int(offer.expected * RESERVE_FACTOR) + 1):
                break
            heapq.heappop(self._waiting)
            self._short = True
        else:
            return None
        share = self._left // idle
        allotment = share if share >= whole else self._left
        heapq.heappop(self._waiting)
        self._left -= allotment
        self._in_progress[theorem] = allotment
        return Grant(theorem, offer.value, allotment)

    def back(
        self, theorem: str, offer: Offer | None, *, spent: int, proved: bool, tried: bool
    ) -> None:
        """Takes a theorem back that has `spent` so many micro-dollars of its allotment.

        A theorem that was not `tried`, because its allotment did not pay for its attempt, leaves
        the batch.
        """
        self._left += self._in_progress.pop(theorem) - spent
        if tried or proved:
            self._settle(theorem, offer, proved)
        else:
            self._short = self._short or offer is not None

    def _settle(self, theorem: str, offer: Offer | None, proved: bool) -> None:
        if proved:
            self._proved += 1
        elif offer is not None:
            place = self._place.setdefault(theorem, len(self._place))
            heapq.heappush(self._waiting, (offer.value, place, theorem, offer))
