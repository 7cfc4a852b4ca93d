"""Cases as files hold them, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover_arb.core.theorem import Candidate, Theorem


@dataclass(frozen=True)
class Case:
    """One candidate, and what the oracle must say of it."""

    id: str
    theorem: Theorem
    candidate: Candidate
    expected: bool | None
    """Whether it must be accepted or must not be; None where either is right."""

    @property
    def fields(self) -> dict[str, Any]:
        """The case as the command line and the API read it."""
        theorem = self.theorem.model_dump(include={"name", "statement", "preamble"})
        return {"theorem": theorem, "candidate": self.candidate.model_dump()}


@dataclass(frozen=True)
class Answer:
    """What a road said of a case."""

    status: str
    reason: str | None = None
    detail: str = ""
    cpu_us: int = 0

    @property
    def accepted(self) -> bool:
        return self.status in {"proved", "refuted"}


Cases = Sequence[Case]


def read(files: Sequence[Path]) -> list[Case]:
    """The cases of files, and of the files in folders."""
    cases = []
    for path in files:
        for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
            lines = file.read_text(encoding="utf-8").split("\n")
            for number, line in enumerate(lines, 1):
                if line.strip():
                    cases.append(_case(f"{file.name}:{number}", json.loads(line)))
    return cases


def _case(origin: str, row: dict[str, Any]) -> Case:
    theorem = Theorem.model_validate(row["theorem"])
    candidate = Candidate.model_validate(row["candidate"])
    expected = None if row.get("true") is True else origin.startswith("honest")
    return Case(origin, theorem, candidate, expected)


def faults(cases: Cases, answers: Sequence[Answer]) -> list[str]:
    """What is wrong, a line for each case."""
    pairs = zip(cases, answers, strict=True)
    return [
        f"{case.id}: {answer.status} {answer.reason or ''}: {answer.detail[:200]}"
        for case, answer in pairs
        if case.expected not in {None, answer.accepted} or answer.status == "void"
    ]
