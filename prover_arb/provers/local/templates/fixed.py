"""Scripts that every prover tries first, on every goal, the likeliest per second first."""

from __future__ import annotations

FIRST = (
    "intros; omega",
    "intros; grind",
    "intros; simp_all; done",
)

_COMPUTED = "decide +kernel"


def first(*, closed: bool) -> tuple[str, ...]:
    """FIRST, after an attempt to compute a statement without variables."""
    return (_COMPUTED, *FIRST) if closed else FIRST
