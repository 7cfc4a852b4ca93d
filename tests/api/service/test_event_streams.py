"""A thousand streams of events are asked for at once."""

from __future__ import annotations

import asyncio
import json
import signal
from collections import Counter
from pathlib import Path
from typing import Any

from service_process import Server, local_server

from prover_arb.api.service.service_limits import ServiceLimits

ASKED = 1_000
LAST_CHUNK = b"0\r\n\r\n"


async def follow(port: int, path: str, answered: asyncio.Semaphore) -> Any:
    """Asks for a stream, reads it to its end, and says how it ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        status = int(first.split()[1])
        answered.release()
        if status != 200:
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            return status, body["type"], headers["retry-after"]
        text = await reader.read()
        return "whole" if text.endswith(LAST_CHUNK) else "broken off"
    finally:
        writer.close()


async def follow_many(server: Server, path: str) -> Counter[Any]:
    """Asks for all streams, uses the server once each is answered, and stops it."""
    answered = asyncio.Semaphore(0)

    async def use_and_stop() -> None:
        for _ in range(ASKED):
            await answered.acquire()
        await asyncio.to_thread(use, server)
        server.process.send_signal(signal.SIGTERM)

    ends = (follow(server.port, path, answered) for _ in range(ASKED))
    _, *ended = await asyncio.gather(use_and_stop(), *ends)
    return Counter(ended)


def use(server: Server) -> None:
    assert server.client.get("/healthz").status_code == 200
    candidate = {"kind": "tactics", "text": "null 2"}
    body = {"theorem": {"statement": ": 1 = 1"}, "candidate": candidate}
    assert server.client.post("/v1/verify", json=body).json()["status"] == "proved"


def test_most_are_refused_and_the_others_end_with_the_server(tmp_path: Path) -> None:
    """What ends with the server is not complete, and can be told from a stream that is."""
    with local_server(tmp_path / "ledger.sqlite") as server:
        server.wait_for("/readyz", 60)
        body = {"theorem": {"statement": ": stuck"}, "budget_usd": "1", "policy": "single:null"}
        path = server.client.post("/v1/proofs", json=body).json()["urls"]["events"]
        most = ServiceLimits().streams_per_key
        assert asyncio.run(follow_many(server, path)) == {
            "broken off": most,
            (429, "/problems/too-many-streams", "30"): ASKED - most,
        }
        server.process.wait(90)
