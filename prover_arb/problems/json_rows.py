"""Reads the rows of a JSON text in any layout.

The layout may be JSON Lines, a JSON array, objects one after the other, an object of rows by name,
of lists by split, or of columns. It is recognised from the text, not from the file's ending.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeGuard

from prover_arb.problems.fields import STATEMENT_FIELDS, STATES, usual_field

_LISTS = frozenset({"data", "examples", "items", "problems", "rows", "statements", "theorems"})
_BETWEEN = re.compile(r"[\s,\[\]]*")
_AFTER = re.compile(r"[ \t\r,\]]*")
_BAD_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class RawRow:
    """A row as it stands in a file, before it is interpreted."""

    origin: str
    """`file:line` at which the row, or the value that it is part of, begins."""
    value: object
    key: str = ""
    """The name that it is stored under, if it is stored by name."""
    split: str = ""
    fault: str = ""
    """Why there is no value, if there is none."""


def json_rows(file: str, text: str) -> Iterator[RawRow]:
    """Yields the rows of a JSON text; text that is not JSON gives a row with a fault."""
    for line, value, fault in _values(text):
        row = RawRow(f"{file}:{line}", value, fault=fault)
        yield from [row] if fault else _spread(row)


def _values(text: str) -> Iterator[tuple[int, object, str]]:
    """Yields the line, the value and the fault of each JSON value, also inside an outer array."""
    decode = json.JSONDecoder().raw_decode
    line, counted = 1, 0
    position = _skip(_BETWEEN, text, 0)
    while position < len(text):
        line += text.count("\n", counted, position)
        counted = position
        value, fault = None, ""
        try:
            value, end = decode(text, position)
        except json.JSONDecodeError as error:
            where = f"column {error.colno}" + f" of line {error.lineno}" * (error.lineno != line)
            fault = f"not JSON: {error.msg} in {where}"
        except (ValueError, RecursionError) as error:
            fault = f"not JSON that can be read: {error}"
        else:
            after = _skip(_AFTER, text, end)
            if after < len(text) and text[after] not in "\n{[":
                fault = "not JSON: something follows the value on its line"
        if not fault:
            if _BAD_BYTE.search(text, position, end):
                value, fault = None, "not UTF-8 text"
            yield line, value, fault
            position = _skip(_BETWEEN, text, end)
            continue
        following = _next_value(text, position)
        if _BAD_BYTE.search(text, position, following):
            fault = "not UTF-8 text"
        if following == len(text) and "\n" in text[position:].strip():
            fault += "; nothing after it was read"
        yield line, None, fault
        position = following


def _skip(what: re.Pattern[str], text: str, position: int) -> int:
    match = what.match(text, position)
    return match.end() if match else position


def _next_value(text: str, position: int) -> int:
    """Returns where the next value with the same indentation begins, after an unreadable one."""
    column = position - (text.rfind("\n", 0, position) + 1)
    start = text.find("\n", position) + 1
    while start > 0:
        candidate = start + column
        margin = text[start:candidate]
        here = text[candidate : candidate + 1]
        if not margin.strip() and len(margin) == column and here.strip() and here not in "}],":
            return candidate
        start = text.find("\n", start) + 1
    return len(text)


def _spread(row: RawRow) -> Iterator[RawRow]:
    """Yields the rows that one JSON value holds: itself, or several."""
    value = row.value
    if not isinstance(value, Mapping):
        yield row
        return
    fields = {usual_field(str(key)): item for key, item in value.items()}
    columns = [fields[name] for name in STATEMENT_FIELDS if name in fields]
    if columns and isinstance(columns[0], list) and _all_lists(value):
        yield from _transposed(row, value, range(len(columns[0])))
    elif columns and _is_column(columns[0]):
        yield from _transposed(row, value, list(columns[0]))
    elif _is_listing(value):
        for key, items in value.items():
            split = "" if usual_field(str(key)) in _LISTS else str(key)
            if isinstance(items, list):
                for item in items:
                    yield replace(row, value=item, split=split)
    elif _is_by_name(value):
        for key, item in value.items():
            yield replace(row, value=item, key=str(key))
    else:
        yield row


def _all_lists(value: Mapping[object, object]) -> bool:
    return all(isinstance(column, list) for column in value.values())


def _is_column(value: object) -> TypeGuard[Mapping[object, str]]:
    """Returns whether a field's values are stored by their row's index, as pandas writes them."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(str(key).isdigit() and isinstance(item, str) for key, item in value.items())
    )


def _transposed(
    row: RawRow, columns: Mapping[object, object], places: Iterable[object]
) -> Iterator[RawRow]:
    for place in places:
        fields: dict[object, object] = {}
        for name, column in columns.items():
            if isinstance(column, list) and isinstance(place, int):
                fields[name] = column[place] if place < len(column) else None
            elif isinstance(column, Mapping):
                fields[name] = column.get(place)
        yield replace(row, value=fields)


def _is_listing(value: Mapping[object, object]) -> bool:
    """Returns whether it holds lists of rows, by split or under a name such as `problems`."""
    lists = [
        (usual_field(str(key)), items)
        for key, items in value.items()
        if isinstance(items, list) and items and all(isinstance(row, Mapping) for row in items)
    ]
    return (
        bool(lists)
        and (len(lists) == len(value) or any(name in _LISTS for name, _ in lists))
        and not any(isinstance(value.get(name), str) for name in STATEMENT_FIELDS)
    )


def _is_by_name(value: Mapping[object, object]) -> bool:
    """Returns whether it holds a row under every name."""
    if any(usual_field(str(key)) in STATEMENT_FIELDS for key in value):
        return False
    return bool(value) and all(_is_stated(item) for item in value.values())


def _is_stated(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(usual_field(str(key)) in STATEMENT_FIELDS for key in value)
    return isinstance(value, str) and bool(STATES.search(value))
