"""The options of `prove` that say what is to be proved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prover_arb.core.theorem import Profile, Theorem
from prover_arb.errors import ProblemError
from prover_arb.problems.reader import read_text, read_theorem_file
from prover_arb.problems.statement import parse_statement

StatementArgument = Annotated[
    str | None,
    typer.Argument(
        help="The statement: Lean text such as `(a b : ℕ) (h : a < b) : a + 1 ≤ b`, or a whole "
        "`theorem name ... := by sorry`."
    ),
]
TheoremOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.lean", help="A file with a preamble and one theorem ending in `sorry`."
    ),
]
BudgetOption = Annotated[
    str, typer.Option("--budget", metavar="USD", help="The most that may be spent.")
]
NameOption = Annotated[str | None, typer.Option(help="The name of the theorem.")]
PreambleOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="A file with Lean text to come before it: definitions, notations."
    ),
]
SeedOption = Annotated[int, typer.Option(help="Random seed for provers that sample.")]
OutOption = Annotated[
    Path | None,
    typer.Option(metavar="CERT.json", help="The file to write the certificate to."),
]


def given_theorem(
    statement: str | None,
    file: Path | None,
    name: str | None,
    preamble: Path | None,
    profile: Profile,
) -> Theorem:
    """Returns the theorem that the options name.

    Raises:
        ProblemError: they name none or two, or it cannot be read.
    """
    if (statement is None) == (file is None):
        raise ProblemError("give either a STATEMENT or --theorem FILE.lean")
    if file is not None:
        if name is not None or preamble is not None:
            raise ProblemError("--name and --preamble go with a STATEMENT; the file has its own")
        return read_theorem_file(file, profile)
    before = read_text(preamble) if preamble else ""
    return parse_statement(statement or "", name=name, preamble=before, profile=profile)
