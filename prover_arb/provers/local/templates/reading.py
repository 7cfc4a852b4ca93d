"""What templates read off a goal's text: facts, numerals, moduli, denominators, instances."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prover_arb.provers.local.goal import Goal

_NUMERAL = re.compile(r"(?<![\w.✝₀-₉])\d+(?![\w.])")
_MODULUS = re.compile(r"% (\d+)|(?:Z?MOD) (\d+)|(?<![\w.])(\d+) ∣")
_WORD = re.compile(r"[^\W\d][\w'✝]*")
_OPEN, _CLOSE = "([{⟨⌊⌈", ")]}⟩⌋⌉"
_BINDERS = ("∀", "∃", "∑", "∏", "fun ", "λ")


@dataclass(frozen=True)
class Fact:
    """A proposition at hand and the term that proves it."""

    proof: str
    text: str


def split_top(text: str, separator: str) -> list[str]:
    """Parts between separators that stand outside all brackets and before any binder."""
    parts, depth, start, i = [], 0, 0, 0
    while i < len(text):
        if text[i] in _OPEN:
            depth += 1
        elif text[i] in _CLOSE:
            depth -= 1
        elif depth == 0 and text.startswith(_BINDERS, i):
            break  # a binder reaches to the end
        elif depth == 0 and text.startswith(separator, i):
            parts.append(text[start:i])
            i += len(separator)
            start = i
            continue
        i += 1
    return [*parts, text[start:]]


def facts(goal: Goal) -> list[Fact]:
    """The goal's hypotheses, conjunctions taken apart."""
    conjuncts: list[Fact] = []
    for hypothesis in goal.facts:
        conjuncts += _conjuncts(hypothesis.name, hypothesis.type)
    return conjuncts


def _conjuncts(proof: str, text: str) -> list[Fact]:
    if len(split_top(text, " ∨ ")) > 1 or len(split_top(text, " → ")) > 1 or " ↔ " in text:
        return [Fact(proof, text)]
    parts = split_top(text, " ∧ ")
    if len(parts) == 1:
        return [Fact(proof, text)]
    last = len(parts) - 1
    return [
        Fact(proof + ".2" * i + ("" if i == last else ".1"), part) for i, part in enumerate(parts)
    ]


def has_sum(text: str) -> bool:
    """Whether a sum or product over a finite set is in it, however it is printed."""
    return any(sign in text for sign in ("∑", "∏", ".sum ", ".prod "))


def texts(goal: Goal) -> list[str]:
    """The target and every usable fact."""
    return [goal.target, *(h.type for h in goal.facts)]


def numerals(goal: Goal, *, most: int = 10**6) -> list[int]:
    """Distinct numerals up to `most`, in order of appearance."""
    seen: dict[int, None] = {}
    for text in texts(goal):
        for match in _NUMERAL.findall(text):
            if len(match) <= 7 and int(match) <= most:
                seen.setdefault(int(match))
    return list(seen)


def moduli(goal: Goal) -> list[int]:
    """Distinct numerals that something is divided by, in order of appearance."""
    seen: dict[int, None] = {}
    for text in texts(goal):
        for groups in _MODULUS.findall(text):
            value = int(next(g for g in groups if g))
            if 1 < value <= 64:
                seen.setdefault(value)
    return list(seen)


def words(text: str) -> set[str]:
    """Every identifier."""
    return set(_WORD.findall(text))


def only_about(text: str, names: set[str], goal: Goal) -> bool:
    """Whether a text mentions no variable of the goal besides `names`."""
    others = {h.name for h in goal.hypotheses} - names
    return not (words(text) & others)


def applications(text: str, function: str) -> list[str]:
    """The first arguments a function is applied to."""
    arguments: dict[str, None] = {}
    for match in re.finditer(rf"(?<![\w.]){re.escape(function)} ", text):
        rest = text[match.end() :]
        term = _bracketed(rest) if rest[:1] == "(" else _head(rest)
        if term:
            arguments.setdefault(term)
    return list(arguments)


def unbracketed(text: str) -> str:
    """Without a pair of brackets around the whole."""
    return text[1:-1] if text.startswith("(") and _bracketed(text) == text else text


def _bracketed(text: str) -> str:
    depth = 0
    for i, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return text[: i + 1]
    return ""


def _head(text: str) -> str:
    match = re.match(r"[\w.'₀-₉]+", text)
    return match.group() if match else ""
