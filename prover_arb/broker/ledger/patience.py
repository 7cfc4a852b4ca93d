"""Repeats a step of the ledger whose database went away, until it comes back.

What a prover delivered and what the oracle judged was paid for and is held here meanwhile. To
repeat a step is safe, because a step that is repeated with the same values changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from tenacity import before_sleep_log, retry, retry_if_exception_type, wait_exponential

from prover_arb.errors import LedgerUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")


@retry(
    retry=retry_if_exception_type(LedgerUnavailable),
    wait=wait_exponential(0.2, max=5),
    before_sleep=before_sleep_log(log, logging.WARNING),
)
async def recorded(step: Callable[[], T]) -> T:
    """Takes a step of the ledger, as often as its database does not answer."""
    return step()
