"""The form of a statement: what is left of it once names and numerals no longer matter.

Two statements have the same form if one becomes the other by renaming bound names and changing
numerals. A student must not learn from a theorem of an evaluation set, and a near copy with other
numerals is as good as the theorem itself, so leaks are looked for by form.

    (x y : ℝ) (h₀ : 2 * x = 6) : x = 3   ->   ( v0 v1 : ℝ ) ( v2 : # * v0 = # ) : v0 = #
"""

from __future__ import annotations

from functools import lru_cache

from prover_arb.core.lexer import Token, tokens
from prover_arb.core.theorem import sha256
from prover_arb.errors import ProblemError

_QUANTIFIERS = frozenset("∀∃λ∑∏⋃⋂∫") | {"fun", "let"}
_SAME = {"in": "∈", "λ": "fun"}
_SPELLINGS = {">=": "≥", "<=": "≤", "!=": "≠", "<->": "↔", "->": "→", "=>": "↦"}
_NO_NAMES = frozenset({"in", "fun", "let", "if", "then", "else"})


class _Scopes:
    """The names that are bound at a place, each with its number."""

    def __init__(self) -> None:
        self._bound: list[tuple[str, int, int]] = []
        self._count = 0

    def bind(self, name: str, depth: int) -> None:
        """Binds a name until a bracket closes that was open at `depth`."""
        self._bound.append((name, depth, self._count))
        self._count += 1

    def leave(self, depth: int) -> None:
        """Forgets what was bound inside brackets that are closed by now."""
        while self._bound and self._bound[-1][1] > depth:
            self._bound.pop()

    def number(self, name: str) -> int | None:
        """Returns the number of the innermost binding of a name."""
        return next((n for known, _, n in reversed(self._bound) if known == name), None)


@lru_cache(maxsize=100_000)
def form(statement: str) -> str:
    """Returns the form of the text between a theorem's name and `:=`.

    Example:
        >>> form("(n : ℕ) : n + 2 = 5") == form("(k : ℕ) : k + 3 = 7")
        True
    """
    for ascii_text, symbol in _SPELLINGS.items():
        statement = statement.replace(ascii_text, symbol)
    try:
        words = [word for word in tokens(statement) if word.kind != "doc"]
    except ProblemError:
        # What cannot be split into words is compared as it stands.
        return " ".join(statement.split())
    binders = _binders(words)
    scopes, parts = _Scopes(), []
    for place, word in enumerate(words):
        scopes.leave(word.depth)
        if place in binders:
            scopes.bind(word.text, binders[place])
        parts.append(_written(word, scopes))
    return " ".join(parts)


def form_digest(statement: str) -> str:
    """Returns a hash of the form of a statement, 16 hexadecimal digits."""
    return sha256(form(statement))[:16]


def _written(word: Token, scopes: _Scopes) -> str:
    if word.kind == "number":
        return "#"
    if word.kind != "name":
        return _SAME.get(word.text, word.text)
    head, dot, rest = word.text.partition(".")
    number = scopes.number(head)
    return _SAME.get(word.text, word.text) if number is None else f"v{number}{dot}{rest}"


def _binders(words: list[Token]) -> dict[int, int]:
    """Returns the places of names that are bound there, and the depth that each is bound at."""
    places: dict[int, int] = {}
    for place, word in enumerate(words):
        if word.text in _QUANTIFIERS:
            start = place + 1
            if start < len(words) and words[start].text == "!":
                start += 1
            places |= dict.fromkeys(_names(words, start), word.depth)
        elif word.text in ("(", "{", "[", "⦃"):
            names = _names(words, place + 1)
            after = place + 1 + len(names)
            closed = words[after].text if names and after < len(words) else ""
            if closed == "|":
                places |= dict.fromkeys(names, word.depth + 1)
            elif closed == ":" and _binds(words, place, word.text, after):
                inside = word.text == "{" and _is_set(words, after, word.depth)
                places |= dict.fromkeys(names, word.depth + inside)
    return places


def _names(words: list[Token], start: int) -> list[int]:
    names = []
    for place in range(start, len(words)):
        word = words[place]
        if word.kind != "name" or word.text in _NO_NAMES or "." in word.text:
            break
        names.append(place)
    return names


def _binds(words: list[Token], place: int, bracket: str, colon: int) -> bool:
    """Returns whether `(x : T` is a binder, and not a term with its type, as in `(x : ℝ) ^ 2`.

    A binder stands first, or follows another binder or a quantifier.
    """
    if bracket != "(":
        return True
    if place == 0:
        return True
    before = words[place - 1]
    if before.text in _QUANTIFIERS:
        return True
    # Before the colon of the statement, groups follow one another and nothing stands between.
    return before.text in (")", "}", "]", "⦄") and not any(
        word.text == ":" and word.depth == words[place].depth for word in words[:place]
    )


def _is_set(words: list[Token], start: int, depth: int) -> bool:
    for word in words[start:]:
        if word.depth == depth + 1 and word.text == "|":
            return True
        if word.depth <= depth:
            return False
    return False
