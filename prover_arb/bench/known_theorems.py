"""Which theorems of a run a policy file knows already, so that its figures are not held out.

A theorem is known if the file has one of the same form, which is equal up to names and numerals,
or, where the file has no statement, one of the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prover_arb.errors import PolicyError
from prover_arb.problems import Problem
from prover_arb.problems.forms import form_digest
from prover_arb.scheduler.policies.parse import SHIPPED_POLICY, policy_file_of
from prover_arb.scheduler.policy_file import PolicyFile

NAMED = 3
"""How many of the known theorems a message names."""


def known_theorems(file: PolicyFile, problems: Iterable[Problem]) -> list[str]:
    """Returns the labels of the problems that a policy file knows."""
    learnt = [(row.theorem, row.statement) for row in file.rows]
    learnt += [(history.theorem, history.statement) for history in file.learnt]
    forms = {form_digest(statement) for _, statement in learnt if statement is not None}
    names = {name for name, statement in learnt if statement is None}
    return [
        problem.label
        for problem in problems
        if problem.name in names or form_digest(problem.theorem.statement) in forms
    ]


def refuse_known(policies: Sequence[str], problems: Sequence[Problem]) -> None:
    """Refuses `schedule:FILE` where the file knows a theorem of the run.

    Raises:
        PolicyError: names the file and the theorem.
    """
    for policy in policies:
        file = policy_file_of(policy)
        if file is None or _is_shipped(policy):
            continue
        if known := known_theorems(file, problems):
            path = policy.partition("schedule:")[2]
            raise PolicyError(
                f"{path}: the policy file knows {_some(known)}, by name or by a statement that "
                "differs in names and numerals only, so its figures would not be held out; fit it "
                "on other theorems, or give --known-theorems"
            )


def begins_with(policies: Sequence[str], problems: Sequence[Problem]) -> list[str]:
    """Says how far the policies of a run explore, and which of its theorems they know."""
    lines = []
    for policy in policies:
        file = policy_file_of(policy)
        if file is None:
            continue
        lines.append(f"{policy} explores with at most {file.exploration:.1%} of what it spends")
        if known := known_theorems(file, problems):
            lines.append(f"{policy} knows {_some(known)}: its figures are not held out")
    return lines


def _is_shipped(policy: str) -> bool:
    return policy.rpartition("+")[2] == SHIPPED_POLICY


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} of these theorems ({', '.join(names[:NAMED])}{more})"
