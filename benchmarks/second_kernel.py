"""What the second kernel costs on top of a check, once warm.

    python benchmarks/second_kernel.py [--rounds N] [--certificates FOLDER] [--json]

Every proof is judged in turn by one kernel and by two, in one run, so that a busy machine slows
both alike. Costs are processor time of all processes involved: that is what is billed. Proofs are
those below, or those of the certificates in a folder, such as a benchmark run's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from prover_arb.core.theorem import Candidate, Certificate, Theorem
from prover_arb.oracle.pool import LeanPool
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verifier import LeanOracle

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


async def measure(proofs: list[Case], rounds: int) -> dict[str, float]:
    async with LeanPool(ensure("core"), size=1) as pool:
        one, two = LeanOracle(pool, one_kernel=True), LeanOracle(pool)

        async def cost(oracle: LeanOracle, case: Case) -> int:
            verdict = await oracle.verify(*case)
            assert verdict.status == "proved", (case[0].name, verdict.reason, verdict.detail)
            return verdict.cpu_us

        for case in proofs:  # warm: what a proof needs of the library is loaded once
            await cost(two, case)
        shares, alone, together = [], [], []
        for case in proofs:
            pairs = [(await cost(one, case), await cost(two, case)) for _ in range(rounds)]
            first, both = (statistics.median(each) for each in zip(*pairs, strict=True))
            shares.append(100 * (both / first - 1))
            alone.append(first)
            together.append(both)
        assert two._second is not None
        [worker] = two._second._pool._workers
        held = psutil.Process(worker.pid).memory_full_info()
    return {
        "proofs, all accepted by both kernels": len(proofs),
        "second kernel on top of a check, median %": statistics.median(shares),
        "second kernel on top of a check, largest %": max(shares),
        "second kernel on top of all checks, %": 100 * (sum(together) / sum(alone) - 1),
        "one kernel, median ms of processor time": statistics.median(alone) / 1000,
        "memory of the second process, MiB": held.rss / 2**20,
        "of it shared with nobody, MiB": held.uss / 2**20,
    }


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
