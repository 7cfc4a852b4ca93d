"""Keys: what each may do and see, and the bounds on all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from service_process import Server, local_server

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.service_app import orders_file
from prover_arb.core.money import MicroUSD
from tests.api.service.test_api import problem

LIMITS = {"open_orders_per_key": 3, "streams_per_key": 2, "running_orders": 2}
CHECK = {
    "theorem": {"statement": ": 1 = 1"},
    "candidate": {"kind": "tactics", "text": "null 2"},
}


class Keyed:
    """A server with keys, and a client for each."""

    def __init__(self, server: Server, secrets: dict[str, str], stack: ExitStack) -> None:
        self.server = server
        self.clients = server.clients_of(secrets, stack)

    def order(self, name: str, statement: str = ": 1 = 1", **fields: Any) -> httpx.Response:
        body = {"theorem": {"statement": statement}, "budget_usd": "0.001", "policy": "single:null"}
        return self.clients[name].post("/v1/proofs", json=body | fields)


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    ledger = tmp_path_factory.mktemp("keyed") / "ledger.sqlite"
    database = Database(sqlite_url(orders_file(ledger)))
    store = KeyStore(database)
    made = {
        "ada": store.create_now("ada"),
        "bob": store.create_now("bob"),
        "poor": store.create_now("poor", budget=MicroUSD(1_500)),
        "hasty": store.create_now("hasty", per_minute=3),
        "judge": store.create_now("judge", scopes=["verify"]),
        "operator": store.create_now("operator", scopes=["operate"]),
        "gone": store.create_now("gone"),
    }
    store.revoke_now(made["gone"][1].id)
    stored = orders_file(ledger).read_bytes()
    assert not any(secret.encode() in stored for secret, _ in made.values())
    database.close()
    secrets = {name: secret for name, (secret, _) in made.items()}
    with ExitStack() as stack:
        server = stack.enter_context(local_server(ledger, json.dumps(LIMITS)))
        server.wait_for("/readyz", 60)
        yield Keyed(server, secrets, stack)


def test_who_has_no_valid_key_gets_nothing(keyed: Keyed) -> None:
    url = keyed.order("ada").json()["urls"]["get"]
    anonymous = keyed.server.client
    for response in (
        anonymous.get(url),
        anonymous.get("/v1/proofs", headers={"X-Api-Key": "pa_guess"}),
        anonymous.post("/v1/verify", json=CHECK),
        anonymous.get("/metrics"),
        keyed.clients["gone"].get("/v1/proofs"),
    ):
        problem(response, 401, "no-key")
        assert response.headers["www-authenticate"] == "Bearer"


def test_a_key_may_do_what_its_scopes_say(keyed: Keyed) -> None:
    assert keyed.clients["judge"].post("/v1/verify", json=CHECK).json()["status"] == "proved"
    problem(keyed.order("judge"), 403, "not-allowed")
    problem(keyed.clients["ada"].get("/metrics"), 403, "not-allowed")
    assert "prover_arb_orders_total" in keyed.clients["operator"].get("/metrics").text


def test_another_key_learns_nothing_of_an_order(keyed: Keyed) -> None:
    urls = keyed.order("ada", ": 7 = 7", metadata={"secret": "x"}).json()["urls"]
    order_id = urls["get"].rpartition("/")[2]
    bob = keyed.clients["bob"]
    nobody = "0" * 24
    for path in ("", "/events", "/certificate"):
        mine = problem(bob.get(urls["get"] + path), 404, "unknown-order")
        none = problem(bob.get(f"/v1/proofs/{nobody}{path}"), 404, "unknown-order")
        assert mine["detail"].replace(order_id, "") == none["detail"].replace(nobody, "")
    problem(bob.post(urls["cancel"]), 404, "unknown-order")
    problem(bob.get("/v1/proofs", params={"after": order_id}), 400, "bad-cursor")
    assert bob.get("/v1/proofs", params={"metadata": "secret:x"}).json()["data"] == []
    listed = keyed.clients["ada"].get("/v1/proofs", params={"metadata": "secret:x"}).json()
    assert [order["id"] for order in listed["data"]] == [order_id]


def test_an_idempotency_key_is_the_tenants_own(keyed: Keyed) -> None:
    def placed(name: str, **fields: Any) -> httpx.Response:
        body = {"theorem": {"statement": ": 2 = 2"}, "budget_usd": 0.001, "policy": "single:null"}
        headers = {"Idempotency-Key": "same"}
        return keyed.clients[name].post("/v1/proofs", json=body | fields, headers=headers)

    first = placed("ada").json()["id"]
    assert placed("ada").json()["id"] == first
    assert placed("bob").json()["id"] != first
    problem(placed("ada", seed=1), 422, "idempotency-key-reused")


def test_the_budget_of_a_key_is_binding(keyed: Keyed) -> None:
    response = keyed.order("poor")
    assert response.status_code == 202, response.text
    url = response.json()["urls"]["get"]
    proof = keyed.server.proof_when(url, "proved", client=keyed.clients["poor"])
    assert proof["charged_usd"] == "0.000003"
    assert keyed.order("poor", budget_usd="0.001497").status_code == 202
    body = problem(keyed.order("poor", budget_usd="0.001495"), 402, "key-budget-spent")
    assert "budget of $0.001500" in body["detail"]


def test_a_hasty_key_is_told_when_to_come_back(keyed: Keyed) -> None:
    statuses = [keyed.clients["hasty"].get("/v1/proofs").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    response = keyed.clients["hasty"].get("/v1/proofs")
    problem(response, 429, "too-many-requests")
    assert 1 <= int(response.headers["retry-after"]) <= 60


def test_open_orders_and_streams_are_bounded(keyed: Keyed) -> None:
    """Two orders run, the third waits and says so, the fourth is refused; bob has his turn."""
    bob, ada = keyed.clients["bob"], keyed.clients["ada"]
    for order in ada.get("/v1/proofs", params={"status": ["queued", "running"]}).json()["data"]:
        keyed.server.proof_when(order["urls"]["get"], "proved", client=ada)
    orders = [keyed.order("ada", f": stuck = {n}").json() for n in range(3)]
    refused = keyed.order("ada")
    problem(refused, 429, "too-many-orders")
    assert int(refused.headers["retry-after"]) >= 1
    others = keyed.order("bob", ": 5 = 5").json()
    waiting = ada.get(orders[2]["urls"]["get"]).json()
    assert (waiting["status"], waiting["place"]) == ("queued", 1)
    assert (others["status"], others["place"]) == ("queued", 2)
    with ExitStack() as streams:
        for _ in range(2):
            stream = streams.enter_context(ada.stream("GET", orders[0]["urls"]["events"]))
            assert stream.status_code == 200
        problem(ada.get(orders[0]["urls"]["events"]), 429, "too-many-streams")
    for order in orders:
        assert ada.post(order["urls"]["cancel"]).json()["status"] == "cancelled"
    assert keyed.server.proof_when(others["urls"]["get"], "proved", client=bob)
