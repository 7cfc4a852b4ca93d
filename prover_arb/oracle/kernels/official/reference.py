"""The statement as data: the theorem asked for, and the constants that it may rest on.

It comes from a process that read the customer's text alone. What it declares means here what it
means there: nothing in a proof can take one of its names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from prover_arb.oracle.kernels.official.export import Declaration, parse
from prover_arb.oracle.kernels.official.library import Library
from prover_arb.oracle.kernels.official.refusal import Refused, show
from prover_arb.oracle.kernels.official.store import Malformed, Name, Store, Substitution

_RECURSOR = re.compile(r"rec(_[1-9][0-9]*)?")


class Reference:
    """A statement with its constants, by name."""

    def __init__(self, text: str, library: Library) -> None:
        """Read the export of a statement, whose last declaration is the theorem as an axiom.

        Raises:
            Malformed: it is none, or it declares what the library has.
        """
        self.store = Store()
        declarations = parse(text, self.store)
        if not declarations or declarations[-1].kind != "axiom":
            raise Malformed("the last declaration of a statement is the theorem, as an axiom")
        *self.constants, self.goal = declarations
        self._by_name: dict[Name, Declaration] = {}
        for one in declarations:
            for name in one.names:
                if self.find(name) is not None:
                    raise Malformed(f"`{show(name)}` is declared twice")
                if (why := library.reserved(name)) is not None:
                    raise Malformed(f"`{show(name)}` {why}")
                self._by_name[name] = one
        for name in self._by_name:
            if (block := self._block_of_recursor(name)) is not None:
                raise Malformed(f"`{show(name)}` is a name that `{show(block.name)}` brings along")
        self._mentions: dict[Name, frozenset[Name]] = {}
        self._twins: dict[object, Name] = {}
        for one in self.constants:
            if one.kind in {"thm", "def"} and not one.unsafe:
                self._twins.setdefault(essence(one, self.store), one.name)
        every = (root for one in declarations for root in one.roots)
        self.mentioned = self.store.mentions(every)
        """Every name that it mentions, declared or not."""

    def find(self, name: Name) -> Declaration | None:
        """The declaration that gives this name, or makes the kernel give it."""
        return self._by_name.get(name) or self._block_of_recursor(name)

    def _block_of_recursor(self, name: Name) -> Declaration | None:
        """The block of inductive types that makes the kernel give this name."""
        last = name[-1] if name else None
        if not isinstance(last, str) or not _RECURSOR.fullmatch(last):
            return None
        block = self._by_name.get(name[:-1])
        is_type = block is not None and any(name[:-1] == one.name for one in block.types)
        return block if is_type else None

    def mentions(self, one: Declaration) -> frozenset[Name]:
        """The names that a declaration mentions."""
        found = self._mentions.get(one.name)
        if found is None:
            found = self._mentions[one.name] = frozenset(self.store.mentions(one.roots))
        return found

    def reached(self, names: Iterable[Name]) -> list[Declaration]:
        """The constants that these names reach, in the order of the statement.

        Raises:
            Refused: an axiom, or something unsafe, is among them.
        """
        waiting, seen = list(names), set[Name]()
        while waiting:
            one = self.find(waiting.pop())
            if one is None or one.name in seen or one is self.goal:
                continue
            if one.kind == "axiom" or one.unsafe:
                what = "an axiom" if one.kind == "axiom" else "unsafe or partial"
                raise Refused("forbidden_axiom", f"it rests on `{show(one.name)}`, which is {what}")
            seen.add(one.name)
            waiting += self.mentions(one)
        return [one for one in self.constants if one.name in seen]

    def twin(self, one: Declaration, store: Store) -> Name | None:
        """The constant that a declaration is the same as, but for names: its own, its universes'.

        Two theorems are the same if they have the same type. `store` holds the terms of the
        declaration; it was copied from the statement's.
        """
        if not self._twins:
            return None
        return self._twins.get(essence(one, store))


def same(one: Declaration, other: Declaration, store: Store) -> bool:
    """Whether two declarations differ in nothing but their names and those of universes."""
    plain = one.kind == other.kind and one.unsafe == other.unsafe
    return plain and essence(one, store) == essence(other, store)


def essence(one: Declaration, store: Store) -> object:
    """What remains of a declaration without its name and those of its universes.

    Equal for two declarations exactly if they differ in nothing else, or are theorems of the same
    type.
    """
    levels = {param: store.level(("position", i)) for i, param in enumerate(one.params)}
    plain = Substitution(store, names={}, levels=levels)
    if one.kind == "inductive":
        types = [
            (t.name, plain(t.type), [(name, plain(type_)) for name, type_ in t.constructors])
            for t in one.types
        ]
        return repr((one.kind, len(one.params), one.parameters, types))
    roots = one.roots if one.kind != "thm" else [one.type]
    return (one.kind, len(one.params), *map(plain, roots))
