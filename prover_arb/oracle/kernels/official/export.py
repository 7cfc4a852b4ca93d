"""Read declarations in Lean's export format (NDJSON, version 3): data of unknown origin.

Everything is checked before anything is built: every line is of a known shape, identifiers come in
order and refer backwards only, no declaration has loose variables, nothing is too deep.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from prover_arb.oracle.kernels.official.nodes import (
    Tables,
    boolean,
    fields,
    listed,
    natural,
    text,
)
from prover_arb.oracle.kernels.official.store import MAX_INDEX, Malformed, Name, Store

Kind = Literal["axiom", "thm", "def", "opaque", "inductive"]
_KINDS: dict[str, Kind] = {"axiom": "axiom", "thm": "thm", "def": "def", "opaque": "opaque"}
_UNSAFE = {"unsafe": True, "partial": True, "safe": False}


@dataclass(frozen=True)
class InductiveType:
    """One type of an inductive declaration, with its constructors."""

    name: Name
    type: int
    constructors: tuple[tuple[Name, int], ...]
    """Name and type of each."""


@dataclass(frozen=True)
class Declaration:
    """One declaration; terms are numbers in a store."""

    kind: Kind
    name: Name
    params: tuple[int, ...]
    """Universe parameters, as numbers of names in the store."""
    type: int = 0
    value: int = 0
    hints: str | int = "opaque"
    unsafe: bool = False
    """Unsafe or partial."""
    types: tuple[InductiveType, ...] = ()
    parameters: int = 0
    """Of an inductive declaration: how many arguments all of it shares."""

    @property
    def roots(self) -> Iterator[int]:
        """The terms that the declaration consists of."""
        if self.kind == "inductive":
            for type_ in self.types:
                yield type_.type
                yield from (signature for _, signature in type_.constructors)
        else:
            yield self.type
            if self.kind != "axiom":
                yield self.value

    @property
    def names(self) -> list[Name]:
        """The names that the declaration gives, without those that the kernel derives."""
        if self.kind != "inductive":
            return [self.name]
        constructors = [name for type_ in self.types for name, _ in type_.constructors]
        return [*(type_.name for type_ in self.types), *constructors]


def parse(lines: str, store: Store) -> list[Declaration]:
    """The declarations in their order; their terms are added to the store.

    Raises:
        Malformed: the text is not in the format; names the line, not counting empty ones.
    """
    tables, made, number = Tables(store), list[Declaration](), 1
    try:
        for item in _items([line for line in lines.split("\n") if line]):
            _read(tables, made, item)
            number += 1
    except Malformed as error:
        raise Malformed(f"line {number}: {error}"[:300]) from None
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise Malformed(f"line {number}: {type(error).__name__}: {error}"[:300]) from None
    return made


def _items(lines: list[str]) -> Iterable[Any]:
    """What the lines say: read all at once, which is faster, or one by one up to a bad one."""
    try:
        items = json.loads(f"[{','.join(lines)}]")
    except (ValueError, RecursionError):
        items = []
    return items if len(items) == len(lines) else map(json.loads, lines)


def _read(tables: Tables, made: list[Declaration], item: Any) -> None:
    if type(item) is not dict:
        raise Malformed("not an object")
    if "ie" in item:
        tables.read_term(item)
    elif "in" in item:
        tables.read_name(item)
    elif "il" in item:
        tables.read_level(item)
    elif len(item) != 1:
        raise Malformed("an object of unknown kind")
    else:
        ((kind, body),) = item.items()
        if type(body) is not dict:
            raise Malformed("a declaration is an object")
        if kind != "meta":
            made.append(_declaration(tables, kind, body))


def _declaration(tables: Tables, kind: str, body: dict[str, Any]) -> Declaration:
    if kind == "inductive":
        return _inductive(tables, body)
    if kind not in _KINDS:
        raise Malformed(f"declarations of kind {kind[:40]!r} are not accepted")
    unsafe = boolean(body.get("isUnsafe", False))
    if kind == "def":
        unsafe = _UNSAFE[text(body["safety"])]
    return Declaration(
        kind=_KINDS[kind],
        name=_name(tables, body["name"]),
        params=_params(tables, body["levelParams"]),
        type=_closed(tables, body["type"]),
        value=0 if kind == "axiom" else _closed(tables, body["value"]),
        hints=_hints(body["hints"]) if kind == "def" else "opaque",
        unsafe=unsafe,
    )


def _inductive(tables: Tables, body: dict[str, Any]) -> Declaration:
    """A block of inductive types; what the kernel derives from it is not read."""
    types, constructors = listed(body["types"]), listed(body["ctors"])
    if not types:
        raise Malformed("an inductive declaration without types")
    type_of = {_name(tables, row["name"]): row["type"] for row in constructors}
    made = tuple(
        InductiveType(
            name=_name(tables, row["name"]),
            type=_closed(tables, row["type"]),
            constructors=tuple(
                (name, _closed(tables, type_of[name]))
                for name in (_name(tables, number) for number in listed(row["ctors"]))
            ),
        )
        for row in types
    )
    shared = [(row["levelParams"], row["numParams"]) for row in types]
    if any(row != shared[0] for row in shared):
        raise Malformed("the types of a block have different parameters")
    return Declaration(
        kind="inductive",
        name=made[0].name,
        params=_params(tables, types[0]["levelParams"]),
        unsafe=any(boolean(row.get("isUnsafe", False)) for row in (*types, *constructors)),
        types=made,
        parameters=natural(types[0]["numParams"], MAX_INDEX),
    )


def _name(tables: Tables, number: object) -> Name:
    name = tables.store.names[tables.name(number)]
    if not name:
        raise Malformed("a declaration without a name")
    return name


def _params(tables: Tables, value: object) -> tuple[int, ...]:
    return tuple(map(tables.name, listed(value)))


def _hints(value: object) -> str | int:
    if value in ("opaque", "abbrev"):
        return str(value)
    (height,) = fields(value, "regular")
    return natural(height, 1 << 32)


def _closed(tables: Tables, value: object) -> int:
    number = tables.term(value)
    if tables.store.loose[number] > 0:
        raise Malformed("a declaration with a loose variable")
    return number
