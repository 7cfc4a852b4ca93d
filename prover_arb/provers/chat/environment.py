"""What the environment says about connections: certificates and proxies, checked beforehand."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from prover_arb.errors import InputError

_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_SCHEMES = ("http", "https", "socks5", "socks5h")


def certificates() -> ssl.SSLContext:
    """Returns the certificates that servers are checked against.

    Raises:
        InputError: those that the environment names cannot be used; names the variable.
    """
    for name in _CERTIFICATES:
        path = os.environ.get(name, "")
        if path and not os.path.exists(path):
            raise InputError(f"{name}: there is no {path}; correct the variable, or unset it")
    try:
        return httpx.create_ssl_context()
    except (OSError, ValueError) as error:
        named = [name for name in _CERTIFICATES if os.environ.get(name)]
        what = " and ".join(named) or "the certificates of this system"
        raise InputError(f"{what}: no certificates that can be read ({_reason(error)})") from None


def check_proxies(environment: Mapping[str, str] | None = None) -> None:
    """Look at the proxies that the environment names.

    Raises:
        InputError: one of them cannot be used; names the variable, and never quotes it, because it
            may hold a password.
    """
    variables = os.environ if environment is None else environment
    for name in _PROXIES:
        for spelling in (name, name.lower()):
            value = variables.get(spelling, "").strip()
            if value:
                _check_proxy(spelling, value)


def _check_proxy(name: str, value: str) -> None:
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        host, _port = parts.hostname, parts.port
        httpx.URL(value if "://" in value else f"http://{value}")
    except (ValueError, httpx.InvalidURL):
        raise InputError(f"{name}: no address of a proxy, such as http://proxy:3128") from None
    if parts.scheme.lower() not in _SCHEMES:
        known = ", ".join(_SCHEMES)
        raise InputError(f"{name}: {parts.scheme} is no kind of proxy that is known; use {known}")
    if not host:
        raise InputError(f"{name}: the address of the proxy has no host")


def _reason(error: Exception) -> str:
    """Returns why certificates cannot be read, in the system's words."""
    if isinstance(error, ssl.SSLError):
        return error.reason or "no certificate in it"
    return getattr(error, "strerror", None) or type(error).__name__
