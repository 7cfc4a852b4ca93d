"""Exports altered at random, as a hostile or broken elaborator might give them."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

from tests.oracle.kernels.exports import is_declaration, joined

Lines = list[dict[str, Any]]
Alter = Callable[[random.Random, Lines], None]

WORDS = (
    "False", "True", "Nat", "Nat.add", "add", "rec", "rec_1", "match_1", "sorryAx", "ofReduceBool",
    "propext", "target", "intro", "_private", "_nested", "gcd", "eq_1", "", "x" * 5_000, "é\u202e",
)  # fmt: skip
HUGE = (-1, 1 << 31, 1 << 32, 1 << 62, 1 << 64, 10**30)


def altered(draw: random.Random, lines: Lines, times: int) -> str:
    """The lines after some alterations, as text; now and then with broken characters in it."""
    made = copy.deepcopy(lines)
    for _ in range(times):
        if made:
            draw.choice(ALTERATIONS)(draw, made)
    text = "".join(json.dumps(line) + "\n" for line in made)
    if draw.random() < 0.1 and text:
        place = draw.randrange(len(text))
        text = text[:place] + draw.choice(['"', "}", "9", "\n", "\0", "é"]) + text[place + 1 :]
    if draw.random() < 0.05:
        text = text[: draw.randrange(len(text) + 1)]
    return text


def claiming(lines: Lines, goal: Lines) -> Lines:
    """A proof whose theorem claims to be that of another statement, given as an export."""
    made = joined(lines, goal)
    asked = made.pop()["axiom"]
    place = max(i for i, line in enumerate(made) if "thm" in line)
    theorem = made.pop(place)["thm"]
    fields = {"name": asked["name"], "type": asked["type"], "levelParams": asked["levelParams"]}
    made.append({"thm": {**theorem, **fields}})
    return made


def _leaves(value: Any, kind: type) -> list[tuple[Any, Any]]:
    """Every container and key under which a value of this type stands."""
    found: list[tuple[Any, Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in items:
        if isinstance(held, (dict, list)):
            found += _leaves(held, kind)
        elif type(held) is kind:
            found.append((value, key))
    return found


def _number(draw: random.Random, lines: Lines) -> None:
    leaves = _leaves(draw.choice(lines), int)
    if leaves:
        holder, key = draw.choice(leaves)
        old = holder[key]
        near = (old + 1, old - 1, old // 2, 0, draw.randrange(old + 2))
        holder[key] = draw.choice((*near, draw.choice(HUGE)) if draw.random() < 0.2 else near)


def _reference(draw: random.Random, lines: Lines) -> None:
    """A part of a term or declaration is another term."""
    terms = [i for i, line in enumerate(lines) if "ie" in line]
    leaves = [(h, k) for h, k in _leaves(draw.choice(lines), int)
              if k in {"fn", "arg", "type", "body", "value", "struct"}]  # fmt: skip
    if leaves and terms:
        holder, key = draw.choice(leaves)
        holder[key] = draw.randrange(len(terms))


def _word(draw: random.Random, lines: Lines) -> None:
    bodies = [line["str"] for line in lines if isinstance(line.get("str"), dict)]
    if bodies:
        draw.choice(bodies)["str"] = draw.choice((*WORDS, draw.choice(bodies).get("str", "")))


def _literal(draw: random.Random, lines: Lines) -> None:
    held = [line for line in lines if "natVal" in line]
    if held:
        draw.choice(held)["natVal"] = draw.choice(("0", "1", "2", "00", "-1", "9" * 5_000, "a", ""))


def _delete(draw: random.Random, lines: Lines) -> None:
    del lines[draw.randrange(len(lines))]


def _double(draw: random.Random, lines: Lines) -> None:
    place = draw.randrange(len(lines))
    lines.insert(draw.randrange(len(lines) + 1), copy.deepcopy(lines[place]))


def _swap(draw: random.Random, lines: Lines) -> None:
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _declaration(draw: random.Random, lines: Lines) -> dict[str, Any] | None:
    found = [line for line in lines if is_declaration(line) and "inductive" not in line]
    return draw.choice(found) if found else None


def _turn(draw: random.Random, lines: Lines) -> None:
    """Type and value change places."""
    if (line := _declaration(draw, lines)) is not None:
        body = next(iter(line.values()))
        if isinstance(body, dict) and "value" in body and "type" in body:
            body["type"], body["value"] = body["value"], body["type"]


def _kind(draw: random.Random, lines: Lines) -> None:
    if (line := _declaration(draw, lines)) is not None:
        ((kind, body),) = line.items()
        del line[kind]
        more = {"hints": "abbrev", "safety": draw.choice(("safe", "unsafe", "partial")), **body}
        line[draw.choice(("axiom", "thm", "def", "opaque", "quot", "meta"))] = more


def _move(draw: random.Random, lines: Lines) -> None:
    """A declaration comes earlier or later."""
    if (line := _declaration(draw, lines)) is not None:
        lines.remove(line)
        lines.insert(draw.randrange(len(lines) + 1), line)


def _type(draw: random.Random, lines: Lines) -> None:
    """A value of another type of JSON."""
    leaves = [leaf for kind in (int, str, bool) for leaf in _leaves(draw.choice(lines), kind)]
    if leaves:
        holder, key = draw.choice(leaves)
        holder[key] = draw.choice((None, True, 1.0, "1", [], {}, [holder[key]]))


def _field(draw: random.Random, lines: Lines) -> None:
    """A field too few or too many."""
    body = next(iter(draw.choice(lines).values()), None)
    if isinstance(body, dict) and body:
        if draw.random() < 0.5:
            del body[draw.choice(list(body))]
        else:
            body["more"] = 1


ALTERATIONS: tuple[Alter, ...] = (
    _number, _number, _reference, _reference, _reference, _word, _word, _literal, _delete, _double,
    _swap, _turn, _kind, _move, _type, _field,
)  # fmt: skip
