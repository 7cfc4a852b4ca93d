"""What was bought on finished theorems: the value that a policy may learn from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from prover_arb.core.money import NO_MONEY, MicroUSD
from prover_arb.core.slices import product
from prover_arb.core.theorem import Value


class PurchaseOutcome(Value):
    """What a policy may know of a purchase that is over."""

    prover: str
    cost: MicroUSD
    """What the prover and the verification cost together."""
    status: Literal["proved", "rejected", "void", "nothing"]
    """void: the oracle could not judge it; nothing: the prover delivered no candidate."""
    offered: MicroUSD = NO_MONEY
    """What it could have cost at most: the worst case quoted then, or what was left for it; 0 where
    that is not known."""
    slice: int | None = None
    """Which slice of an attempt it was, from 0; None for a whole attempt."""

    @property
    def product(self) -> str:
        """The name under which policies learn about what was bought."""
        return product(self.prover, self.slice)


class TheoremHistory(Value):
    """A theorem for which nothing more is bought, and its judged purchases, oldest first."""

    theorem: str
    statement: str | None = None
    past: tuple[PurchaseOutcome, ...]


class History:
    """Finished theorems in the order in which they ended; a history never changes.

    `after` returns the history with one more theorem. Histories share one list, of which each sees
    its own beginning. So a new history costs nothing, however many theorems it holds, and code that
    has computed something from a history needs only what `since` adds to it.
    """

    __slots__ = ("__weakref__", "_length", "_log")

    def __init__(self, finished: Iterable[TheoremHistory] = ()) -> None:
        self._log = list(finished)
        self._length = len(self._log)

    def __len__(self) -> int:
        return self._length

    def after(self, finished: TheoremHistory) -> History:
        """Returns this history followed by `finished`, which ended last."""
        longer = History()
        # Of two histories made from the same one, the second cannot write to the shared list.
        longer._log = self._log if len(self._log) == self._length else self._log[: self._length]
        longer._log.append(finished)
        longer._length = self._length + 1
        return longer

    def extends(self, other: History) -> bool:
        """Returns whether this is `other` with theorems added.

        It compares the shared lists, so equal histories that were made separately do not count.
        """
        return self._log is other._log and self._length >= other._length

    def since(self, length: int) -> list[TheoremHistory]:
        """Returns the theorems after the first `length`."""
        return self._log[length : self._length]


NO_HISTORY = History()
