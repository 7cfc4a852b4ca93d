"""From runs to examples: what was proved, and what was tried in vain, without leaks.

A purchase that the kernels proved is a positive. A script that was rejected, and every script that
a student drew and that did not close the theorem, is a negative; an attempt that sold nothing is
kept without a script. Theorems whose form an evaluation set has are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from prover_arb.bench.run_config import RunConfig
from prover_arb.bench.runs import RunFolder
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.core.durable_files import write_atomic
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import Candidate, ToolchainIdentity, Verdict
from prover_arb.errors import InputError, StudentError
from prover_arb.problems.forms import form_digest
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.students.examples import (
    EXAMPLES,
    FACTS,
    Example,
    ExportFacts,
    require_positives,
    sha256_of,
)
from prover_arb.provers.students.student_prover import StudentConfig

CHAT = "chat.jsonl"
INSTRUCTION = (
    "Prove the following theorem in Lean 4. Answer with the tactics that follow `by`, in one "
    "fenced code block."
)


@dataclass(frozen=True)
class Exported:
    """The examples of some runs, and what was left out of them."""

    examples: list[Example]
    toolchain: ToolchainIdentity
    leaks: set[str]
    """Names of the theorems that were left out."""


def export(
    runs: Sequence[Path], *, held_out: frozenset[str], toolchain: ToolchainIdentity
) -> Exported:
    """Reads the examples of finished or unfinished runs.

    Args:
        runs: folders of `bench run`.
        held_out: digests of forms that no example may have.
        toolchain: the Lean of this installation; a run judged by another is refused.

    Raises:
        RunError: a folder holds no run.
        StudentError: a run was judged by another Lean, or nothing was proved.
    """
    examples: list[Example] = []
    leaks: set[str] = set()
    for path in runs:
        folder = RunFolder(path)
        config = folder.read_config()
        _require_same_lean(path, config, toolchain)
        students = _students(path, config)
        statements = {
            key[0:3:2]: history.statement for key, history in read_finished(folder.ledger).items()
        }
        with closing(SqliteLedger(folder.ledger)) as ledger:
            purchases = ledger.purchases(run=config.run)
        for purchase in purchases:
            statement = statements.get((purchase.run, purchase.theorem_digest))
            if purchase.state != "judged" or statement is None:
                continue
            digest = form_digest(statement)
            if digest in held_out:
                leaks.add(purchase.theorem)
                continue
            examples += _examples(purchase, statement, digest, students, config.seed)
    require_positives(examples, ", ".join(map(str, runs)))
    return Exported(_without_repeats(examples), toolchain, leaks)


def write_export(
    exported: Exported, out: Path, *, runs: Sequence[Path], apart_from: Sequence[Path]
) -> ExportFacts:
    """Writes examples, the proofs in chat form, and the facts about both, to a folder.

    Raises:
        StudentError: the folder cannot be written to.
    """
    examples = exported.examples
    lines = [example.model_dump_json() for example in examples]
    proofs = [example for example in examples if example.proved]
    facts = ExportFacts(
        examples_sha256=sha256_of(lines),
        runs=tuple(RunFolder(path).read_config().run for path in runs),
        toolchain=exported.toolchain,
        positives=len(proofs),
        negatives=len(examples) - len(proofs),
        theorems=len({example.statement for example in examples}),
        leaks_left_out=len(exported.leaks),
        apart_from=tuple(map(str, apart_from)),
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_atomic(out / EXAMPLES, "".join(f"{line}\n" for line in lines))
        write_atomic(out / CHAT, "".join(f"{_as_chat(example)}\n" for example in proofs))
        write_atomic(out / FACTS, facts.model_dump_json(indent=2) + "\n")
    except OSError as error:
        raise StudentError(f"{out}: cannot be written to: {error.strerror}") from None
    return facts


def _require_same_lean(path: Path, config: RunConfig, toolchain: ToolchainIdentity) -> None:
    """Refuses a run of another Lean, or of another revision of the library, by their hashes."""
    judged_by = config.toolchain
    if judged_by is None:
        raise StudentError(f"{path}: Lean never answered in this run, so it holds no proofs")
    if judged_by.is_replay:
        raise StudentError(f"{path}: a replay of records; no kernel judged anything in it")
    differ = [
        f"{name}: {getattr(judged_by, name)} there, {getattr(toolchain, name)} here"
        for name in ToolchainIdentity.model_fields
        if getattr(judged_by, name) != getattr(toolchain, name)
    ]
    if differ:
        raise StudentError(
            f"{path}: this run was judged by another Lean ({'; '.join(differ)}); run it again with "
            "this one, or export with that one"
        )


def _students(path: Path, config: RunConfig) -> Mapping[str, StudentConfig]:
    """The students that a run's catalog sold, if the catalog is still the same."""
    try:
        catalog = load_catalog(config.catalog or None)
    except InputError:
        return {}
    if catalog.sha256 != config.catalog_sha256:
        return {}
    entries = catalog.entries.items()
    return {name: entry for name, entry in entries if isinstance(entry, StudentConfig)}


def _examples(
    purchase: Purchase,
    statement: str,
    digest: str,
    students: Mapping[str, StudentConfig],
    seed: int,
) -> Iterator[Example]:
    def example(script: str, verdict: Verdict | None) -> Example:
        proved = verdict is not None and verdict.status == "proved"
        return Example(
            theorem=purchase.theorem,
            statement=statement,
            form=digest,
            script=script,
            steps=tuple(line for line in script.splitlines() if line.strip()),
            proved=proved,
            prover=purchase.prover,
            run=purchase.run,
            purchase=purchase.id,
            cost=purchase.cost + purchase.verification_cost,
            kernels=verdict.kernels if verdict is not None and proved else (),
        )

    sold: list[tuple[Candidate | None, Verdict | None]] = [
        (sample.candidate, sample.verdict) for sample in purchase.samples
    ]
    for candidate, verdict in sold or [(purchase.candidate, purchase.verdict)]:
        if candidate is not None and candidate.kind == "tactics" and _is_judged(verdict):
            yield example(candidate.text, verdict)
    tried = _drawn_in_vain(purchase, statement, students, seed)
    for script in tried:
        yield example(script, None)
    # A slice after which the attempt goes on is no failure of it yet.
    if purchase.candidate is None and not tried and not purchase.resume:
        yield example("", None)


def _is_judged(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.status in ("proved", "rejected")


def _drawn_in_vain(
    purchase: Purchase, statement: str, students: Mapping[str, StudentConfig], seed: int
) -> list[str]:
    """The scripts that a student drew for an attempt and that did not close the theorem."""
    entry = students.get(purchase.prover)
    if entry is None or (purchase.candidate is None and purchase.failure != "nothing found"):
        return []
    drawn = list(entry.drawn(statement, number=purchase.number, seed=seed))
    if purchase.candidate is None:
        return drawn
    sold = purchase.candidate.text
    return drawn[: drawn.index(sold)] if sold in drawn else []


def _without_repeats(examples: Iterable[Example]) -> list[Example]:
    """The same examples, each script once for a statement, a proof before a failure."""
    kept: dict[tuple[str, str, str], Example] = {}
    for example in examples:
        prover = "" if example.script else example.prover
        key = (example.statement, example.script, prover)
        if key not in kept or (example.proved and not kept[key].proved):
            kept[key] = example
    return list(kept.values())


def _as_chat(example: Example) -> str:
    stated = f"theorem {example.theorem} {example.statement} := by"
    return json.dumps(
        {
            "messages": [
                {"role": "user", "content": f"{INSTRUCTION}\n\n```lean4\n{stated}\n```"},
                {"role": "assistant", "content": f"```lean4\n{example.script}\n```"},
            ],
            "theorem": example.theorem,
            "form": example.form,
            "run": example.run,
            "purchase": example.purchase,
        },
        ensure_ascii=False,
    )
