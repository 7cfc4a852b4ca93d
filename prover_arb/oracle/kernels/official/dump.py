"""Write constants of the kernel's environment in Lean's export format, for any third checker.

The library's theorems, whose proofs are not shipped, are written as axioms, and so are its
definitions whose values are not shipped.
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Callable, Sequence
from typing import Any

from prover_arb.oracle.kernels.official.lean import Lean, Object, field, tag, text
from prover_arb.oracle.kernels.official.store import Name

FORMAT = "3.1.0"
_AXIOM, _DEF, _THEOREM, _OPAQUE, _QUOT, _INDUCTIVE, _CONSTRUCTOR, _RECURSOR = range(8)
_BVAR, _FVAR, _MVAR, _SORT, _CONST, _APP, _LAM, _FORALL, _LET, _LIT, _MDATA, _PROJ = range(12)
_TERM_PARTS: dict[int, tuple[int, ...]] = {
    _APP: (0, 1), _LAM: (1, 2), _FORALL: (1, 2), _LET: (1, 2, 3), _MDATA: (1,), _PROJ: (2,),
}  # fmt: skip
"""Which fields of a term are terms."""
_AFTER_DATA = 8
_QUOTIENT = ("Quot", "Quot.mk", "Quot.lift", "Quot.ind")
_QUOT_KINDS = ("type", "ctor", "lift", "ind")
_HINTS = {1: "opaque", 3: "abbrev"}
_SAFETY = ("unsafe", "safe", "partial")
_INFOS = ("default", "implicit", "strictImplicit", "instImplicit")

Find = Callable[[Name], Object | None]
"""From a name to its constant in the environment."""


class Dump:
    """Lines of an export, dependencies first; every name, level and term once."""

    def __init__(self, lean: Lean, find: Find) -> None:
        self.lines = [json.dumps({"meta": _meta(lean)})]
        self._lean, self._find = lean, find
        self._names: dict[Name, int] = {(): 0}
        self._levels: dict[object, int] = {}
        self._terms: dict[object, int] = {}
        self._written: dict[Object, int] = {}
        self._decoded: dict[Object, Name] = {}
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
            self.constant(self._name(_list(field(value, 1))[0]))
        elif kind == _INDUCTIVE:
            self._inductive(value)
        elif kind == _QUOT:
            self.constant(("Eq",))
            for each in _QUOTIENT:
                self._quotient(tuple(each.split(".")))
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
            self._line({"axiom": {**fields, "isUnsafe": bool(_byte(value, 0))}})
            return
        fields["value"] = self._term(field(value, 1))
        all_ = self._name_list(field(value, 3 if kind == _DEF else 2))
        if kind == _THEOREM:
            self._line({"thm": {**fields, "all": all_}})
        elif kind == _OPAQUE:
            self._line({"opaque": {**fields, "isUnsafe": bool(_byte(value, 0)), "all": all_}})
        else:
            hints, safety = field(value, 2), _SAFETY[_byte(value, 0)]
            how: object = _HINTS[hints] if hints & 1 else {"regular": _uint32(hints)}
            self._line({"def": {**fields, "hints": how, "safety": safety, "all": all_}})

    def _quotient(self, name: Name) -> None:
        self._done.add(name)
        info = self._find(name)
        if info is None:
            raise KeyError(name)
        value = field(info, 0)
        self._line({"quot": {**self._head(value), "kind": _QUOT_KINDS[_byte(value, 0)]}})

    def _inductive(self, value: Object) -> None:
        types = [self._held(self._name(one)) for one in _list(field(value, 3))]
        names = [self._name(field(field(one, 0), 0)) for one in types]
        constructors = [
            self._held(self._name(one)) for each in types for one in _list(field(each, 4))
        ]
        extra = [(*names[0], f"rec_{1 + n}") for n in range(field(types[0], 5) >> 1)]
        recursors = [self._held(one) for one in [*((*n, "rec") for n in names), *extra]]
        members = [*types, *constructors, *recursors]
        self._done.update(self._name(field(field(one, 0), 0)) for one in members)
        self._needs([field(field(one, 0), 2) for one in members])
        self._needs([field(rule, 2) for one in recursors for rule in _list(field(one, 6))])
        block = {
            "types": [self._type(one) for one in types],
            "ctors": [self._constructor(one) for one in constructors],
            "recs": [self._recursor(one) for one in recursors],
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
            "isRec": bool(_byte(value, 0)),
            "isUnsafe": bool(_byte(value, 1)),
            "isReflexive": bool(_byte(value, 2)),
        }

    def _constructor(self, value: Object) -> dict[str, object]:
        return {
            **self._head(value),
            "induct": self._name_id(self._name(field(value, 1))),
            "cidx": field(value, 2) >> 1,
            "numParams": field(value, 3) >> 1,
            "numFields": field(value, 4) >> 1,
            "isUnsafe": bool(_byte(value, 0)),
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
            for rule in _list(field(value, 6))
        ]
        flags = {"k": bool(_byte(value, 0)), "isUnsafe": bool(_byte(value, 1))}
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
            if kind in {_CONST, _PROJ}:
                mentioned[self._name(field(at, 0))] = None
            elif kind == _LIT:
                needed = ("String.ofList", "Char.ofNat") if tag(field(at, 0)) else ("Nat",)
                mentioned.update({tuple(one.split(".")): None for one in needed})
            for index in _TERM_PARTS.get(kind, ()):
                part = field(at, index)
                if part not in seen:
                    seen.add(part)
                    waiting.append(part)
        for name in mentioned:
            self.constant(name)

    def _name(self, at: Object) -> Name:
        if at & 1:
            return ()
        found = self._decoded.get(at)
        if found is None:
            last = field(at, 1)
            part = text(last) if tag(at) == 1 else int(self._number(last))
            found = self._decoded[at] = (*self._name(field(at, 0)), part)
        return found

    def _name_id(self, name: Name) -> int:
        number = self._names.get(name)
        if number is None:
            before, last = self._name_id(name[:-1]), name[-1]
            number = self._names[name] = len(self._names)
            if isinstance(last, str):
                self._line({"str": {"pre": before, "str": last}, "in": number})
            else:
                self._line({"num": {"pre": before, "i": last}, "in": number})
        return number

    def _name_list(self, at: Object) -> list[int]:
        return [self._name_id(self._name(one)) for one in _list(at)]

    def _level(self, at: Object) -> int:
        kind = 0 if at & 1 else tag(at)
        if kind == 0:
            return 0
        body: object
        if kind == 4:
            body = self._name_id(self._name(field(at, 0)))
        elif kind == 1:
            body = self._level(field(at, 0))
        else:
            body = [self._level(field(at, 0)), self._level(field(at, 1))]
        word = ("zero", "succ", "max", "imax", "param")[kind]
        return self._numbered(self._levels, 1, "il", word, body)

    def _term(self, at: Object) -> int:
        number = self._written.get(at)
        if number is None:
            kind = tag(at)
            if kind == _MDATA:
                number = self._term(field(at, 1))
            else:
                number = self._numbered(self._terms, 0, "ie", *self._body(kind, at))
            self._written[at] = number
        return number

    def _body(self, kind: int, at: Object) -> tuple[str, object]:  # noqa: PLR0911
        parts = [self._term(field(at, index)) for index in _TERM_PARTS.get(kind, ())]
        if kind == _APP:
            return "app", {"fn": parts[0], "arg": parts[1]}
        if kind == _CONST:
            us = [self._level(one) for one in _list(field(at, 1))]
            return "const", {"name": self._name_id(self._name(field(at, 0))), "us": us}
        if kind in {_BVAR, _SORT}:
            one = field(at, 0)
            return ("bvar", one >> 1) if kind == _BVAR else ("sort", self._level(one))
        if kind == _LIT:
            held = field(field(at, 0), 0)
            if tag(field(at, 0)):
                return "strVal", text(held)
            return "natVal", self._number(held)
        name = self._name_id(self._name(field(at, 0)))
        if kind == _PROJ:
            return "proj", {"typeName": name, "idx": field(at, 1) >> 1, "struct": parts[0]}
        if kind == _LET:
            keys = dict(zip(("type", "value", "body"), parts, strict=True))
            return "letE", {"name": name, **keys, "nondep": False}
        word = "lam" if kind == _LAM else "forallE"
        info = _INFOS[_byte(at, _AFTER_DATA)]
        return word, {"name": name, "type": parts[0], "body": parts[1], "binderInfo": info}

    def _numbered(
        self, table: dict[object, int], first: int, mark: str, kind: str, body: object
    ) -> int:
        key = json.dumps([kind, body])
        number = table.get(key)
        if number is None:
            number = table[key] = first + len(table)
            self._line({kind: body, mark: number})
        return number

    def _number(self, at: Object) -> str:
        return str(at >> 1) if at & 1 else text(self._lean.l_Nat_reprFast(at))

    def _line(self, item: object) -> None:
        self.lines.append(json.dumps(item, ensure_ascii=False, separators=(",", ":")))


def _meta(lean: Lean) -> dict[str, object]:
    return {
        "exporter": {"name": "prover-arb", "version": FORMAT},
        "lean": {"githash": lean.commit, "version": lean.version},
        "format": {"version": FORMAT},
    }


def _list(at: Object) -> list[Object]:
    items = []
    while not at & 1:
        items.append(field(at, 0))
        at = field(at, 1)
    return items


def _byte(at: Object, index: int) -> int:
    """A byte of the scalars that follow the fields of a constructor object."""
    fields = ctypes.c_uint8.from_address(at + 6).value
    return ctypes.c_uint8.from_address(at + 8 + 8 * fields + index).value


def _uint32(at: Object) -> int:
    return ctypes.c_uint32.from_address(at + 8).value
