"""The fields of a row, by whatever name a data set calls them.

Published sets agree on little. The Lean text stands under `formal_statement`, `lean4_code`,
`formal_theorem` and a dozen other names, the row's own name under as many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

STATEMENT_FIELDS = (
    "formal_statement", "lean4_statement", "formal_theorem", "formal_problem",
    "lean4_formalization", "formal_stmt", "autoformalization", "lean_statement", "fl_statement",
    "fl_theorem", "theorem_statement", "lean4_code", "lean_code", "full_code", "lean4", "lean",
    "code", "formalization", "formal", "theorem", "statement",
)  # fmt: skip
"""Where the Lean text may stand, the most telling first. `statement` is often prose."""

HEADER_FIELDS = (
    "header", "lean4_src_header", "src_header", "lean4_header", "lean_header", "formal_header",
    "preamble", "src_context", "imports", "definitions",
)  # fmt: skip

NAME_FIELDS = (
    "name", "problem_name", "theorem_name", "theorem_names", "full_name", "problem_id", "id",
    "uuid", "statement_id", "problem_idx", "idx",
)  # fmt: skip

INFORMAL_FIELDS = (
    "informal", "informal_statement", "informal_stmt", "informal_prefix", "informal_problem",
    "informal_theorem", "natural_language_statement", "natural_language", "nl_statement",
    "nl_problem", "problem", "question", "refined_statement",
)  # fmt: skip

CATEGORY_FIELDS = ("category", "problem_type", "type", "domain", "area", "tags", "tag")

STATES = re.compile(r"\b(?:theorem|lemma|example)\b")
"""Whether a text may state a theorem at all."""

HALF_PAIR = re.compile("[\ud800-\udfff]")
"""What is half of a surrogate pair, and so no Unicode text."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)
def usual_field(field: str) -> str:
    """Returns a field's name in one spelling for `Formal Statement` and `formalStatement`."""
    return re.sub(r"[\s\-]+", "_", _CAMEL.sub("_", field.strip())).lower()


def usual_fields(row: Mapping[object, object]) -> dict[str, object]:
    """Returns the fields by their usual spelling, with those of nested objects that none masks."""
    fields: dict[str, object] = {}
    nested: list[Mapping[object, object]] = []
    for key, value in row.items():
        if isinstance(value, Mapping):
            nested.append(value)
        else:
            fields.setdefault(usual_field(str(key)), value)
    for inside in nested:
        for key, value in inside.items():
            fields.setdefault(usual_field(str(key)), value)
    return fields


def stating(fields: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Fields that may hold the theorem, by name, then any other text with a theorem to prove."""
    for name in STATEMENT_FIELDS:
        if fields.get(name) not in (None, ""):
            yield name, fields[name]
    known = {*STATEMENT_FIELDS, *HEADER_FIELDS, *NAME_FIELDS}
    for name, value in fields.items():
        if name not in known and isinstance(value, str) and ":=" in value and STATES.search(value):
            yield name, value


def first_text(fields: Mapping[str, object], names: tuple[str, ...]) -> str:
    """Returns the text of the first of these fields that is a text, a number or a list of them."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, list):
            value = ", ".join(str(item) for item in value if isinstance(item, str | int | float))
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        if text := str(value).replace("\r\n", "\n").strip():
            return _CONTROL.sub(" ", HALF_PAIR.sub("\ufffd", text))
    return ""


def header_text(fields: Mapping[str, object]) -> str:
    """Returns the Lean text that comes before that of the theorem."""
    value = next((fields[name] for name in HEADER_FIELDS if fields.get(name)), "")
    return value if isinstance(value, str) else ""


def nothing_stated(row: Mapping[object, object], fields: Mapping[str, object]) -> str:
    """Returns why a row without a text for its theorem is not read."""
    empty = [name for name in STATEMENT_FIELDS if name in fields]
    if empty:
        return f"the field `{empty[0]}` is empty"
    has = ", ".join(f"`{key}`" for key in list(row)[:8]) or "none"
    return (
        "no field holds a theorem, such as `formal_statement`, `lean4_code` or `statement`; the "
        f"row's fields are {has}"
    )


def kind_of(value: object) -> str:
    """Returns what a JSON value is, in words."""
    if value is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return names.get(type(value), "a number")
