"""Whether quotes become true while their broker sells: each knows what was bought before it.

    python benchmarks/quotes_in_turn.py RUN [--policy schedule] [--json]

RUN is as for quotes.py. The theorems are quoted in the order in which the run began with them, at
its budget, by a broker that has seen what the run bought for the ones before; the figures of the
first and of the second half are those of quotes.py. No Lean is started.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from benchmarks.quotes import Sale, bins, figures, planned_sale, recorded, show
from prover_arb.bench.result_rows import Row
from prover_arb.bench.runs import RunFolder
from prover_arb.broker.ended import EndedTheorem
from prover_arb.broker.ledger.opening import open_ledger
from prover_arb.core.money import MicroUSD
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime.engine import Engine
from prover_arb.runtime.local_worker import LocalWorkerFactory
from prover_arb.scheduler import IndexPolicy


def in_turn(run: Path, name: str, rows: Sequence[tuple[Row, Theorem]]) -> Iterator[Sale]:
    with closing(open_ledger(RunFolder(run).ledger, create=False)) as ledger:
        histories = {digest: history for (_, digest), history in ledger.finished(name).items()}
    factory = LocalWorkerFactory(load_catalog())
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(factory, [factory.worker()], Path(folder) / "ledger.sqlite")
        policy = engine.policy(name)
        if not isinstance(policy, IndexPolicy):
            raise SystemExit(f"--policy {name}: only policies that learn are quoted in turn")
        for row, theorem in sorted(rows, key=lambda pair: pair[0].started_at):
            job = ProofJob(policy=name, budget=MicroUSD(row.budget), run="quote")
            plan = engine.broker.plan(theorem, policy, job, model=policy)
            yield planned_sale(row.theorem, plan, proved=row.solved, spent=row.total)
            ended = EndedTheorem(
                run=row.run,
                policy=name,
                digest=theorem.digest,
                dealings=(),
                history=histories.get(theorem.digest),
            )
            engine.broker.learn(ended)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--policy", default="schedule")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    rows, theorems = recorded(options.run, options.policy)
    sales = list(in_turn(options.run, options.policy, list(zip(rows, theorems, strict=True))))
    half = len(sales) // 2
    parts = {"all": sales, "first half": sales[:half], "second half": sales[half:]}
    if options.json:
        print(json.dumps({name: asdict(figures(part)) for name, part in parts.items()}))
        return 0
    for name, part in parts.items():
        show(f"Quotes in turn, {name}", figures(part), bins(part))
    return 0


if __name__ == "__main__":
    sys.exit(main())
