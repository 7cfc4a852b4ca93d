"""`prover-arb problems generate` and `problems forms`: training theorems, and what they avoid."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prover_arb.cli.common import say
from prover_arb.errors import InputError, ProblemError
from prover_arb.problems import shipped_problems, survey
from prover_arb.problems.forms import form_digest
from prover_arb.problems.generator import FAMILIES, generate
from prover_arb.problems.generator.draws import TRAINING_SPLIT

FilesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--apart-from",
        metavar="FILE",
        help="Avoid the forms of this problem set too, as for one to be measured on; again for "
        "several. The shipped problems that are not for training are always avoided.",
    ),
]


def generate_problems(
    *,
    seed: Annotated[int, typer.Option(help="Decides every theorem.")] = 1,
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="Number of theorems.")] = 1000,
    out: Annotated[Path, typer.Option(metavar="FILE", help="JSON Lines file to write.")],
    families: Annotated[
        list[str] | None,
        typer.Option("--family", metavar="NAME", help="Only this family; again for several."),
    ] = None,
    apart_from: FilesOption = None,
) -> None:
    """Generate training theorems: competition problems with varied numerals and shapes.

    None is equal, up to renaming and numerals, to a theorem of MiniF2F or PutnamBench or to a
    shipped problem that is not for training. About one in twelve is a false variant.
    """
    avoided = shipped_main_forms() | {
        form for file in apart_from or () for form in forms_of(file).values()
    }
    theorems = list(
        generate(seed=seed, count=count, apart_from=avoided, families=tuple(families or ()))
    )
    try:
        out.write_text("".join(theorem.row() + "\n" for theorem in theorems), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    forms = {form_digest(theorem.statement) for theorem in theorems}
    false = sum(theorem.is_false_variant for theorem in theorems)
    used = len({theorem.family for theorem in theorems})
    say(
        f"{out}: {len(theorems)} theorems of {used} families (of {len(FAMILIES)}), {len(forms)} "
        f"forms, {false} false variants; seed {seed}"
    )


def print_forms(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Problem sets.")],
) -> None:
    """Print the form of every statement, as a hash: what stays when names and numerals change."""
    for file in files:
        for name, digest in forms_of(file).items():
            say(f"{digest} {name}")


def forms_of(file: Path) -> dict[str, str]:
    """Returns the digests of forms of a problem set, by theorem.

    Raises:
        InputError: the file cannot be read, or states nothing.
    """
    statements = survey(file).statements()
    if not statements:
        raise ProblemError(f"{file}: no theorem in it; `prover-arb problems check` says why")
    return {name: form_digest(statement) for name, statement in statements.items()}


def shipped_main_forms() -> frozenset[str]:
    """Returns the digests of forms of the shipped problems that are not for training."""
    return frozenset(
        form_digest(problem.theorem.statement)
        for problem in survey(shipped_problems()).problems
        if problem.split != TRAINING_SPLIT
    )
