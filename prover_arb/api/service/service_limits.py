"""The bounds of the service: how much of everything it holds before it says that it is full."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_STATEMENT = 100_000
"""How many characters a statement may have."""

LONGEST_FILE = 200_000
"""How many characters a Lean file to fill may have."""

LONGEST_CHECK_MS = 300_000
"""The wall-clock limit, in milliseconds, that a verification may ask for at most."""

LONGEST_WAIT = 60
"""How many seconds a request may wait for a proof with `Prefer: wait=N`."""

LARGEST_BATCH = 1_000
"""How many candidates one batch of verifications may have."""

LONGEST_DEADLINE = 7 * 24 * 3600
"""How many seconds an order may be open at most, if it has a deadline."""


@dataclass(frozen=True)
class ServiceLimits:
    """What one service holds at most."""

    open_orders: int = 10_000
    """Orders that are not finished."""
    open_orders_per_key: int = 1_000
    batch_theorems: int = 1_000
    """Theorems of one batch; `open_orders_per_key` bounds them too."""
    file_theorems: int = 200
    """Theorems left open in one Lean file."""
    quotes_per_key: int = 1_000
    """Quotes that are valid and not ordered yet."""
    running_orders: int = 16
    """Orders that are worked on at once; the others are queued."""
    lease_seconds: float = 15.0
    """How long an order stays with a replica that is not heard of any more."""
    events_kept: int = 5_000
    """Events of one order; later ones are left out, except the last."""
    streams: int = 200
    """Open event streams."""
    streams_per_key: int = 20
    checks: int = 256
    """Verifications, and inspections of statements, that are judged or wait for it."""
    checks_per_key: int = 64
