"""Files of orders that earlier versions wrote, as they were stored by those versions."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from prover_arb.api.service.orders import OrderBook
from prover_arb.errors import LedgerError

STORED = sorted((Path(__file__).parent / "stored").glob("*.sql"))


@pytest.fixture(params=STORED, ids=lambda path: path.stem)
def old_orders(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "ledger-orders.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(request.param.read_text())
    return path


def test_old_orders_are_migrated_and_read(old_orders: Path) -> None:
    with closing(sqlite3.connect(old_orders)) as db:
        rows = db.execute("SELECT id, outcome FROM orders ORDER BY created_at, id").fetchall()
    outcomes = [json.loads(outcome) for _, outcome in rows if outcome]
    versions = [
        outcome["certificate"] and outcome["certificate"]["version"] for outcome in outcomes
    ]
    book = OrderBook(old_orders)
    posted, auctioned, queued = (book.get(order_id) for order_id, _ in rows)
    assert posted is not None
    assert auctioned is not None
    assert queued is not None
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
    assert [order.id for order in book.unfinished()] == [queued.id]
    book.close()
    assert old_orders.with_name("ledger-orders.sqlite.version-0.backup").exists()
    again = OrderBook(old_orders)
    assert again.get(posted.id) == posted
    again.close()


def test_orders_of_a_later_version_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.sqlite"
    OrderBook(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 2")
    with pytest.raises(LedgerError, match=r"orders\.sqlite: written by a newer prover_arb"):
        OrderBook(path)
