"""The numbered lines of an export: names, universe levels and terms, read from unknown hands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prover_arb.oracle.kernels.official.store import MAX_INDEX, Malformed, Store

MAX_DIGITS = 1_000_000
MAX_NAME_PARTS = 200
MAX_NAME_PART = 4_000
"""Most characters in one part of a name."""
MAX_NAME_NUMBER = 1 << 53
"""Of larger ones a reader of JSON may make another number."""

BINDERS = frozenset(("default", "implicit", "strictImplicit", "instImplicit"))


class Tables:
    """From the numbers that an export uses to those of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._names, self._levels, self._terms = [0], [0], list[int]()

    def read_name(self, item: dict[str, Any]) -> None:
        kind, body = next_line(item, "in", len(self._names))
        part: str | int
        if kind == "str":
            before, given = fields(body, "pre", "str")
            part = text(given)
            if len(part) > MAX_NAME_PART:
                raise Malformed("a part of a name is too long")
        elif kind == "num":
            before, given = fields(body, "pre", "i")
            part = natural(given, MAX_NAME_NUMBER)
        else:
            raise Malformed(f"unknown kind of name {kind[:40]!r}")
        prefix = self.store.names[self.name(before)]
        if len(prefix) >= MAX_NAME_PARTS:
            raise Malformed("a name has too many parts")
        self._names.append(self.store.name((*prefix, part)))

    def read_level(self, item: dict[str, Any]) -> None:
        kind, body = next_line(item, "il", len(self._levels))
        if kind == "succ":
            made = self.store.level((kind, self.level(body)))
        elif kind in {"max", "imax"}:
            left, right = listed(body, 2)
            made = self.store.level((kind, self.level(left), self.level(right)))
        elif kind == "param":
            made = self.store.level((kind, self.name(body)))
        else:
            raise Malformed(f"unknown kind of level {kind[:40]!r}")
        self._levels.append(made)

    def read_term(self, item: dict[str, Any]) -> None:
        kind, body = next_line(item, "ie", len(self._terms))
        read = _READERS.get(kind)
        if read is None:
            raise Malformed(f"unknown kind of term {kind[:40]!r}")
        self._terms.append(read(self, kind, body))

    def name(self, number: object) -> int:
        return self._names[natural(number, len(self._names))]

    def level(self, number: object) -> int:
        return self._levels[natural(number, len(self._levels))]

    def term(self, number: object) -> int:
        return self._terms[natural(number, len(self._terms))]


def _app(tables: Tables, kind: str, body: object) -> int:
    f, a = fields(body, "fn", "arg")
    return tables.store.term((kind, tables.term(f), tables.term(a)))


def _binding(tables: Tables, kind: str, body: object) -> int:
    name, type_, inner, info = fields(body, "name", "type", "body", "binderInfo")
    tables.name(name)
    if text(info) not in BINDERS:
        raise Malformed("unknown kind of binder")
    return tables.store.term((kind, tables.term(type_), tables.term(inner)))


def _let(tables: Tables, kind: str, body: object) -> int:
    name, type_, value, inner, nondep = fields(body, "name", "type", "value", "body", "nondep")
    tables.name(name)
    boolean(nondep)
    parts = (tables.term(type_), tables.term(value), tables.term(inner))
    return tables.store.term((kind, *parts))


def _const(tables: Tables, kind: str, body: object) -> int:
    name, us = fields(body, "name", "us")
    levels = tuple(map(tables.level, listed(us)))
    return tables.store.term((kind, tables.name(name), levels))


def _bvar(tables: Tables, kind: str, body: object) -> int:
    return tables.store.term((kind, natural(body, MAX_INDEX)))


def _sort(tables: Tables, kind: str, body: object) -> int:
    return tables.store.term((kind, tables.level(body)))


def _natural_literal(tables: Tables, kind: str, body: object) -> int:
    digits = text(body)
    if not digits.isascii() or not digits.isdigit() or len(digits) > MAX_DIGITS:
        raise Malformed("`natVal` is a natural number in decimal digits")
    return tables.store.term((kind, digits.lstrip("0") or "0"))


def _text_literal(tables: Tables, kind: str, body: object) -> int:
    return tables.store.term((kind, text(body)))


def _proj(tables: Tables, kind: str, body: object) -> int:
    name, index, of = fields(body, "typeName", "idx", "struct")
    node = (kind, tables.name(name), natural(index, MAX_INDEX), tables.term(of))
    return tables.store.term(node)


def _mdata(tables: Tables, kind: str, body: object) -> int:
    _, of = fields(body, "data", "expr")
    return tables.term(of)


_READERS: dict[str, Callable[[Tables, str, object], int]] = {
    "app": _app,
    "lam": _binding,
    "forallE": _binding,
    "letE": _let,
    "const": _const,
    "bvar": _bvar,
    "sort": _sort,
    "natVal": _natural_literal,
    "strVal": _text_literal,
    "proj": _proj,
    "mdata": _mdata,
}


def natural(value: object, limit: int) -> int:
    """A whole number from 0 to below the limit; JSON's true and 1.0 are none."""
    if type(value) is not int or not 0 <= value < limit:
        raise Malformed(f"{_short(value)} is not a number from 0 to {limit - 1}")
    return value


def text(value: object) -> str:
    """A text; half of a surrogate pair is none (UnicodeEncodeError)."""
    if type(value) is not str:
        raise Malformed(f"{_short(value)} is not a text")
    if not value.isascii():
        value.encode()
    return value


def boolean(value: object) -> bool:
    if type(value) is not bool:
        raise Malformed(f"{_short(value)} is neither true nor false")
    return value


def fields(body: object, *keys: str) -> list[Any]:
    """The values under exactly these keys."""
    if type(body) is not dict or len(body) != len(keys):
        raise Malformed(f"expected the fields {', '.join(keys)}")
    return [body[key] for key in keys]


def listed(value: object, size: int | None = None) -> list[Any]:
    if type(value) is not list or (size is not None and len(value) != size):
        raise Malformed("expected a list" + (f" of {size}" if size is not None else ""))
    return value


def next_line(item: dict[str, Any], tag: str, size: int) -> tuple[str, Any]:
    """The kind and the body of a numbered line, whose number must be the next one."""
    number = item.pop(tag)
    if type(number) is not int or number != size or len(item) != 1:
        raise Malformed(f"`{tag}` must be {size}, beside one kind")
    return next(iter(item.items()))


def _short(value: object) -> str:
    """A value for a message, never a long one."""
    if isinstance(value, str):
        return repr(value[:40])
    if isinstance(value, int) and value.bit_length() > 200:
        return "a huge number"
    if isinstance(value, (int, float)) or value is None:
        return repr(value)
    return f"a {type(value).__name__}"
