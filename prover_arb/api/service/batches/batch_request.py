"""The request for a batch: terms, and theorems in any form of problems that the CLI reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError, field_validator
from starlette.exceptions import HTTPException

from prover_arb.api.problem_documents import FieldError, Problem, field_error
from prover_arb.api.problem_kinds import (
    BAD_INPUT,
    BATCH_TOO_LARGE,
    INVALID_REQUEST,
    MALFORMED_JSON,
    WRONG_TYPE,
)
from prover_arb.api.service.batches.batch import BatchTerms, BatchTheorem, SkippedRow
from prover_arb.api.service.body_type import media_type, says_json
from prover_arb.api.service.proof_request import DEFAULT_POLICY, Metadata
from prover_arb.api.service.service_limits import LONGEST_DEADLINE, LONGEST_STATEMENT
from prover_arb.api.service.shapes import Shape, integer_of_query
from prover_arb.api.service.stated import require_few_stated, require_small_rows
from prover_arb.api.service.usd import Budget
from prover_arb.api.service.webhooks.targets import Webhook
from prover_arb.core.theorem import Profile
from prover_arb.errors import ProblemError
from prover_arb.problems import DataSet, refuse_unfounded, survey_text
from prover_arb.problems.files import decoded

LEAN_TYPE = "text/x-lean"

FILE_TYPES = {
    "application/x-ndjson": "body.jsonl",
    "application/jsonl": "body.jsonl",
    LEAN_TYPE: "body.lean",
}
"""Types of bodies that are a problem file, and the name of a file of that form."""

MOST_FAULTS = 20
"""How many rows that cannot be read are named in an answer."""

_PLAIN = frozenset({"name", "statement", "preamble", "profile"})

Row = dict[str, Any] | str


class BatchTermsIn(Shape):
    """What is said of a batch beside its theorems: in the body, or in the query for a file."""

    theorem_budget_usd: Budget | None = None
    """What one theorem may cost at most, in dollars. In any case a theorem may cost an equal share
    of what is left of `budget_usd` when work on it begins, so that what one leaves goes to those
    after it; once all are begun, it goes to those in work that have used their shares up."""
    deadline: Annotated[int, Field(ge=1, le=LONGEST_DEADLINE, strict=True)] | None = Field(
        default=None, examples=[600]
    )
    """Seconds from now after which nothing more is bought; what is open ends as `exhausted`."""
    policy: str = Field(default=DEFAULT_POLICY, min_length=1, max_length=110)
    """The name of a policy that this server's operator registered, such as `cascade`."""
    seed: int = Field(default=0, ge=0, lt=2**31, strict=True)
    """The random seed, for policies and provers that draw at random."""
    webhook: Webhook | None = None
    """Where a signed message is sent when all theorems have ended: an http or https address of at
    most 2,000 characters, without credentials, and not inside the server's network."""
    skip_unread: bool = False
    """Whether rows that cannot be read are left out, and listed as `skipped`. Otherwise one such
    row has the batch refused."""


class BatchRequest(BatchTermsIn):
    """The order of many proofs under one budget."""

    problems: list[Row] = Field(min_length=1)
    """The theorems: each a string with a Lean statement, an object as in an order, or a row of a
    published problem set in any form that the command line reads."""
    budget_usd: Budget
    """What all theorems may cost together, in dollars: decimal text no finer than 0.000001, or a
    number, which is rounded down to 0.000001; above 0 and at most 1,000,000."""
    metadata: Metadata = Field(default={})
    """Your own notes, up to 16 names of 64 characters with values of 512."""

    def terms(self, skipped: tuple[SkippedRow, ...]) -> BatchTerms:
        """Returns what is asked for, the theorems aside."""
        return BatchTerms(
            policy=self.policy,
            budget=self.budget_usd,
            theorem_budget=self.theorem_budget_usd,
            seed=self.seed,
            deadline=self.deadline,
            webhook=self.webhook,
            metadata=self.metadata,
            skipped=skipped,
        )


class BatchQuery(BatchTermsIn):
    """The terms of a batch whose body is a problem file."""

    budget_usd: Budget | None = None
    """What all theorems may cost together, in dollars; needed where the body is a problem file, and
    otherwise given there."""

    _numbers = field_validator("deadline", "seed", mode="before")(integer_of_query)


def read_batch(
    data: bytes, content_type: str | None, query: BatchQuery, profile: Profile, *, most: int
) -> tuple[BatchTerms, list[BatchTheorem]]:
    """Returns the terms and the theorems of a request.

    Raises:
        Problem, RequestValidationError, HTTPException: it cannot be used; rows at fault are named
            by their lines.
    """
    kind = media_type(content_type)
    if says_json(kind):
        request = _of_json(data, query)
        # Each row on a line of its own, so that lines count the rows.
        text = "\n".join(json.dumps(_stated(row)) for row in request.problems)
        require_small_rows(text, most)
        read = survey_text("problems.jsonl", text, profile=profile)
    elif kind in FILE_TYPES:
        request = _of_query(query)
        text = _text(data, FILE_TYPES[kind])
        (require_few_stated if kind == LEAN_TYPE else require_small_rows)(text, most)
        read = survey_text(FILE_TYPES[kind], text, profile=profile)
    else:
        known = ", ".join(["application/json", *FILE_TYPES])
        given = f"{content_type!r} was sent" if content_type else "none was sent"
        raise Problem(WRONG_TYPE, f"Content-Type: one of {known} is needed, {given}")
    if read.rows > most:
        detail = f"The batch has {read.rows} theorems; this service takes at most {most} in one"
        raise Problem(BATCH_TOO_LARGE, detail, fields=["problems"])
    theorems, faults = _sorted_out(read)
    if not theorems or (faults and not request.skip_unread):
        raise _refused(faults, read.rows)
    return request.terms(tuple(faults)), theorems


def _of_json(data: bytes, query: BatchQuery) -> BatchRequest:
    given = [f"query.{name}" for name in query.model_fields_set]
    if given:
        detail = "the terms are in the body; in the query they are for a body that is a file"
        raise Problem(INVALID_REQUEST, detail, fields=sorted(given))
    try:
        value = json.loads(data)
    except json.JSONDecodeError as error:
        raise Problem(MALFORMED_JSON, f"The body is not JSON: {error}") from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise HTTPException(400) from error
    try:
        return BatchRequest.model_validate(value)
    except ValidationError as error:
        faults = error.errors()
        raise RequestValidationError(
            [fault | {"loc": ("body", *fault["loc"])} for fault in faults]
        ) from None


def _of_query(query: BatchQuery) -> BatchRequest:
    if query.budget_usd is None:
        raise Problem(INVALID_REQUEST, "budget_usd: Field required", fields=["budget_usd"])
    given = {name: getattr(query, name) for name in BatchTermsIn.model_fields}
    return BatchRequest.model_construct(
        **given, budget_usd=query.budget_usd, problems=[], metadata={}
    )


def _stated(row: Row) -> Row:
    """Returns a row that the reader reads: a statement alone has no name of its own."""
    if isinstance(row, str):
        row = {"statement": row}
    return {"name": "claim", **row} if set(row) <= _PLAIN else row


def _text(data: bytes, name: str) -> str:
    if data.startswith(b"\x1f\x8b"):
        raise Problem(BAD_INPUT, "The body is compressed; send it as plain text")
    try:
        return decoded(Path(name), data)
    except ProblemError as error:
        raise Problem(BAD_INPUT, str(error).removeprefix(f"{name}: ")) from None


def _sorted_out(read: DataSet) -> tuple[list[BatchTheorem], list[SkippedRow]]:
    """Returns the theorems that can be bought, in their order, and the rows that cannot."""
    theorems = []
    faults = [
        SkippedRow(line=_line(row.origin), reason=_reason(row.field, row.reason))
        for row in read.unread
    ]
    for problem in read.problems:
        line, theorem = _line(problem.origin), problem.theorem
        try:
            refuse_unfounded(theorem)
        except ProblemError as error:
            faults.append(SkippedRow(line=line, reason=str(error)))
            continue
        if len(theorem.statement) > LONGEST_STATEMENT:
            reason = f"its statement has more than {LONGEST_STATEMENT:,} characters"
            faults.append(SkippedRow(line=line, reason=reason))
            continue
        theorems.append(BatchTheorem(theorem=theorem, line=line))
    return theorems, sorted(faults, key=lambda fault: fault.line or 0)


def _line(origin: str) -> int | None:
    number = origin.rpartition(":")[2]
    return int(number) if number.isdigit() else None


def _reason(field: str, reason: str) -> str:
    return f"the field `{field}`: {reason}" if field else reason


def _refused(faults: list[SkippedRow], rows: int) -> Problem:
    """Returns the problem that names the rows at fault by their lines."""
    errors = [_fault(row) for row in faults[:MOST_FAULTS]]
    detail = f"{len(faults)} of {rows} rows cannot be read: " + "; ".join(
        error.detail for error in errors[:3]
    )
    if len(faults) > 3:
        detail += "; ..."
    return Problem(BAD_INPUT, detail, errors=errors)


def _fault(row: SkippedRow) -> FieldError:
    at = "" if row.line is None else f"line {row.line}: "
    return field_error(["problems"], at + row.reason).model_copy(update={"line": row.line})
