"""Tactic scripts without their arguments, and the arguments as descriptions that fit other goals.

    nlinarith [sq_nonneg (x - y), h₁]   on a goal with x, y and h₀, h₁
    nlinarith [sq_nonneg (‹v› - ‹v›), ‹h›]   with arguments 0, 1, 1

An argument says where in a statement something stands: the first variable, the second hypothesis,
the third numeral, or a number computed from one or two of the statement's numerals. Numerals up to
2 belong to the skeleton, because they stand in scripts for reasons of their own. So do the numerals
of a script that has very many, such as a list of witnesses to try. Case splits over all remainders
are folded, so that what was learnt for one modulus fits another:

    n % 5 = 0 ∨ n % 5 = 1 ∨ n % 5 = 2 ∨ n % 5 = 3 ∨ n % 5 = 4   is   ⟦‹v› % ‹n›⟧
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import isqrt

from prover_arb.core.lexer import Token, tokens
from prover_arb.errors import ProblemError

NUMBER_TYPES = frozenset({"ℕ", "ℤ", "ℚ", "ℝ", "Nat", "Int", "Rat", "Real"})
OWN_NUMERALS = 2
"""Numerals up to this one are part of a skeleton."""
MOST_NUMERALS = 8
"""How many of a statement's numerals arguments may refer to."""

MOST_CASES = 40
"""Cases that a split has at most, whatever number a draw puts there."""
MOST_SLOTS = 12
"""A script with more numerals than this keeps them all."""

_SLOT = re.compile(r"‹([vhfn])›")
_REMAINDERS = re.compile(r"([\w₀-₉'.]+|\([^()]*\)) % (\d+) = 0(?: ∨ \1 % \2 = \d+)+")
_BARS = re.compile(r"(?<=with )(\w+)(?: \| \1)+(?!\w)")
_FOLDED_REMAINDERS = re.compile(r"⟦([^⟦⟧|]+) % (\d+)⟧")
_FOLDED_BARS = re.compile(r"⟦(\w+)\|(\d+)⟧")


@dataclass(frozen=True)
class Surroundings:
    """What the arguments of a script may be: names and numerals of a statement, in its order."""

    variables: tuple[str, ...]
    hypotheses: tuple[str, ...]
    functions: tuple[str, ...]
    numerals: tuple[int, ...]
    modulus: int | None = None
    """The first numeral that something is divided by, in `% 5`, `5 ∣` or `[MOD 5]`."""

    def names(self, slot: str) -> tuple[str, ...]:
        """Returns the names that a slot of this kind may hold."""
        return {"v": self.variables, "h": self.hypotheses, "f": self.functions}[slot]


@dataclass(frozen=True)
class Abstracted:
    """A script taken apart."""

    skeleton: str
    arguments: tuple[str, ...]
    """One description per slot."""


@lru_cache(maxsize=20_000)
def surroundings_of(statement: str) -> Surroundings:
    """Reads the binders and the numerals of a statement."""
    try:
        words = [word for word in tokens(statement) if word.kind != "doc"]
    except ProblemError:
        return Surroundings((), (), (), ())
    groups: dict[str, list[str]] = {"v": [], "h": [], "f": []}
    for names, kind in _binders(words):
        groups[kind] += names
    numerals: dict[int, None] = {}
    for word in words:
        if word.kind == "number" and word.text.isdigit() and len(word.text) <= 9:
            numerals.setdefault(int(word.text))
    return Surroundings(
        tuple(groups["v"]),
        tuple(groups["h"]),
        tuple(groups["f"]),
        tuple(numerals)[:MOST_NUMERALS],
        _modulus(words),
    )


def abstracted(script: str, around: Surroundings) -> Abstracted:
    """Takes a script's arguments out."""
    script = _folded(script)
    slots = {name: ("v", place) for place, name in enumerate(around.variables)}
    slots |= {name: ("h", place) for place, name in enumerate(around.hypotheses)}
    slots |= {name: ("f", place) for place, name in enumerate(around.functions)}
    descriptions = computed(around)
    words = _words(script)
    if sum(word.kind == "number" for word in words) > MOST_SLOTS:
        descriptions = {}
    pieces, arguments, position = [], [], 0
    for word in words:
        head, dot, rest = word.text.partition(".")
        slot, argument = "", ""
        if word.kind == "name" and head in slots:
            slot, place = slots[head]
            argument = str(place)
        elif word.kind == "name" and (named := _named_after(head, slots)):
            # A local name such as `c_x`, made from that of a variable.
            pieces.append(script[position : word.end - len(named)])
            slot, place = slots[named]
            pieces.append(f"‹{slot}›")
            arguments.append(str(place))
            position = word.end
            continue
        elif word.kind == "number" and word.text.isdigit() and int(word.text) > OWN_NUMERALS:
            slot, argument = "n", descriptions.get(int(word.text), "")
        if argument:
            pieces += [script[position : word.start], f"‹{slot}›", dot, rest]
            arguments.append(argument)
            position = word.end
    return Abstracted("".join([*pieces, script[position:]]), tuple(arguments))


def slots_of(skeleton: str) -> str:
    """Returns the kinds of a skeleton's slots, in order, such as `vvh`."""
    return "".join(_SLOT.findall(skeleton))


def filled(skeleton: str, arguments: tuple[str, ...], around: Surroundings) -> str | None:
    """Puts arguments into a skeleton; None where the statement has nothing they describe."""
    texts: list[str] = []
    values: dict[str, int] | None = None
    for slot, argument in zip(slots_of(skeleton), arguments, strict=True):
        if slot == "n":
            if values is None:
                values = {text: value for value, text in _described(around)}
            if argument not in values:
                return None
            texts.append(str(values[argument]))
            continue
        names = around.names(slot)
        if int(argument) >= len(names):
            return None
        texts.append(names[int(argument)])
    rest = iter(texts)
    return _unfolded(_SLOT.sub(lambda _: next(rest), skeleton))


def computed(around: Surroundings) -> dict[int, str]:
    """Returns the simplest description of every number that a statement's numerals give."""
    values: dict[int, str] = {}
    for value, text in _described(around):
        values.setdefault(value, text)
    return values


def _described(around: Surroundings) -> Iterator[tuple[int, str]]:
    """Numbers with their descriptions, the simplest first.

    `%` is the modulus, `a` the first numeral.
    """
    numerals = around.numerals
    if around.modulus is not None:
        yield around.modulus, "%"
    letters = "abcdefgh"[: len(numerals)]
    named = list(zip(letters, numerals, strict=True))
    for letter, n in named:
        yield n, letter
    for letter, n in named:
        yield n + 1, f"{letter}+1"
        if n > 0:
            yield n - 1, f"{letter}-1"
        if isqrt(n) ** 2 == n:
            yield isqrt(n), f"√{letter}"
        yield 2 * n, f"2*{letter}"
    for (p, m), (q, n) in product(named, named):
        if p == q:
            continue
        yield m + n, f"{p}+{q}"
        yield m * n, f"{p}*{q}"
        if m > n:
            yield m - n, f"{p}-{q}"
        if n > 1:
            if m % n == 0:
                yield m // n, f"{p}/{q}"
            yield m % n, f"{p}%{q}"


def _named_after(name: str, slots: Mapping[str, tuple[str, int]]) -> str:
    """The variable that a local name ends with, or nothing."""
    end = name.rpartition("_")[2]
    return end if end != name and slots.get(end, ("", 0))[0] == "v" else ""


def _folded(script: str) -> str:
    """The same script with case splits over all remainders folded."""

    def remainders(match: re.Match[str]) -> str:
        folded = f"⟦{match[1]} % {match[2]}⟧"
        return folded if _unfolded(folded) == match[0] else match[0]

    folded = _REMAINDERS.sub(remainders, script)
    moduli = {int(match[2]) for match in _FOLDED_REMAINDERS.finditer(folded)}

    def bars(match: re.Match[str]) -> str:
        count = match[0].count("|") + 1
        return f"⟦{match[1]}|{count}⟧" if count in moduli else match[0]

    return _BARS.sub(bars, folded)


def _unfolded(script: str) -> str:
    def remainders(match: re.Match[str]) -> str:
        count = min(int(match[2]), MOST_CASES)
        return " ∨ ".join(f"{match[1]} % {match[2]} = {r}" for r in range(count))

    script = _FOLDED_REMAINDERS.sub(remainders, script)
    return _FOLDED_BARS.sub(
        lambda match: " | ".join([match[1]] * min(int(match[2]), MOST_CASES)), script
    )


def _modulus(words: list[Token]) -> int | None:
    for place, word in enumerate(words):
        if not (word.kind == "number" and word.text.isdigit() and len(word.text) <= 9):
            continue
        before = words[place - 1].text if place else ""
        after = words[place + 1].text if place + 1 < len(words) else ""
        if before in ("%", "MOD", "ZMOD") or after == "∣":
            return int(word.text)
    return None


def _words(script: str) -> list[Token]:
    try:
        return [word for word in tokens(script) if word.kind != "doc"]
    except ProblemError:
        return []


def _binders(words: list[Token]) -> Iterator[tuple[list[str], str]]:
    """The groups of names before the colon of a statement, each with the kind of slot it fills."""
    place = 0
    while place < len(words) and words[place].text in ("(", "{", "[", "⦃"):
        depth = words[place].depth
        end = next((i for i in range(place + 1, len(words)) if words[i].depth == depth), len(words))
        inside = words[place + 1 : end]
        colon = next((i for i, w in enumerate(inside) if w.text == ":"), None)
        if colon is not None and words[place].text != "[":
            names = [word.text for word in inside[:colon] if word.kind == "name"]
            yield names, _kind(inside[colon + 1 :])
        place = end + 1


def _kind(type_words: list[Token]) -> str:
    texts = [word.text for word in type_words]
    if len(texts) == 1 and texts[0] in NUMBER_TYPES:
        return "v"
    arrow = "→" in texts and not any(t in ("=", "<", ">", "≤", "≥", "∀", "∃", "∣") for t in texts)
    if arrow or texts in (["Type"], ["Prop"]):
        return "f"
    return "h"
