"""Connects to addresses on the internet, and to none inside our network.

The address that is checked is the one that is connected to: a name is resolved once, so that what
it resolves to cannot change in between.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpcore

from prover_arb.api.service.webhooks.targets import is_public

RESOLVING_AT_ONCE = 8
"""How many names are resolved at once, on threads of their own: a slow one delays no other work."""


class Forbidden(Exception):
    """Raised for a host at an address inside our network."""


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """The network without what is inside ours; with `private` all of it."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._inner = httpcore.AnyIOBackend()
        self._threads = ThreadPoolExecutor(RESOLVING_AT_ONCE, thread_name_prefix="resolver")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to the first address of the host that answers.

        Raises:
            Forbidden: one of its addresses is inside our network.
            httpcore.ConnectError: it has no address, or none of them answers.
        """
        addresses = await self._resolved(host, port)
        for address in addresses:
            if not (self._private or is_public(address)):
                raise Forbidden(f"{host} is at {address}, which is inside a private network")
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuses: a socket of this machine is inside our network."""
        raise Forbidden(f"{path} is a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """Ends the threads; a name that is being resolved is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _resolved(self, host: str, port: int) -> list[str]:
        """Returns the IP addresses of a host, in the order in which to try them."""
        resolve = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, resolve)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address: {error}") from error
        return [*dict.fromkeys(str(address[0]) for *_, address in found)]
