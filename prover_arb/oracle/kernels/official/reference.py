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
        for declaration in declarations:
            for name in declaration.names:
                if self.find(name) is not None:
                    raise Malformed(f"`{show(name)}` is declared twice")
                if (why := library.reserved(name)) is not None:
                    raise Malformed(f"`{show(name)}` {why}")
                self._by_name[name] = declaration
        for name in self._by_name:
            if (block := self._block_of_recursor(name)) is not None:
                raise Malformed(f"`{show(name)}` is a name that `{show(block.name)}` brings along")
        self._mentions: dict[Name, frozenset[Name]] = {}
        self._twins: dict[object, Name] = {}
        for declaration in self.constants:
            if declaration.kind in {"thm", "def"} and not declaration.unsafe:
                self._twins.setdefault(essence(declaration, self.store), declaration.name)
        every = (root for declaration in declarations for root in declaration.roots)
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
        is_type = block is not None and any(name[:-1] == type_.name for type_ in block.types)
        return block if is_type else None

    def mentions(self, declaration: Declaration) -> frozenset[Name]:
        """The names that a declaration mentions."""
        names = self._mentions.get(declaration.name)
        if names is None:
            names = self._mentions[declaration.name] = frozenset(
                self.store.mentions(declaration.roots)
            )
        return names

    def reached(self, names: Iterable[Name]) -> list[Declaration]:
        """The constants that these names reach, in the order of the statement.

        Raises:
            Refused: an axiom, or something unsafe, is among them.
        """
        waiting, seen = list(names), set[Name]()
        while waiting:
            declaration = self.find(waiting.pop())
            if declaration is None or declaration.name in seen or declaration is self.goal:
                continue
            if declaration.kind == "axiom" or declaration.unsafe:
                what = "an axiom" if declaration.kind == "axiom" else "unsafe or partial"
                raise Refused(
                    "forbidden_axiom", f"it rests on `{show(declaration.name)}`, which is {what}"
                )
            seen.add(declaration.name)
            waiting += self.mentions(declaration)
        return [declaration for declaration in self.constants if declaration.name in seen]

    def twin(self, declaration: Declaration, store: Store) -> Name | None:
        """The constant that a declaration is the same as, but for names: its own, its universes'.

        Two theorems are the same if they have the same type. `store` holds the terms of the
        declaration; it was copied from the statement's.
        """
        if not self._twins:
            return None
        return self._twins.get(essence(declaration, store))


def same(declaration: Declaration, other: Declaration, store: Store) -> bool:
    """Whether two declarations differ in nothing but their names and those of universes."""
    plain = declaration.kind == other.kind and declaration.unsafe == other.unsafe
    return plain and essence(declaration, store) == essence(other, store)


def essence(declaration: Declaration, store: Store) -> object:
    """What remains of a declaration without its name and those of its universes.

    Equal for two declarations exactly if they differ in nothing else, or are theorems of the same
    type.
    """
    levels = {param: store.level(("position", i)) for i, param in enumerate(declaration.params)}
    plain = Substitution(store, names={}, levels=levels)
    if declaration.kind == "inductive":
        types = [
            (t.name, plain(t.type), [(name, plain(type_)) for name, type_ in t.constructors])
            for t in declaration.types
        ]
        return repr((declaration.kind, len(declaration.params), declaration.parameters, types))
    roots = declaration.roots if declaration.kind != "thm" else [declaration.type]
    return (declaration.kind, len(declaration.params), *map(plain, roots))
