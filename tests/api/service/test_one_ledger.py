"""The ledger means the same in a file and in PostgreSQL, and its totals are what orders spent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from postgresql import PostgreSQL, postgresql
from service_process import local_server

from prover_arb.api.service.database.database import Database
from prover_arb.api.service.key_store import KeyStore
from prover_arb.broker.ledger.ledger import PurchaseLedger
from prover_arb.broker.ledger.opening import open_ledger
from prover_arb.broker.ledger.schema import VERSION
from prover_arb.core.money import MICRO
from prover_arb.core.overhead import Overhead
from prover_arb.core.proof_job import Origin
from prover_arb.core.purchases import Attempt, Bid, Terms
from prover_arb.core.theorem import Candidate, Theorem, Verdict
from prover_arb.errors import LeaseLost, LedgerError, RunBudgetTaken
from tests.cli.test_cli import call

TERMS = Terms(bid=Bid(prover="b", price=4, quality=0.5), trust=1.0, value=9, customer_surplus=1)


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    with postgresql() as running:
        yield running


def bought(ledger: PurchaseLedger) -> dict[str, object]:
    """Takes every step once, also steps that are refused, and returns all that the ledger says."""
    refused = []

    def refuses(step: Any, *arguments: Any, **fields: Any) -> None:
        with pytest.raises(LedgerError) as caught:
            step(*arguments, **fields)
        refused.append(type(caught.value))

    def reserve(name: str, **fields: Any) -> Any:
        theorem = Theorem(name=name, statement=f": {len(name)} = 1")
        usual = {"run": "r", "policy": "p", "prover": "a", "reserved": 3_000_000_000}
        return ledger.reserve(theorem=theorem, **(usual | fields))

    ledger.limit_run("r", 30_000_000_000)
    refuses(ledger.limit_run, "r", 1)
    refuses(reserve, "x", reserved=40_000_000_000)
    text = Candidate(kind="tactics", text="a\0b")
    paid = Attempt(prover="a", candidate=text, cost=2_500_000_000, cpu_us=5_000_000_000, flops=1e21)
    origin = Origin(order="o1", key="k1", request="q1")
    open_ = reserve("one", origin=origin, explores=True)
    refuses(reserve, "one")
    delivered = ledger.deliver(open_, paid)
    assert ledger.deliver(open_, paid) == delivered
    refuses(ledger.deliver, open_, paid.model_copy(update={"cost": 1}))
    proved = Verdict(status="proved", detail="nul \0 \u2115", cpu_us=3)
    judged = ledger.judge(delivered, proved, verification_cost=7)
    refuses(reserve, "one")
    ledger.abandon(reserve("two!"), why="left \0")
    ledger.cancel(reserve("two!"), used=paid.model_copy(update={"cost": 8}), why="late")
    took = Overhead(deciding_us=300, learning_us=3_000_000_000_000, price=50_000)
    first = reserve("two!", slice_=0, overhead=took)
    going = paid.model_copy(update={"cost": 1, "resume": "there"})
    rejected = Verdict(status="rejected", reason="timeout", cpu_us=9)
    ledger.judge(ledger.deliver(first, going), rejected, verification_cost=1)
    reserve("two!", slice_=1)
    auctioned = reserve("three", terms=TERMS, prover="b", reserved=9)
    sold = Attempt(prover="b", candidate=None, cost=3, failure="none", fault="no_proof")
    ledger.judge(ledger.deliver(auctioned, sold), None, verification_cost=0, payment=0, forfeit=2)
    dearer = took.model_copy(update={"learning_us": 0, "price": 90_000})
    for overhead in (took, dearer):
        theorem = Theorem(name="two!", statement=": 4 = 1")
        ledger.add_overhead(run="r", policy="p", theorem=theorem, overhead=overhead)
    assert [p.id for p in ledger.recover("r")] == []
    state = {
        "refused": refused,
        "candidate": judged.candidate,
        "verdict": judged.verdict,
        "purchases": [
            p.model_dump(exclude={"started_at", "settled_at"}) for p in ledger.purchases(run="r")
        ],
        "totals": ledger.summarise("r"),
        "by": [ledger.totals_by(group) for group in ("key", "prover")],
        "left": ledger.run_left("r"),
        "records": ledger.records(),
        "finished": ledger.finished("p"),
        "dealings": ledger.dealings("r"),
        "explored": ledger.explored("r"),
        "overheads": ledger.overheads("r"),
    }
    ledger.close()
    return state


def test_it_means_the_same_in_both(database: PostgreSQL, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger in this database"):
        open_ledger(database.url, create=False)
    in_file, in_database = (
        bought(open_ledger(address)) for address in (tmp_path / "l.sqlite", database.url)
    )
    refusals = [LedgerError, RunBudgetTaken, LedgerError, LedgerError, LedgerError]
    assert in_file["refused"] == refusals
    # PostgreSQL has no place for the character 0 outside of JSON.
    for name, said in in_file.items():
        expected = repr(said).replace("left \\x00", "left \N{REPLACEMENT CHARACTER}")
        assert repr(in_database[name]) == expected


def test_a_database_of_an_earlier_version_is_migrated(
    database: PostgreSQL, caplog: pytest.LogCaptureFixture
) -> None:
    """Version 7 was the first in a database; it had all of version 8 but one table."""
    theorem = Theorem(name="t", statement=": 1 = 1")
    fields: dict[str, Any] = {"run": "old", "policy": "p", "prover": "a", "reserved": 5}
    with closing(open_ledger(database.url)) as before:
        before.reserve(theorem=theorem, **fields)
    with closing(psycopg.connect(database.url)) as db:
        db.execute("DROP TABLE overheads")
        db.execute("UPDATE ledger_layout SET version = 7")
        db.commit()
    with closing(open_ledger(database.url, create=False)) as ledger:
        assert "migrated from version 7" in caplog.text
        (left,) = ledger.purchases(run="old")
        took = Overhead(deciding_us=3, learning_us=0, price=1)
        ledger.abandon(left, why="late")
        ledger.reserve(theorem=theorem, overhead=took, **fields)
        assert [row.deciding_us for row in ledger.overheads("old")] == [3]
    caplog.clear()
    open_ledger(database.url, create=False).close()
    assert not caplog.text


VERSION_6 = (
    "ALTER TABLE purchases DROP COLUMN order_id, DROP COLUMN key_id, DROP COLUMN request_id",
    "ALTER TABLE run_budgets DROP COLUMN committed",
    "DROP TABLE run_leases",
    "DROP TABLE overheads",
    "UPDATE ledger_layout SET version = 6",
)
"""What makes a ledger of version 6 of one of version 8."""


def test_versions_that_were_never_in_a_database(database: PostgreSQL) -> None:
    def change(*statements: str) -> None:
        with closing(Database(database.url)) as opened:
            opened.write_now(lambda db: [db.exec_driver_sql(text) for text in statements])

    def order_ids() -> list[str]:
        query = "SELECT order_id FROM purchases WHERE run = 'order-7'"
        with closing(Database(database.url)) as opened:
            return opened.write_now(lambda db: [*db.exec_driver_sql(query).scalars()])

    theorem = Theorem(name="old", statement=": 7 = 7")
    with closing(open_ledger(database.url)) as ledger:
        ledger.limit_run("order-7", 20)
        bought_before = ledger.reserve(
            theorem=theorem, run="order-7", policy="p", prover="a", reserved=5
        )
    change(*VERSION_6)
    for _ in range(2):  # the second time there is nothing to do
        with closing(open_ledger(database.url, create=False)) as ledger:
            [kept] = ledger.purchases(run="order-7")
            assert (kept.id, kept.reserved) == (bought_before.id, 5)
            assert ledger.run_left("order-7") == 15
            assert order_ids() == ["7"]
    other = Theorem(name="new", statement=": 8 = 8")
    with closing(open_ledger(database.url)) as ledger, pytest.raises(RunBudgetTaken):
        ledger.reserve(theorem=other, run="order-7", policy="p", prover="a", reserved=16)
    change("UPDATE ledger_layout SET version = 3")
    with pytest.raises(LedgerError, match="there is no migration from it to version"):
        open_ledger(database.url)
    change("UPDATE ledger_layout SET version = 1000")
    with pytest.raises(LedgerError, match="written by a newer prover_arb"):
        open_ledger(database.url)
    ours = [f"DELETE FROM {table} WHERE run = 'order-7'" for table in ("purchases", "run_budgets")]
    change(f"UPDATE ledger_layout SET version = {VERSION}", *ours)
    open_ledger(database.url).close()


@pytest.mark.parametrize("stored", ["file", "database"])
def test_a_program_that_lost_its_lease_is_refused(
    stored: str, database: PostgreSQL, tmp_path: Path
) -> None:
    address = tmp_path / "ledger.sqlite" if stored == "file" else database.url
    theorem = Theorem(name="t", statement=": 1 = 1")
    fields: dict[str, Any] = {"run": "leased", "policy": "p", "prover": "a", "reserved": 5}
    with closing(open_ledger(address)) as late, closing(open_ledger(address)) as heir:
        late.recover("leased", lease=1)
        left = late.reserve(theorem=theorem, **fields)
        heir.recover("leased", lease=2)
        sold = Attempt(prover="a", candidate=None, cost=2)
        for step in (
            lambda: late.reserve(theorem=theorem, **fields),
            lambda: late.deliver(left, sold),
            lambda: late.recover("leased", lease=1),
        ):
            with pytest.raises(LeaseLost, match="another program took over"):
                step()
        heir.deliver(heir.reserve(theorem=theorem, **fields), sold)
        assert [(p.state, p.cost) for p in heir.purchases(run="leased")] == [
            ("lost", 0),
            ("delivered", 2),
        ]


def test_the_totals_of_a_service_are_what_its_orders_spent(
    database: PostgreSQL, tmp_path: Path
) -> None:
    opened = Database(database.url)
    secrets = {name: KeyStore(opened).create_now(name) for name in ("ada", "bob")}
    opened.close()
    spent: Counter[str] = Counter()
    with local_server(tmp_path / "ledger.sqlite", "{}", database.url) as server:
        server.wait_for("/readyz", 60)
        for number, name in enumerate(["ada", "bob", "ada"]):
            secret, key = secrets[name]
            order = server.client.post(
                "/v1/proofs",
                json={"theorem": {"statement": f": {number} = 1"}, "budget_usd": "0.001"},
                headers={"X-Api-Key": secret, "Prefer": "wait=30"},
            ).json()
            assert order["status"] == "proved"
            spent[key.id] += round(float(order["spent_usd"]) * MICRO)
    assert not (tmp_path / "ledger.sqlite").exists()
    for by in ("key", "day", "prover"):
        told = call("ledger", "totals", database.url, "--by", by, "--json")
        rows = [json.loads(line) for line in told.stdout.splitlines()]
        ours = [row for row in rows if row["orders"] and row["name"] not in {"a", "b", "k1"}]
        if by == "key":
            assert {row["name"]: row["spent"] for row in ours} == spent
            assert sum(row["orders"] for row in ours) == 3
        elif by == "prover":
            assert sum(row["spent"] for row in ours) == spent.total()
    shown = call("ledger", "totals", database.url, "--by", "key").stdout
    assert all(f"${spent[key.id] / MICRO:.6f}" in shown for _, key in secrets.values())
    run = f"order-{order['id']}"
    assert "null" in call("ledger", "totals", database.url, "--run", run).stdout
