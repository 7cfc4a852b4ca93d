"""The answers to whoever operates the service."""

from __future__ import annotations

from typing import Literal

from prover_arb.api.service.shapes import Shape


class Health(Shape):
    """The answer of a living process."""

    status: Literal["ok"] = "ok"
    """Always `ok`: the event loop answers."""


class Ready(Shape):
    """The answer of a service that judges."""

    status: Literal["ready"] = "ready"
    """Always `ready`: Lean gave a verdict within the last seconds."""
    lean: str
    """The version of Lean that reads texts."""
    profiles: list[str]
    """The profiles that are judged."""
    workers: int
    """How many Lean workers there should be now, those for verifications alone included; between
    two bounds the number goes with the queue."""
    workers_ready: int
    """How many of them are ready; the others are being started, or wait for a machine."""
    brokers: int
    """How many brokers buy for orders, or should."""
    brokers_ready: int
    """How many of them are alive; one that died is started again, and its orders go on then."""
