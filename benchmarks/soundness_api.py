"""The whole corpus of attacks and honest proofs through the HTTP API, by two keys at once.

    python benchmarks/soundness_api.py [--seed N] [--on-ray] [--json]

The cases are shuffled and dealt to two API keys, and of each key's half to `/v1/verify`, four
requests at a time, and to `/v1/verify/batch`, all at once. Each verdict must be the one
that the corpus names. Exit code 1 otherwise. With `--on-ray` the server is `prover-arb serve`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import httpx

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "tests/api/service"))

from benchmarks.clients import served
from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.service_app import orders_file
from tests.api.service.service_process import Server
from tests.soundness.corpus import EVERYTHING, Case, fields, outcome

KEYS = ("ada", "bob")
AT_ONCE = 4
BATCH = 60
PATIENCE_SECONDS = 1_800
"""How long a request may take: a batch of many candidates on a busy machine."""

Verdicts = list[tuple[Case, tuple[str, str | None]]]


async def one_by_one(client: httpx.AsyncClient, cases: Sequence[Case]) -> Verdicts:
    found: Verdicts = []
    left = iter(cases)

    async def ask() -> None:
        for case in left:
            answer = await client.post("/v1/verify", json=fields(case))
            found.append((case, _verdict(answer.raise_for_status().json())))

    await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    return found


async def in_batches(client: httpx.AsyncClient, cases: Sequence[Case]) -> Verdicts:
    found: Verdicts = []
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        answer = await client.post("/v1/verify/batch", json={"items": [fields(c) for c in batch]})
        lines = [json.loads(line) for line in answer.raise_for_status().text.splitlines()]
        for place, (case, line) in enumerate(zip(batch, lines, strict=True)):
            assert line["index"] == place, line
            found.append((case, _verdict(line["verdict"] or line["problem"])))
    return found


def _verdict(body: dict[str, str]) -> tuple[str, str | None]:
    return body["status"], body.get("reason")


async def judge(server: Server, secrets: Sequence[str], cases: Sequence[Case]) -> Verdicts:
    """Returns the verdict on every case; each key judges half of them, by both routes at once."""
    async with asyncio.TaskGroup() as tasks:
        halves = [
            tasks.create_task(_half(server, secret, cases[number :: len(secrets)]))
            for number, secret in enumerate(secrets)
        ]
    return [judged for half in halves for judged in half.result()]


async def _half(server: Server, secret: str, cases: Sequence[Case]) -> Verdicts:
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=PATIENCE_SECONDS
    ) as client:
        parts = await asyncio.gather(
            one_by_one(client, cases[::2]), in_batches(client, cases[1::2])
        )
    return parts[0] + parts[1]


def faults(found: Verdicts) -> Iterator[str]:
    for case, verdict in found:
        if verdict != outcome(case):
            yield f"{case.id}: {verdict}, not {outcome(case)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=len(KEYS))
    parser.add_argument("--on-ray", action="store_true")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    cases = random.Random(options.seed).sample(EVERYTHING, len(EVERYTHING))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ledger = Path(folder) / "served.sqlite"
        with closing(Database(sqlite_url(orders_file(ledger)))) as database:
            secrets = [KeyStore(database).create_now(name)[0] for name in KEYS]
        server = stack.enter_context(served(options, Path(folder)))
        server.wait_for("/readyz", 300)
        began = time.monotonic()
        found = asyncio.run(judge(server, secrets, cases))
        seconds = time.monotonic() - began
    figures = {
        "cases": len(found),
        "attacks and what must be refused": sum(case.reason is not None for case in cases),
        "honest proofs": sum(case.reason is None for case in cases),
        "seconds": round(seconds),
        "wrong verdicts": list(faults(found)),
    }
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:36} {value}")
    return 1 if figures["wrong verdicts"] else 0


if __name__ == "__main__":
    sys.exit(main())
