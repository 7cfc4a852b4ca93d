"""A real server in its own process on a free port."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

PROGRAMS = Path(__file__).parent / "programs"


class Server:
    """A running server process and a client for it."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def wait_for(self, path: str, seconds: float) -> httpx.Response:
        """The first 200 from `path`; fails with the server's own words if it ends before."""
        deadline = time.monotonic() + seconds
        while True:
            if self.process.poll() is not None:
                pytest.fail(f"the server ended: {self.log()}")
            try:
                response = self.client.get(path)
            except httpx.TransportError:
                pass
            else:
                if response.status_code == 200:
                    return response
            if time.monotonic() > deadline:
                pytest.fail(f"{path} was not 200 within {seconds} s")
            time.sleep(0.1)

    def proof_when(
        self, url: str, *statuses: str, seconds: float = 60, client: httpx.Client | None = None
    ) -> dict[str, object]:
        """The order at `url` as soon as it has one of the statuses."""
        deadline = time.monotonic() + seconds
        while True:
            response = (client or self.client).get(url)
            body: dict[str, object] = response.raise_for_status().json()
            if body["status"] in statuses:
                return body
            assert time.monotonic() < deadline, body
            time.sleep(0.05)

    def clients_of(self, secrets: dict[str, str], stack: ExitStack) -> dict[str, httpx.Client]:
        """A client for each of the API keys, by name; `stack` closes them."""
        return {
            name: stack.enter_context(
                httpx.Client(
                    base_url=self.client.base_url,
                    headers={"Authorization": f"Bearer {secret}"},
                    timeout=60,
                )
            )
            for name, secret in secrets.items()
        }

    def log(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(90)


@contextmanager
def serving(*command: str, port: int) -> Iterator[Server]:
    with subprocess.Popen(
        [*command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        server = Server(process, port)
        try:
            yield server
        finally:
            server.client.close()
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(90)
                except subprocess.TimeoutExpired:
                    process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def local_server(ledger: Path, *more: str, mood: str = "ready") -> Iterator[Server]:
    """The app under uvicorn over a market without Lean; `mood` and `more` as in
    programs/local.py."""
    port = free_port()
    program = str(PROGRAMS / "local.py")
    command = [sys.executable, program, str(port), str(ledger), mood, *more]
    with serving(*command, port=port) as server:
        server.wait_for("/healthz", 60)
        yield server
