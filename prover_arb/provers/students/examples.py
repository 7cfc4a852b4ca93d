"""Examples that a student learns from: what `prover-arb distill export` writes, one per line.

An example is a script that was tried on a statement, and whether the kernels proved the theorem by
it. An example without a script says that a prover was paid for an attempt and sold nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from prover_arb.core.durable_files import numbered_lines
from prover_arb.core.theorem import ToolchainIdentity, Value, fault
from prover_arb.errors import StudentError

EXAMPLES = "examples.jsonl"
FACTS = "export.json"


class Example(Value):
    """One attempt at a theorem, with where it was bought."""

    theorem: str
    statement: str = Field(min_length=1)
    form: str
    """The hash of the statement's form; see problems/forms.py."""
    script: str
    """The tactics; empty where the prover sold nothing."""
    steps: tuple[str, ...]
    """The script line by line, for learners that predict one tactic at a time."""
    proved: bool
    """Whether the kernels proved the theorem by this script. Only these are positives."""
    prover: str
    run: str
    purchase: int
    """The purchase in the ledger of the run."""
    cost: int
    """Micro-dollars that the attempt cost, verification included."""
    kernels: tuple[str, ...]
    """The kernels that accepted the proof."""


class ExportFacts(Value):
    """What stands beside the examples: where they come from, and what was left out."""

    version: int = 1
    examples_sha256: str
    runs: tuple[str, ...]
    toolchain: ToolchainIdentity
    positives: int
    negatives: int
    theorems: int
    leaks_left_out: int
    """Theorems whose form an evaluation set has."""
    apart_from: tuple[str, ...]
    """The evaluation sets, besides the forms that are always held out."""


def sha256_of(lines: Iterable[str]) -> str:
    """Returns the hash of an export's examples."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def read_examples(folder: Path) -> tuple[list[Example], ExportFacts]:
    """Reads what `distill export` wrote.

    Raises:
        StudentError: the folder holds no export, or an empty, damaged or edited one; names the file
            and the line.
    """
    path, facts_path = folder / EXAMPLES, folder / FACTS
    try:
        text = path.read_text(encoding="utf-8")
        facts = ExportFacts.model_validate_json(facts_path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise StudentError(
            f"{folder}: no export that can be read ({error}); `prover-arb distill export RUN --out "
            f"{folder}` writes one"
        ) from None
    except ValidationError as error:
        raise StudentError(f"{facts_path}: {fault(error)}") from None
    examples, lines = [], []
    for place, line in numbered_lines(path, text):
        lines.append(line)
        try:
            examples.append(Example.model_validate_json(line))
        except ValidationError as error:
            raise StudentError(f"{place}: {fault(error)}") from None
    require_positives(examples, str(path))
    if sha256_of(lines) != facts.examples_sha256:
        raise StudentError(
            f"{path}: not the examples that {FACTS} describes (their hash differs); export again"
        )
    return examples, facts


def require_positives(examples: Sequence[Example], where: str) -> None:
    """Refuses examples of which none is a proof.

    Raises:
        StudentError: there is nothing to learn from.
    """
    if not any(example.proved for example in examples):
        raise StudentError(
            f"{where}: no verified proof among {len(examples)} examples, so there is nothing to "
            "learn; export runs that proved something"
        )
