"""What both clients have in common: the server, the key, and what is an error."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from tenacity import retry_if_exception, stop_after_attempt

from prover_arb.client.calls import Call
from prover_arb.core.retry_policy import LONGEST_WAIT_SECONDS, seconds_before_retry
from prover_arb.core.version import VERSION
from prover_arb.errors import ApiError, InputError, ServerUnreachable
from prover_arb.provers.chat.waiting import asked_wait

T = TypeVar("T")

SERVER_VARIABLE = "PROVER_ARB_SERVER"
KEY_VARIABLE = "PROVER_ARB_API_KEY"

_BUSY = frozenset({429, 502, 503, 504})
"""Statuses after which a request may be sent again."""


def connection(server: str | None, api_key: str | None) -> dict[str, Any]:
    """Returns the arguments of the HTTP client; what is None is read from the environment.

    Raises:
        InputError: no server is named, its address is none, or the key cannot be sent.
    """
    address = (server or os.environ.get(SERVER_VARIABLE, "")).strip().rstrip("/")
    if not address:
        raise InputError(f"no server is named; give its address, or set {SERVER_VARIABLE}")
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise InputError(f"server: {address!r} is no address: {error}") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise InputError(f"server: {address!r} is no address such as http://127.0.0.1:8000")
    key = (os.environ.get(KEY_VARIABLE, "") if api_key is None else api_key).strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise InputError(f"the API key (api_key, or {KEY_VARIABLE}) has characters no key has")
    headers = {"User-Agent": f"prover-arb/{VERSION}"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    # Reading the certificates takes as long as all the rest; without TLS nothing needs them.
    verify = url.scheme == "https"
    return {"base_url": url, "headers": headers, "follow_redirects": False, "verify": verify}


def retries(most: int) -> dict[str, Any]:
    """Returns the arguments of tenacity for up to `most` repetitions."""
    return {
        "retry": retry_if_exception(_may_help),
        "stop": stop_after_attempt(most + 1),
        "wait": seconds_before_retry,
        "reraise": True,
    }


def _may_help(error: BaseException) -> bool:
    """Whether sending the request again may help; every request may be repeated."""
    if isinstance(error, ApiError):
        return error.status in _BUSY and (error.after or 0) <= LONGEST_WAIT_SECONDS
    return isinstance(error, ServerUnreachable) and error.lost


def request_of(client: httpx.Client | httpx.AsyncClient, call: Call[Any]) -> httpx.Request:
    """Returns the request that a call is sent as."""
    return client.build_request(
        call.method,
        call.path,
        json=call.body,
        content=call.content,
        params=call.params,
        headers=call.headers,
        timeout=httpx.Timeout(call.seconds, connect=10),
    )


@contextmanager
def reaching(server: httpx.URL) -> Iterator[None]:
    """Raises ServerUnreachable for what the HTTP library raises inside."""
    try:
        yield
    except (httpx.ReadTimeout, httpx.WriteTimeout):
        raise ServerUnreachable(f"{server} did not answer in time", lost=False) from None
    except httpx.HTTPError as error:
        said = str(error) or type(error).__name__
        raise ServerUnreachable(f"{server} cannot be reached: {said}") from None


def refuse(response: httpx.Response) -> None:
    """Raises the ApiError of an answer that is an error, whose body is read already."""
    if response.is_success:
        return
    try:
        body = response.json()
    except ValueError:
        body = None
    document = body if isinstance(body, dict) else {}
    raise ApiError(
        str(document.get("detail") or f"{response.url}: HTTP {response.status_code}"),
        status=response.status_code,
        type=str(document.get("type", "about:blank")),
        title=str(document.get("title", response.reason_phrase)),
        instance=str(document.get("instance", response.url.path)),
        errors=document.get("errors", ()),
        request_id=response.headers.get("x-request-id", ""),
        after=asked_wait(response.headers),
    )


def read(answer: Callable[[], T], response: httpx.Response) -> T:
    """Returns what `answer` reads of a response; raises ApiError if it is not what was asked."""
    try:
        return answer()
    except ValueError:
        raise ApiError(
            f"{response.url} does not answer as prover_arb's service does; is the address right?",
            status=response.status_code,
            request_id=response.headers.get("x-request-id", ""),
        ) from None
