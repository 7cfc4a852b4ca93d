"""Training a student: one logistic regression per skeleton on the features of statements.

A statement counts for a skeleton as solved where a script of that skeleton proved it, as unsolved
where such a script was tried in vain, and with little weight as unsolved where it was not tried:
most scripts close few statements. The temperature of the draws is the one that solves most of a
fifth of the theorems that was left out for it; then the student is fitted on all of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from prover_arb.core.lazy import lazy_module
from prover_arb.errors import StudentError
from prover_arb.provers.students.examples import Example, ExportFacts
from prover_arb.provers.students.features import features, features_sha256
from prover_arb.provers.students.skeletons import abstracted, surroundings_of
from prover_arb.provers.students.student import ModelCard, Student
from prover_arb.scheduler.index.arrays import Floats

sklearn_linear = lazy_module("sklearn.linear_model")

UNTRIED = 0.1
"""The weight of a skeleton that was not tried on a statement."""
STRENGTH = 0.02
"""The inverse regularisation of the regressions, as scikit-learn counts it."""
MOST_SKELETONS = 400
MOST_ARGUMENTS = 12
"""Arguments that are kept for a skeleton, those seen most often."""
TEMPERATURES = (0.5, 0.7, 1.0, 1.4, 2.0)
DRAWS = 8
"""Draws by which temperatures are compared."""


@dataclass(frozen=True)
class _Seen:
    """The examples as arrays; [statements, skeletons] where a script was tried."""

    statements: list[str]
    forms: list[str]
    solved: Floats
    failed: Floats


def train(examples: Sequence[Example], facts: ExportFacts, *, size: int, seed: int) -> Student:
    """Trains a student on the proofs of `size` theorems, and on what failed on those and others.

    The theorems are drawn by the seed; those of a smaller size are among those of a larger one. The
    student's name ends in the tokens of those proofs, which is where studies of markets read them.

    Raises:
        StudentError: there are fewer theorems with a proof.
    """
    chosen = _chosen(examples, size, seed)
    proofs = [example for example in chosen if example.proved]
    known: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for example in proofs:
        taken = abstracted(example.script, surroundings_of(example.statement))
        known[taken.skeleton][taken.arguments] += 1
    skeletons = sorted(known, key=lambda text: (-known[text].total(), text))[:MOST_SKELETONS]
    seen = _seen(chosen, skeletons)
    x = features(seen.statements)
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 0.1)
    x = np.clip((x - mean) / scale, -8, 8)
    temperature, held_out_pass = _temperature(x, seen, seed)
    weights, bias = _fitted(x, seen)
    lines = [example.model_dump_json() for example in chosen]
    tokens = sum(len(example.script.split()) for example in proofs)
    card = ModelCard(
        name=f"student_{tokens}",
        data_sha256=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        export_sha256=facts.examples_sha256,
        runs=facts.runs,
        teachers=dict(Counter(example.prover for example in proofs)),
        toolchain=facts.toolchain,
        seed=seed,
        theorems=len({example.statement for example in proofs}),
        proofs=len(proofs),
        failures=len(chosen) - len(proofs),
        tokens=tokens,
        skeletons=len(skeletons),
        parameters=int(weights.size + bias.size),
        temperature=temperature,
        features_sha256=features_sha256(),
        held_out_pass=round(held_out_pass, 4),
        package_version=version("prover-arb"),
    )
    arguments = tuple(tuple(known[text].most_common(MOST_ARGUMENTS)) for text in skeletons)
    forms = tuple(sorted({example.form for example in chosen}))
    return Student(card, tuple(skeletons), arguments, forms, weights, bias, mean, scale)


def _chosen(examples: Sequence[Example], size: int, seed: int) -> list[Example]:
    """The examples of `size` proved theorems, and their share of those on which all failed."""
    proved = {example.statement for example in examples if example.proved}
    if size > len(proved):
        raise StudentError(
            f"{size} theorems to learn from, and proofs of {len(proved)} only; ask for fewer, or "
            "export more runs"
        )

    def place(statement: str) -> str:
        return hashlib.sha256(f"{seed}:{statement}".encode()).hexdigest()

    others = {example.statement for example in examples} - proved
    kept = set(sorted(proved, key=place)[:size])
    kept |= set(sorted(others, key=place)[: round(len(others) * size / len(proved))])
    return [example for example in examples if example.statement in kept]


def _seen(examples: Sequence[Example], skeletons: Sequence[str]) -> _Seen:
    rows: dict[str, int] = {}
    forms: list[str] = []
    for example in examples:
        if example.statement not in rows:
            rows[example.statement] = len(rows)
            forms.append(example.form)
    columns = {text: place for place, text in enumerate(skeletons)}
    solved, failed = np.zeros((2, len(rows), len(skeletons)))
    for example in examples:
        if not example.script:
            continue
        taken = abstracted(example.script, surroundings_of(example.statement))
        column = columns.get(taken.skeleton)
        if column is not None:
            (solved if example.proved else failed)[rows[example.statement], column] += 1
    return _Seen(list(rows), forms, solved, failed)


def _fitted(x: Floats, seen: _Seen, rows: Floats | None = None) -> tuple[Floats, Floats]:
    """Fits every skeleton's regression on the statements for which `rows` is true."""
    used = np.ones(len(x), dtype=bool) if rows is None else rows.astype(bool)
    count = seen.solved.shape[1]
    weights, bias = np.zeros((count, x.shape[1])), np.full(count, -6.0)
    for column in range(count):
        solved = seen.solved[used, column] > 0
        if not solved.any():
            continue
        failed = seen.failed[used, column]
        weight = np.where(solved, 1.0, np.where(failed > 0, np.minimum(failed, 2.0), UNTRIED))
        if solved.all():
            bias[column] = 3.0
            continue
        model = sklearn_linear.LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3)
        model.fit(x[used], solved, sample_weight=weight)
        weights[column], bias[column] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _temperature(x: Floats, seen: _Seen, seed: int) -> tuple[float, float]:
    """Returns the best temperature on statements left out of a fit, and what it solves there."""
    folds = np.array([int(hashlib.sha256(f"{seed}:{f}".encode()).hexdigest(), 16) % 5
                      for f in seen.forms])  # fmt: skip
    left_out = (folds == 0) & (seen.solved.sum(axis=1) > 0)
    if not left_out.any() or not (seen.solved[folds != 0] > 0).any():
        return 1.0, 0.0
    weights, bias = _fitted(x, seen, folds != 0)
    odds = x[left_out] @ weights.T + bias
    solved = seen.solved[left_out] > 0
    best = (1.0, -1.0)
    for temperature in TEMPERATURES:
        scaled = odds / temperature
        share = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        solves = float(np.mean(1 - (1 - (share * solved).sum(axis=1)) ** DRAWS))
        if solves > best[1]:
            best = (temperature, solves)
    return best
