"""Finding a Ray cluster, or starting one on this machine, quietly."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import ray
from ray._private import worker as ray_worker

from prover_arb.errors import InputError

OBJECT_STORE_BYTES = 100_000_000
"""Nothing large crosses our borders, so a local Ray gets a small object store."""

CONNECT_SECONDS = 5.0

SUBREAPER = "RAY_kill_child_processes_on_worker_exit_with_raylet_subreaper"


def connect(address: str | None = None, *, workers: int | None = None) -> bool:
    """Join the cluster at `address`, else the one of RAY_ADDRESS, else start one here.

    `ray job submit` sets RAY_ADDRESS, so a job joins the cluster it was submitted to.

    Returns:
        Whether this call connected, so that the caller must call `ray.shutdown()`; False if this
        process was connected before.

    Raises:
        InputError: no cluster answers at the address.
    """
    if ray.is_initialized():
        return False
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    target = address or os.environ.get("RAY_ADDRESS") or "local"
    if target.startswith("ray://"):
        raise InputError(
            f"address {target!r}: the ledger must live where this program runs; "
            "run it on the cluster instead, with `ray job submit -- prover-arb ...`"
        )
    if target == "local":
        with _subreaper():
            ray.init(
                address="local",
                num_cpus=max(os.cpu_count() or 1, workers or 1),
                object_store_memory=OBJECT_STORE_BYTES,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        _wait_for_children_again()
        _keep_stdout_ours()
        return True
    _require_listening(target)
    try:
        ray.init(address=target, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError) as error:
        raise _nobody_there(target, error) from error
    _keep_stdout_ours()
    return True


def _require_listening(target: str) -> None:
    """Ray itself tries for minutes before it says that nobody is there."""
    host, colon, port = target.rpartition(":")
    if target == "auto":
        return
    if not colon or not port.isdecimal():
        raise _nobody_there(target, "not of the form HOST:PORT")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS):
            pass
    except (OSError, OverflowError) as error:
        raise _nobody_there(target, error) from error


def _nobody_there(target: str, error: object) -> InputError:
    return InputError(
        f"address {target!r}: no Ray cluster answers there ({error}); "
        "start one with `ray start --head`, or leave the address out"
    )


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


def _keep_stdout_ours() -> None:
    """Ray prints notices of dead workers on our stdout, whatever `log_to_driver` says.

    We notice the deaths ourselves, and stdout may hold JSON for another program.
    """
    ray_worker._worker_logs_enabled = False  # type: ignore[attr-defined,unused-ignore]
