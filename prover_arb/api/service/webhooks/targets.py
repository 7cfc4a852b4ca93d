"""Which addresses a webhook may have: no credentials in it, and nothing inside our network."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

LONGEST_URL = 2_000

PATTERN = r"^https?://[!-~]+$"

_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for the IPv4 address in their last 32 bits (RFC 6052)."""

Address = IPv4Address | IPv6Address


def _usable(url: str) -> str:
    """Returns the URL; raises ValueError if it is none that a message can be sent to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"is no URL: {error}") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError("begins with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("has no user name and no password; messages are signed instead")
    if not parts.hostname or not _HOST.fullmatch(parts.hostname) or port == 0:
        raise ValueError("names a host, such as https://example.org/proofs")
    if parts.fragment or "\\" in url:
        raise ValueError("has neither a fragment (#) nor a backslash")
    return url


Webhook = Annotated[
    str,
    Field(max_length=LONGEST_URL, pattern=PATTERN, examples=["https://example.org/proofs"]),
    AfterValidator(_usable),
]
"""The address of a customer's server."""


def is_public(address: str) -> bool:
    """Returns whether an IP address is one of the internet, and of no network of our own."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return all(_is_global(part) for part in (parsed, *_embedded(parsed)))


def names_private(url: str) -> bool:
    """Returns whether a URL itself says that its host is on this machine or in a private network.

    What a name resolves to is found out only when a message is sent; see network.py.
    """
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return not is_public(host)


def _is_global(address: Address) -> bool:
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_loopback
        or address.is_link_local
        or address.is_private
        or address.is_unspecified
    )


def _embedded(address: Address) -> list[IPv4Address]:
    """Returns the IPv4 addresses that packets to an IPv6 address may end at."""
    if isinstance(address, IPv4Address):
        return []
    embedded = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED:
        embedded.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return [part for part in embedded if part is not None]
