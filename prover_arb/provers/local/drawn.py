"""What the shipped student would draw for a goal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from prover_arb.errors import StudentError
from prover_arb.provers.local.goal import Goal
from prover_arb.provers.students.student import Student, read_student

SHIPPED = Path(__file__).parents[1] / "students" / "shipped.npz"
DRAWS = 4
"""How many scripts are drawn for a goal."""


def drawn_for(goal: Goal) -> Iterator[str]:
    """Yields the student's first draws for the goal, read as a statement."""
    student = _student()
    if student is not None:
        yield from student.draw(statement_of(goal), number=0, seed=0, count=DRAWS)


def statement_of(goal: Goal) -> str:
    """Returns the statement that says the same as the goal."""
    binders = [
        f"({h.name} : {h.type})"
        for h in goal.hypotheses
        if h.usable and "inst" not in h.name and not (h.type == "Type" and h.name in "ℝℂ")
    ]
    return f"{' '.join(binders)} : {goal.target}"


@cache
def _student() -> Student | None:
    """Reads the student once; a search without it does what else it can."""
    try:
        return read_student(SHIPPED)
    except StudentError:
        return None
