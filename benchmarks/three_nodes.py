"""Three Ray nodes, one of them killed in a batch: is anything lost or bought twice?

    python benchmarks/three_nodes.py [--theorems N] [--brokers N] [--ledger URL] [--json]

Three nodes with processes of their own run on this machine. Each theorem takes three attempts of
simulated workers, which only wait. Once a third of the theorems is proved, the processes of one
node are killed. In the end every theorem must be proved, with each of its attempts paid exactly
once. Exit code 1 otherwise. The ledger is a SQLite file, or an empty database such as
postgresql://user:password@host/name.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from ray.cluster_utils import Cluster

from prover_arb.broker.ledger.opening import open_ledger
from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem
from prover_arb.runtime.null_market import NullWorkerFactory
from prover_arb.runtime.ray_market import RayMarketplace

ATTEMPTS_EACH = 3
NOTICE_SECONDS = 60.0
"""How long Ray may take to notice that a node is gone."""


async def measure(theorems: int, brokers: int, ledger: LedgerAddress) -> dict[str, object]:
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    try:
        doomed = cluster.add_node(num_cpus=2)
        cluster.add_node(num_cpus=2)
        cluster.wait_for_nodes()
        factory = NullWorkerFactory(proves=ATTEMPTS_EACH - 1, seconds=0.1)
        job = ProofJob(policy="single:null", budget=1_000, run="batch")
        statuses: Counter[str] = Counter()
        async with RayMarketplace.opened(
            factory, ledger=ledger, address=cluster.address, brokers=brokers
        ) as market:
            before = await market.status()
            numbers = iter(range(theorems))

            async def buy() -> None:
                for number in numbers:
                    theorem = Theorem(name=f"t{number}", statement=f": {number} = {number}")
                    outcome = await market.prove(theorem, job)
                    statuses[outcome.status] += 1

            async def kill() -> None:
                while sum(statuses.values()) < theorems // 3:
                    await asyncio.sleep(0.02)
                await asyncio.to_thread(cluster.remove_node, doomed, allow_graceful=False)

            await asyncio.gather(kill(), *(buy() for _ in range(before.workers)))
            async with asyncio.timeout(NOTICE_SECONDS):
                while not (status := await market.status()).nodes_lost:
                    await asyncio.sleep(0.5)
    finally:
        cluster.shutdown()
    book = open_ledger(ledger)
    purchases = book.purchases(run="batch")
    book.close()
    paid = Counter((p.theorem, p.number) for p in purchases if p.state in {"delivered", "judged"})
    wanted = {(f"t{n}", number) for n in range(theorems) for number in range(ATTEMPTS_EACH)}
    return {
        "theorems": theorems,
        "proved": statuses["proved"],
        "nodes": before.nodes,
        "nodes_lost": status.nodes_lost,
        "attempts_lost_with_the_node": sum(p.state == "lost" for p in purchases),
        "paid_once": sum(paid[key] == 1 for key in wanted),
        "missing": len(wanted - paid.keys()),
        "bought_twice": sum(times > 1 for times in paid.values()),
        "cost": sum(p.cost for p in purchases),
        "cost_without_the_loss": theorems * ATTEMPTS_EACH,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--theorems", type=int, default=100)
    parser.add_argument("--brokers", type=int, default=1)
    parser.add_argument("--ledger", metavar="URL", help="a database; a SQLite file if absent")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        ledger = options.ledger or Path(folder) / "ledger.sqlite3"
        figures = asyncio.run(measure(options.theorems, options.brokers, ledger))
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):28} {value}")
    good = (
        figures["proved"] == options.theorems
        and not figures["missing"]
        and not figures["bought_twice"]
        and figures["cost"] == figures["cost_without_the_loss"]
        and figures["nodes_lost"] == 1
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
