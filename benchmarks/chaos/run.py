"""Orders of many customers while everything that they rely on is killed at random.

    python benchmarks/chaos/run.py [--requests 200] [--kills 60] [--customers 5] [--seed N]
        [--database postgresql|sqlite] [--brokers N | --local] [--json] [--log FILE]

Two replicas of the service share one database. Each has `--brokers` brokers (1 by default) and
workers in processes of one Ray cluster (with `--local` in its own process). Workers are simulated;
one prover is a model server behind HTTP. Killed are replicas, brokers, workers, the model server,
and connections of the database (SQLite's files are locked for a while instead). Requests come as
the kills go on.

In the end every order that was accepted must be in one final state, be paid as its purchases in the
ledger say to the micro-dollar, have bought nothing twice, and be known to its customer alone; see
audit.py. Exit code 1 otherwise. The kills and requests follow from the seed, their times do not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
sys.path.append(str(Path(__file__).parents[2] / "tests/api/service"))

from audit import Audit
from customers import Customer
from targets import Program, Targets

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.service_app import orders_file, purchases_at
from prover_arb.broker.ledger.opening import open_ledger
from prover_arb.core.money import MicroUSD
from tests.api.service.postgresql import postgresql

REPOSITORY = Path(__file__).parents[2]

LOCAL = ("replica", "prover", "database")
KINDS = (*LOCAL, "worker", "broker")

OPEN_AT_ONCE = 24
"""How many requests are not answered to their end at most, before more is killed."""

KEY_BUDGET = MicroUSD(5_000_000)


async def run(options: argparse.Namespace, folder: Path, stack: ExitStack) -> dict[str, object]:
    draw = random.Random(options.seed)
    ledger = folder / "ledger.sqlite3"
    url = stack.enter_context(postgresql()).url if options.database == "postgresql" else None
    stored = url or sqlite_url(orders_file(ledger))
    database = stack.enter_context(closing(Database(stored)))
    made = {n: KeyStore(database).create_now(n, budget=KEY_BUDGET) for n in _names(options)}
    address = "" if options.local else _cluster(stack)
    log = stack.enter_context(options.log.open("wb"))
    model = Program(log, "model.py", str(options.seed))
    stack.callback(model.stop)
    arguments = (str(ledger), url or "", f"{model.url}/v1", address, str(options.brokers))
    replicas = [Program(log, "replica.py", *arguments) for _ in range(2)]
    for replica in replicas:
        stack.callback(replica.stop)
    targets = Targets(replicas, model, [ledger, orders_file(ledger)], url)
    customers = [
        Customer(name, secret, [r.url for r in replicas], random.Random(f"{options.seed} {name}"))
        for name, (secret, _) in made.items()
    ]
    # The first answer says that a replica is up.
    await customers[0].get("/v1/market")
    began = time.monotonic()
    kills = await _chaos(options, customers, targets, draw)
    seconds = time.monotonic() - began
    opened = stack.enter_context(closing(open_ledger(purchases_at(ledger, url))))
    audit = Audit(database, opened)
    print(f"{time.monotonic() - began:.0f} s: audit", file=sys.stderr)
    await audit.run(customers, {name: key.id for name, (_, key) in made.items()})
    for customer in customers:
        await customer.close()
    exit_codes = [replica.stop() for replica in replicas]
    if set(exit_codes) - {0, -signal.SIGTERM}:
        audit.faults.append(f"the replicas ended with {exit_codes}")
    return {
        "database": options.database,
        "processes": "replicas only" if options.local else "replicas, brokers and workers",
        "brokers_of_each_replica": options.brokers,
        "seed": options.seed,
        "requests": sum(len(ids) for c in customers for ids in c.placed.values()),
        "repeated_with_the_same_key": sum(customer.repeats for customer in customers),
        "answers_that_did_not_come": sum(customer.retries for customer in customers),
        "kills": sum(kills.values()),
        "kills_by_kind": dict(kills),
        "orders": dict(audit.statuses),
        "purchases": dict(audit.purchases),
        "spent_micro_dollars": audit.spent,
        "charged_micro_dollars": audit.charged,
        "seconds": round(seconds),
        "faults": audit.faults,
    }


async def _chaos(
    options: argparse.Namespace, customers: list[Customer], targets: Targets, draw: random.Random
) -> Counter[str]:
    """Lets requests in while it kills; returns what was killed how often."""
    requests = iter(enumerate(customers * -(-options.requests // len(customers))))
    requests = islice(requests, options.requests)
    kinds = LOCAL if options.local else KINDS
    plan = [kinds[number % len(kinds)] for number in range(options.kills)]
    draw.shuffle(plan)
    kills: Counter[str] = Counter()
    tasks: list[asyncio.Task[None]] = []
    for number, kind in enumerate(plan):
        share = options.requests * (number + 1) // len(plan) - len(tasks)
        for index, customer in islice(requests, share):
            tasks.append(asyncio.create_task(customer.order(index)))
        await asyncio.sleep(draw.uniform(0.2, 2.5))
        while not (said := await asyncio.to_thread(targets.kill, kind, draw)):
            await asyncio.sleep(0.5)
        kills[kind] += 1
        while (waiting := sum(not task.done() for task in tasks)) > OPEN_AT_ONCE:
            await asyncio.sleep(0.2)
        print(f"{number + 1}: {said}; {len(tasks)} requests, {waiting} open", file=sys.stderr)
    await asyncio.gather(*tasks)
    return kills


def _names(options: argparse.Namespace) -> list[str]:
    return [f"customer{number}" for number in range(options.customers)]


def _cluster(stack: ExitStack) -> str:
    """Starts a Ray cluster on this machine, and returns its address."""
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    here = Path(__file__).parent
    os.environ["PYTHONPATH"] = os.pathsep.join([str(here), str(REPOSITORY)])
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 16})
    stack.callback(cluster.shutdown)
    return str(cluster.address)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--customers", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--brokers", type=int, default=1, help="of each replica")
    parser.add_argument("--local", action="store_true", help="without Ray")
    parser.add_argument("--log", type=Path, default=Path(os.devnull), help="of all programs")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    if options.local and options.brokers != 1:
        parser.error("--brokers needs Ray, but --local says to do without it")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        figures = asyncio.run(run(options, Path(folder), stack))
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):28} {value}")
    return 1 if figures["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
