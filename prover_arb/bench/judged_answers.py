"""What the kernels say of a file of recorded answers, outside of any market.

Results are JSON Lines: the setting first, then one row per answer as soon as it is judged, so that
a run which was stopped goes on where it was. Answers that the oracle failed on have no row; they
are judged again the next time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from prover_arb.bench.recording import differences
from prover_arb.core.durable_files import append_line, drop_cut_line, numbered_lines, read_utf8
from prover_arb.core.rejections import Answer, Ending, Group, by_prover, why_no_proof
from prover_arb.core.theorem import (
    Limits,
    Profile,
    ToolchainIdentity,
    Value,
    Verdict,
    fault,
)
from prover_arb.errors import RunError
from prover_arb.oracle.jobs import VerificationJob
from prover_arb.problems import Problem
from prover_arb.provers.recorded.answer import AnswersFile

AnswerStatus = Literal["proved", "refuted", "rejected", "nothing", "void", "invalid_statement"]
"""nothing: there is no Lean code in the answer."""

_ENDINGS: Mapping[AnswerStatus, Ending] = {
    "proved": "proved", "refuted": "refuted", "rejected": "rejected", "nothing": "nothing",
    "void": "void", "invalid_statement": "void",
}  # fmt: skip


class AnswersSetting(Value):
    """What every row of a results file was made with."""

    answers_sha256: str
    data_sha256: str
    profile: Profile
    limits: Limits
    toolchain: ToolchainIdentity
    one_kernel: bool
    package_version: str


class JudgedAnswer(Value):
    """One answer, judged."""

    theorem: str
    number: int
    """The answer's place among those for its theorem, from 0."""
    origin: str
    """`file:line` of the answer."""
    status: AnswerStatus
    why: str = ""
    """Why it is no proof, in a few words."""
    statement_sha256: str
    candidate_sha256: str = ""
    kernels: tuple[str, ...] = ()
    elapsed_ms: int = 0
    cpu_us: int = 0


@dataclass
class PendingAnswer:
    """Answers that hold the same candidate, which is judged once."""

    job: VerificationJob
    rows: list[JudgedAnswer]

    def judged(self, verdict: Verdict) -> list[JudgedAnswer]:
        """Their rows; the first one carries the time that the check took."""
        why = why_no_proof(self.job.candidate, verdict)
        first: dict[str, object] = {"elapsed_ms": verdict.elapsed_ms, "cpu_us": verdict.cpu_us}
        update: dict[str, object] = {
            "status": verdict.status, "why": why, "kernels": verdict.kernels
        }  # fmt: skip
        return [
            row.model_copy(update=update | (first if place == 0 else {}))
            for place, row in enumerate(self.rows)
        ]


@dataclass
class ResultsFile:
    """The rows of a file of answers, on disk where there is a path."""

    setting: AnswersSetting
    path: Path | None = None
    rows: dict[tuple[str, int], JudgedAnswer] = field(default_factory=dict)
    """By theorem and number."""

    def open(self) -> None:
        """CostedInspection what is there already.

        Raises:
            RunError: it was made otherwise, or is no file of results; names the difference.
        """
        if self.path is None:
            return
        drop_cut_line(self.path)
        text = read_utf8(self.path, RunError) if self.path.exists() else ""
        lines = list(numbered_lines(self.path, text))
        if not lines:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            append_line(self.path, self.setting.model_dump_json())
        for place, line in lines:
            try:
                if place == lines[0][0]:
                    self._hold_to(AnswersSetting.model_validate_json(line))
                else:
                    row = JudgedAnswer.model_validate_json(line)
                    self.rows[row.theorem, row.number] = row
            except ValidationError as error:
                raise RunError(
                    f"{place}: no result of `verify --answers`: {fault(error)}; name "
                    "another file with --out"
                ) from None

    def add(self, row: JudgedAnswer) -> None:
        """Keep a row; one that is void is not written, so that it is judged again."""
        self.rows[row.theorem, row.number] = row
        if self.path is not None and row.status != "void":
            append_line(self.path, row.model_dump_json())

    def _hold_to(self, before: AnswersSetting) -> None:
        if changed := differences(before, self.setting):
            raise RunError(
                f"{self.path}: these results were made otherwise ({'; '.join(changed)}); name "
                "another file with --out"
            )


def pending(
    problems: Sequence[Problem], answers: AnswersFile, results: ResultsFile
) -> Iterator[PendingAnswer]:
    """The candidates to judge, each once; answers without one get their row at once."""
    for problem in problems:
        theorem = problem.theorem
        by_candidate: dict[str, PendingAnswer] = {}
        for number, answer in enumerate(answers.of(theorem.name) or answers.of(problem.label)):
            if (theorem.name, number) in results.rows:
                continue
            reading = answer.reading(theorem)
            row = JudgedAnswer(
                theorem=theorem.name,
                number=number,
                origin=answer.origin,
                status="nothing",
                why=reading.why or "no Lean code in the answer",
                statement_sha256=theorem.digest,
            )
            if reading.candidate is None:
                results.add(row)
                continue
            digest = reading.candidate.digest
            job = VerificationJob(theorem=theorem, candidate=reading.candidate)
            row = row.model_copy(update={"candidate_sha256": digest})
            by_candidate.setdefault(digest, PendingAnswer(job, [])).rows.append(row)
        yield from by_candidate.values()


def pass_at_k(answers: int, proofs: int, k: int) -> float:
    """The probability that one of k answers is a proof, estimated without bias from n >= k answers.

    1 - C(n-c, k) / C(n, k), with n `answers` and c `proofs`: equation 1 of Chen et al., "Evaluating
    Large Language Models Trained on Code" (arXiv 2107.03374, 2021), as a product.

    >>> pass_at_k(4, 1, 2)
    0.5
    """
    if not 1 <= k <= answers:
        raise ValueError(f"k must be from 1 to the number of answers, {answers}; got {k}")
    return 1.0 - prod(max(0, answers - proofs - i) / (answers - i) for i in range(k))


class TheoremTally(Value):
    """The answers for one theorem."""

    theorem: str
    answers: int
    """Those that were judged."""
    proved: int
    void: int = 0
    """Those that nobody judged."""
    invalid: bool = False
    """The statement does not elaborate, so that the theorem counts for nothing."""
    pass_at: dict[int, float]
    """pass@k by k, for those k that the answers suffice for."""
    why: str = ""
    """Why most of the others are no proofs."""


class Summary(Value):
    """What a file of answers comes to."""

    theorems: tuple[TheoremTally, ...]
    pass_at: dict[int, float]
    """Mean of pass@k over the theorems with at least k judged answers."""
    counted: dict[int, int]
    """How many theorems those are."""
    unanswered: int
    """Theorems of the problem set that the file has no answer for; they count for nothing."""
    reasons: tuple[Group, ...]
    """Why answers are no proofs, the commonest reason first."""
    void: tuple[Group, ...]
    """Why answers were not judged."""


def summarise(rows: Iterable[JudgedAnswer], *, theorems: int) -> Summary:
    """What the rows come to; `theorems` is how many the problem set has."""
    by_theorem: dict[str, list[JudgedAnswer]] = defaultdict(list)
    for row in rows:
        by_theorem[row.theorem].append(row)
    tallies = [_tally(name, given) for name, given in by_theorem.items()]
    counted = [tally for tally in tallies if not tally.invalid]
    most = max((tally.answers for tally in counted), default=0)
    ks = [k for k in _powers_of_two(most) if any(k in tally.pass_at for tally in counted)]
    values = {k: [tally.pass_at[k] for tally in counted if k in tally.pass_at] for k in ks}
    answers = [row for given in by_theorem.values() for row in given]
    groups = by_prover(_answer(row) for row in answers if row.status != "invalid_statement")
    return Summary(
        theorems=tuple(tallies),
        pass_at={k: sum(rates) / len(rates) for k, rates in values.items()},
        counted={k: len(rates) for k, rates in values.items()},
        unanswered=theorems - len(by_theorem),
        reasons=groups[0].rejected if groups else (),
        void=groups[0].void if groups else (),
    )


def _tally(theorem: str, rows: Sequence[JudgedAnswer]) -> TheoremTally:
    invalid = any(row.status == "invalid_statement" for row in rows)
    judged = [row for row in rows if row.status not in {"void", "invalid_statement"}]
    proved = sum(row.status == "proved" for row in judged)
    (answers,) = by_prover(_answer(row) for row in rows)
    groups = answers.rejected or answers.void
    ks = [] if invalid else _powers_of_two(len(judged))
    return TheoremTally(
        theorem=theorem,
        answers=len(judged),
        proved=proved,
        void=sum(row.status == "void" for row in rows),
        invalid=invalid,
        pass_at={k: pass_at_k(len(judged), proved, k) for k in ks},
        why=groups[0].why if groups else "",
    )


def _answer(row: JudgedAnswer) -> Answer:
    return Answer(prover="answers", ending=_ENDINGS[row.status], why=row.why)


def _powers_of_two(most: int) -> list[int]:
    return [1 << i for i in range(most.bit_length())]
