"""Unwraps a goal: introduces what it quantifies over, and takes apart what exists."""

from __future__ import annotations

from prover_arb.provers.local.goal import Goal, parse_goal
from prover_arb.provers.local.session import Session, Step
from prover_arb.provers.local.templates.functions import formula_lines
from prover_arb.provers.local.templates.reading import split_top, words

_MOST = 10
_CONNECTIVES = ("=", "≠", "<", ">", "≤", "≥", "∧", "∨", "→", "↔", "∣", "∈")


async def unwrapped(session: Session) -> tuple[list[str], Step]:
    """Returns the tactics that unwrap the theorem's goal, and the state they lead to.

    Raises as `Session.closes`.
    """
    step = await session.open()
    opening: list[str] = []
    for number in range(_MOST):
        tactic = unwrap(parse_goal(step.goals[0]), number)
        if tactic is None or step.state is None:
            break
        (after,) = await session.run(step.state, [tactic])
        if not after.ok or not after.goals:
            break
        step = after
        opening.append(tactic)
    return opening, step


async def replaced(session: Session, step: Step, goal: Goal) -> tuple[list[str], str | None]:
    """Returns tactics that replace functions by the formulas that define them, and the new goal.

    The goal is as Lean prints it, and None if there is nothing to replace. Raises as
    `Session.closes`.
    """
    lines = formula_lines(goal)
    if not lines or step.state is None:
        return [], None
    tactics = [*lines, "try dsimp only at *"]
    (after,) = await session.run(step.state, ["\n".join(tactics)])
    if not after.ok or len(after.goals) != 1:
        return [], None
    return tactics, after.goals[0]


def unwrap(goal: Goal, number: int) -> str | None:
    """Returns one safe step, if there is one: introduce, take apart an `∃`, substitute a variable.

    `number` makes its names unique.
    """
    if goal.target.startswith("∀") or len(split_top(goal.target, " → ")) > 1:
        return f"intro z{number}"
    numbers = goal.variables("ℕ", "ℤ", "ℚ", "ℝ", "ℂ")
    for hypothesis in goal.facts:
        if hypothesis.type.startswith("∃ "):
            return f"obtain ⟨y{number}, w{number}⟩ := {hypothesis.name}"
        left, equals, right = hypothesis.type.partition(" = ")
        for name, term in ((left, right), (right, left)):
            if equals and name in numbers and name not in words(term) and _is_term(term):
                return f"subst {hypothesis.name}"
    return None


def _is_term(text: str) -> bool:
    """Returns whether it is one side of an equation, not the beginning of a longer proposition."""
    return not any(f" {s} " in f" {text} " for s in _CONNECTIVES) and not text.startswith(
        ("∀", "∃")
    )
