"""Names, levels and terms of the kernel, as numbered lines of Lean's export format."""

from __future__ import annotations

import ctypes
import json

from prover_arb.oracle.kernels.official.lean import Lean, Object, field, tag, text
from prover_arb.oracle.kernels.official.store import Name

_BVAR, _FVAR, _MVAR, _SORT, CONST, _APP, _LAM, _FORALL, _LET, LIT, _MDATA, PROJ = range(12)
TERM_PARTS: dict[int, tuple[int, ...]] = {
    _APP: (0, 1), _LAM: (1, 2), _FORALL: (1, 2), _LET: (1, 2, 3), _MDATA: (1,), PROJ: (2,),
}  # fmt: skip
"""Which fields of a term are terms."""
_AFTER_DATA = 8
_INFOS = ("default", "implicit", "strictImplicit", "instImplicit")


class TermDump:
    """Lines of an export; every name, level and term is written once, before what mentions it."""

    def __init__(self, lean: Lean, lines: list[str]) -> None:
        """Goes on after some lines."""
        self.lines = lines
        self._lean = lean
        self._names: dict[Name, int] = {(): 0}
        self._levels: dict[object, int] = {}
        self._terms: dict[object, int] = {}
        self._written: dict[Object, int] = {}
        self._decoded: dict[Object, Name] = {}

    def _name(self, at: Object) -> Name:
        if at & 1:
            return ()
        name = self._decoded.get(at)
        if name is None:
            last = field(at, 1)
            part = text(last) if tag(at) == 1 else int(self._number(last))
            name = self._decoded[at] = (*self._name(field(at, 0)), part)
        return name

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
        return [self._name_id(self._name(item)) for item in elements(at)]

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
        parts = [self._term(field(at, index)) for index in TERM_PARTS.get(kind, ())]
        if kind == _APP:
            return "app", {"fn": parts[0], "arg": parts[1]}
        if kind == CONST:
            us = [self._level(part) for part in elements(field(at, 1))]
            return "const", {"name": self._name_id(self._name(field(at, 0))), "us": us}
        if kind in {_BVAR, _SORT}:
            part = field(at, 0)
            return ("bvar", part >> 1) if kind == _BVAR else ("sort", self._level(part))
        if kind == LIT:
            held = field(field(at, 0), 0)
            if tag(field(at, 0)):
                return "strVal", text(held)
            return "natVal", self._number(held)
        name = self._name_id(self._name(field(at, 0)))
        if kind == PROJ:
            return "proj", {"typeName": name, "idx": field(at, 1) >> 1, "struct": parts[0]}
        if kind == _LET:
            keys = dict(zip(("type", "value", "body"), parts, strict=True))
            return "letE", {"name": name, **keys, "nondep": False}
        word = "lam" if kind == _LAM else "forallE"
        info = _INFOS[byte(at, _AFTER_DATA)]
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


def elements(at: Object) -> list[Object]:
    items = []
    while not at & 1:
        items.append(field(at, 0))
        at = field(at, 1)
    return items


def byte(at: Object, index: int) -> int:
    """A byte of the scalars that follow the fields of a constructor object."""
    fields = ctypes.c_uint8.from_address(at + 6).value
    return ctypes.c_uint8.from_address(at + 8 + 8 * fields + index).value


def uint32(at: Object) -> int:
    return ctypes.c_uint32.from_address(at + 8).value
