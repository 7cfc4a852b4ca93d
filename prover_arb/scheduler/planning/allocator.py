"""One budget for many theorems on line: whoever makes the best offer buys next.

Every open theorem says at which value of a proof its best next attempt would be bought (an
`Offer`). The lowest of these values, which is the best index, buys next, and then says what it asks
for now; so the last dollar buys as much on every theorem, whatever was expected before. It ends
when the money is gone, when enough theorems are proved, or when nobody offers. A value of a proof
set beforehand for the whole batch, or anew after each theorem, buys about as much for the same
money, but spends as much more or less as beliefs are off (`prover-arb schedule objectives`).

Money is handed out as *allotments*: what several theorems in hand may spend together is never more
than what is left. At the end of the money an attempt is begun with less than its worst case, and
cut off where that is used up, but only if what is left pays for what it costs on average.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from prover_arb.core.purchases import Offer

CHECKING = 4 / 3
"""An allotment over what the seller may use: the broker keeps a quarter back for the kernel."""

RICH = 10**15
"""Micro-dollars; more than any batch has."""


@dataclass(frozen=True)
class Grant:
    """Leave to go on with a theorem."""

    theorem: str
    value: int
    """Micro-dollars: what a proof is worth until it comes back."""
    allotment: int
    """Micro-dollars it may spend beyond what it has spent."""


class Allocator:
    """Who buys next, of theorems that share `money` micro-dollars; None is as much as it takes.

    `target` is how many theorems shall be proved, `at_once` how many may be in hand together.
    """

    def __init__(self, *, money: int | None, target: int | None, at_once: int) -> None:
        self._left = RICH if money is None else money
        self._target = target
        self._at_once = at_once
        self._proved = 0
        self._waiting: list[tuple[int, int, str, Offer]] = []
        self._in_hand: dict[str, int] = {}
        self._place: dict[str, int] = {}
        self._short = False

    @property
    def left(self) -> int:
        """Micro-dollars nobody holds."""
        return self._left

    @property
    def proved(self) -> int:
        return self._proved

    @property
    def reached(self) -> bool:
        """Whether the target is."""
        return self._target is not None and self._proved >= self._target

    @property
    def in_hand(self) -> int:
        return len(self._in_hand)

    @property
    def why_over(self) -> str:
        """Why nothing more is bought, once `grant` gives nothing and nothing is in hand."""
        if self.reached:
            return "as many theorems are proved as were wanted"
        if self._short or self._waiting:
            return "the batch's money does not pay for another attempt"
        return "no theorem has a next attempt worth buying"

    def enter(self, theorem: str, offer: Offer | None, *, spent: int, proved: bool) -> None:
        """A theorem of which something may have been bought already, by an earlier program."""
        self._left -= spent
        self._settle(theorem, offer, proved)

    def grant(self) -> Grant | None:
        """The next one to go on; None while the money is out, or there is nothing to buy."""
        idle = self._at_once - len(self._in_hand)
        if self.reached or idle <= 0:
            return None
        while self._waiting:
            *_, theorem, offer = self._waiting[0]
            whole = int(offer.worst_case * CHECKING) + 1
            if self._left >= whole:
                break
            if self._in_hand:
                # Those in hand may bring some of theirs back.
                return None
            if self._left >= min(whole, int(offer.expected * CHECKING) + 1):
                break
            heapq.heappop(self._waiting)
            self._short = True
        else:
            return None
        share = self._left // idle
        allotment = share if share >= whole else self._left
        heapq.heappop(self._waiting)
        self._left -= allotment
        self._in_hand[theorem] = allotment
        return Grant(theorem, offer.value, allotment)

    def back(
        self, theorem: str, offer: Offer | None, *, spent: int, proved: bool, tried: bool
    ) -> None:
        """A theorem comes back, having spent so much more.

        One that was not `tried`, since its allotment did not pay for its attempt, is out.
        """
        self._left += self._in_hand.pop(theorem) - spent
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
