"""Does a reset put Lean back exactly? The same checks in random order, with a reset before each.

    python benchmarks/resets.py [--checks N] [--seed SEED] [--json]

Every case is checked at least twice, at different places of one process's life. Apart from times,
the two replies must be identical. Takes the corpus of tests/soundness, so it needs the repository,
not only the package. Ends with 1 if two replies differ.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from prover_arb.core.theorem import Limits
from prover_arb.errors import WorkerDied, WorkerTimeout
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verification import limit_fields, theorem_fields
from prover_arb.oracle.worker import LeanWorker

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.soundness.corpus import ATTACKS, HONEST, REFUSED, Case

LIMITS = Limits(wall_ms=30_000)
TIMES = {"elapsed_ms", "elab_us"}
"""Fields of a reply that may differ."""
Reply = dict[str, object]


async def answered(worker: LeanWorker, case: Case) -> Reply | None:
    """What the process says of a case, without the times; None where it ended over it."""
    request = {
        "op": "elaborate",
        "theorem": theorem_fields(case.theorem),
        "candidate": case.candidate.model_dump(),
        **limit_fields(LIMITS),
    }
    try:
        reply = await worker.request(request, wall_ms=LIMITS.wall_ms)
    except (WorkerDied, WorkerTimeout):
        return None
    return {field: value for field, value in reply.data.items() if field not in TIMES}


def drawn(checks: int, seed: str) -> list[Case]:
    """The checks: half as many cases, each twice, and shuffled."""
    chance = random.Random(seed)
    corpus = [*ATTACKS, *HONEST, *REFUSED]
    cases = chance.sample(corpus, min(len(corpus), max(1, checks // 2)))
    order = (cases * (-(-checks // len(cases))))[:checks]
    chance.shuffle(order)
    return order


async def compare(checks: int, seed: str) -> dict[str, Any]:
    """Make the checks and say what was seen."""
    first: dict[str, Reply] = {}
    different: list[str] = []
    compared = ended = 0
    began = time.monotonic()
    async with LeanPool(ensure("core"), size=1, reset_every=1) as pool:
        for case in drawn(checks, seed):
            async with pool.lease(untouched=True) as worker:
                reply = await answered(worker, case)
                ended += reply is None
            if reply is None:
                continue
            compared += case.id in first
            if first.setdefault(case.id, reply) != reply:
                different.append(case.id)
    return {
        "checks": checks,
        "seed": seed,
        "cases": len(first),
        "compared": compared,
        "different": different,
        "ended the process": ended,
        "processes": 1 + ended,
        "seconds": round(time.monotonic() - began, 1),
    }


def main(
    checks: Annotated[int, typer.Option(min=2, help="How many checks.")] = 500,
    seed: Annotated[str, typer.Option(help="Of the order.")] = "1",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check in random order with a reset before each check, and compare the replies."""
    seen = asyncio.run(compare(checks, seed))
    if as_json:
        print(json.dumps(seen))
    else:
        table = Table("what", "seen")
        for what, value in seen.items():
            table.add_row(what, json.dumps(value, ensure_ascii=False))
        Console().print(table)
    raise typer.Exit(1 if seen["different"] else 0)


if __name__ == "__main__":
    typer.run(main)
