"""What share of recorded model proofs is accepted, and what stops the others.

    python benchmarks/model_proofs.py FILE.jsonl [--problems FILE] [--workers N] [--timeout S]
                                      [--every K] [--list] [--json]

FILE holds lines for `verify --batch`; with `--problems` it is a dump of answers, read as
`verify --answers` reads it, and the first answer for each theorem is judged. Proofs count whose
statement elaborates. Seconds are of processor time: machines are shared.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from prover_arb import Candidate, Limits, Theorem, Verdict, verify_many
from prover_arb.core.rejections import first_error
from prover_arb.problems import read_problems
from prover_arb.provers.recorded.dump import read_answers

Pair = tuple[Theorem, Candidate]
_QUOTED = re.compile(r"`[^`]*`")
_LONGEST = 90


def batch(path: Path) -> list[Pair]:
    """The pairs of a file for `verify --batch`."""
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [
        (Theorem.model_validate(row["theorem"]), Candidate.model_validate(row["candidate"]))
        for row in rows
    ]


def answers(path: Path, problems: Path) -> list[Pair]:
    """The first answer for each problem, as far as there is a proof in it."""
    dump = read_answers(path)
    pairs: list[Pair] = []
    for problem in read_problems(problems, profile="core").problems:
        for answer in dump.of(problem.theorem.name)[:1]:
            candidate = answer.reading(problem.theorem).candidate
            if candidate is not None:
                pairs.append((problem.theorem, candidate))
    return pairs


def reason(verdict: Verdict) -> str:
    """Why a proof is not accepted, such that the same reasons have the same words."""
    error = first_error(verdict)
    text = error.text if error is not None else verdict.detail
    line = text.strip().splitlines()[0] if text.strip() else "nothing was said"
    named = line if "nknown" in line else _QUOTED.sub("`…`", line)
    return f"{verdict.reason}: {named}"[:_LONGEST]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def figures(verdicts: Sequence[Verdict]) -> dict[str, float]:
    elaborating = [v for v in verdicts if v.status != "invalid_statement"]
    accepted = [v.cpu_us / 1e6 for v in elaborating if v.status == "proved"]
    others = [v.cpu_us / 1e6 for v in elaborating if v.status != "proved"]
    return {
        "proofs": len(verdicts),
        "statement elaborates": len(elaborating),
        "accepted": len(accepted),
        "accepted, %": round(100 * len(accepted) / max(1, len(elaborating)), 1),
        "accepted, median CPU s": round(statistics.median(accepted or [0.0]), 2),
        "accepted, 95th percentile CPU s": round(percentile(accepted, 0.95), 2),
        "not accepted, median CPU s": round(statistics.median(others or [0.0]), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    parser.add_argument("--problems", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one proof")
    parser.add_argument("--every", type=int, default=1, help="judge every K-th line")
    parser.add_argument("--list", action="store_true", help="name the proofs not accepted")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    pairs = answers(options.file, options.problems) if options.problems else batch(options.file)
    pairs = pairs[:: options.every]
    if not pairs:
        sys.exit(f"{options.file} holds no proofs")
    limits = Limits(wall_ms=int(options.timeout * 1000))
    verdicts = verify_many(pairs, limits=limits, workers=options.workers)
    numbers = figures(verdicts)
    refused = [v for v in verdicts if v.status not in ("proved", "invalid_statement")]
    reasons = Counter(reason(verdict) for verdict in refused).most_common()
    if options.json:
        print(json.dumps({"figures": numbers, "reasons": dict(reasons)}, ensure_ascii=False))
        return
    console = Console(width=120)
    for name, number in numbers.items():
        console.print(f"{name}: {number:g}")
    table = Table("proofs", "why not", title="Not accepted, by Lean's first error")
    for text, count in reasons:
        table.add_row(str(count), text)
    console.print(table)
    if options.list:
        for (theorem, _), verdict in zip(pairs, verdicts, strict=True):
            if verdict in refused:
                console.print(f"{theorem.name}: {reason(verdict)}", highlight=False, markup=False)


if __name__ == "__main__":
    main()
