"""Says where in a customer's text a statement is wrong."""

from __future__ import annotations

from prover_arb.api.problem_documents import FieldError, field_error
from prover_arb.broker.loop import Inspection
from prover_arb.core.theorem import Message, Theorem


def statement_errors(theorem: Theorem, check: Inspection) -> list[FieldError]:
    """Returns Lean's errors with their positions in the field that the customer wrote.

    Lean reads the statement after `theorem NAME `, so columns of its first line begin behind that.
    """
    errors = [message for message in check.messages if message.severity == "error"]
    if not errors:
        return [field_error(["theorem", "statement"], check.reason)]
    if check.reason.startswith("preamble: "):
        return [_at(message, "preamble", before=0) for message in errors]
    return [_at(message, "statement", before=len(f"theorem {theorem.name} ")) for message in errors]


def _at(message: Message, field: str, *, before: int) -> FieldError:
    column = message.column - before if message.line == 1 else message.column
    return field_error(["theorem", field], message.text).model_copy(
        update={"line": message.line, "column": max(0, column)}
    )
