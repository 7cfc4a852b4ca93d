"""Bounds on how many theorems a text may state, before it is read.

Reading takes time that grows with the square of the theorems that are left open, because each has
those before it as its preamble. Counting words takes none.
"""

from __future__ import annotations

import json

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import BATCH_TOO_LARGE, FILE_TOO_LARGE
from prover_arb.problems.json_rows import json_rows

READING_AT_ONCE = 2
"""How many texts are read at once; they are read on threads, beside the event loop."""

MOST_OF_A_ROW = 200
"""How many theorems one row may state; one of them is bought."""

WORDS = 10
"""How often `theorem` and the like may stand in the rows of a batch, for each theorem that it may
have: rows say in words, too, what they state."""


def require_few_open(text: str, most: int) -> None:
    """Raises Problem if a Lean file may leave far more than `most` theorems open."""
    count = text.count("sorry")
    if count > 2 * most:
        detail = f"text: `sorry` stands in it {count} times; this service fills {most} of a file"
        raise Problem(FILE_TOO_LARGE, detail, fields=["text"])


def require_few_stated(text: str, most: int) -> None:
    """Raises Problem if a Lean text states far more than `most` theorems."""
    _require(_stated(text), 2 * most, "The file")


def require_small_rows(text: str, most: int) -> None:
    """Raises Problem if rows state far more than `most` theorems, or one of them very many."""
    total = 0
    for row in json_rows("rows", text):
        if not row.fault:
            count = _stated(json.dumps(row.value))
            _require(count, MOST_OF_A_ROW, f"line {row.origin.rpartition(':')[2]}: one row")
            total += count
    _require(total, WORDS * most, "The batch")


def _stated(text: str) -> int:
    """Returns how often words that state something stand in a text, also after a JSON escape."""
    return sum(text.count(word) for word in ("theorem", "lemma", "example"))


def _require(count: int, most: int, what: str) -> None:
    if count > most:
        detail = f"{what} states some {count} theorems; at most {most} are read"
        raise Problem(BATCH_TOO_LARGE, detail, fields=["problems"])
