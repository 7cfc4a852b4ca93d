"""Names, universe levels and terms, each kept once, so that equal ones have equal numbers.

What does not change the meaning of a term is left out: the names and kinds of binders, the `nondep`
mark of a `let`, and metadata. Two terms are the same in structure if their numbers are equal.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

MAX_DEPTH = 30_000
"""Deepest term; the kernel recurses on terms."""
MAX_INDEX = 500_000
"""Largest de Bruijn index, and the largest field number of a projection."""
MAX_LEVEL_SIZE = 500
"""Largest universe level, its shared parts counted as often as they occur: the kernel walks levels
without regard to sharing."""

Name = tuple[str | int, ...]
Node = tuple[Any, ...]
"""The kind of a level or term, then its parts: numbers of other nodes, or values."""

_PARTS: dict[str, tuple[int, ...]] = {
    "app": (1, 2), "lam": (1, 2), "forallE": (1, 2), "letE": (1, 2, 3), "proj": (3,),
    "const": (), "bvar": (), "sort": (), "natVal": (), "strVal": (),
}  # fmt: skip
"""Which parts of a term are terms."""


class Malformed(Exception):
    """The data is not what the format allows."""


class Store:
    """The tables; entry 0 of names and of levels is there from the start."""

    def __init__(self) -> None:
        self.names: list[Name] = [()]
        self.levels: list[Node] = [("zero",)]
        self.terms: list[Node] = []
        self.loose: list[int] = []
        """For each term, how many binders it must stand under."""
        self._name_ids: dict[Name, int] = {(): 0}
        self._level_ids: dict[Node, int] = {("zero",): 0}
        self._term_ids: dict[Node, int] = {}
        self._level_size = [1]
        self._depth: list[int] = []

    def copy(self) -> Store:
        """The same numbers for the same things; what is added to one is not in the other."""
        other = Store.__new__(Store)
        for key, value in vars(self).items():
            setattr(other, key, value.copy())
        return other

    def name(self, name: Name) -> int:
        number = self._name_ids.get(name)
        if number is None:
            number = self._name_ids[name] = len(self.names)
            self.names.append(name)
        return number

    def level(self, node: Node) -> int:
        """The number of a level: `succ`, `max`, `imax`, `param`, or `position` for canonical ones.

        Raises:
            Malformed: it is too large.
        """
        number = self._level_ids.get(node)
        if number is None:
            size = 1
            if node[0] not in {"param", "position"}:
                size += sum(self._level_size[part] for part in node[1:])
            if size > MAX_LEVEL_SIZE:
                raise Malformed("a universe level is too large")
            number = self._level_ids[node] = len(self.levels)
            self.levels.append(node)
            self._level_size.append(size)
        return number

    def term(self, node: Node) -> int:
        """The number of a term.

        Raises:
            Malformed: it is too deep.
        """
        number = self._term_ids.get(node)
        if number is None:
            loose, depth = self._measure(node)
            if depth > MAX_DEPTH:
                raise Malformed("a term is too deep")
            number = self._term_ids[node] = len(self.terms)
            self.terms.append(node)
            self.loose.append(loose)
            self._depth.append(depth)
        return number

    def _measure(self, node: Node) -> tuple[int, int]:
        """How many binders a term must stand under, and how deep it is."""
        kind, loose, depth = node[0], self.loose, self._depth
        if kind == "app":
            _, f, a = node
            return max(loose[f], loose[a]), 1 + max(depth[f], depth[a])
        if kind in {"lam", "forallE"}:
            _, t, b = node
            return max(loose[t], loose[b] - 1), 1 + max(depth[t], depth[b])
        if kind == "letE":
            _, t, v, b = node
            under = max(loose[t], loose[v], loose[b] - 1)
            return under, 1 + max(depth[t], depth[v], depth[b])
        if kind == "bvar":
            return node[1] + 1, 1
        if kind == "proj":
            return loose[node[3]], 1 + depth[node[3]]
        return 0, 1

    def reach(self, roots: Iterable[int], known: Container[int] = ()) -> list[int]:
        """The terms that these consist of but for known ones, parts before wholes."""
        seen = {root for root in roots if root not in known}
        waiting, terms = list(seen), self.terms
        while waiting:
            node = terms[waiting.pop()]
            for index in _PARTS[node[0]]:
                part = node[index]
                if part not in seen and part not in known:
                    seen.add(part)
                    waiting.append(part)
        return sorted(seen)

    def mentions(self, roots: Iterable[int]) -> set[Name]:
        """The constants and structures that these terms name."""
        numbers = set()
        for number in self.reach(roots):
            node = self.terms[number]
            if node[0] in {"const", "proj"}:
                numbers.add(node[1])
        return {self.names[number] for number in numbers}


class Substitution:
    """Replaces names of constants, and universe parameters by levels, in terms of a store."""

    def __init__(
        self, store: Store, *, names: Mapping[int, int], levels: Mapping[int, int]
    ) -> None:
        """From numbers of names to numbers of names, and from those to numbers of levels."""
        self._store, self._names, self._params = store, names, levels
        self._levels: dict[int, int] = {}
        self._terms: dict[int, int] = {}

    def __call__(self, root: int) -> int:
        """The term with everything replaced."""
        if not self._names and not self._params:
            return root
        done, store = self._terms, self._store
        for number in store.reach([root], done):
            done[number] = self._term(number, store.terms[number])
        return done[root]

    def _term(self, number: int, node: Node) -> int:
        kind = node[0]
        made: Node
        if kind == "const":
            levels = tuple(map(self._level, node[2])) if self._params else node[2]
            made = (kind, self._names.get(node[1], node[1]), levels)
        elif kind == "sort":
            made = (kind, self._level(node[1])) if self._params else node
        elif kind == "proj":
            made = (kind, self._names.get(node[1], node[1]), node[2], self._terms[node[3]])
        elif _PARTS[kind]:
            made = (kind, *(self._terms[part] for part in node[1:]))
        else:
            made = node
        return number if made == node else self._store.term(made)

    def _level(self, number: int) -> int:
        replaced = self._levels.get(number)
        if replaced is None:
            node = self._store.levels[number]
            if node[0] == "param":
                replaced = self._params.get(node[1], number)
            elif len(node) == 1 or node[0] == "position":
                replaced = number
            else:
                replaced = self._store.level((node[0], *map(self._level, node[1:])))
            self._levels[number] = replaced
        return replaced
