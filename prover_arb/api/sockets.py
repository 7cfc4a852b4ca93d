"""An address to listen at, or one line that says why not; and who can reach it."""

from __future__ import annotations

import ipaddress
import socket

from prover_arb.errors import InputError


def bound(host: str, port: int) -> socket.socket:
    """Returns a socket bound to the address, for the caller to close; port 0 takes a free one.

    Raises:
        InputError: the address cannot be served on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound_socket = socket.socket(family)
    try:
        bound_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound_socket.bind((host, port))
    except OSError as error:
        bound_socket.close()
        raise InputError(
            f"{host}:{port} cannot be served on: {error.strerror}; choose another --port"
        ) from error
    return bound_socket


def is_loopback(host: str) -> bool:
    """Returns whether only this machine can reach a server that listens at `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
