"""Send files of cases down every road to a verdict, and say for each road what came out wrong.

    python -m tests.soundness.roads FILE... [--road ROAD]... [--shuffle SEED] [--workers N]

A file holds one case a line, as `prover-arb verify --batch` reads it; fields that it does not know
are passed over. Of a folder, the files `*.jsonl` are read. Each case of a file whose name begins
with `honest` must be proved, or refuted where its candidate is a refutation. No case of another
file may be, unless its line says `"true": true`. The cases go down each road in the order of the
files, or shuffled. Prints one line for each road and one for each case that went wrong, and ends
with 1 if any did.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.soundness.roads.cases import faults, read
from tests.soundness.roads.ways import ROADS


def main(arguments: Sequence[str] | None = None) -> int:
    """Send the cases down the roads; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--road", action="append", choices=list(ROADS), help="All if not said.")
    parser.add_argument("--shuffle", metavar="SEED", help="In the order of the files if not said.")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(arguments)
    cases, wrong = read(given.files), 0
    if given.shuffle is not None:
        random.Random(given.shuffle).shuffle(cases)
    for name in given.road or ROADS:
        began = time.monotonic()
        answers = ROADS[name](cases, given.workers)
        wall, cpu = time.monotonic() - began, sum(answer.cpu_us for answer in answers) / 1e6
        found = faults(cases, answers)
        accepted = sum(answer.accepted for answer in answers)
        print(
            f"{name}: {len(cases)} cases, {accepted} accepted, {len(found)} wrong, "
            f"{wall:.1f} s, {cpu:.1f} s of processor time metered",
            *found, sep="\n  ", flush=True,
        )  # fmt: skip
        wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
