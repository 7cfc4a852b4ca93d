"""Files: every theorem that is left open is bought, in order, and stands in the text."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from tests.api.service.customers import Customers, receiving, when_ended
from tests.api.service.test_api import problem

TEXT = """/-- The first. -/
theorem one : 1 = 1 := by sorry -- easy

theorem inner : 2 = 2 := by
  have : 3 = 3 := by sorry
  rfl

lemma two (n : Nat) : n = n := sorry
"""


@pytest.fixture
def ada(customers: Customers) -> httpx.Client:
    return customers.clients["ada"]


def order(
    client: httpx.Client, text: str = TEXT, *, key: str | None = None, **fields: Any
) -> httpx.Response:
    body = {"text": text, "budget_usd": "0.001", "policy": "single:null"} | fields
    return client.post("/v1/files", json=body, headers={"Idempotency-Key": key} if key else {})


def test_a_file_is_filled_in_order(ada: httpx.Client, customers: Customers) -> None:
    with receiving() as receiver:
        answer = order(ada, webhook=receiver.url, metadata={"a": "b"})
        assert answer.status_code == 202, answer.text
        assert answer.headers["location"] == answer.json()["urls"]["get"]
        file = when_ended(ada, answer.json())
        _, headers, body = receiver.next()
    assert file["text"] == TEXT.replace("by sorry --", "by null 2 --").replace(
        ":= sorry", ":= by null 2"
    )
    assert [(gap["name"], gap["line"], gap["status"]) for gap in file["gaps"]] == [
        ("one", 2, "filled"),
        ("inner", 5, "not_bought"),
        ("two", 8, "filled"),
    ]
    assert (file["status"], file["filled"], file["left"]) == ("exhausted", 2, 1)
    assert "inside a larger proof" in file["gaps"][1]["reason"]
    assert file["spent_usd"] == file["charged_usd"] == "0.000006"
    assert [gap["cost_usd"] for gap in file["gaps"]] == ["0.000003", "0.000000", "0.000003"]
    assert file["gaps"][0]["certificate"]["candidate"]["text"] == "null 2"
    message = Webhook(customers.signing).verify(body, headers)
    assert message["type"] == "file.exhausted"
    assert message["data"] == {name: file[name] for name in message["data"]}
    events = ada.get(file["urls"]["events"]).text
    assert events.count("event: purchase") == 6
    assert "event: exhausted" in events


def test_together_its_theorems_cost_no_more_than_the_budget(ada: httpx.Client) -> None:
    text = "".join(f"theorem t{n} : {n} = {n} := by sorry\n" for n in range(4))
    file = when_ended(ada, order(ada, text, budget_usd="0.000007").json())
    assert [gap["status"] for gap in file["gaps"]] == ["filled"] * 2 + ["not_proved"] * 2
    assert file["spent_usd"] == "0.000007"
    capped = when_ended(ada, order(ada, text, theorem_budget_usd="0.000002").json())
    assert (capped["filled"], capped["spent_usd"]) == (0, "0.000008")
    assert capped["text"] == text


def test_a_cancelled_file_keeps_what_was_proved(ada: httpx.Client) -> None:
    text = "".join(
        f"theorem t{n} : {s} := by sorry\n" for n, s in enumerate(["1 = 1", "stuck", "2 = 2"])
    )
    file = order(ada, text).json()
    deadline = time.monotonic() + 60
    while "purchase" not in ada.get(file["urls"]["get"]).json() and not file["filled"]:
        assert time.monotonic() < deadline, file
        file = ada.get(file["urls"]["get"]).json()
    ended = ada.post(file["urls"]["cancel"]).json()
    assert ended["status"] == "cancelled"
    assert ended["text"] == text.replace("sorry", "null 2", 1)
    assert [gap["status"] for gap in ended["gaps"]] == ["filled", "not_proved", "not_proved"]
    assert ended["spent_usd"] == ended["charged_usd"] == "0.000003"
    assert ada.post(file["urls"]["cancel"]).json() == ended


def test_it_is_no_proof_and_nobody_elses(customers: Customers) -> None:
    ada, bob = customers.clients["ada"], customers.clients["bob"]
    file = when_ended(ada, order(ada).json())
    path = file["urls"]["get"]
    problem(ada.get(path.replace("files", "proofs")), 404, "unknown-order")
    problem(ada.post(path.replace("files", "proofs") + "/cancel"), 404, "unknown-order")
    proof = ada.post(
        "/v1/proofs", json={"theorem": {"statement": ": 1 = 1"}, "budget_usd": 0.001}
    ).json()
    for url in (path, proof["urls"]["get"].replace("proofs", "files")):
        for client in (bob, ada) if url != path else (bob,):
            problem(client.get(url), 404, "unknown-file")
            problem(client.get(f"{url}/events"), 404, "unknown-file")
            problem(client.post(f"{url}/cancel"), 404, "unknown-file")
    newest = ada.get("/v1/files", params={"limit": 1}).json()
    assert [listed["id"] for listed in newest["data"]] == [file["id"]]
    assert newest["next_after"] == file["id"]
    older = ada.get("/v1/files", params={"after": newest["next_after"]}).json()["data"]
    assert file["id"] not in {listed["id"] for listed in older}
    assert file["id"] not in {one["id"] for one in ada.get("/v1/proofs").json()["data"]}
    problem(bob.get("/v1/files", params={"after": file["id"]}), 400, "bad-cursor")


def test_the_same_key_gives_the_same_file(ada: httpx.Client) -> None:
    first = order(ada, key="file").json()["id"]
    assert order(ada, key="file").json()["id"] == first
    problem(order(ada, TEXT + "\n", key="file"), 422, "idempotency-key-reused")
    problem(order(ada, key="file", theorem_budget_usd=1), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("text", "kind", "detail"),
    [
        ("", "invalid-request", "text"),
        ("x" * 200_001, "invalid-request", "200000"),
        ("theorem a : 1 = 1 := rfl", "nothing-open", "no theorem of it ends in `sorry`"),
        ("def a : Nat := sorry", "nothing-open", "line 1: `sorry` stands in a `def`"),
        ("theorem a : 1 = 1 := by sorry /-", "bad-input", "line 1"),
        ("theorem a : 1 = 1 := by sorry\n" * 6, "file-too-large", "6 theorems open"),
        ("theorem a : 1 = 1 := by sorry\n" * 6_000, "file-too-large", "6000 times"),
    ],
)
def test_texts_that_cannot_be_filled(ada: httpx.Client, text: str, kind: str, detail: str) -> None:
    refused = problem(order(ada, text), 422, kind)
    assert detail in refused["detail"]
    assert [error["field"] for error in refused["errors"]] == ["text"]


def test_the_budget_of_a_key_is_binding(customers: Customers) -> None:
    poor = customers.clients["poor"]
    problem(order(poor, budget_usd="0.0011"), 402, "key-budget-spent")
