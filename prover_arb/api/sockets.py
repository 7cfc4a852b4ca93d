"""An address to listen at, or one line that says why not."""

from __future__ import annotations

import socket

from prover_arb.errors import InputError


def bound(host: str, port: int) -> socket.socket:
    """A socket bound to the address, for the caller to close; port 0 takes a free one.

    Raises:
        InputError: the address cannot be served on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
    except OSError as error:
        found.close()
        raise InputError(
            f"{host}:{port} cannot be served on: {error.strerror}; choose another --port"
        ) from error
    return found
