"""Debian's Chromium, by Playwright, and a watch over what a page asks for and complains of."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from service_process import Server

PATIENCE_MS = 30_000
"""How long a browser waits for what is expected; this machine may be busy."""

expect.set_options(PATIENCE_MS)

DESKTOP = {"width": 1280, "height": 800}

PATH = shutil.which("chromium")

_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+) ")
"""What the browser itself says of an answer that is an error."""


@contextmanager
def chromium() -> Iterator[Browser]:
    if PATH is None:
        pytest.skip("Debian's package chromium is not installed")
    with sync_playwright() as driver:
        # Its own sandbox needs more rights than a container gives.
        browser = driver.chromium.launch(executable_path=PATH, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page, and what it may not do: ask another server, or complain."""

    page: Page
    origin: str
    refusals: set[int] = field(default_factory=set)
    """The HTTP errors that the server may answer with."""
    blocked: str = ""
    """What the browser blocks may be complained of in words that have these in them."""
    elsewhere: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def asks(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", f"blob:{self.origin}/")):
            self.elsewhere.append(url)

    def says(self, words: str) -> None:
        refused = _REFUSED.match(words)
        if refused is not None and int(refused[1]) in self.refusals:
            return
        if not (self.blocked and self.blocked in words):
            self.said.append(words)

    @contextmanager
    def fresh(self) -> Iterator[Page]:
        """Gives the page to a test, as a visitor finds it."""
        self.page.set_viewport_size(DESKTOP)
        self.page.emulate_media(color_scheme="light")
        self.page.goto("/")
        yield self.page
        self.page.evaluate("localStorage.clear()")
        self.page.unroute_all()
        elsewhere, said = [*self.elsewhere], [*self.said]
        self.elsewhere, self.said, self.refusals, self.blocked = [], [], set(), ""
        assert not elsewhere, elsewhere
        assert not said, said


@contextmanager
def opened(browser: Browser, server: Server) -> Iterator[Watched]:
    """A page on this server. Tests share it: a process of the browser for each costs a second."""
    origin = f"http://127.0.0.1:{server.port}"
    context = browser.new_context(base_url=origin, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    watched = Watched(context.new_page(), origin)
    context.on("request", lambda request: watched.asks(request.url))
    context.on("console", lambda message: watched.says(message.text))
    context.on("weberror", lambda error: watched.says(str(error.error)))
    try:
        yield watched
    finally:
        context.close()
