"""The page at `/`, in a browser, over a server with Lean behind it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Watched, chromium, opened
from playwright.sync_api import Browser, Page, Route, expect
from service_process import PROGRAMS, Server, free_port, local_server, serving

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.service_app import orders_file
from prover_arb.core.theorem import Certificate

pytestmark = pytest.mark.lean

PHONE = {"width": 360, "height": 740}

HOSTILE = "<img src=x onerror=alert(1)>"

CATALOG = """\
version = "page"
verification = { price_per_cpu_hour = "0.05" }

[provers.flash]
kind = "flash"
price_per_cpu_hour = "0.10"
limits = { heartbeats = 10_000, max_cpu_seconds = 1 }

[provers.recorded]
kind = "answers"
answers = "answers.jsonl"
price = { prompt = "0.20", completion = "0.60" }
bytes_per_token = 3.0
"""

ANSWERS = {
    "claim": "theorem claim (a b : ℕ) (h : a < b) : a + 1 ≤ b := by\n  rfl",
    "hostile": f"theorem hostile : 1 = 1 := by\n  exact «{HOSTILE}»",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    catalog = folder / "catalog.toml"
    catalog.write_text(CATALOG)
    rows = [
        {"theorem": name, "text": f"So:\n```lean4\n{text}\n```"} for name, text in ANSWERS.items()
    ]
    (folder / "answers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    port = free_port()
    command = [str(PROGRAMS / "with_lean.py"), str(port), str(folder / "ledger.sqlite")]
    with serving(
        sys.executable, *command, str(catalog), "100000", '{"scope": "off"}', port=port
    ) as running:
        running.wait_for("/readyz", 300)
        yield running


@pytest.fixture(scope="module")
def watched(browser: Browser, server: Server) -> Iterator[Watched]:
    with opened(browser, server) as shared:
        yield shared


@pytest.fixture
def page(watched: Watched) -> Iterator[Page]:
    with watched.fresh() as page:
        yield page


def visit(page: Page, path: str, heading: str) -> None:
    """Goes to another view, and waits until it is there."""
    page.goto(path)
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()


def ordered(server: Server, statement: str, **fields: Any) -> str:
    """Has a proof bought without the page, and returns the address of its view."""
    theorem = {"statement": statement, "name": fields.pop("name", "claim")}
    body = {"theorem": theorem, "budget_usd": "0.01"} | fields
    answer = server.client.post("/v1/proofs", json=body, headers={"Prefer": "wait=60"})
    assert answer.status_code == 200, answer.text
    return f"/#/proofs/{answer.json()['id']}"


def status(page: Page) -> Any:
    return page.locator("main p.progress .badge")


class TestBuying:
    def test_by_clicks(self, page: Page, server: Server, tmp_path: Path) -> None:
        page.get_by_role("button", name="Next number").click()
        page.get_by_role("button", name="Buy a proof").click()
        expect(page.get_by_role("heading", name="Theorem claim")).to_be_focused()
        expect(status(page)).to_have_text("Proved")
        row = page.get_by_role("row").filter(has_text="flash")
        expect(row.get_by_text("Proved")).to_be_visible()
        happened = page.get_by_role("list", name="What happened")
        for words in ("is queued", "An attempt of flash is bought", "Lean accepts the proof"):
            expect(happened.get_by_text(words)).to_have_count(1)
        proof = page.locator("section.good")
        expect(proof.get_by_text("theorem claim (a b : ℕ) (h : a < b)")).to_be_visible()
        expect(proof.get_by_text("propext")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the certificate").click()
        file = tmp_path / "certificate.json"
        download.value.save_as(file)
        order = page.url.rpartition("/")[2]
        same = server.client.get(f"/v1/proofs/{order}/certificate").text
        certificate = Certificate.model_validate_json(file.read_text())
        assert certificate == Certificate.model_validate_json(same)
        page.get_by_role("link", name="Prove", exact=True).click()
        expect(page.get_by_role("row").nth(1)).to_contain_text("a + 1 ≤ b")

    def test_by_keys_alone(self, page: Page) -> None:
        """Every stop of the Tab key shows that it has the focus."""
        expect(page.get_by_role("heading", name="Prove a theorem")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
        for stop in ("Next number", "Logic"):
            page.keyboard.press("Tab")
            expect(page.get_by_role("button", name=stop)).to_be_focused()
            assert has_outline(page)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Statement")).to_have_value("(p q : Prop) (h : p ∧ q) : q ∧ p")
        submit = page.get_by_role("button", name="Buy a proof")
        for _ in range(20):
            page.keyboard.press("Tab")
            assert has_outline(page)
            if submit.evaluate("button => button === document.activeElement"):
                break
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Theorem claim")).to_be_focused()
        expect(status(page)).to_have_text("Proved")

    def test_at_a_price(self, page: Page, server: Server) -> None:
        page.get_by_role("button", name="Next number").click()
        page.get_by_label("Only a proof.").check()
        page.get_by_role("button", name="Get a price").click()
        heading = page.get_by_role("heading", name="A proof costs")
        expect(heading).to_be_focused()
        price = re.findall(r"\$[\d.]+", heading.inner_text())[0]
        page.get_by_role("button", name=f"Buy for {price}").click()
        expect(status(page)).to_have_text("Proved")
        expect(page.get_by_role("status").first).to_contain_text(f"Charged: {price}.")
        page.get_by_role("link", name="Quotes").click()
        counted = server.client.get("/v1/quotes/calibration").json()["count"]
        expect(page.get_by_text(f"{counted} quote")).to_be_visible()
        page.get_by_role("link", name="Spending").click()
        total = server.client.get("/v1/spending").json()["total"]
        last = page.get_by_role("row", name="Total")
        expect(last).to_contain_text(f"${total['charged_usd']}")
        expect(page.get_by_role("img", name="Spent and charged by day")).to_be_visible()
        page.get_by_role("link", name="Market").click()
        expect(page.get_by_role("row").filter(has_text="flash")).to_be_visible()


class TestRefusals:
    def test_a_rejected_attempt_says_why(self, page: Page) -> None:
        page.get_by_role("button", name="Next number").click()
        page.get_by_label("Policy").select_option("recorded")
        page.get_by_role("button", name="Buy a proof").click()
        expect(status(page)).to_have_text("Not proved")
        row = page.get_by_role("row").filter(has_text="recorded")
        expect(row).to_contain_text("Not a proof: Lean reports an error.")
        expect(row).to_contain_text("Tactic `rfl` failed")
        row.get_by_text("What was delivered").click()
        expect(row.get_by_text("rfl", exact=True)).to_be_visible()
        happened = page.get_by_role("list", name="What happened")
        expect(happened).to_contain_text("The candidate of recorded is rejected")

    def test_what_is_wrong_stands_beside_the_field(self, watched: Watched, page: Page) -> None:
        watched.refusals = {422}
        statement = page.get_by_label("Statement")
        statement.fill("(n : ℕ) :\n  n + frobnicate = n")
        page.get_by_role("button", name="Buy a proof").click()
        error = page.locator("#statement-error")
        expect(error).to_contain_text("Line 2, column 7: Unknown identifier `frobnicate`")
        expect(statement).to_be_focused()
        expect(statement).to_have_attribute("aria-invalid", "true")
        assert "statement-error" in (statement.get_attribute("aria-describedby") or "")
        page.get_by_role("button", name="Logic").click()
        expect(error).to_be_empty()
        page.get_by_label("Budget in dollars").fill("1_000")
        page.get_by_role("button", name="Buy a proof").click()
        expect(page.locator("#budget-error")).to_contain_text("1_000")
        expect(page.get_by_label("Budget in dollars")).to_be_focused()
        visit(page, "/#/nowhere", "There is no such page")


def test_no_text_becomes_a_part_of_the_page(watched: Watched, page: Page, server: Server) -> None:
    """Neither what a customer writes, nor a prover, nor what Lean says of either."""
    statement = f": 1 = 1 /- {HOSTILE}<script>alert(2)</script> -/"
    note = {"note": HOSTILE}
    view = ordered(server, statement, name="hostile", policy="recorded", metadata=note)
    watched.blocked = "TrustedHTML"
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    # The statement, the note, Lean's error about the answer, and the event that tells of it.
    views = ((view, "Theorem hostile", 4), ("/#/proofs", "Proofs", 2), ("/#/", "Prove", 2))
    for path, heading, times in views:
        visit(page, path, heading)
        shown = page.get_by_text(HOSTILE).filter(visible=True)
        expect(shown.nth(times - 1)).to_be_visible()
        assert page.locator("main :is(script, img, iframe)").count() == 0
    assert page.evaluate(INLINE) == "blocked"
    assert dialogs == []


INLINE = """() => {
  try {
    document.body.innerHTML = "<p>HTML</p>";
    return "HTML was read";
  } catch { return "blocked"; }
}"""
"""The policy of the page's header refuses this even to its own scripts."""


class TestLooks:
    def test_a_phone_scrolls_down_only(self, page: Page, server: Server) -> None:
        view = ordered(server, f"(h : {'True ∧' * 60}True) : True", policy="recorded")
        page.set_viewport_size(PHONE)
        views = {
            "/#/": "Prove a theorem",
            view: "Theorem claim",
            "/#/proofs": "Proofs",
            "/#/market": "Market",
            "/#/spending": "Spending",
            "/#/quotes": "Quotes",
        }
        for path, heading in views.items():
            visit(page, path, heading)
            widths = "[document.documentElement.scrollWidth, innerWidth]"
            assert page.evaluate(widths) == [PHONE["width"]] * 2, path

    def test_light_and_dark_can_be_read(self, page: Page, server: Server) -> None:
        view = ordered(server, "(a b : ℕ) (h : a < b) : a + 1 ≤ b", policy="recorded")
        backs = {}
        for path, heading in ((view, "Theorem claim"), ("/#/", "Prove a theorem")):
            visit(page, path, heading)
            expect(page.locator("main table").first).to_be_visible()
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                low = {text: ratio for text, ratio in page.evaluate(CONTRAST) if ratio < 4.5}
                assert low == {}, (scheme, path)
                backs[scheme] = back(page)
        assert backs["light"] != backs["dark"]
        page.get_by_role("button", name="Light colours").click()
        assert back(page) == backs["light"]
        page.reload()
        expect(page.get_by_role("button", name="Dark colours")).to_be_visible()
        assert back(page) == backs["light"], "the choice is remembered"


def back(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


def has_outline(page: Page) -> bool:
    style = "getComputedStyle(document.activeElement)"
    return bool(page.evaluate(f"{style}.outlineStyle !== 'none' && {style}.outlineWidth >= '2px'"))


CONTRAST = """() => {
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((part) => part / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((numbers(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const own = (element) => [...element.childNodes]
    .filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join(" ");
  return [...document.querySelectorAll("body *")]
    .filter((element) => own(element).trim() && element.checkVisibility({ opacityProperty: true }))
    .map((element) => {
      const pair = [light(getComputedStyle(element).color), light(behind(element))];
      const [low, high] = pair.sort((a, b) => a - b);
      return [own(element), (high + 0.05) / (low + 0.05)];
    });
}"""
"""The contrast of every visible text with what is behind it, as WCAG 2 defines it."""


class TestStreams:
    def test_a_stream_that_breaks_off_goes_on(self, page: Page, server: Server) -> None:
        """The first answer ends after two events; the next one is asked for after them."""
        view = ordered(server, ": 2 = 2", policy="single:flash")
        asked: list[str | None] = []

        def break_off(route: Route) -> None:
            asked.append(route.request.headers.get("last-event-id"))
            if len(asked) > 1:
                route.continue_()
                return
            answer = route.fetch()
            events = re.split(r"(?<=\r\n\r\n)", answer.text())
            route.fulfill(response=answer, body="".join(events[:2]))

        page.route("**/events", break_off)
        page.goto(view)
        happened = page.get_by_role("list", name="What happened")
        expect(happened.get_by_role("listitem").last).to_have_text(re.compile("Proved"))
        for words in ("is queued", "Work on it began", "Lean accepts the proof"):
            expect(happened.get_by_text(words)).to_have_count(1)
        assert asked == [None, "2"]


class TestKeys:
    @pytest.fixture(scope="class")
    def keyed(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
        ledger = tmp_path_factory.mktemp("keyed-page") / "ledger.sqlite"
        database = Database(sqlite_url(orders_file(ledger)))
        secret, _ = KeyStore(database).create_now("ada")
        database.close()
        with local_server(ledger) as running:
            running.wait_for("/readyz", 60)
            yield running, secret

    def test_a_key_is_asked_for(self, browser: Browser, keyed: tuple[Server, str]) -> None:
        """And an order is seen live and cancelled, with the key that was given."""
        server, secret = keyed
        with opened(browser, server) as watched, watched.fresh() as page:
            watched.refusals = {401}
            page.get_by_label("API key").fill("pa_guess")
            page.get_by_role("button", name="Go on").click()
            expect(page.get_by_role("alert")).to_contain_text("does not know this key")
            page.get_by_label("API key").fill(secret)
            page.keyboard.press("Enter")
            page.get_by_label("Statement").fill(": stuck")
            page.get_by_label("Policy").select_option("single:null")
            page.get_by_role("button", name="Buy a proof").click()
            expect(status(page)).to_have_text("Running")
            expect(page.get_by_role("row").filter(has_text="null")).to_contain_text("At work")
            page.get_by_role("button", name="Cancel").click()
            expect(status(page)).to_have_text("Cancelled")
            assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 1]
            page.get_by_role("button", name="Forget the key").click()
            expect(page.get_by_label("API key")).to_be_visible()
            assert page.evaluate("sessionStorage.length") == 0
