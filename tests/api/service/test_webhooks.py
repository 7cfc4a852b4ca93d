"""Webhooks: sent, signed, repeated and kept over a restart, and never into our own network."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from service_process import local_server
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.service_app import orders_file
from prover_arb.api.service.webhooks.delivery_store import DeliveryStore
from prover_arb.api.service.webhooks.network import Forbidden, PublicNetwork
from prover_arb.api.service.webhooks.secret_store import SecretStore
from prover_arb.api.service.webhooks.targets import is_public, names_private
from tests.api.service.customers import Customers, Receiver, receiving, when_ended
from tests.api.service.test_api import problem


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


class Sending:
    """A customer, the secret of its webhooks, and the database of the server."""

    def __init__(self, client: httpx.Client, secret: str, database: Path) -> None:
        self.client, self.secret, self.database = client, secret, database

    def order(self, webhook: str, statement: str = ": 1 = 1", **fields: Any) -> httpx.Response:
        body = {"theorem": {"statement": statement}, "budget_usd": "0.001", "webhook": webhook}
        return self.client.post("/v1/proofs", json={"policy": "single:null"} | body | fields)

    def deliveries(self) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.database)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute("SELECT * FROM webhook_deliveries")]


@pytest.fixture
def sending(customers: Customers) -> Sending:
    return Sending(customers.clients["ada"], customers.signing, customers.database)


def test_the_end_of_an_order_is_told_and_signed(sending: Sending, receiver: Receiver) -> None:
    order = sending.order(receiver.url, metadata={"n": "1"}).json()
    assert order["webhook"] == receiver.url
    path, headers, body = receiver.next()
    message = Webhook(sending.secret).verify(body, headers)
    assert path == "/proofs"
    assert headers["content-type"] == "application/json"
    assert message["type"] == "proof.proved"
    ended = sending.client.get(order["urls"]["get"]).json()
    assert message["timestamp"] == ended["finished_at"]
    assert message["data"] == {name: ended[name] for name in message["data"]}
    assert message["data"]["spent_usd"] == "0.000003"
    with pytest.raises(WebhookVerificationError):
        Webhook(sending.secret).verify(body.replace(b"proved", b"failed"), headers)


def test_a_message_is_repeated_until_it_is_taken(sending: Sending, receiver: Receiver) -> None:
    """A redirection is a failure too: nothing is sent where it leads."""
    for status in (500, 302, 429):
        receiver.statuses.put(status)
    order = sending.order(receiver.url, ": stuck").json()
    sending.client.post(order["urls"]["cancel"])
    messages = [receiver.next() for _ in range(4)]
    assert {path for path, _, _ in messages} == {"/proofs"}
    assert len({headers["webhook-id"] for _, headers, _ in messages}) == 1
    [body] = {body for _, _, body in messages}
    assert json.loads(body)["type"] == "proof.cancelled"
    for _, headers, _ in messages:
        Webhook(sending.secret).verify(body, headers)


@pytest.mark.parametrize(("status", "attempts"), [(410, 1), (503, 4)])
def test_a_message_is_given_up(
    sending: Sending, receiver: Receiver, status: int, attempts: int
) -> None:
    for _ in range(attempts):
        receiver.statuses.put(status)
    sending.order(receiver.url)
    sent = [receiver.next() for _ in range(attempts)]
    message = sent[0][1]["webhook-id"]
    # A later message is taken; the one before is not sent again.
    while True:
        [row] = [row for row in sending.deliveries() if row["id"] == message]
        if row["state"] == "failed":
            break
    assert (row["attempts"], row["answer"]) == (attempts, f"HTTP {status}")
    assert receiver.messages.empty()


def test_nothing_is_lost_with_a_server_that_is_killed(tmp_path: Path) -> None:
    """The customer's server is away, ours is killed, and both come back.

    A batch and a file that were being worked on go on: each theorem is proved once, in its budget.
    """
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{reserved.getsockname()[1]}/"
        waits = json.dumps({"private": True, "waits": [0.7] * 9})
        ledger = tmp_path / "ledger.sqlite"
        serving = partial(local_server, ledger, "{}", "", "0", waits)
        with serving() as server:
            server.wait_for("/readyz", 60)
            database = Database(sqlite_url(orders_file(ledger)))
            secret = SecretStore(database).show_now("")
            database.close()
            sending = Sending(server.client, secret, orders_file(ledger))
            sending.order(away)
            text = "".join(f"theorem t{n} : slow = {n} := by sorry\n" for n in range(5))
            body = {"text": text, "budget_usd": 2e-5, "policy": "single:null"}
            file = server.client.post("/v1/files", json=body).json()
            while not file["filled"]:
                file = server.client.get(file["urls"]["get"]).json()
            problems = [f": slow = {n}" for n in range(10)]
            terms = {"budget_usd": 3e-5, "policy": "single:null", "webhook": away}
            batch = server.client.post("/v1/batches", json={"problems": problems} | terms).json()
            while not [row for row in sending.deliveries() if row["answer"]]:
                time.sleep(0.05)
            while batch["counts"]["proved"] < 1:
                batch = server.client.get(batch["urls"]["get"]).json()
            server.stop(signal.SIGKILL)
    [before] = sending.deliveries()
    assert before["state"] == "waiting"
    with receiving() as receiver, closing(sqlite3.connect(sending.database)) as db:
        with db:  # the customer's server comes back at another port of this machine
            db.execute("UPDATE webhook_deliveries SET url = ?", (receiver.url,))
            db.execute("UPDATE batches SET webhook = ?", (receiver.url,))
        with serving() as server:
            messages = [receiver.next() for _ in range(2)]
            batch = server.client.get(batch["urls"]["get"]).json()
            file = when_ended(server.client, file)
    assert messages[0][1]["webhook-id"] == before["id"]
    told = [Webhook(sending.secret).verify(body, headers) for _, headers, body in messages]
    ended, proof = sorted(told, key=lambda message: message["type"])
    assert (proof["type"], ended["type"]) == ("proof.proved", "batch.ended")
    assert ended["data"] == batch
    assert batch["counts"]["proved"] == 10
    assert batch["spent_usd"] == "0.000030"
    assert file["text"] == text.replace("sorry", "null 2")
    assert (file["status"], file["spent_usd"]) == ("filled", "0.000015")


def test_a_rotated_secret_signs_beside_the_one_before(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "orders.sqlite"))
    store = SecretStore(database)
    first = store.show_now("")
    assert asyncio.run(store.signing("")) == [first]
    second = store.rotate_now("")
    assert asyncio.run(store.signing("")) == [second, first]
    with closing(sqlite3.connect(tmp_path / "orders.sqlite")) as db, db:
        db.execute("UPDATE webhook_secrets SET rotated_at = '2020-01-01T00:00:00.000+00:00'")
    assert asyncio.run(store.signing("")) == [second]
    assert asyncio.run(store.signing("key_x"))[0] not in {first, second}
    database.close()


def test_old_messages_are_forgotten_unless_they_wait(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "orders.sqlite"))
    columns = "id, tenant, url, body, created_at, state, attempts"
    rows = [
        (f"{state}-{year}", "", "u", "{}", f"{year}-01-01T00:00:00.000+00:00", state, 1)
        for state in ("waiting", "delivered", "failed")
        for year in (2020, 2999)
    ]
    with closing(sqlite3.connect(tmp_path / "orders.sqlite")) as db, db:
        query = f"INSERT INTO webhook_deliveries ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)"
        db.executemany(query, rows)
    asyncio.run(DeliveryStore(database).forget_old())
    database.close()
    with closing(sqlite3.connect(tmp_path / "orders.sqlite")) as db:
        left = {name for (name,) in db.execute("SELECT id FROM webhook_deliveries")}
    assert left == {name for name, *_ in rows} - {"delivered-2020", "failed-2020"}


INSIDE = [
    "http://127.0.0.1/",
    "http://localhost:8000/v1/proofs",
    "http://a.localhost./",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0.0.0.0/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
]


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_inside_our_network_is_found_out_at_once(url: str) -> None:
    assert names_private(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/",
        "file:///etc/passwd",
        "example.org",
        "http://",
        "http:///path",
        "https://user:pw@example.org/",
        "https://user@example.org/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org/#part",
        "https://example.org\\@127.0.0.1/",
        "https://exam ple.org/",
        "https://example.org/\n",
        "https://bücher.example/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://example.org/" + "x" * 2_000,
        7,
        [],
    ],
)
def test_what_is_no_address_is_refused(sending: Sending, url: Any) -> None:
    refused = problem(sending.order(url), 422, "invalid-request")
    assert [e["field"] for e in refused["errors"]] == ["webhook"]


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f000001", "2130706433", "::ffff:7f00:1"]
)
def test_names_of_this_machine_are_found_out_when_they_are_connected_to(host: str) -> None:
    """A name may resolve to anything; what counts is the address that would be connected to."""

    async def connect(*, private: bool) -> None:
        network = PublicNetwork(private=private)
        try:
            stream = await network.connect_tcp(host, port, timeout=5)
            await stream.aclose()
        finally:
            network.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(Forbidden, match="inside a private network"):
            asyncio.run(connect(private=False))
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()
        asyncio.run(connect(private=True))
        listening.accept()[0].close()


def test_a_host_without_an_address() -> None:
    async def connect() -> None:
        network = PublicNetwork(private=False)
        try:
            await network.connect_tcp("nowhere.invalid", 80, timeout=5)
        finally:
            network.close()

    with pytest.raises(httpcore.ConnectError):
        asyncio.run(connect())


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)
    assert not is_public("no address")
    assert not names_private(f"http://[{address}]/" if ":" in address else f"http://{address}/")
    assert not names_private("https://example.org/")
