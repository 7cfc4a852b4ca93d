"""Reads one row of a published data set as a problem.

The text of a row may be the theorem alone, with a `header` beside it, or a whole file, or a file
inside a Markdown fence. The name that a row gives may not be a Lean name, or may be taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from prover_arb.core.lexer import tokens
from prover_arb.core.theorem import Profile
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import Command, commands, header_commands
from prover_arb.problems.declaration import is_signature
from prover_arb.problems.fields import (
    CATEGORY_FIELDS,
    HALF_PAIR,
    INFORMAL_FIELDS,
    NAME_FIELDS,
    first_text,
    header_text,
    kind_of,
    nothing_stated,
    stating,
    usual_fields,
)
from prover_arb.problems.markdown import lean_text, plain
from prover_arb.problems.problem import Problem, Reading, Unread
from prover_arb.problems.theorems import NO_THEOREM, as_identifier, theorems_of

_DOC_MARKS = re.compile(r"^\s*/-[-!]?\s*|\s*-/\s*$")
_COMMENT = re.compile(r"/-.*?-/", re.S)
_IMPORT = re.compile(r"^\s*import\s", re.M)


def read_row(
    origin: str, row: object, profile: Profile, *, key: str = "", split: str = ""
) -> Reading:
    """Returns the problem of one row; `key` is the name that the row is stored under, if any.

    If several fields hold Lean text, the first that can be read counts.
    """
    if isinstance(row, str):
        row = {"formal_statement": row}
    if not isinstance(row, Mapping):
        reason = f"expected an object with the fields of a problem, not {kind_of(row)}"
        return Reading(unread=[Unread(origin, reason, name=key)])
    fields = usual_fields(row)
    title = first_text(fields, NAME_FIELDS) or key
    reader = _RowReader(origin, fields, title, profile)
    fault: Unread | None = None
    for name, value in stating(fields):
        try:
            return Reading([_described(reader.problem(value), fields, title, split)])
        except ProblemError as error:
            unread = Unread(
                origin, str(error), error.kind, error.field or name, title, error.statement
            )
        if fault is None or fault.reason == NO_THEOREM:
            fault = unread
        if unread.kind == "unprovable":
            break
    return Reading(unread=[fault or Unread(origin, nothing_stated(row, fields), name=title)])


@dataclass(frozen=True)
class _RowReader:
    """Makes a problem of a text of the row."""

    origin: str
    fields: Mapping[str, object]
    title: str
    profile: Profile

    def problem(self, value: object) -> Problem:
        """Returns the problem that a field of the row states.

        Raises:
            ProblemError: it states none, or several, or one that cannot be used.
        """
        if not isinstance(value, str):
            raise ProblemError(f"it is not text but {kind_of(value)}")
        if HALF_PAIR.search(value):
            raise ProblemError("it holds half of a surrogate pair, so that it is no Unicode text")
        text = lean_text(value)
        header = self._header(text)
        given = _commands(text)
        stated = [command for command in given if command.states]
        if not stated:
            if not self.title or not is_signature(list(tokens(text))):
                raise ProblemError(NO_THEOREM)
            given = commands(f"theorem {as_identifier(self.title)} {text}")
        called = as_identifier(self.title) if self.title else ""
        reading = theorems_of(self.origin, given, self.profile, name=called, header=header)
        problems = self._asked(reading.problems, stated)
        if len(problems) == 1:
            return problems[0]
        if problems:
            names = ", ".join(problem.name for problem in problems)
            raise ProblemError(
                f"it declares {len(problems)} theorems to prove ({names}); give each a row"
            )
        last = reading.unread[-1]
        raise ProblemError(last.reason, kind=last.kind, statement=last.statement)

    def _header(self, text: str) -> tuple[Command, ...]:
        """Returns the commands of the row's header, unless the text begins with them itself."""
        header = plain(header_text(self.fields))
        if header.strip() in text or _IMPORT.search(text):
            return ()
        try:
            return header_commands(header)
        except ProblemError as error:
            raise ProblemError(str(error), field="header") from None

    def _asked(self, problems: list[Problem], stated: list[Command]) -> list[Problem]:
        """Returns the problem that a row is about: the one with its name, or the only one.

        If there is only one `theorem`, open lemmas beside it are steps towards it.
        """
        mains = {
            token.text
            for command in stated
            if command.word == "theorem" and (token := command.name_token)
        }
        for names in ({self.title}, mains):
            chosen = [problem for problem in problems if problem.name in names]
            if len(chosen) == 1:
                return chosen
        return problems


def _commands(text: str) -> list[Command]:
    """Returns the commands of a row's text, without its comments if Lean would not close them.

    The words of a problem may contain `/-`, which opens another comment in Lean.

    Raises:
        ProblemError: a comment or a string is never closed.
    """
    try:
        return commands(text)
    except ProblemError:
        bare = _COMMENT.sub(" ", text)
        if bare == text:
            raise
    return commands(bare)


def _described(problem: Problem, fields: Mapping[str, object], title: str, split: str) -> Problem:
    """Returns the problem with what the row says about it."""
    informal = first_text(fields, INFORMAL_FIELDS)
    return replace(
        problem,
        split=first_text(fields, ("split",)) or split,
        source=first_text(fields, ("source",)),
        difficulty=first_text(fields, ("difficulty",)),
        category=first_text(fields, CATEGORY_FIELDS),
        informal=_DOC_MARKS.sub("", informal) or problem.informal,
        header=header_text(fields) or problem.header,
        title="" if title in {problem.name, problem.name.strip("«»")} else title,
    )
