"""How often a request is sent again, and after how long: the same for every server.

It is meant for requests that may be repeated without harm. What makes one worth repeating is
decided where it is sent.
"""

from __future__ import annotations

from tenacity import RetryCallState, wait_random_exponential

RETRIES = 4
"""How often a request is repeated, unless its sender is told otherwise."""

LONGEST_WAIT_SECONDS = 60
"""If a server asks for a longer wait, the request fails instead."""

_backoff = wait_random_exponential(multiplier=0.5, max=20)


def seconds_before_retry(state: RetryCallState) -> float:
    """Returns how long to wait before the next try.

    An error whose attribute `after` has seconds says what the server asked for; a random part of a
    second is added, so that clients do not all come back at once.
    """
    error = state.outcome.exception() if state.outcome else None
    after: float | None = getattr(error, "after", None)
    jittered = _backoff(state)
    return jittered if after is None else after + min(jittered, 1.0)
