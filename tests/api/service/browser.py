"""Debian's Chromium, by Playwright, and a watch over what a page asks for and complains of."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)
from service_process import Server

PATIENCE_MS = 30_000
"""How long a browser waits for what is expected; this machine may be busy."""

expect.set_options(PATIENCE_MS)

PATH = shutil.which("chromium")

_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+) ")
"""What the browser itself says of an answer that is an error."""


@contextmanager
def chromium() -> Iterator[Browser]:
    if PATH is None:
        pytest.skip("Debian's package chromium is not installed")
    with sync_playwright() as driver, launched(driver) as browser:
        yield browser


@contextmanager
def launched(driver: Playwright) -> Iterator[Browser]:
    # Its own sandbox needs more rights than a container gives.
    browser = driver.chromium.launch(executable_path=PATH, args=["--no-sandbox"])
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    server: Server,
    *,
    refusals: Collection[int] = (),
    blocked: str = "",
    **options: Any,
) -> Iterator[Page]:
    """A page of its own; at the end nothing may have gone wrong or elsewhere.

    `refusals` are the HTTP errors that the server may answer with; what the browser blocks may be
    complained of in words that have `blocked` in them.
    """
    origin = f"http://127.0.0.1:{server.port}"
    asked: list[str] = []
    said: list[str] = []

    def on_request(request: Request) -> None:
        asked.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        refused = _REFUSED.match(message.text)
        if blocked and blocked in message.text:
            return
        if refused is None or int(refused[1]) not in refusals:
            said.append(f"{message.type}: {message.text}")

    context = browser.new_context(base_url=origin, reduced_motion="reduce", **options)
    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda error: said.append(str(error.error)))
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context.new_page()
    finally:
        context.close()
    elsewhere = [url for url in asked if not url.startswith((f"{origin}/", f"blob:{origin}/"))]
    assert not elsewhere, elsewhere
    assert not said, said
