"""Identifies the customer of a request: requests with the same API key are one customer's."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Depends, Header

_LENGTH = 32


def customer_of(
    authorization: Annotated[str | None, Header(description="Bearer KEY")] = None,
    x_api_key: Annotated[str | None, Header()] = None,
) -> str:
    """Returns a name for the customer: a hash of the key, or "" for all requests that have none.

    The key is not checked here, but by a gateway in front of this service. It decides which texts
    may meet in one Lean process.
    """
    scheme, _, token = (authorization or "").partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else ""
    return customer_name(key or (x_api_key or "").strip())


def customer_name(key: str) -> str:
    """Returns a name for who has a key: a hash of it, or "" for all who have none."""
    return hashlib.sha256(key.encode()).hexdigest()[:_LENGTH] if key else ""


Customer = Annotated[str, Depends(customer_of)]
"""The parameter by which a route identifies its customer."""
