"""Makes the negation of a statement; the statement is false if its negation is proved.

The negation is made from the statement's text: `(n : ℕ) : P n` becomes `: ¬ (∀ (n : ℕ), P n)`. The
text is only a proposal. The oracle decides from the two elaborated statements whether the one is
the negation of the other (oracle/refutation.py).
"""

from __future__ import annotations

import re

from prover_arb.core.theorem import Theorem, suffixed

SUFFIX = "_is_false"

_TOKENS = re.compile(r"--[^\n]*|/-.*?-/|:=|[:()\[\]{}⟨⟩⦃⦄]", re.DOTALL)
_OPENING, _CLOSING = "([{⟨⦃", ")]}⟩⦄"


def negation(theorem: Theorem) -> Theorem | None:
    """Returns the theorem that `theorem` is false; None if its text has no goal to negate."""
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
