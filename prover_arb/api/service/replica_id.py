"""Who works on an order: the name of this process among all that share a database."""

from __future__ import annotations

import os
import secrets
import socket
from functools import cache
from pathlib import Path

import psutil


def new_replica_id() -> str:
    """Returns a name that no other service ever has, and that says in which process it runs."""
    return ":".join([_where(), str(os.getpid()), _start(os.getpid()), secrets.token_hex(4)])


def has_ended(replica_id: str) -> bool:
    """Returns whether the process of a service ran on this machine and has ended."""
    where, _, rest = replica_id.partition(":")
    pid, _, start_and_more = rest.partition(":")
    if where != _where() or not pid.isdigit():
        return False
    try:
        return _start(int(pid)) != start_and_more.partition(":")[0]
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False


def _start(pid: int) -> str:
    return str(round(psutil.Process(pid).create_time() * 100))


@cache
def _where() -> str:
    """Returns what is the same for processes that can tell whether the other is alive.

    That is the boot of a machine and the space of process ids in it, for a container has its own.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot[:13]}-{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return socket.gethostname()[:32].replace(":", "-")
