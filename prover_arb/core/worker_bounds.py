"""How many workers a market has: a number, or two bounds between which it grows and shrinks."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field, ValidationError, model_validator

from prover_arb.core.theorem import Value
from prover_arb.errors import InputError

PATIENCE_SECONDS = 1.0
"""Workers are added when somebody has been waiting for so long, unless told otherwise: a start
costs more than a shorter queue does."""

IDLE_SECONDS = 60.0
"""A worker ends that was not needed for so long, unless told otherwise."""

_FORM = re.compile(r"([0-9]{1,6})(?:\.\.([0-9]{1,6}))?")


class Workers(Value):
    """The fewest and the most workers at a time; written as `4`, or as `2..8`."""

    least: int = Field(ge=1)
    """With so many a market opens, and it never ends one of these."""
    most: int = Field(ge=1)
    """More are started while requests wait, up to so many."""
    patience_seconds: float = Field(default=PATIENCE_SECONDS, gt=0)
    """For how long somebody must have been waiting before workers are added."""
    idle_seconds: float = Field(default=IDLE_SECONDS, gt=0)
    """For how long fewer workers must have been enough before one of them ends."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        """Reads a number or a text, as they stand on a command line and in a configuration."""
        if isinstance(given, bool) or not isinstance(given, int | str):
            return given
        form = _FORM.fullmatch(str(given).strip())
        if form is None:
            raise ValueError(
                f"{given!r} is no number of workers; write a number, such as 4, or the fewest and "
                "the most, such as 2..8"
            )
        least, most = int(form[1]), int(form[2] or form[1])
        if least < 1:
            raise ValueError(f"{given!r}: at least 1 worker is needed")
        return {"least": least, "most": most}

    @model_validator(mode="after")
    def _ordered(self) -> Workers:
        if self.least > self.most:
            raise ValueError(
                f"{self}: the fewest workers come first, and they are more than the most; write "
                f"{self.most}..{self.least}"
            )
        return self

    def __str__(self) -> str:
        return f"{self.least}..{self.most}" if self.elastic else str(self.least)

    @property
    def elastic(self) -> bool:
        """Whether the number changes."""
        return self.least != self.most

    @classmethod
    def parse(cls, text: str, *, field: str = "--workers") -> Workers:
        """Returns what a command line says.

        Raises:
            InputError: the text is neither a number nor two bounds; `field` names it.
        """
        try:
            return cls.model_validate(text)
        except ValidationError as error:
            why = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise InputError(f"{field}: {why}") from None

    @classmethod
    def of(cls, given: Workers | int | None, default: int) -> Workers:
        """Returns bounds for what a caller gave; exactly `default` if that is None."""
        if isinstance(given, Workers):
            return given
        count = given or default
        return cls(least=count, most=count)

    def part(self, index: int, parts: int) -> Workers:
        """Returns the bounds of one of several pools that divide the workers."""
        least, most = (len(range(index, n, parts)) for n in (self.least, self.most))
        return self.model_copy(update={"least": least, "most": most})
