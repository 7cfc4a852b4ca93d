"""What it means that a statement is false: that its negation is proved.

The negation is made from the statement's text, `(n : ℕ) : P n` becoming `: ¬ (∀ (n : ℕ), P n)`.
Text is only a proposal: whether that is what was claimed, turned round, is decided by the two
elaborated types (`denies`), so that neither notation nor a preamble's variables can mislead.
"""

from __future__ import annotations

import re
from itertools import count

from prover_arb.core.theorem import Theorem, suffixed

SUFFIX = "_is_false"

_TOKENS = re.compile(r"--[^\n]*|/-.*?-/|:=|[:()\[\]{}⟨⟩⦃⦄]", re.DOTALL)
_OPENING, _CLOSING = "([{⟨⦃", ")]}⟩⦄"
_HYGIENE = re.compile(r"[^\s.(){}\[\]]*\._@\.[\w.]*_hyg\.\d+")
_FORALL = "forall "


def negation(theorem: Theorem) -> Theorem | None:
    """The theorem that this one is false, or None where its text has no goal to negate."""
    depth = 0
    for token in _TOKENS.finditer(theorem.statement):
        mark = token.group()
        if mark in _OPENING:
            depth += 1
        elif mark in _CLOSING:
            depth -= 1
        elif mark == ":" and depth == 0:
            binders = theorem.statement[: token.start()].strip()
            goal = theorem.statement[token.end() :].strip()
            # A new line ends what may be a comment.
            end = "\n" if "--" in theorem.statement else ""
            claim = f"∀ {binders}{end}, {goal}{end}" if binders else f"{goal}{end}"
            return theorem.model_copy(
                update={"name": suffixed(theorem.name, SUFFIX), "statement": f": ¬ ({claim})"}
            )
    return None


def denies(denial: str, claim: str, given: str) -> bool:
    """Whether one elaborated type is the negation of another; types as Lean prints them in full.

    `given` is what every statement of the profile begins with, as in `type_parameters`: the
    core profile has any ordered field that is complete for ℝ. Of those the claim is then denied
    one and all, which is more than its negation, since there are such fields.
    """
    denial, claim, given = (_named_alike(text) for text in (denial, claim, given))
    if denial in {f"Not ({claim})", f"Not {claim}"}:
        return True
    before = f"{_FORALL}{given}, Not ("
    if not given or not denial.startswith(before) or not denial.endswith(")"):
        return False
    denied = denial[len(before) : -1]
    if denied.startswith(_FORALL):
        return claim == f"{_FORALL}{given} {denied[len(_FORALL) :]}"
    return claim == f"{_FORALL}{given}, {denied}"


def type_parameters(printed: str) -> str:
    """The binders that an elaborated type begins with; empty where there are none."""
    if not printed.startswith(_FORALL):
        return ""
    depth = 0
    for place, char in enumerate(printed):
        depth += (char in _OPENING) - (char in _CLOSING)
        if depth == 0 and char == ",":
            return printed[len(_FORALL) : place]
    return ""


def _named_alike(text: str) -> str:
    """With the names that Lean made up numbered in the order in which they appear."""
    numbers = count()
    names: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        return names.setdefault(found.group(), f"_{next(numbers)}")

    return _HYGIENE.sub(name, text)
