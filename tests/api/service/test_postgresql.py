"""The same service with its orders in PostgreSQL."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from postgresql import PostgreSQL, postgresql
from service_process import Server, local_server

from prover_arb.api.service.database.database import Database
from prover_arb.api.service.key_store import KeyStore
from prover_arb.errors import LedgerError
from tests.api.service.test_api import THEOREM, problem

# The same tests, on the server of this module.
from tests.api.service.test_proof_objects import (  # noqa: F401
    TestCancel,
    TestEvents,
    TestIdempotency,
    TestList,
    place,
)


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    with postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("postgresql") / "ledger.sqlite"


@pytest.fixture(scope="module")
def server(database: PostgreSQL, ledger: Path) -> Iterator[Server]:
    with local_server(ledger, "{}", database.url) as running:
        running.wait_for("/readyz", 60)
        yield running


def test_a_database_that_goes_away_comes_back(
    server: Server, database: PostgreSQL, ledger: Path
) -> None:
    """An order in work ends when the database is there again; until then requests are told."""
    order = place(server, theorem={"statement": ": slow"}).json()
    database.stop()
    try:
        refused = place(server)
        body = problem(refused, 503, "store-failed")
        assert "127.0.0.1" not in body["detail"]
        assert refused.headers["retry-after"]
        assert server.client.get("/healthz").status_code == 200
        problem(server.client.get("/readyz"), 503, "store-failed")
    finally:
        database.start()
    assert server.proof_when(order["urls"]["get"], "proved")["spent_usd"] == "0.000003"
    assert place(server, {"Prefer": "wait=30"}).json()["status"] == "proved"


def test_one_of_many_accepts_a_quote(server: Server) -> None:
    terms = {"theorem": THEOREM, "budget_usd": "0.001", "policy": "single:null"}
    quote = server.client.post("/v1/quotes", json=terms).json()

    def accept(_: int) -> httpx.Response:
        wait = {"Prefer": "wait=30"}
        return server.client.post("/v1/proofs", json={"quote": quote["id"]}, headers=wait)

    with ThreadPoolExecutor(6) as threads:
        answers = sorted(threads.map(accept, range(6)), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [200] + [409] * 5
    assert answers[0].json()["charged_usd"] == quote["price_usd"]
    problem(answers[1], 409, "quote-used")
    assert server.client.get("/v1/quotes/calibration").json()["count"] == 1
    [today] = server.client.get("/v1/spending").json()["days"]
    assert today["proved"] >= 1
    assert today["charged_usd"] >= answers[0].json()["charged_usd"]


def test_orders_outlive_the_server(database: PostgreSQL, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    with local_server(ledger, "{}", database.url) as first:
        first.wait_for("/readyz", 60)
        url = place(first, theorem={"statement": ": slow"}).json()["urls"]["get"]
        first.stop(signal.SIGKILL)
    with local_server(ledger, "{}", database.url) as second:
        second.wait_for("/readyz", 60)
        assert second.proof_when(url, "proved")["cost_usd"] == "0.000003"


def test_keys_and_versions(database: PostgreSQL) -> None:
    """Last, for once there is a key the server asks for one."""
    opened = Database(database.url)
    secret, key = KeyStore(opened).create_now("ada", per_minute=7)
    [listed] = KeyStore(opened).list_now()
    assert (listed, secret[:3]) == (key, "pa_")
    opened.write_now(
        lambda db: db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    )
    opened.close()
    with pytest.raises(LedgerError, match="written by a newer prover_arb") as caught:
        Database(database.url.replace("postgres@", "postgres:secret@"))
    assert "secret" not in str(caught.value)
