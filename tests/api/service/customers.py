"""Customers of a server, and a server of a customer that receives webhooks."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import httpx

BOUNDS = {
    "batch_theorems": 30,
    "file_theorems": 5,
    "open_orders_per_key": 40,
    "running_orders": 4,
}
FAST = json.dumps({"private": True, "waits": [0.1, 0.1, 0.1]})
"""Webhooks go to this machine too, and are repeated after a tenth of a second."""


@dataclass(frozen=True)
class Customers:
    """Clients of one server by the names of their keys: ada, bob, and poor, who has $0.001."""

    clients: dict[str, httpx.Client]
    signing: str
    """The secret of ada's webhooks."""
    database: Path

    def end_all_orders(self) -> None:
        """Cancels what a test left in the queue: the server works on four orders at once."""
        with closing(sqlite3.connect(self.database)) as db:
            rows = db.execute("SELECT id, kind, tenant FROM orders WHERE finished_at IS NULL")
            unfinished = rows.fetchall()
            keys = dict(db.execute("SELECT id, name FROM keys"))
        for order_id, kind, tenant in unfinished:
            path = "files" if kind == "file" else "proofs"
            cancelled = self.clients[keys[tenant]].post(f"/v1/{path}/{order_id}/cancel")
            assert cancelled.raise_for_status().json()["finished_at"] is not None


def when_ended(client: httpx.Client, given: dict[str, Any]) -> dict[str, Any]:
    """The object as it is once it has ended."""
    deadline = time.monotonic() + 60
    while given["finished_at"] is None:
        assert time.monotonic() < deadline, given
        time.sleep(0.05)
        given = client.get(given["urls"]["get"]).raise_for_status().json()
    return given


class Receiver:
    """A customer's server, which answers with the statuses that it is given, and then with 204."""

    def __init__(self) -> None:
        self.statuses: Queue[int] = Queue()
        self.messages: Queue[tuple[str, dict[str, str], bytes]] = Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.messages.put((self.path, headers, body))
                status = 204 if receiver.statuses.empty() else receiver.statuses.get()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/proofs"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self) -> tuple[str, dict[str, str], bytes]:
        return self.messages.get(timeout=60)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.close()
