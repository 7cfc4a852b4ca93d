"""A benchmark on the small market as a program of its own, to be interrupted by signals.

usage: interruptible.py PROBLEMS RUN SECONDS_PER_ATTEMPT
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import typer
from arithmetic import CATALOG, Market

from prover_arb.bench.prepare import claim, prepare
from prover_arb.bench.run_options import RunOptions
from prover_arb.cli.bench import go


def main(problems: Path, run: Path, pause: float) -> int:
    resumed = (run / "config.json").exists()
    ready = prepare(
        RunOptions(resume=run)
        if resumed
        else RunOptions(catalog=CATALOG, problems=problems, out=run)
    )

    @asynccontextmanager
    async def opened(ledger: Path) -> AsyncIterator[Market]:
        market = Market(ledger, pause=pause)
        try:
            yield market
        finally:
            await market.close()

    with ready.folder.locked():
        if not resumed:
            claim(ready)
        try:
            go(ready, opened, at_once=2)
        except typer.Exit as ending:
            return ending.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
