"""`prover-arb distill ...`: cheap provers that learn from the proofs of expensive ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from prover_arb.bench.distill_export import export, write_export
from prover_arb.cli.commands import EXIT_CODES, Commands
from prover_arb.cli.common import ProfileOption, provision, say
from prover_arb.cli.distill_evaluate import evaluate_students
from prover_arb.cli.problems_generate import FilesOption, forms_of, shipped_main_forms
from prover_arb.cli.waiting import waiting_for
from prover_arb.errors import StudentError
from prover_arb.problems.generator import held_out_forms
from prover_arb.provers.catalog import SHIPPED
from prover_arb.provers.students.examples import read_examples
from prover_arb.provers.students.student import Student, read_student
from prover_arb.provers.students.training import train

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="Teach cheap provers from proofs that expensive ones sold, and measure them.",
)


@app.command("export", epilog=EXIT_CODES)
def export_examples(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of runs, as `bench run` writes.")
    ],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")],
    apart_from: FilesOption = None,
    profile: ProfileOption = "core",
) -> None:
    """Write what runs proved, and what they tried in vain, as examples to learn from.

    Only proofs that the kernels accepted are positives. No theorem that has the form of one of
    MiniF2F, PutnamBench, the shipped main job or an --apart-from set is written: forms are equal
    where statements are equal up to renaming and numerals.

    DIR/examples.jsonl is for `distill train`, DIR/chat.jsonl has the proofs as chat messages to
    fine-tune a language model on, and DIR/export.json says where both come from.
    """
    held_out = held_out_forms() | shipped_main_forms()
    held_out |= {form for file in apart_from or () for form in forms_of(file).values()}
    toolchain = provision(profile, judges=False).identity
    exported = export(runs, held_out=held_out, toolchain=toolchain)
    facts = write_export(exported, out, runs=runs, apart_from=apart_from or ())
    say(
        f"{out}: {facts.positives} proofs and {facts.negatives} failures on {facts.theorems} "
        f"theorems; {facts.leaks_left_out} theorems left out because a set that is measured on has "
        "their form"
    )


@app.command("train", epilog=EXIT_CODES)
def train_students(
    folder: Annotated[Path, typer.Argument(metavar="EXPORT", help="Folder of `distill export`.")],
    *,
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder of the student files and their model cards."),
    ],
    sizes: Annotated[
        str | None,
        typer.Option(
            "--sizes",
            metavar="N,N,...",
            help="Theorems to learn from, a student for each; five sizes up to all if absent.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides which theorems are learnt from.")] = 0,
) -> None:
    """Train students of several sizes; a saved student is data, with a hash of what it learnt from.

    A student is named after the tokens of the proofs that it learnt from, such as student_8522.
    Writes a catalog that sells them beside the shipped provers, in place of the shipped student,
    and prints the entry of each.
    """
    examples, facts = read_examples(folder)
    proved = len({example.statement for example in examples if example.proved})
    students = []
    for size in _sizes(sizes, proved):
        with waiting_for(f"training a student on {size} of {proved} theorems"):
            student = train(examples, facts, size=size, seed=seed)
        name = student.card.name
        try:
            out.mkdir(parents=True, exist_ok=True)
            (out / f"{name}.json").write_text(
                student.card.model_dump_json(indent=2) + "\n", encoding="utf-8"
            )
        except OSError as error:
            raise StudentError(f"{out}: cannot be written to: {error.strerror}") from None
        student.save(out / f"{name}.npz")
        students.append(read_student(out / f"{name}.npz"))
    entries = [_entry(student) for student in students]
    catalog = out / "catalog.toml"
    shipped = _without_students(SHIPPED.read_text(encoding="utf-8"))
    try:
        catalog.write_text("\n".join([shipped.rstrip("\n") + "\n", *entries]), encoding="utf-8")
    except OSError as error:
        raise StudentError(f"{catalog}: cannot be written: {error.strerror}") from None
    for entry in entries:
        say(entry)
    say(f"catalog {catalog}")


def _without_students(catalog: str) -> str:
    """The text of a catalog without its entries of students, whose files lie beside it."""
    tables = re.split(r"(?m)^(?=\[)", catalog)
    return "".join(table for table in tables if 'kind = "student"' not in table)


def _entry(student: Student) -> str:
    """The catalog entry of a student, with what is known about it."""
    card = student.card
    return (
        f"# {card.theorems} theorems, {card.proofs} proofs, {card.failures} failures, "
        f"{card.tokens} tokens; {card.skeletons} skeletons, {card.parameters} parameters; "
        f"eight draws solve {card.held_out_pass:.1%} of what was left out\n"
        f"[provers.{card.name}]\n"
        'kind = "student"\n'
        f'student = "{card.name}.npz"\n'
        f'sha256 = "{student.sha256}"\n'
        'price_per_cpu_hour = "0.10"\n'
        "scripts = 1\n"
        "max_attempts = 6\n"
        "limits = { heartbeats = 5_000, max_cpu_seconds = 1 }\n"
    )


app.command("evaluate", epilog=EXIT_CODES)(evaluate_students)


def _sizes(text: str | None, most: int) -> list[int]:
    if text is None:
        return sorted({max(1, most // part) for part in (16, 8, 4, 2, 1)})
    try:
        sizes = sorted({int(part) for part in text.split(",")})
    except ValueError:
        raise StudentError(f"--sizes {text!r}: expected whole numbers with commas") from None
    if sizes[0] < 1:
        raise StudentError(f"--sizes {text!r}: a student learns from at least one theorem")
    if sizes[-1] > most:
        raise StudentError(
            f"--sizes {text!r}: the export has proofs of {most} theorems only; ask for fewer, or "
            "export more runs"
        )
    return sizes
