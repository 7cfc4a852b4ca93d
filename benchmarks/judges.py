"""What each role of a verification costs, once warm: reference, elaborator, and every judge.

    python benchmarks/judges.py [--rounds N] [--certificates FOLDER] [--json]

Costs are processor time of the processes that work for the role: that is what is billed. All roles
are measured in one run, so that a busy machine slows them alike. Proofs are those below, or those
of the certificates in a folder, such as a benchmark run's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import psutil
from rich.console import Console
from rich.table import Table

from prover_arb.core.theorem import Candidate, Certificate, Limits, Theorem
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.kernels.judging import Submission
from prover_arb.oracle.reference import ReferenceService, Statement
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verification import Verification
from prover_arb.oracle.verifier import LeanOracle, open_oracle

PROOFS = [
    ("(a b : ℕ) (h : a < b) : a + 1 ≤ b", "omega"),
    ("(x y : ℤ) (h : x + y = 3) (k : x - y = 1) : x = 2 ∧ y = 1", "constructor <;> omega"),
    ("(x y : ℝ) (h : x + y = 3) (k : x - y = 1) : x = 2", "grind"),
    ("(x y z : ℝ) (h : x = 2 * y) (k : y = 3 * z) : x * y = 18 * z ^ 2", "subst k; subst h; grind"),
    ("(n : ℕ) : n ≤ 2 ^ n", "induction n with\n| zero => simp\n| succ n ih => grind"),
    ("(n : ℕ) : 2 ∣ n * (n + 1)", "induction n with\n| zero => simp\n| succ k ih => grind"),
    ("(n : ℕ) (h : n < 20) (h₁ : n % 3 = 1) (h₂ : n % 5 = 2) : n = 7", "omega"),
    (": 2 ^ 10 = 1024", "decide"),
    ("(p q : Prop) (hp : p) (hq : q) : p ∧ q", "exact ⟨hp, hq⟩"),
    ("(xs ys : List ℕ) : (xs ++ ys).length = ys.length + xs.length", "simp [Nat.add_comm]"),
]

T = TypeVar("T")
Case = tuple[Theorem, Candidate]


def cases(folder: Path | None) -> list[Case]:
    if folder is None:
        return [
            (Theorem(name=f"bench_{i}", statement=s), Candidate(kind="tactics", text=t))
            for i, (s, t) in enumerate(PROOFS)
        ]
    files = sorted(folder.rglob("*.json"))
    found = [Certificate.model_validate_json(file.read_text()) for file in files]
    return [(one.theorem, one.candidate) for one in found]


async def costs(oracle: LeanOracle, case: Case) -> dict[str, int]:
    """Microseconds of processor time, by role."""
    limits, spent = Limits(), dict[str, int]()
    check = Verification(*case, limits, Clock(limits.wall_ms))

    async def of(role: str, work: Awaitable[T]) -> T:
        before = check.usage.cpu_us
        found = await work
        spent[role] = check.usage.cpu_us - before
        return found

    anew = ReferenceService(oracle._references.pool)  # one that remembers no statement
    statement = await of("reference, the first time", anew.statement(check))
    assert isinstance(statement, Statement), statement
    made = await of("elaborator", oracle._elaborator.elaborate(check))
    assert made.status == "elaborated", (case[0].name, made.detail)
    submission = Submission(statement.data, made.proof, wants_job=len(oracle._judges) > 1)
    for judge in oracle._judges:
        ruling = await of(f"judge: {judge.name}", judge.judge(check, submission))
        assert ruling.status == "accepted", (case[0].name, ruling.detail)
        submission = replace(submission, job=submission.job or ruling.job)
    return spent


async def measure(proofs: list[Case], rounds: int) -> dict[str, float]:
    figures: dict[str, float] = {"proofs": len(proofs)}
    shares = defaultdict[str, list[float]](list)
    times = defaultdict[str, list[float]](list)
    async with open_oracle(ensure("core"), size=1) as (_, oracle):
        for case in proofs:  # warm: what a proof needs of the library is loaded once
            await costs(oracle, case)
        for case in proofs:
            found = [await costs(oracle, case) for _ in range(rounds)]
            median = {role: statistics.median(one[role] for one in found) for role in found[0]}
            for role, cpu_us in median.items():
                times[role].append(cpu_us / 1000)
                shares[role].append(100 * cpu_us / median["elaborator"])
        held = [child.memory_full_info() for child in psutil.Process().children(recursive=True)]
    for role, each in times.items():
        figures[f"{role}: median ms"] = statistics.median(each)
        if role.startswith("judge"):
            figures[f"{role}: median % of the elaborator"] = statistics.median(shares[role])
            figures[f"{role}: largest % of the elaborator"] = max(shares[role])
    figures["all processes together, MiB shared with nobody"] = sum(h.uss for h in held) / 2**20
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--certificates", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = asyncio.run(measure(cases(arguments.certificates), arguments.rounds))
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    table = Table("figure", "measured")
    for name, value in figures.items():
        table.add_row(name, f"{value:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
