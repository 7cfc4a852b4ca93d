"""Examples for students under test, made from scripts and statements of our own."""

from __future__ import annotations

from collections.abc import Sequence

from prover_arb.core.theorem import ToolchainIdentity
from prover_arb.problems.forms import form_digest
from prover_arb.provers.students.examples import Example, ExportFacts, sha256_of
from prover_arb.provers.students.student import Student
from prover_arb.provers.students.training import train

LEAN = ToolchainIdentity(lean="4.28.0", commit="c", origin="npm", integrity="i", library="l")


def example(statement: str, script: str, *, proved: bool, purchase: int = 1) -> Example:
    return Example(
        theorem="t",
        statement=statement,
        form=form_digest(statement),
        script=script,
        steps=tuple(script.splitlines()),
        proved=proved,
        prover="portfolio",
        run="lessons",
        purchase=purchase,
        cost=10,
        kernels=("k",) if proved else (),
    )


def facts_of(examples: Sequence[Example]) -> ExportFacts:
    return ExportFacts(
        examples_sha256=sha256_of(e.model_dump_json() for e in examples),
        runs=("lessons",),
        toolchain=LEAN,
        positives=sum(e.proved for e in examples),
        negatives=sum(not e.proved for e in examples),
        theorems=len({e.statement for e in examples}),
        leaks_left_out=0,
        apart_from=(),
    )


def lessons(count: int = 40) -> list[Example]:
    """Remainders are proved by `omega`, squares by a hint about the first variable; the other way
    round both fail."""
    examples = []
    for n in range(3, 3 + count):
        remainder = f"(n : ℕ) (h : n % {n} = 1) : (n + {n}) % {n} = 1"
        square = f"(a b : ℝ) (hb : b = {n}) : 0 ≤ (a - {n}) ^ 2 + b"
        hint = f"nlinarith [sq_nonneg (a - {n}), hb]"
        examples += [
            example(remainder, "omega", proved=True),
            example(remainder, "nlinarith [sq_nonneg (n - 3), h]", proved=False),
            example(square, hint, proved=True),
            example(square, "omega", proved=False),
        ]
    return examples


def taught(count: int = 40, *, size: int | None = None, seed: int = 0) -> Student:
    examples = lessons(count)
    return train(examples, facts_of(examples), size=size or 2 * count, seed=seed)
