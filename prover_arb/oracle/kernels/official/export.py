"""Read declarations in Lean's export format (NDJSON, version 3): data of unknown origin.

Everything is checked before anything is built: every line is of a known shape, identifiers come in
order and refer backwards only, no declaration has loose variables, nothing is too deep.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from prover_arb.oracle.kernels.official.nodes import (
    MAX_INDEX,
    Malformed,
    Name,
    Tables,
    fields,
    listed,
    natural,
    text,
)

Kind = Literal["axiom", "thm", "def", "opaque", "inductive"]
_KINDS: dict[str, Kind] = {"axiom": "axiom", "thm": "thm", "def": "def", "opaque": "opaque"}
_SAFETY = {"unsafe": True, "partial": True, "safe": False}


@dataclass(frozen=True)
class InductiveType:
    """One type of an inductive declaration, with its constructors."""

    name: int
    type: int
    constructors: tuple[tuple[int, int], ...]
    """Name and type of each."""


@dataclass(frozen=True)
class Declaration:
    """One declaration; terms and names by their numbers in the tables of the export."""

    kind: Kind
    name: Name
    params: tuple[int, ...]
    """Names of universe parameters."""
    type: int = 0
    value: int = 0
    hints: str | int = "opaque"
    unsafe: bool = False
    """Unsafe or partial."""
    types: tuple[InductiveType, ...] = ()
    parameters: int = 0
    """Of an inductive declaration: how many arguments all of it shares."""


@dataclass
class Export(Tables):
    """The tables of an export, and its declarations in their order."""

    declarations: list[Declaration] = field(default_factory=list)


def parse(lines: str) -> Export:
    """The export.

    Raises:
        Malformed: it is not in the format; the message names the line.
    """
    export = Export()
    number = 0
    try:
        for line in lines.split("\n"):
            number += 1
            if line:
                _read(export, json.loads(line))
    except (Malformed, ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise Malformed(f"line {number}: {type(error).__name__}: {error}"[:300]) from None
    return export


def _read(export: Export, item: Any) -> None:
    if type(item) is not dict:
        raise Malformed("not an object")
    if "ie" in item:
        export.read_expr(item)
    elif "in" in item:
        export.read_name(item)
    elif "il" in item:
        export.read_level(item)
    elif len(item) != 1:
        raise Malformed("an object of unknown kind")
    else:
        ((kind, body),) = item.items()
        if type(body) is not dict:
            raise Malformed("a declaration is an object")
        if kind != "meta":
            export.declarations.append(_declaration(export, kind, body))


def _declaration(export: Export, kind: str, body: dict[str, Any]) -> Declaration:
    if kind == "inductive":
        return _inductive(export, body)
    if kind not in _KINDS:
        raise Malformed(f"declarations of kind {kind!r} are not accepted")
    name = export.names[export.name(body["name"])]
    if not name:
        raise Malformed("a declaration without a name")
    unsafe = body.get("isUnsafe", False) is not False
    if kind == "def":
        unsafe = _SAFETY[text(body["safety"])]
    return Declaration(
        kind=_KINDS[kind],
        name=name,
        params=_names(export, body["levelParams"]),
        type=_closed(export, body["type"]),
        value=0 if kind == "axiom" else _closed(export, body["value"]),
        hints=_hints(body["hints"]) if kind == "def" else "opaque",
        unsafe=unsafe,
    )


def _inductive(export: Export, body: dict[str, Any]) -> Declaration:
    """A block of inductive types; what the kernel derives from it is not read."""
    types, constructors = listed(body["types"]), listed(body["ctors"])
    if not types:
        raise Malformed("an inductive declaration without types")
    type_of = {export.name(one["name"]): one["type"] for one in constructors}
    made = tuple(
        InductiveType(
            name=export.name(one["name"]),
            type=_closed(export, one["type"]),
            constructors=tuple(
                (name, _closed(export, type_of[name])) for name in _names(export, one["ctors"])
            ),
        )
        for one in types
    )
    return Declaration(
        kind="inductive",
        name=export.names[made[0].name],
        params=_names(export, types[0]["levelParams"]),
        unsafe=any(one.get("isUnsafe", False) is not False for one in types),
        types=made,
        parameters=natural(types[0]["numParams"], MAX_INDEX),
    )


def _names(export: Export, value: object) -> tuple[int, ...]:
    return tuple(export.name(one) for one in listed(value))


def _hints(value: object) -> str | int:
    if value in ("opaque", "abbrev"):
        return str(value)
    (height,) = fields(value, "regular")
    return natural(height, 1 << 32)


def _closed(export: Export, value: object) -> int:
    number = export.expr(value)
    if export.loose[number] > 0:
        raise Malformed("a declaration with a loose variable")
    return number
