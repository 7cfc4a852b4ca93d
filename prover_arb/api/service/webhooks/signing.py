"""Signs messages as standardwebhooks.com says: an HMAC of the id, the time and the body."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
"""Every secret begins with it, so that one that leaked is recognised."""


def new_secret() -> str:
    """Returns a random secret of 256 bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed_headers(
    message_id: str, timestamp: int, body: bytes, signing: Sequence[str]
) -> dict[str, str]:
    """Returns the headers of a message; it has one signature for each secret.

    `timestamp` is when it is sent, in seconds since 1970.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = (_signature(content, secret) for secret in signing)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _signature(content: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
