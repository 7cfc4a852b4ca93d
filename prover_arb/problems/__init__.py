"""Reads theorems from Lean files and folders, JSON rows in every published form, and typed text.

    files -> rows -> theorems of a Lean text -> problems, and what was not read with the reason

Every command that takes a problem set reads it with `read_problems`.
"""

from __future__ import annotations

from prover_arb.problems.foundations import refuse_unfounded, unfounded_theorem
from prover_arb.problems.problem import DataSet, Problem, Unread, grouped
from prover_arb.problems.reader import (
    read_problems,
    read_text,
    read_theorem_file,
    shipped_problems,
    survey,
    survey_text,
)
from prover_arb.problems.statement import parse_statement, theorem_of_message
from prover_arb.problems.theorems import as_identifier, make_theorem, read_lean

__all__ = [
    "DataSet",
    "Problem",
    "Unread",
    "as_identifier",
    "grouped",
    "make_theorem",
    "parse_statement",
    "read_lean",
    "read_problems",
    "read_text",
    "read_theorem_file",
    "refuse_unfounded",
    "shipped_problems",
    "survey",
    "survey_text",
    "theorem_of_message",
    "unfounded_theorem",
]
