"""What a compiled module says of its constants: names, true kinds, and what each of them mentions.

A module of Lean's module system leaves out proofs, and the values of what it does not expose; such
a constant is in the file as an axiom, and an entry beside it says what it really is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from prover_arb.oracle.kernels.official.olean import Module, Pointer
from prover_arb.oracle.kernels.official.store import Name

AXIOM, DEFINITION, THEOREM, OPAQUE, QUOTIENT, INDUCTIVE, CONSTRUCTOR, RECURSOR = range(8)
"""Tags of a constant."""
_KINDS = "privateConstKindsExt"
"""The entries that hold the true kinds of constants."""
_UNSAFE_RECURSION = "_unsafe_rec"
"""How the name of a `partial` definition ends that Lean makes of a recursive one for its code."""
_SAFE = 1
_NAMING = frozenset((4, 11))
"""Terms that name a constant, or a structure that they project from."""
_TERM_PARTS: dict[int, tuple[int, ...]] = {
    5: (0, 1), 6: (1, 2), 7: (1, 2), 8: (1, 2, 3), 10: (1,), 11: (2,),
}  # fmt: skip
"""Which fields of a term are terms, by its tag: application, function, product, let, metadata."""


class Mentions(NamedTuple):
    """The names that constants mention."""

    stated: set[Name]
    """In types, in values of definitions, and as parts of one inductive type."""
    all: set[Name]
    """And in proofs of theorems."""


class Shipped:
    """A module, read as far as names and mentions go."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._names: dict[Pointer, Name] = {}

    def name(self, at: Pointer) -> Name:
        if at & 1:
            return ()
        found = self._names.get(at)
        if found is None:
            module = self.module
            prefix, last = module.fields(at)
            part = module.text(last) if module.tag(at) == 1 else module.natural(last)
            found = self._names[at] = (*self.name(prefix), part)
        return found

    @property
    def imports(self) -> Iterator[Name]:
        for one in self.module.array(self.module.imports):
            yield self.name(self.module.fields(one)[0])

    @property
    def constants(self) -> Iterator[tuple[Name, Pointer]]:
        module = self.module
        places = module.array(module.constants)
        for name, at in zip(module.array(module.names), places, strict=True):
            yield self.name(name), at

    @cached_property
    def _true_kinds(self) -> frozenset[Name]:
        """Constants that this module declared as something else than it may ship them as."""
        module = self.module
        for entry in module.array(module.entries):
            extension, values = module.fields(entry)
            if self.name(extension)[-1] == _KINDS:
                return frozenset(self.name(module.fields(one)[0]) for one in module.array(values))
        return frozenset()

    def is_axiom(self, name: Name, at: Pointer) -> bool:
        """Whether a constant is truly an axiom, and not only in the file as one."""
        return self.module.tag(at) == AXIOM and name not in self._true_kinds

    def is_unsafe(self, name: Name, at: Pointer) -> bool:
        """Whether a constant is unsafe or partial: nothing that is safe may rest on it."""
        module, kind = self.module, self.module.tag(at)
        (value,) = module.fields(at)
        if kind == DEFINITION:
            return module.byte(value, 0) != _SAFE
        if kind in {AXIOM, OPAQUE, CONSTRUCTOR}:
            return module.byte(value, 0) != 0 or name[-1] == _UNSAFE_RECURSION
        return kind in {INDUCTIVE, RECURSOR} and module.byte(value, 1) != 0

    def mentions(self, constants: Iterable[Pointer]) -> Mentions:
        """The names that constants mention, besides their own."""
        names, stated, proofs = set[Pointer](), list[Pointer](), list[Pointer]()
        for at in constants:
            self._outline(at, names, stated, proofs)
        seen = set[Pointer]()
        self._walk(stated, seen, names)
        further = set[Pointer]()
        self._walk(proofs, seen, further)
        in_statements = set(map(self.name, names))
        return Mentions(in_statements, in_statements.union(map(self.name, further)))

    def _outline(
        self, at: Pointer, names: set[Pointer], stated: list[Pointer], proofs: list[Pointer]
    ) -> None:
        """Collect the names that a constant lists, and the terms it consists of."""
        module, kind = self.module, self.module.tag(at)
        (value,) = module.fields(at)
        base, *rest = module.fields(value)
        stated.append(module.fields(base)[2])
        if kind == THEOREM:
            proofs.append(rest[0])
        elif kind in {DEFINITION, OPAQUE}:
            stated.append(rest[0])
        elif kind == INDUCTIVE:
            names.update(module.list(rest[2]), module.list(rest[3]))
        elif kind == CONSTRUCTOR:
            names.add(rest[0])
        elif kind == RECURSOR:
            names.update(module.list(rest[0]))
            for rule in module.list(rest[-1]):
                constructor, _, right = module.fields(rule)
                names.add(constructor)
                stated.append(right)

    def _walk(self, waiting: list[Pointer], seen: set[Pointer], names: set[Pointer]) -> None:
        seen.update(waiting)
        tag, part = self.module.tag, self.module.part
        while waiting:
            at = waiting.pop()
            kind = tag(at)
            if kind in _NAMING:
                names.add(part(at, 0))
            for index in _TERM_PARTS.get(kind, ()):
                under = part(at, index)
                if under not in seen:
                    seen.add(under)
                    waiting.append(under)
