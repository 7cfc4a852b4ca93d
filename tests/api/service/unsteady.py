"""A proxy on loopback that cuts connections, as bad networks do."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Thread


class Unsteady:
    """Relays to a port; connection number n is cut after `limits[n]` bytes of answers."""

    def __init__(self, port: int, limits: Sequence[int]) -> None:
        self._target = port
        self._limits = iter(limits)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def run(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.connections += 1
                Thread(
                    target=self._relay, args=(client, next(self._limits, 10**9)), daemon=True
                ).start()

    def _relay(self, client: socket.socket, left: int) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            Thread(target=_copy, args=(client, server), daemon=True).start()
            with suppress(OSError):
                while left > 0 and (data := server.recv(min(left, 65_536))):
                    client.sendall(data)
                    left -= len(data)
            for end in (client, server):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)


@contextmanager
def unsteady(port: int, *limits: int) -> Iterator[Unsteady]:
    proxy = Unsteady(port, limits)
    thread = Thread(target=proxy.run, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
