"""Files of orders that earlier versions wrote, as they were stored by those versions."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from prover_arb.api.service.database.database import Database, now, sqlite_url
from prover_arb.api.service.order_store import OrderStore, Selection
from prover_arb.api.service.orders import Order, OrderTerms, new_order
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.core.money import MicroUSD
from prover_arb.core.theorem import Theorem
from prover_arb.errors import LedgerError

STORED = sorted((Path(__file__).parent / "stored").glob("*.sql"))


@pytest.fixture(params=STORED, ids=lambda path: path.stem)
def old_orders(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "ledger-orders.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(request.param.read_text())
    return path


@contextmanager
def opened(path: Path) -> Iterator[OrderStore]:
    database = Database(sqlite_url(path))
    try:
        yield OrderStore(database, ServiceLimits())
    finally:
        database.close()


def get(store: OrderStore, order_id: str) -> Order:
    order = asyncio.run(store.get("", order_id))
    assert order is not None
    return order


def test_old_orders_are_migrated_and_read(old_orders: Path) -> None:
    with closing(sqlite3.connect(old_orders)) as db:
        rows = db.execute(
            "SELECT id, outcome, status FROM orders ORDER BY created_at, id"
        ).fetchall()
        (version,) = db.execute("PRAGMA user_version").fetchone()
    assert [status for _, _, status in rows] == ["proved", "not_proved", "queued"]
    outcomes = [json.loads(outcome) for _, outcome, _ in rows if outcome]
    versions = [
        outcome["certificate"] and outcome["certificate"]["version"] for outcome in outcomes
    ]
    with opened(old_orders) as store:
        posted, auctioned, queued = (get(store, order_id) for order_id, _, _ in rows)
        assert posted.outcome is not None
        assert [p.verification_reserve for p in posted.outcome.purchases] == [30] * 4
        assert [p.id for p in posted.outcome.purchases] == [1, 2, 3, 4]
        if versions[0] == 3:
            assert posted.outcome.certificate is not None
        else:
            assert posted.outcome.certificate is None
            assert "of version 2" in posted.outcome.why_stopped
        assert auctioned.outcome is not None
        [bought] = auctioned.outcome.purchases
        assert bought.terms is not None
        assert (bought.terms.customer_surplus, bought.verification_reserve) == (200, 0)
        waiting = asyncio.run(store.page("", Selection(statuses=("queued",))))
        assert [order.id for order in waiting] == [queued.id]
        assert [o.status for o in (posted, auctioned, queued)] == ["proved", "exhausted", "queued"]
        paid = outcomes[0]["cost"] + outcomes[0]["verification_cost"]
        assert (posted.spent, posted.charged, queued.spent) == (paid, paid, 0)
    backup = old_orders.with_name(f"ledger-orders.sqlite.version-{version}.backup")
    with closing(sqlite3.connect(backup)) as db:
        before = db.execute("SELECT id, outcome, status FROM orders ORDER BY created_at, id")
        assert before.fetchall() == rows
    with opened(old_orders) as again:
        assert get(again, posted.id) == posted


def test_orders_from_before_there_were_quotes(tmp_path: Path) -> None:
    path = tmp_path / "orders.sqlite"
    terms = OrderTerms(
        theorem=Theorem(name="easy", statement=": 1 = 1"), policy="cascade", budget=MicroUSD(7)
    )
    order = new_order(
        terms,
        tenant="",
        customer="",
        created_at=now(),
        request_id="",
        idempotency_key="once",
        price=None,
        margin_ppm=0,
    )
    with opened(path) as store:
        asyncio.run(store.place(order))
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(
            """DROP TABLE quotes; DROP INDEX one_order_per_quote;
            ALTER TABLE orders DROP COLUMN quote; ALTER TABLE orders DROP COLUMN price;
            ALTER TABLE orders DROP COLUMN margin_ppm; ALTER TABLE orders DROP COLUMN webhook;
            DROP TABLE webhook_secrets; DROP TABLE webhook_deliveries; DROP TABLE batches;
            DROP TABLE files; ALTER TABLE orders DROP COLUMN kind;
            DROP INDEX orders_of_batch; ALTER TABLE orders DROP COLUMN batch;
            ALTER TABLE orders DROP COLUMN batch_place; ALTER TABLE orders DROP COLUMN batch_line;
            DROP TABLE known_proofs; DROP TABLE turns; ALTER TABLE orders DROP COLUMN lease;
            ALTER TABLE orders DROP COLUMN lease_owner; ALTER TABLE orders DROP COLUMN lease_until;
            UPDATE alembic_version SET version_num = '0001'"""
        )
    with opened(path) as again:
        assert get(again, order.id) == order


@pytest.mark.parametrize(
    "later", ["PRAGMA user_version = 3", "UPDATE alembic_version SET version_num = '9999'"]
)
def test_orders_of_a_later_version_are_refused(tmp_path: Path, later: str) -> None:
    path = tmp_path / "orders.sqlite"
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(later)
    with pytest.raises(LedgerError, match=r"orders\.sqlite: written by a newer prover_arb"):
        Database(sqlite_url(path))


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(LedgerError, match=r"other\.sqlite: a database of another program"):
        Database(sqlite_url(path))
    with closing(sqlite3.connect(path)) as db:
        tables = db.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("recipes",)]
