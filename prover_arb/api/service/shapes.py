"""What requests and answers have in common, and the theorem as a request states it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from prover_arb.api.service.service_limits import LONGEST_STATEMENT
from prover_arb.core.numerals import parse_integer
from prover_arb.core.theorem import MAX_NAME, Theorem


def integer_of_query(value: object) -> object:
    """Returns the number that a text of a query says; what is no text stays as it is.

    Raises:
        ValueError: it is not written in plain digits.
    """
    return parse_integer(value) if isinstance(value, str) else value


QueryInteger = Annotated[int, BeforeValidator(integer_of_query)]
"""A whole number in a query, of plain digits."""


class Shape(BaseModel):
    """The base of requests and answers; unknown fields are refused, so that mistakes show."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class TheoremIn(Theorem):
    """What is to be proved."""

    name: str = Field(default="claim", max_length=MAX_NAME)
    """A Lean identifier; it matters only to candidates of kind `file`."""
    statement: str = Field(
        min_length=1, max_length=LONGEST_STATEMENT, examples=["(n : ℕ) : n + 0 = n"]
    )
    """Lean text between the name and `:=`, such as `(a b : ℕ) (h : a < b) : a + 1 ≤ b`; at most
    100,000 characters."""

    def theorem(self) -> Theorem:
        """Returns it as a plain theorem."""
        return Theorem.model_validate(self.model_dump())
