"""The numbered lines of an export: names, universe levels and terms, read from unknown hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 30_000
"""Deepest term; the kernel recurses on terms."""
MAX_INDEX = 500_000
"""Largest de Bruijn index, and the largest field number of a projection."""
MAX_DIGITS = 1_000_000
MAX_LEVEL_DEPTH = 5_000
MAX_NAME_PARTS = 200

BINDERS = {"default": 0, "implicit": 1, "strictImplicit": 2, "instImplicit": 3}

Name = tuple[str | int, ...]
Node = tuple[Any, ...]
"""The kind of a level or term, then its parts: numbers of other nodes, or values."""


class Malformed(Exception):
    """The data is not what the format allows."""


@dataclass
class Tables:
    """What has been read so far; entry 0 of names and levels is there from the start."""

    names: list[Name] = field(default_factory=lambda: [()])
    levels: list[Node] = field(default_factory=lambda: [("zero",)])
    exprs: list[Node] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)
    """For each term, how many binders it must stand under."""
    depth: list[int] = field(default_factory=list)
    level_depth: list[int] = field(default_factory=lambda: [0])

    def read_name(self, item: dict[str, Any]) -> None:
        kind, body = next_line(item, "in", len(self.names))
        part: str | int
        if kind == "str":
            before, given = fields(body, "pre", "str")
            part = text(given)
        elif kind == "num":
            before, given = fields(body, "pre", "i")
            part = natural(given, 1 << 62)
        else:
            raise Malformed(f"unknown kind of name {kind!r}")
        prefix = self.names[natural(before, len(self.names))]
        if len(prefix) >= MAX_NAME_PARTS:
            raise Malformed("a name has too many parts")
        self.names.append((*prefix, part))

    def read_level(self, item: dict[str, Any]) -> None:
        size = len(self.levels)
        kind, body = next_line(item, "il", size)
        under: tuple[int, ...] = ()
        node: Node
        if kind == "succ":
            under = (natural(body, size),)
            node = (kind, *under)
        elif kind in {"max", "imax"}:
            one, two = listed(body, 2)
            under = (natural(one, size), natural(two, size))
            node = (kind, *under)
        elif kind == "param":
            node = (kind, natural(body, len(self.names)))
        else:
            raise Malformed(f"unknown kind of level {kind!r}")
        depth = 1 + max((self.level_depth[u] for u in under), default=0)
        if depth > MAX_LEVEL_DEPTH:
            raise Malformed("a universe level is too deep")
        self.levels.append(node)
        self.level_depth.append(depth)

    def read_expr(self, item: dict[str, Any]) -> None:
        kind, body = next_line(item, "ie", len(self.exprs))
        read = _READERS.get(kind)
        if read is None:
            raise Malformed(f"unknown kind of term {kind!r}")
        node, loose, depth = read(self, kind, body)
        if depth >= MAX_DEPTH:
            raise Malformed("a term is too deep")
        self.exprs.append(node)
        self.loose.append(loose)
        self.depth.append(depth + 1)

    def name(self, number: object) -> int:
        return natural(number, len(self.names))

    def expr(self, number: object) -> int:
        return natural(number, len(self.exprs))


_Read = tuple[Node, int, int]
"""A term, how many binders it must stand under, the depth below it."""


def _app(tables: Tables, kind: str, body: object) -> _Read:
    f, a = map(tables.expr, fields(body, "fn", "arg"))
    loose, depth = tables.loose, tables.depth
    return (kind, f, a), max(loose[f], loose[a]), max(depth[f], depth[a])


def _binding(tables: Tables, kind: str, body: object) -> _Read:
    name, type_, inner, info = fields(body, "name", "type", "body", "binderInfo")
    t, b = tables.expr(type_), tables.expr(inner)
    node = (kind, tables.name(name), t, b, BINDERS[text(info)])
    loose, depth = tables.loose, tables.depth
    return node, max(loose[t], loose[b] - 1), max(depth[t], depth[b])


def _let(tables: Tables, kind: str, body: object) -> _Read:
    name, *parts, nondep = fields(body, "name", "type", "value", "body", "nondep")
    if type(nondep) is not bool:
        raise Malformed("`nondep` is true or false")
    t, v, b = map(tables.expr, parts)
    loose, depth = tables.loose, tables.depth
    node = (kind, tables.name(name), t, v, b)
    return node, max(loose[t], loose[v], loose[b] - 1), max(depth[t], depth[v], depth[b])


def _const(tables: Tables, kind: str, body: object) -> _Read:
    name, us = fields(body, "name", "us")
    levels = tuple(natural(u, len(tables.levels)) for u in listed(us))
    return (kind, tables.name(name), levels), 0, 0


def _bvar(tables: Tables, kind: str, body: object) -> _Read:
    index = natural(body, MAX_INDEX)
    return (kind, index), index + 1, 0


def _sort(tables: Tables, kind: str, body: object) -> _Read:
    return (kind, natural(body, len(tables.levels))), 0, 0


def _natural_literal(tables: Tables, kind: str, body: object) -> _Read:
    digits = text(body)
    if not digits.isascii() or not digits.isdigit() or len(digits) > MAX_DIGITS:
        raise Malformed("`natVal` is a natural number in decimal digits")
    return (kind, digits), 0, 0


def _text_literal(tables: Tables, kind: str, body: object) -> _Read:
    return (kind, text(body)), 0, 0


def _proj(tables: Tables, kind: str, body: object) -> _Read:
    name, index, of = fields(body, "typeName", "idx", "struct")
    e = tables.expr(of)
    node = (kind, tables.name(name), natural(index, MAX_INDEX), e)
    return node, tables.loose[e], tables.depth[e]


def _mdata(tables: Tables, kind: str, body: object) -> _Read:
    _, of = fields(body, "data", "expr")
    e = tables.expr(of)
    return (kind, e), tables.loose[e], tables.depth[e]


_READERS: dict[str, Callable[[Tables, str, object], _Read]] = {
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
        raise Malformed(f"{str(value)[:40]!r} is not a number from 0 to {limit - 1}")
    return value


def text(value: object) -> str:
    """A text; half of a surrogate pair is none (UnicodeEncodeError)."""
    if type(value) is not str:
        raise Malformed(f"{str(value)[:40]!r} is not a text")
    if not value.isascii():
        value.encode()
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
