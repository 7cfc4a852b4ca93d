"""Put a hostile elaborator before the judges, and say by family what came of it.

    python -m tests.soundness.hostile [CASES] [SEED]

Asks about CASES answers of each family (1,000 if not said), and ends with 1 if any was wrong.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time

from rich.console import Console
from rich.table import Table

from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import ensure
from tests.soundness.hostile.answers import FAMILIES
from tests.soundness.hostile.protocol import DIALECTS, talked
from tests.soundness.hostile.trial import Tally, Trial


async def main(cases: int, seed: str) -> int:
    logging.getLogger("prover_arb").setLevel(logging.ERROR)
    table = Table(
        "Family", "Cases", "Proved", "Rejected", "Void", "Seconds", "Most frequent reasons"
    )
    wrong: list[str] = []
    began = time.monotonic()

    def row(name: str, tally: Tally) -> None:
        total, void = tally.verdicts.total(), tally.verdicts["void"]
        proved = tally.verdicts["proved"]
        reasons = [(r, n) for r, n in tally.verdicts.most_common() if r not in {"proved", "void"}]
        table.add_row(
            name, f"{total:,}", f"{proved:,}", f"{total - proved - void:,}", f"{void:,}",
            f"{tally.seconds:.0f}", ", ".join(f"{r} {n:,}" for r, n in reasons[:4]),
        )  # fmt: skip
        wrong.extend(tally.wrong)
        print(f"{name}: {total:,} cases in {tally.seconds:.0f} s", file=sys.stderr, flush=True)

    async with LeanPool(ensure("core")) as pool, Trial(pool) as trial:
        for name in FAMILIES:
            row(name, await trial.family(name, range(cases), seed))
        for dialect in DIALECTS:
            row(f"protocol: {dialect}", await talked(trial, dialect, max(4, cases // 100), seed))
        again = time.monotonic()
        wrong += await trial.judged_again()
        print(f"{trial.distinct:,} proofs judged again in {time.monotonic() - again:.0f} s")
    Console(width=160).print(table)
    print(f"all in {time.monotonic() - began:.0f} s; wrong: {len(wrong)}")
    for one in wrong:
        print(one)
    return 1 if wrong else 0


if __name__ == "__main__":
    given = [*sys.argv[1:], "1000", ""]
    sys.exit(asyncio.run(main(int(given[0]), given[1] if len(sys.argv) > 2 else "")))
