"""Finding a Ray cluster, or starting one on this machine, quietly."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import gettempdir

import ray
from ray._private import services

from prover_arb.core.machine import processors
from prover_arb.core.numerals import integer_fault
from prover_arb.errors import InputError
from prover_arb.runtime.ray_logs import receive_logs

OBJECT_STORE_BYTES = 100_000_000
"""Nothing large crosses our borders, so a local Ray gets a small object store."""

CONNECT_SECONDS = 5.0

_VARIABLE = "RAY_ADDRESS"
_SHOWN = 300
"""Characters of a message of Ray's that is quoted."""

SUBREAPER = "RAY_kill_child_processes_on_worker_exit_with_raylet_subreaper"


def connect(address: str | None = None, *, workers: int | None = None) -> bool:
    """Join the cluster at `address`, else the one of RAY_ADDRESS, else start one here.

    `ray job submit` sets RAY_ADDRESS, so a job joins the cluster it was submitted to.

    Returns:
        Whether this call connected, so that the caller must call `ray.shutdown()`; False if this
        process was connected before.

    Raises:
        InputError: no cluster answers at the address, or Ray cannot be started here; the message
            names the option or the variable at fault.
    """
    if ray.is_initialized():
        return False
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    target = _target(address)
    if target is None:
        with _subreaper():
            _start_here(workers)
        _wait_for_children_again()
    else:
        _join(target)
    receive_logs()
    return True


@dataclass(frozen=True)
class _Target:
    """A cluster's address and where it was said, for messages."""

    address: str
    said: str

    def refuse(self, why: object) -> InputError:
        return InputError(
            f"{self.said} {self.address!r}: no Ray cluster answers there ({why}); start one with "
            f"`ray start --head`, or leave {self.said} out"
        )


def _target(address: str | None) -> _Target | None:
    """The cluster to join; None to start one here."""
    said = "address" if address else _VARIABLE
    target = (address or os.environ.get(_VARIABLE) or "local").strip()
    if target == "local":
        return None
    if target.startswith("ray://"):
        raise InputError(
            f"{said} {target!r}: the ledger must live where this program runs; "
            "run it on the cluster instead, with `ray job submit -- prover-arb ...`"
        )
    if target.startswith(("http://", "https://")):
        raise InputError(
            f"{said} {target!r} is the address of a dashboard, which takes jobs: use it with "
            f"`ray job submit --address {target} -- prover-arb ...`, or give the cluster's own "
            "address, HOST:6379 or auto"
        )
    return _Target(_found_here(said) if target == "auto" else target, said)


def _found_here(said: str) -> str:
    """The address of the cluster on this machine; a file of one that has ended does not count."""
    running: set[str] = services.find_gcs_addresses()  # type: ignore[no-untyped-call]
    last = services.find_bootstrap_address(None)
    if not running:
        raise _Target("auto", said).refuse("no Ray runs on this machine")
    return str(last) if last in running else min(running)


def _start_here(workers: int | None) -> None:
    try:
        ray.init(
            address="local",
            num_cpus=max(processors(), workers or 1),
            object_store_memory=OBJECT_STORE_BYTES,
            include_dashboard=False,
            log_to_driver=True,
            logging_level=logging.ERROR,
        )
    except (OSError, ValueError, RuntimeError) as error:
        # Ray keeps sockets in its temporary folder, whose paths must be short.
        folder = os.environ.get("RAY_TMPDIR")
        where = f"RAY_TMPDIR ({folder})" if folder else f"the temporary folder {gettempdir()}"
        reason = " ".join(str(error).split())[:_SHOWN]
        raise InputError(
            f"Ray does not start on this machine: {reason}. It uses {where}, which must be short "
            "(under 50 characters), writable and not full; or do without Ray: --no-ray"
        ) from error


def _join(target: _Target) -> None:
    _require_listening(target)
    try:
        ray.init(address=target.address, log_to_driver=True, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise target.refuse(" ".join(str(error).split())[:_SHOWN]) from error


def _require_listening(target: _Target) -> None:
    """Ray itself tries for minutes before it says that nobody is there."""
    host, colon, port = target.address.rpartition(":")
    if not colon or integer_fault(port):
        raise target.refuse("not of the form HOST:PORT")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS):
            pass
    except (OSError, OverflowError, UnicodeError) as error:
        raise target.refuse(error) from error


@contextmanager
def _subreaper() -> Iterator[None]:
    """A raylet started here reaps orphans: it ends the Lean processes of a worker that was killed.

    The variable must not outlive this: a Ray head started from this program's environment would
    take every failed job for a success (ray-project/ray#49119).
    """
    before = os.environ.get(SUBREAPER)
    os.environ.setdefault(SUBREAPER, "1")
    try:
        yield
    finally:
        if before is None:
            del os.environ[SUBREAPER]


def _wait_for_children_again() -> None:
    """With its subreaper on, Ray ignores SIGCHLD in this program too, and in what it starts.

    Then nobody learns how a child ended: every status reads as success.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
