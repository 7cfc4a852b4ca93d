"""Ledgers that earlier versions wrote, as they were stored by those versions, in `stored/`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.broker.ledger.migrations import LEDGER_STEPS, backup_path
from prover_arb.broker.ledger.overheads import read_overheads
from prover_arb.broker.ledger.schema import VERSION
from prover_arb.core.overhead import Overhead
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Theorem, Verdict
from prover_arb.errors import LedgerError, RecordsError

STORED = sorted((Path(__file__).parent / "stored").glob("*.sql"))
TWO = Theorem(name="two", statement="(n : Nat) : n = n")


@pytest.fixture(params=STORED, ids=lambda path: path.stem)
def old_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(request.param.read_text())
    return path


def layout(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Columns and indexes of every table, and the file's version."""
    with closing(sqlite3.connect(path)) as db:
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {
            name: db.execute(f"PRAGMA table_xinfo({name})").fetchall()
            + sorted(row[1:] for row in db.execute(f"PRAGMA index_list({name})"))
            for (name,) in tables
        }
        return found | {"version": db.execute("PRAGMA user_version").fetchall()}


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        [version] = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def test_an_old_ledger_is_migrated_and_used(old_ledger: Path) -> None:
    ledger = SqliteLedger(old_ledger)
    posted, auctioned = ledger.purchases(run="posted"), ledger.purchases(run="auction")
    assert [(p.state, p.reserved, p.verification_reserve, p.cost) for p in posted] == [
        ("judged", 100, 30, 40),
        ("lost", 100, 30, 0),
        ("cancelled", 100, 30, 20),
        ("judged", 100, 30, 80),
        ("delivered", 100, 30, 40),
        ("open", 100, 30, 0),
    ]
    assert [p.terms and (p.terms.value, p.terms.customer_surplus) for p in auctioned] == [
        (1000, 200),
        (1000, 200),
    ]
    # 10,000 less what was paid for attempts and verifications, and less two times 100 + 30.
    assert ledger.run_left("posted") == 10_000 - 40 - 9 - 20 - 80 - 11 - 2 * 130
    totals = {(t.policy, t.prover): (t.cost, t.proved) for t in ledger.summarise("posted")}
    assert totals["cascade", "cheap"] == (80, 0)
    assert totals["cascade", "dear"] == (100, 1)
    assert [row.prover for row in ledger.explored("posted")] == ["dear"]
    assert ledger.overheads("posted") == []
    [delivered] = ledger.recover("posted")
    judged = ledger.judge(delivered, Verdict(status="proved"), verification_cost=1)
    assert judged.theorem_digest == TWO.digest
    again = ledger.reserve(run="new", theorem=TWO, policy="p", prover="cheap", reserved=5)
    ledger.deliver(again, Attempt(prover="cheap", candidate=None, cost=5))
    took = Overhead(deciding_us=4, learning_us=0, price=100)
    ledger.add_overhead(run="new", policy="p", theorem=TWO, overhead=took)
    assert [row.deciding_us for row in ledger.overheads("new")] == [4]
    ledger.close()


def test_a_migrated_ledger_is_laid_out_like_a_new_one(old_ledger: Path, tmp_path: Path) -> None:
    SqliteLedger(old_ledger).close()
    SqliteLedger(tmp_path / "new.sqlite3").close()
    assert layout(old_ledger) == layout(tmp_path / "new.sqlite3")
    again = SqliteLedger(old_ledger)
    assert len(again.purchases(run="posted")) == 6
    again.close()


def test_the_ledger_as_it_was_stays_beside_it(
    old_ledger: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    version = version_of(old_ledger)
    with closing(sqlite3.connect(old_ledger)) as db:
        before = list(db.iterdump())
    SqliteLedger(old_ledger).close()
    backup = tmp_path / f"ledger.sqlite3.version-{version}.backup"
    assert str(backup) in caplog.text
    with closing(sqlite3.connect(backup)) as db:
        assert list(db.iterdump()) == before
        assert db.execute("PRAGMA user_version").fetchone() == (version,)
    assert sorted(path.name for path in tmp_path.iterdir()) == [old_ledger.name, backup.name]


def test_without_a_backup_nothing_is_migrated(old_ledger: Path) -> None:
    version = version_of(old_ledger)
    backup_path(old_ledger, version).mkdir()
    with pytest.raises(LedgerError, match=r"its backup .* cannot be written"):
        SqliteLedger(old_ledger)
    assert layout(old_ledger)["version"] == [(version,)]
    backup_path(old_ledger, version).rmdir()
    SqliteLedger(old_ledger).close()
    assert layout(old_ledger)["version"] == [(VERSION,)]


def test_a_migration_that_fails_changes_nothing(old_ledger: Path) -> None:
    with closing(sqlite3.connect(old_ledger)) as db:
        match version_of(old_ledger):
            case 4:
                db.execute("UPDATE purchases SET terms = 'no JSON' WHERE terms IS NOT NULL")
            case 5:
                db.execute("DROP INDEX one_attempt")
            case 6:
                db.execute("DROP TABLE run_budgets")
            case _:
                db.execute("CREATE TABLE overheads (run TEXT)")
        db.commit()
    before = layout(old_ledger)
    with pytest.raises(LedgerError, match=r"malformed JSON|no such (index|table)|already exists"):
        SqliteLedger(old_ledger)
    assert layout(old_ledger) == before


def test_an_old_ledger_that_is_only_read_stays_as_it_is(old_ledger: Path) -> None:
    before = old_ledger.read_bytes()
    assert {theorem.theorem for theorem in read_finished(old_ledger).values()} == {"one"}
    assert read_overheads(old_ledger, "posted") == []
    assert old_ledger.read_bytes() == before


@pytest.mark.parametrize("version", [VERSION + 1, min(LEDGER_STEPS) - 1])
def test_a_ledger_of_an_unknown_version_is_refused(old_ledger: Path, version: int) -> None:
    with closing(sqlite3.connect(old_ledger)) as db:
        db.execute(f"PRAGMA user_version = {version}")
    newer = version > VERSION
    said = "written by a newer prover_arb" if newer else "there is no migration from it"
    with pytest.raises(LedgerError, match=f"{said}.*name another file"):
        SqliteLedger(old_ledger)
    if newer:
        with pytest.raises(RecordsError, match=said):
            read_finished(old_ledger)
    assert layout(old_ledger)["version"] == [(version,)]
