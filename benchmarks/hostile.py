"""Hostile candidates in a row, honest ones between: are all verdicts right, is memory flat?

Takes the corpus and the bombs of tests/soundness; needs the repository, not only the package.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from prover_arb.core.theorem import Limits, Verdict
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verifier import LeanOracle

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.soundness.bombs import BOMBS, THEOREM
from tests.soundness.corpus import ATTACKS, HONEST, outcome

BOMB_EVERY = 50
HONEST_EVERY = 5
LIMITS = Limits(wall_ms=10_000)
REPLACED_SECONDS = 120
"""Within which a process that was ended must be replaced."""


async def judge(hostile: int) -> dict[str, Any]:
    """Judge them on one process at a time and say what was seen."""
    wrong: list[str] = []
    statuses: Counter[str] = Counter()
    memory: list[int] = []
    overran = 0
    attacks, honest, bombs = cycle(ATTACKS), cycle(HONEST), cycle(BOMBS.items())
    began = time.monotonic()
    async with LeanPool(ensure("core"), size=1) as pool:
        oracle = LeanOracle.on(pool)

        async def ask(name: str, theorem: Any, candidate: Any, expected: Any) -> Verdict:
            verdict = await oracle.verify(theorem, candidate, LIMITS)
            statuses[f"{verdict.status} {verdict.reason or ''}".strip()] += 1
            if expected(verdict) is False:
                wrong.append(f"{name}: {verdict.status} {verdict.reason}")
            memory.append(max((worker.memory for worker in pool.workers), default=0) >> 20)
            return verdict

        for number in range(hostile):
            if number % BOMB_EVERY == BOMB_EVERY - 1:
                name, candidate = next(bombs)
                start = time.monotonic()
                await ask(name, THEOREM, candidate, lambda v: v.status == "rejected")
                overran += time.monotonic() - start > LIMITS.wall_ms / 1000 + 2
            else:
                case = next(attacks)
                await ask(
                    case.id, case.theorem, case.candidate,
                    lambda v, case=case: (v.status, v.reason) == outcome(case),
                )  # fmt: skip
            if number % HONEST_EVERY == 0:
                case = next(honest)
                await ask(
                    case.id, case.theorem, case.candidate,
                    lambda v, case=case: v.status == "proved",
                )  # fmt: skip
        deadline = time.monotonic() + REPLACED_SECONDS
        while pool.alive < pool.size and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
        alive = pool.alive
    return {
        "hostile": hostile,
        "judged": sum(statuses.values()),
        "wrong": wrong,
        "beyond_limit": overran,
        "verdicts": dict(statuses.most_common()),
        "processes_alive": alive,
        "memory_mb_by_tenths": [
            max(memory[i * len(memory) // 10 : (i + 1) * len(memory) // 10], default=0)
            for i in range(10)
        ],
        "seconds": round(time.monotonic() - began, 1),
    }


def main(
    hostile: Annotated[int, typer.Option(min=1, help="Hostile candidates.")] = 500,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Judge hostile candidates in a row."""
    seen = asyncio.run(judge(hostile))
    if as_json:
        print(json.dumps(seen))
    else:
        table = Table("what", "seen")
        for what, value in seen.items():
            table.add_row(what.replace("_", " "), json.dumps(value, ensure_ascii=False))
        Console().print(table)
    raise typer.Exit(1 if seen["wrong"] or seen["beyond_limit"] else 0)


if __name__ == "__main__":
    typer.run(main)
