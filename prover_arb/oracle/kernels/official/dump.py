"""Write constants of the kernel's environment in Lean's export format, for any third checker.

The library's theorems, whose proofs are not shipped, are written as axioms, and so are its
definitions whose values are not shipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from prover_arb.oracle.kernels.official.dump_terms import (
    CONST,
    LIT,
    PROJ,
    TERM_PARTS,
    TermDump,
    byte,
    elements,
    uint32,
)
from prover_arb.oracle.kernels.official.lean import Lean, Object, field, tag
from prover_arb.oracle.kernels.official.store import Name

FORMAT = "3.1.0"
_AXIOM, _DEF, _THEOREM, _OPAQUE, _QUOT, _INDUCTIVE, _CONSTRUCTOR, _RECURSOR = range(8)
_QUOTIENT = ("Quot", "Quot.mk", "Quot.lift", "Quot.ind")
_QUOT_KINDS = ("type", "ctor", "lift", "ind")
_HINTS = {1: "opaque", 3: "abbrev"}
_SAFETY = ("unsafe", "safe", "partial")

Find = Callable[[Name], Object | None]
"""From a name to its constant in the environment."""


class Dump(TermDump):
    """Lines of an export, dependencies first; every name, level and term once."""

    def __init__(self, lean: Lean, find: Find) -> None:
        super().__init__(lean, [json.dumps({"meta": _meta(lean)})])
        self._find = find
        self._done: set[Name] = set()

    def constant(self, name: Name) -> None:
        """Write a constant after all that it mentions.

        Raises:
            KeyError: it, or something it mentions, is not in the environment.
        """
        if name in self._done:
            return
        info = self._find(name)
        if info is None:
            raise KeyError(name)
        kind, value = tag(info), field(info, 0)
        if kind == _CONSTRUCTOR:
            self.constant(self._name(field(value, 1)))
        elif kind == _RECURSOR:
            self.constant(self._name(elements(field(value, 1))[0]))
        elif kind == _INDUCTIVE:
            self._inductive(value)
        elif kind == _QUOT:
            self.constant(("Eq",))
            for dotted in _QUOTIENT:
                self._quotient(tuple(dotted.split(".")))
        else:
            self._done.add(name)
            self._plain(kind, value)

    def _plain(self, kind: int, value: Object) -> None:
        terms = [field(field(value, 0), 2)]
        if kind != _AXIOM:
            terms.append(field(value, 1))
        self._needs(terms)
        fields = self._head(value)
        if kind == _AXIOM:
            self._line({"axiom": {**fields, "isUnsafe": bool(byte(value, 0))}})
            return
        fields["value"] = self._term(field(value, 1))
        all_ = self._name_list(field(value, 3 if kind == _DEF else 2))
        if kind == _THEOREM:
            self._line({"thm": {**fields, "all": all_}})
        elif kind == _OPAQUE:
            self._line({"opaque": {**fields, "isUnsafe": bool(byte(value, 0)), "all": all_}})
        else:
            hints, safety = field(value, 2), _SAFETY[byte(value, 0)]
            how: object = _HINTS[hints] if hints & 1 else {"regular": uint32(hints)}
            self._line({"def": {**fields, "hints": how, "safety": safety, "all": all_}})

    def _quotient(self, name: Name) -> None:
        self._done.add(name)
        info = self._find(name)
        if info is None:
            raise KeyError(name)
        value = field(info, 0)
        self._line({"quot": {**self._head(value), "kind": _QUOT_KINDS[byte(value, 0)]}})

    def _inductive(self, value: Object) -> None:
        types = [self._held(self._name(member)) for member in elements(field(value, 3))]
        names = [self._name(field(field(member, 0), 0)) for member in types]
        constructors = [
            self._held(self._name(member))
            for type_ in types
            for member in elements(field(type_, 4))
        ]
        extra = [(*names[0], f"rec_{1 + n}") for n in range(field(types[0], 5) >> 1)]
        recursors = [self._held(member) for member in [*((*n, "rec") for n in names), *extra]]
        members = [*types, *constructors, *recursors]
        self._done.update(self._name(field(field(member, 0), 0)) for member in members)
        self._needs([field(field(member, 0), 2) for member in members])
        self._needs([field(rule, 2) for member in recursors for rule in elements(field(member, 6))])
        block = {
            "types": [self._type(member) for member in types],
            "ctors": [self._constructor(member) for member in constructors],
            "recs": [self._recursor(member) for member in recursors],
        }
        self._line({"inductive": block})

    def _type(self, value: Object) -> dict[str, object]:
        return {
            **self._head(value),
            "numParams": field(value, 1) >> 1,
            "numIndices": field(value, 2) >> 1,
            "all": self._name_list(field(value, 3)),
            "ctors": self._name_list(field(value, 4)),
            "numNested": field(value, 5) >> 1,
            "isRec": bool(byte(value, 0)),
            "isUnsafe": bool(byte(value, 1)),
            "isReflexive": bool(byte(value, 2)),
        }

    def _constructor(self, value: Object) -> dict[str, object]:
        return {
            **self._head(value),
            "induct": self._name_id(self._name(field(value, 1))),
            "cidx": field(value, 2) >> 1,
            "numParams": field(value, 3) >> 1,
            "numFields": field(value, 4) >> 1,
            "isUnsafe": bool(byte(value, 0)),
        }

    def _recursor(self, value: Object) -> dict[str, object]:
        keys = ("numParams", "numIndices", "numMotives", "numMinors")
        numbers = {key: field(value, 2 + index) >> 1 for index, key in enumerate(keys)}
        rules = [
            {
                "ctor": self._name_id(self._name(field(rule, 0))),
                "nfields": field(rule, 1) >> 1,
                "rhs": self._term(field(rule, 2)),
            }
            for rule in elements(field(value, 6))
        ]
        flags = {"k": bool(byte(value, 0)), "isUnsafe": bool(byte(value, 1))}
        all_ = self._name_list(field(value, 1))
        return {**self._head(value), "all": all_, **numbers, "rules": rules, **flags}

    def _held(self, name: Name) -> Object:
        info = self._find(name)
        if info is None:
            raise KeyError(name)
        return field(info, 0)

    def _head(self, value: Object) -> dict[str, Any]:
        base = field(value, 0)
        return {
            "name": self._name_id(self._name(field(base, 0))),
            "levelParams": self._name_list(field(base, 1)),
            "type": self._term(field(base, 2)),
        }

    def _needs(self, terms: Sequence[Object]) -> None:
        """Write the constants that terms mention, those of literals among them."""
        waiting, seen, mentioned = list(terms), set(terms), dict[Name, None]()
        while waiting:
            at = waiting.pop()
            kind = tag(at)
            if kind in {CONST, PROJ}:
                mentioned[self._name(field(at, 0))] = None
            elif kind == LIT:
                needed = ("String.ofList", "Char.ofNat") if tag(field(at, 0)) else ("Nat",)
                mentioned.update({tuple(dotted.split(".")): None for dotted in needed})
            for index in TERM_PARTS.get(kind, ()):
                part = field(at, index)
                if part not in seen:
                    seen.add(part)
                    waiting.append(part)
        for name in mentioned:
            self.constant(name)


def _meta(lean: Lean) -> dict[str, object]:
    return {
        "exporter": {"name": "prover-arb", "version": FORMAT},
        "lean": {"githash": lean.commit, "version": lean.version},
        "format": {"version": FORMAT},
    }
