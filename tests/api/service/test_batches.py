"""Batches: many theorems under one budget, in every form of problems, and their results."""

from __future__ import annotations

import asyncio
import json
import time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.api.service.batches.batch import BatchTerms, BatchTheorem, new_batch
from prover_arb.api.service.batches.batch_store import BatchStore
from prover_arb.api.service.batches.shares import share_of
from prover_arb.api.service.database.database import Database, now, sqlite_url
from prover_arb.api.service.order_store import OrderStore
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.core.money import MicroUSD
from prover_arb.core.theorem import Theorem
from tests.api.service.customers import Customers, receiving, when_ended
from tests.api.service.test_api import problem

TERMS = {"budget_usd": "0.001", "policy": "single:null"}
EASY = [f": {n} = {n}" for n in range(5)]


@pytest.fixture
def clients(customers: Customers) -> dict[str, httpx.Client]:
    return customers.clients


@pytest.fixture
def ada(customers: Customers) -> httpx.Client:
    return customers.clients["ada"]


def place(client: httpx.Client, problems: Any, **terms: Any) -> httpx.Response:
    return client.post("/v1/batches", json={"problems": problems} | TERMS | terms)


def send_file(client: httpx.Client, kind: str, text: str | bytes, **query: Any) -> httpx.Response:
    return client.post(
        "/v1/batches", content=text, headers={"Content-Type": kind}, params=TERMS | query
    )


def results(client: httpx.Client, batch: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.get(batch["urls"]["results"])
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize("field", ["seed", "deadline"])
@pytest.mark.parametrize("number", ["1_0", "+10", "\u0661\u0660"])
def test_numbers_have_plain_digits(ada: httpx.Client, field: str, number: str) -> None:
    text = "theorem t : 1 = 1 := sorry"
    body = problem(send_file(ada, "text/x-lean", text, **{field: number}), 422, "invalid-request")
    assert body["errors"][0]["field"].endswith(field)
    for written in (number, "10"):  # in JSON a number is no text
        problem(place(ada, [": 1 = 1"], **{field: written}), 422, "invalid-request")


def test_theorems_are_ordinary_orders_in_the_order_of_the_batch(ada: httpx.Client) -> None:
    answer = place(ada, EASY, metadata={"set": "easy"})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["urls"]["get"]
    batch = when_ended(ada, answer.json())
    assert batch["status"] == "ended"
    assert batch["counts"]["total"] == batch["counts"]["proved"] == 5
    assert batch["spent_usd"] == batch["charged_usd"] == "0.000015"
    assert batch["metadata"] == {"set": "easy"}
    lines = results(ada, batch)
    assert [line["theorem"]["statement"] for line in lines] == EASY
    assert [line["place"] for line in lines] == [line["line"] for line in lines] == [1, 2, 3, 4, 5]
    assert {line["proof"]["text"] for line in lines} == {"null 2"}
    listed = ada.get(batch["urls"]["proofs"]).json()["data"]
    assert [order["id"] for order in listed] == [line["id"] for line in lines][::-1]
    assert {order["batch"] for order in listed} == {batch["id"]}
    order = ada.get(listed[0]["urls"]["get"]).json()
    assert len(order["purchases"]) == 3
    assert ada.get(listed[0]["urls"]["certificate"]).status_code == 200
    assert "event: proved" in ada.get(listed[0]["urls"]["events"]).text


def test_together_they_spend_no_more_than_the_budget(ada: httpx.Client) -> None:
    """Ten theorems need 3 micro-dollars each, and there are 29: one has too small a share."""
    batch = when_ended(
        ada, place(ada, [f": {n} = {n}" for n in range(10)], budget_usd=2.9e-5).json()
    )
    lines = results(ada, batch)
    assert sorted(line["status"] for line in lines) == ["exhausted"] + ["proved"] * 9
    spent = sum(Decimal(line["spent_usd"]) for line in lines)
    assert spent == Decimal(batch["spent_usd"]) == Decimal("0.000029")
    capped = when_ended(ada, place(ada, EASY, theorem_budget_usd="0.000002").json())
    assert capped["counts"]["exhausted"] == 5
    assert {order["budget_usd"] for order in ada.get(capped["urls"]["proofs"]).json()["data"]} == {
        "0.000002"
    }


def test_what_others_left_goes_to_a_theorem_in_work(
    ada: httpx.Client, customers: Customers
) -> None:
    """All begin with equal shares, and the first one, which ends last, needs more than its own."""
    hard, none = ": gated 1 = 1", [f": nonsense = {n}" for n in range(3)]
    batch = place(ada, [hard, *none], budget_usd="0.000009").json()
    deadline = time.monotonic() + 60
    while batch["counts"]["failed"] < 3:
        assert time.monotonic() < deadline, batch
        time.sleep(0.05)
        batch = ada.get(batch["urls"]["get"]).json()
    gate = customers.database.with_name("gate")
    gate.touch()
    try:
        batch = when_ended(ada, batch)
    finally:
        gate.unlink()
    lines = results(ada, batch)
    assert [line["status"] for line in lines] == ["proved"] + ["failed"] * 3
    assert batch["charged_usd"] == "0.000003"
    [order] = [
        order
        for order in ada.get(batch["urls"]["proofs"]).json()["data"]
        if order["id"] == lines[0]["id"]
    ]
    assert Decimal(order["budget_usd"]) <= Decimal("0.000009")


class Shares:
    """A batch in a database, whose orders a test begins, ends and gives more, as a worker does."""

    def __init__(self, path: Path, budget: int, most: int | None, theorems: int) -> None:
        self.database = Database(sqlite_url(path))
        self.store = OrderStore(self.database, ServiceLimits())
        terms = BatchTerms(
            policy="p", budget=MicroUSD(budget), theorem_budget=most and MicroUSD(most)
        )
        stated = [
            BatchTheorem(theorem=Theorem(name="t", statement=f": {n} = {n}"), line=n + 1)
            for n in range(theorems)
        ]
        batch = new_batch(
            terms,
            stated,
            tenant="t",
            customer="t",
            created_at=now(),
            request_id="",
            idempotency_key=None,
            margin_ppm=0,
        )
        orders = [batch.order(place, theorem) for place, theorem in enumerate(stated, 1)]
        asyncio.run(BatchStore(self.database, ServiceLimits()).place(batch, orders))
        self.budget = budget
        self.orders = orders

    def begin(self, place: int) -> int:
        begun = asyncio.run(self.store.begin(self.orders[place]))
        assert begun is not None
        self.orders[place] = begun
        return begun.budget

    def end(self, place: int, spent: int) -> int:
        order = self.orders[place]
        charged = asyncio.run(self.store.finish(order, "exhausted", spent=MicroUSD(spent)))
        assert charged is not None
        return charged

    def raised(self, place: int) -> int | None:
        order = asyncio.run(self.store.raise_budget(self.orders[place]))
        if order is not None:
            self.orders[place] = order
        return order and order.budget


def test_shares_in_work_are_raised_when_nobody_waits(tmp_path: Path) -> None:
    shares = Shares(tmp_path / "orders.sqlite", budget=100, most=None, theorems=4)
    assert [shares.begin(place) for place in (0, 1, 2)] == [25, 25, 25]
    shares.end(0, 5)
    assert shares.raised(1) is None  # what is left is the fourth's
    assert shares.begin(3) == 45
    assert shares.raised(1) is None
    shares.end(3, 1)
    assert shares.raised(1) == 25 + 44 // 2
    assert shares.raised(2) == 25 + 22 // 2
    shares.end(2, 36)
    assert shares.raised(1) == 47 + 11
    assert shares.end(1, 58) == 58
    assert shares.raised(1) is None  # it has ended
    shares.database.close()


def test_a_raised_share_is_at_most_what_one_theorem_may_cost(tmp_path: Path) -> None:
    shares = Shares(tmp_path / "orders.sqlite", budget=100, most=60, theorems=2)
    assert [shares.begin(0), shares.begin(1)] == [50, 50]
    shares.end(1, 0)
    assert shares.raised(0) == 60
    assert shares.raised(0) is None
    shares.database.close()


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_shares_never_exceed_the_budget(data: st.DataObject) -> None:
    """Whatever the order in which theorems begin, end and ask for more."""
    number = data.draw(st.integers(1, 6), label="theorems")
    budget = data.draw(st.integers(1, 50), label="budget")
    with TemporaryDirectory() as folder:
        shares = Shares(Path(folder) / "orders.sqlite", budget, most=None, theorems=number)
        held: dict[int, int] = {}
        working: set[int] = set()
        for _ in range(12):
            place = data.draw(st.integers(0, number - 1))
            if place not in held:
                held[place] = shares.begin(place)
                working.add(place)
            elif place in working and data.draw(st.booleans()):
                held[place] = shares.end(place, data.draw(st.integers(0, held[place])))
                working.discard(place)
            elif place in working:
                held[place] = shares.raised(place) or held[place]
            assert sum(held.values()) <= budget
        shares.database.close()


@pytest.mark.parametrize(
    ("left", "waiting", "most", "share"),
    [(90, 3, None, 30), (91, 3, None, 30), (90, 3, 20, 20), (2, 3, None, 0), (0, 1, 5, 0)],
)
def test_shares(left: int, waiting: int, most: int | None, share: int) -> None:
    assert share_of(left, waiting, most) == share


ROWS = [
    {"name": "a", "formal_statement": "theorem a : 1 = 1 := by sorry"},
    {"problem_id": "b", "lean4_code": "import Mathlib\n\ntheorem b (n : ℕ) : n = n := by\n  sorry"},
]


@pytest.mark.parametrize(
    ("kind", "text", "lines"),
    [
        ("application/x-ndjson", "\n".join(map(json.dumps, ROWS)), [1, 2]),
        ("application/x-ndjson; charset=utf-8", json.dumps(ROWS, indent=1), [2, 6]),
        ("application/jsonl", "\n" + "\n".join(map(json.dumps, ROWS)) + "\n", [2, 3]),
        ("text/x-lean", "theorem a : 1 = 1 := by sorry\n\nlemma b : 2 = 2 := sorry\n", [1, 3]),
    ],
)
def test_a_problem_file_is_a_body(
    ada: httpx.Client, kind: str, text: str, lines: list[int]
) -> None:
    batch = when_ended(ada, send_file(ada, kind, text.encode(), theorem_budget_usd=0.0005).json())
    read = results(ada, batch)
    assert [line["theorem"]["name"] for line in read] == ["a", "b"]
    assert [line["line"] for line in read] == lines
    assert {line["status"] for line in read} == {"proved"}


def test_rows_as_objects(ada: httpx.Client) -> None:
    stated = {"statement": "(n : ℕ) : n = n", "preamble": "def x := 1", "profile": "core"}
    batch = place(ada, [*ROWS, stated, stated | {"name": "c"}]).json()
    names = [line["theorem"]["name"] for line in results(ada, when_ended(ada, batch))]
    assert names == ["a", "b", "claim", "c"]


def test_a_row_that_cannot_be_read_is_named(ada: httpx.Client) -> None:
    bad = [ROWS[0], {"name": "c", "answer": 7}, 5, ROWS[0]]
    text = "\n".join(map(json.dumps, bad)) + "\n{"
    refused = problem(send_file(ada, "application/x-ndjson", text), 422, "bad-input")
    assert [error["line"] for error in refused["errors"]] == [2, 3, 4, 5]
    assert refused["detail"].startswith("4 of 5 rows cannot be read: line 2: no field holds")
    batch = send_file(ada, "application/x-ndjson", text, skip_unread=True).json()
    assert [row["line"] for row in batch["skipped"]] == [2, 3, 4, 5]
    assert batch["counts"]["total"] == 1
    refused = problem(place(ada, [": 1 = 1", {"x": 1}]), 422, "bad-input")
    assert [(error["field"], error["line"]) for error in refused["errors"]] == [("problems", 2)]
    problem(place(ada, [{"x": 1}], skip_unread=True), 422, "bad-input")


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 400, "malformed-json"),
        (b"\xff\xfe", 400, "malformed-json"),
        (b"[" * 100_000, 400, "malformed-json"),
        (b"[]", 422, "invalid-request"),
        (b'{"problems": [], "budget_usd": 1}', 422, "invalid-request"),
        (b'{"problems": ["x"]}', 422, "bad-budget"),
        (b'{"problems": ["x"], "budget_usd": 0}', 422, "bad-budget"),
        (b'{"problems": ["x"], "budget_usd": 1, "theorem_budget_usd": -1}', 422, "invalid-request"),
        (b'{"problems": ["x"], "budget_usd": 1, "more": 1}', 422, "invalid-request"),
        (b'{"problems": [7], "budget_usd": 1}', 422, "invalid-request"),
        (b'{"problems": ["\\ud800"], "budget_usd": 1}', 422, "bad-input"),
        (b'{"problems": [": 1 = 1"], "budget_usd": 1, "policy": "x"}', 422, "unknown-policy"),
        (b'{"problems": [": 1 = 1"], "budget_usd": 1, "webhook": "x"}', 422, "invalid-request"),
    ],
)
def test_bodies_that_are_no_batch(ada: httpx.Client, body: bytes, status: int, kind: str) -> None:
    headers = {"Content-Type": "application/json"}
    problem(ada.post("/v1/batches", content=body, headers=headers), status, kind)


def test_files_that_are_no_batch(ada: httpx.Client) -> None:
    lean = "text/x-lean"
    problem(send_file(ada, lean, "theorem a : 1 = 1 := rfl"), 422, "bad-input")
    problem(send_file(ada, lean, ""), 422, "bad-input")
    problem(send_file(ada, lean, b"\x1f\x8b\x08"), 422, "bad-input")
    problem(send_file(ada, lean, "x".encode("utf-16")), 422, "bad-input")
    problem(send_file(ada, "text/csv", "x"), 415, "wrong-content-type")
    problem(send_file(ada, "application/json", "{}"), 422, "invalid-request")
    no_budget = ada.post("/v1/batches", content="x", headers={"Content-Type": lean})
    refused = problem(no_budget, 422, "invalid-request")
    assert [error["field"] for error in refused["errors"]] == ["budget_usd"]


def test_what_would_take_long_to_read_is_refused_before(ada: httpx.Client) -> None:
    """Reading takes time that grows with the square of the theorems without a proof."""
    text = "theorem a : 1 = 1 := by sorry\n" * 50_000
    row = {"name": "a", "formal_statement": text}
    several = [row | {"formal_statement": text[: 30 * 150]} for _ in range(3)]
    for answer, detail in (
        (send_file(ada, "text/x-lean", text), "The file states some 50000 theorems; at most 60"),
        (place(ada, [row]), "line 1: one row states some 50000 theorems; at most 200"),
        (place(ada, several), "The batch states some 450 theorems"),
        (place(ada, [": 1 = 1", row | {"formal_statement": text[: 30 * 250]}]), "line 2: one row"),
    ):
        assert detail in problem(answer, 422, "batch-too-large")["detail"]


def test_what_is_too_much_is_refused_with_its_bound(clients: dict[str, httpx.Client]) -> None:
    bob, poor = clients["bob"], clients["poor"]
    many = [f": {n} = {n}" for n in range(31)]
    refused = problem(place(bob, many), 422, "batch-too-large")
    assert "31 theorems; this service takes at most 30" in refused["detail"]
    stuck = [f": stuck = {n}" for n in range(30)]
    first = place(bob, stuck).json()
    refused = problem(place(bob, stuck[:11]), 429, "too-many-orders")
    assert "above 40" in refused["detail"]
    bob.post(first["urls"]["cancel"])
    problem(place(poor, EASY, budget_usd="0.0011"), 402, "key-budget-spent")
    held = place(poor, [": stuck = 1", ": stuck = 2"], budget_usd="0.0009").json()
    problem(place(poor, EASY, budget_usd="0.0002"), 402, "key-budget-spent")
    poor.post(held["urls"]["cancel"])
    done = when_ended(poor, place(poor, EASY, budget_usd="0.001").json())
    assert done["charged_usd"] == "0.000015"
    problem(place(poor, EASY, budget_usd="0.000986"), 402, "key-budget-spent")
    assert place(poor, EASY, budget_usd="0.000985").status_code == 202


def test_the_same_key_gives_the_same_batch(clients: dict[str, httpx.Client]) -> None:
    def placed(name: str, **terms: Any) -> httpx.Response:
        headers = {"Idempotency-Key": "once"}
        body = {"problems": EASY} | TERMS | terms
        return clients[name].post("/v1/batches", json=body, headers=headers)

    first = placed("ada").json()["id"]
    assert placed("ada").json()["id"] == first
    problem(placed("ada", problems=EASY[:1]), 422, "idempotency-key-reused")
    assert placed("bob").json()["id"] != first


def test_another_key_learns_nothing(clients: dict[str, httpx.Client]) -> None:
    batch = place(clients["ada"], EASY).json()
    bob = clients["bob"]
    for path in ("", "/results"):
        problem(bob.get(batch["urls"]["get"] + path), 404, "unknown-batch")
    problem(bob.post(batch["urls"]["cancel"]), 404, "unknown-batch")
    problem(bob.get("/v1/batches", params={"after": batch["id"]}), 400, "bad-cursor")
    assert bob.get(batch["urls"]["proofs"]).json()["data"] == []
    problem(bob.get("/v1/batches/nonsense"), 404, "unknown-batch")


def test_pages_hold_every_batch_once(ada: httpx.Client) -> None:
    made = [place(ada, EASY[:1]).json()["id"] for _ in range(3)]
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = ada.get("/v1/batches", params=query).json()
        seen += [batch["id"] for batch in page["data"]]
        if not page["has_more"]:
            break
        query["after"] = page["next_after"]
    assert seen[:3] == made[::-1]
    assert len(set(seen)) == len(seen)


def test_a_cancelled_batch_ends_and_tells_it(ada: httpx.Client) -> None:
    """What is in work ends, and what waits never begins."""
    with receiving() as receiver:
        problems = [f": stuck = {n}" for n in range(8)]
        batch = place(ada, problems, webhook=receiver.url).json()
        deadline = time.monotonic() + 60
        while batch["counts"]["running"] < 4:
            assert time.monotonic() < deadline, batch
            batch = ada.get(batch["urls"]["get"]).json()
        states = [line["status"] for line in results(ada, batch)]
        assert states == ["running"] * 4 + ["queued"] * 4
        cancelled = ada.post(batch["urls"]["cancel"]).json()
        assert cancelled["status"] == "cancelled"
        assert cancelled["counts"]["cancelled"] == 8
        assert ada.post(batch["urls"]["cancel"]).json() == cancelled
        _, _, body = receiver.next()
    message = json.loads(body)
    assert (message["type"], message["timestamp"]) == ("batch.cancelled", cancelled["finished_at"])
    assert message["data"] == cancelled
