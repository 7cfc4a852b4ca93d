"""What was bought on theorems that are finished: what a policy may learn from, as a value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from prover_arb.core.theorem import Value


class Past(Value):
    """What a policy may know of a purchase that is over."""

    prover: str
    cost: int
    """Micro-dollars, seller and verification together."""
    status: Literal["proved", "rejected", "void", "nothing"]
    offered: int = 0
    """Micro-dollars it could have cost at most: the worst case quoted then, or what was left for
    it; 0 where that is not known."""


class Finished(Value):
    """A theorem on which nothing more is bought, and its judged purchases, oldest first."""

    theorem: str
    statement: str | None = None
    past: tuple[Past, ...]


class Memory:
    """Finished theorems in the order in which they ended; never changes.

    `after` gives the memory with one more. Memories share one list, of which each sees its own
    beginning, so that a new one costs nothing however much is remembered, and whoever has worked
    out something from a memory need only look at what `since` adds to it.
    """

    __slots__ = ("__weakref__", "_length", "_log")

    def __init__(self, finished: Iterable[Finished] = ()) -> None:
        self._log = list(finished)
        self._length = len(self._log)

    def __len__(self) -> int:
        return self._length

    def after(self, finished: Finished) -> Memory:
        """This memory and `finished`, which ended last."""
        found = Memory()
        # Of two memories made from the same one, the second cannot write to the shared list.
        found._log = self._log if len(self._log) == self._length else self._log[: self._length]
        found._log.append(finished)
        found._length = self._length + 1
        return found

    def extends(self, other: Memory) -> bool:
        """Whether this is `other` with theorems added, as far as can be told at once."""
        return self._log is other._log and self._length >= other._length

    def since(self, length: int) -> list[Finished]:
        """Theorems after the first `length`."""
        return self._log[length : self._length]


NOTHING = Memory()
