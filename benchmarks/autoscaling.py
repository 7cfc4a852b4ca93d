"""Ray's own autoscaler adds machines while a queue is long, and takes them away afterwards.

    python benchmarks/autoscaling.py [--theorems N] [--workers 1..6] [--json]

On this machine runs a Ray head with Ray's autoscaler and its provider of fake machines: each is a
set of processes of its own, with two CPUs and the label of our manifests. The pool of workers
starts and ends workers by its queue; one that the cluster has no room for is a pending actor, for
which the autoscaler adds a machine. Workers are simulated: an attempt only waits. In the end every
theorem must be proved, with each attempt paid once, and machines and workers must be as few as in
the beginning. Exit code 1 otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import psutil
import ray
from ray.autoscaler._private.fake_multi_node.node_provider import (
    FAKE_HEAD_NODE_ID,
    FAKE_HEAD_NODE_TYPE,
    FakeMultiNodeProvider,
)
from ray.util import get_node_ip_address

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem
from prover_arb.core.worker_bounds import Workers
from prover_arb.runtime.null_market import NullWorkerFactory
from prover_arb.runtime.placement import LABEL, ROLE
from prover_arb.runtime.ray_market import RayMarketplace

ATTEMPTS_EACH = 3
CPUS_EACH = 2
MOST_MACHINES = 3
IDLE_MINUTES = 0.2
"""After so long Ray takes away a machine on which nothing runs."""
PATIENCE_SECONDS = 300.0

UNUSED = (
    "cluster_synced_files",
    "initialization_commands",
    "setup_commands",
    "head_setup_commands",
    "worker_setup_commands",
    "head_start_ray_commands",
    "worker_start_ray_commands",
)
"""What Ray would run and watch on real machines; it wants all of them, even if they are empty."""


def configuration(address: str) -> dict[str, object]:
    """Returns what Ray's autoscaler reads: machines of one kind, which its own provider fakes.

    Without the detour over `external`, Ray reads a file that its wheel lacks; so does
    `ray.cluster_utils.AutoscalingCluster`.
    """
    return {
        "cluster_name": "autoscaling",
        "max_workers": MOST_MACHINES,
        "upscaling_speed": 1.0,
        "idle_timeout_minutes": IDLE_MINUTES,
        "provider": {
            "type": "external",
            "module": f"{FakeMultiNodeProvider.__module__}.{FakeMultiNodeProvider.__name__}",
            "gcs_address": address,
            "head_node_id": FAKE_HEAD_NODE_ID,
            "launch_multiple": True,
            "disable_node_updaters": True,
        },
        "auth": {},
        "file_mounts": {},
        **{name: [] for name in UNUSED},
        "head_node_type": FAKE_HEAD_NODE_TYPE,
        "available_node_types": {
            FAKE_HEAD_NODE_TYPE: {"resources": {"CPU": 0}, "node_config": {}, "max_workers": 0},
            "lean": {
                "resources": {"CPU": CPUS_EACH, "object_store_memory": 80_000_000},
                "labels": {LABEL: ROLE},
                "node_config": {},
                "min_workers": 1,
                "max_workers": MOST_MACHINES,
            },
        },
    }


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Runs a Ray head with the autoscaler, with its sockets and logs in a folder; yields its
    address.

    It does not call `ray stop`, which ends every Ray on the machine.
    """
    config = folder / "autoscaling.json"
    with socket.socket() as free, socket.socket() as other:
        free.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        port, clients = free.getsockname()[1], other.getsockname()[1]
    address = f"{get_node_ip_address()}:{port}"
    config.write_text(json.dumps(configuration(address)))
    command = [
        Path(sys.executable).with_name("ray"), "start", "--head", "--block",
        f"--port={port}", f"--autoscaling-config={config}", "--num-cpus=0",
        f"--temp-dir={folder}", "--include-dashboard=false", f"--ray-client-server-port={clients}",
        "--dashboard-agent-listen-port=0", "--object-store-memory=100000000",
    ]  # fmt: skip
    environment = {
        "AUTOSCALER_UPDATE_INTERVAL_S": "1",
        "RAY_FAKE_CLUSTER": "1",
        "RAY_TMPDIR": str(folder),
        "RAY_enable_autoscaler_v2": "1",
        "RAY_CLOUD_INSTANCE_ID": FAKE_HEAD_NODE_ID,
        "RAY_OVERRIDE_NODE_ID_FOR_TESTING": FAKE_HEAD_NODE_ID,
    }
    with (folder / "head.log").open("w") as log:
        head = psutil.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
    try:
        wait_for(address, head, folder / "head.log")
        yield address
    finally:
        ours = list(processes_of(folder))
        for process in ours:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs([head, *ours], timeout=30)


def processes_of(folder: Path) -> Iterator[psutil.Process]:
    """Returns the processes of the cluster: all name its folder."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and str(folder) in " ".join(process.cmdline()):
                yield process


def wait_for(address: str, head: psutil.Popen, log: Path) -> None:
    host, _, port = address.partition(":")
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and head.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.2)
    raise SystemExit(f"the head of the Ray cluster did not start:\n{log.read_text()}")


@dataclass(frozen=True)
class Moment:
    phase: str
    seconds: float
    machines: int
    """Those for Lean; the head is none of them."""
    workers_wanted: int
    workers_ready: int
    waiting: int


async def measure(options: argparse.Namespace, address: str, ledger: Path) -> list[Moment]:
    factory = NullWorkerFactory(proves=ATTEMPTS_EACH - 1, seconds=options.seconds)
    job = ProofJob(policy="single:null", budget=1_000, run="batch")
    began = time.monotonic()
    moments: list[Moment] = []
    print(*(field.name for field in fields(Moment)), sep="\t", file=sys.stderr)
    async with RayMarketplace.opened(
        factory, ledger=ledger, address=address, workers=options.workers
    ) as market:

        async def look(phase: str) -> Moment:
            status = await market.status()
            nodes = await asyncio.to_thread(ray.nodes)
            moment = Moment(
                phase=phase,
                seconds=round(time.monotonic() - began, 1),
                machines=sum(bool(n["Alive"] and n["Resources"].get("CPU")) for n in nodes),
                workers_wanted=status.workers,
                workers_ready=status.ready,
                waiting=status.waiting,
            )
            figures = (moment.machines, moment.workers_wanted, moment.workers_ready)
            last = moments[-1] if moments else None
            if last is None or phase != last.phase or figures != (
                last.machines, last.workers_wanted, last.workers_ready
            ):  # fmt: skip
                moments.append(moment)
                print(*astuple(moment), sep="\t", file=sys.stderr, flush=True)
            return moment

        first = await look("before")
        theorems = [
            Theorem(name=f"t{n}", statement=f": {n} = {n}") for n in range(options.theorems)
        ]
        orders = [asyncio.create_task(market.prove(theorem, job)) for theorem in theorems]
        while not all(order.done() for order in orders):
            await look("during")
            await asyncio.sleep(0.5)
        statuses = Counter(order.result().status for order in orders)
        assert statuses == {"proved": options.theorems}, statuses
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                last = await look("after")
                if (last.machines, last.workers_wanted) == (first.machines, first.workers_wanted):
                    return moments
                await asyncio.sleep(0.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--theorems", type=int, default=60)
    parser.add_argument("--workers", type=Workers.parse, default=Workers.parse("1..6"))
    parser.add_argument("--seconds", type=float, default=1.0, help="of each attempt and check")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    options.workers = options.workers.model_copy(update={"idle_seconds": 5.0})
    if "RAY_AUTH_TOKEN" not in os.environ:  # Ray reads it when it is imported.
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | token)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    # Ray keeps sockets in this folder, whose path must be short.
    with (
        tempfile.TemporaryDirectory(prefix="as", dir="/tmp") as name,
        cluster(Path(name)) as address,
    ):
        ledger = Path(name) / "ledger.sqlite3"
        moments = asyncio.run(measure(options, address, ledger))
        book = SqliteLedger(ledger)
        purchases = book.purchases(run="batch")
        book.close()
    paid = Counter((p.theorem, p.number) for p in purchases)
    figures = {
        "theorems": options.theorems,
        "machines": [moments[0].machines, max(m.machines for m in moments), moments[-1].machines],
        "workers": [
            moments[0].workers_ready,
            max(m.workers_ready for m in moments),
            moments[-1].workers_ready,
        ],
        "attempts": len(paid),
        "bought_twice": sum(times > 1 for times in paid.values()),
    }
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):14} {value}")
    grew = figures["machines"][1] > figures["machines"][0]
    right = len(paid) == options.theorems * ATTEMPTS_EACH and not figures["bought_twice"]
    return 0 if grew and right else 1


if __name__ == "__main__":
    sys.exit(main())
