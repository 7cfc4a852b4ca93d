"""The durable record of purchases: one SQLite file, each step of a purchase one transaction.

    reserve -> open -> deliver -> delivered -> judge -> judged
                  \\-> abandon / recover -> lost

A step that is repeated with the same values changes nothing; a step out of order is refused. A
purchase is paid exactly when the ledger says `delivered` or `judged`, one bought by auction when it
says `judged`. Every step that has returned survives the death of the program; payments, and all
before them, survive the death of the machine too (WAL, synchronous=FULL where money moves). A
verdict lost with the machine is asked for again. The file must be on a local disk: SQLite's log
does not work over network file systems.

Every total is one query, `TOTALS` in ledger_schema.py, over the table `purchases`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from prover_arb.errors import LedgerError, RecordsError
from prover_arb.ledger_schema import (
    APPLICATION_ID,
    BESIDE,
    EXPLORED,
    FINISHED,
    RECORDS,
    SCHEMA,
    TOTALS,
    VERSION,
    Explored,
    Totals,
    finished,
)
from prover_arb.memory import Finished
from prover_arb.protocols import Attempt, Purchase, SalesRecord, Terms, Usage
from prover_arb.theorem import Candidate, Theorem, Value, Verdict

__all__ = ["INTERRUPTED", "Explored", "SqliteLedger", "Totals", "read_finished"]

INTERRUPTED = "interrupted before the seller delivered"
"""Failure of a purchase lost through no doing of the seller; it may be bought again."""

BUSY_SECONDS = 30
"""How long to wait for another program that is writing to the same file."""

_FIELDS = ", ".join(Purchase.model_fields)


class SqliteLedger:
    """Purchases in the SQLite file `path`, made if absent.

    Every method raises LedgerError if the file cannot be read or written, or if the step is not
    allowed in the purchase's state; the message says what to do.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"{self._path.parent}: cannot be made: {error.strerror}") from error
        with self._explained():
            self._db = sqlite3.connect(
                self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the file; what was recorded is already safe."""
        with self._lock:
            self._db.close()

    def reserve(
        self,
        *,
        run: str,
        theorem: Theorem,
        policy: str,
        prover: str,
        reserved: int,
        terms: Terms | None = None,
        explores: bool = False,
    ) -> Purchase:
        """Hold `reserved` micro-dollars back for the next attempt of `prover`.

        With the `terms` of an auction nothing is paid before the verdict. `explores` marks what is
        bought in order to learn; see `explored`.
        Refused while another purchase for the same run, policy and theorem is open, since two
        buyers on one theorem would pay twice, and once a purchase has proved the theorem.
        """
        key = {"run": run, "policy": policy, "theorem_digest": theorem.digest}
        with self._transaction() as db:
            for row in db.execute(
                "SELECT id, state, status FROM purchases WHERE run = :run AND policy = :policy"
                " AND theorem_digest = :theorem_digest"
                " AND (state IN ('open', 'delivered') OR status = 'proved')",
                key,
            ):
                raise LedgerError(
                    f"{self._path}: {theorem.name} (run {run}, policy {policy}) has purchase "
                    f"{row['id']}, {row['status'] or row['state']}; judge it, or recover the run "
                    "if the program that bought it has ended"
                )
            row = db.execute(
                "INSERT INTO purchases (run, theorem, theorem_digest, policy, prover, number,"
                " state, reserved, started_at, terms) VALUES (:run, :theorem, :theorem_digest,"
                " :policy, :prover, (SELECT count(*) FROM purchases WHERE run = :run"
                " AND policy = :policy AND theorem_digest = :theorem_digest AND prover = :prover"
                " AND state != 'lost'),"
                " 'open', :reserved, :now, :terms) RETURNING " + _FIELDS,
                key
                | {
                    "theorem": theorem.name,
                    "prover": prover,
                    "reserved": reserved,
                    "now": _now(),
                    "terms": _json(terms),
                },
            ).fetchone()
            db.execute(
                "INSERT OR IGNORE INTO theorems VALUES (?, ?)", (theorem.digest, theorem.statement)
            )
            if explores:
                db.execute("INSERT INTO explorations VALUES (?)", (row["id"],))
            return self._purchase(row)

    def deliver(self, purchase: Purchase, attempt: Attempt) -> Purchase:
        """Pay for what the seller delivered: from here on the purchase is never bought again."""
        if attempt.prover != purchase.prover:
            raise LedgerError(
                f"purchase {purchase.id} is from {purchase.prover}, not from {attempt.prover}"
            )
        payment = attempt.cost if purchase.terms is None else 0
        if not 0 <= payment <= purchase.reserved:
            raise LedgerError(
                f"purchase {purchase.id}: {attempt.prover} invoiced {attempt.cost} micro-dollars, "
                f"{purchase.reserved} were reserved"
            )
        delivered = {
            "cost": payment,
            "invoice": attempt.cost,
            "candidate": _json(attempt.candidate),
            "failure": attempt.failure,
            "cpu_us": attempt.cpu_us,
            "wall_ms": attempt.wall_ms,
            "usage": _json(attempt.usage),
        }
        return self._step(purchase, before="open", after="delivered", values=delivered)

    def judge(
        self,
        purchase: Purchase,
        verdict: Verdict | None,
        *,
        verification_cost: int,
        payment: int | None = None,
        forfeit: int = 0,
    ) -> Purchase:
        """Record the oracle's verdict, None if and only if there was no candidate to judge.

        What was bought by auction is paid now: `payment` micro-dollars, or `forfeit` the other way.
        """
        if (payment is None) != (purchase.terms is None):
            raise LedgerError(f"purchase {purchase.id}: only what was auctioned is paid by verdict")
        judged = {
            "verdict": _json(verdict),
            "verification_cost": verification_cost,
            "settled_at": _now(),
            **({} if payment is None else {"cost": payment, "forfeit": forfeit}),
        }
        return self._step(purchase, before="delivered", after="judged", values=judged)

    def abandon(self, purchase: Purchase, *, why: str) -> Purchase:
        """Give up an open purchase: the seller did not deliver, nothing is paid."""
        lost = {"failure": why, "settled_at": _now()}
        return self._step(purchase, before="open", after="lost", values=lost)

    def recover(self, run: str) -> list[Purchase]:
        """Clean up after a program that died while it worked on `run`; nobody else may be at it.

        What it had open is lost (nothing was paid, and it may be bought again). Returned is what
        was paid but not judged, oldest first: it is to be judged, not bought again.
        """
        with self._transaction() as db:
            db.execute(
                "UPDATE purchases SET state = 'lost', failure = ?, settled_at = ?"
                " WHERE run = ? AND state = 'open'",
                (INTERRUPTED, _now(), run),
            )
        return [p for p in self.purchases(run=run) if p.state == "delivered"]

    def purchases(
        self, *, run: str, policy: str | None = None, theorem: Theorem | None = None
    ) -> list[Purchase]:
        """Purchases of a run, oldest first, of one policy and on one theorem if given."""
        wanted = {"run": run, "policy": policy, "theorem_digest": theorem and theorem.digest}
        given = {key: value for key, value in wanted.items() if value is not None}
        where = " AND ".join(f"{key} = :{key}" for key in given)
        with self._locked() as db:
            rows = db.execute(f"SELECT {_FIELDS} FROM purchases WHERE {where} ORDER BY id", given)
            return [self._purchase(row) for row in rows]

    def summarise(self, run: str) -> list[Totals]:
        """Totals of a run, one row for each policy and prover, by the query `TOTALS`."""
        with self._locked() as db:
            return [Totals.model_validate(dict(row)) for row in db.execute(TOTALS, {"run": run})]

    def records(self) -> dict[str, SalesRecord]:
        """What every seller sold by auction, in all runs of this file, by name."""
        with self._locked() as db:
            rows = [SalesRecord.model_validate(dict(row)) for row in db.execute(RECORDS)]
        return {row.prover: row for row in rows}

    def finished(self, policy: str) -> dict[tuple[str, str], Finished]:
        """Theorems a policy has judged purchases on, in all runs, by run and statement's digest.

        The last to be bought for come last.
        """
        with self._locked() as db:
            found = finished(db.execute(FINISHED, {"policy": policy}))
        return {(run, digest): theorem for (run, _, digest), theorem in found.items()}

    def explored(self, run: str) -> list[Explored]:
        """What a run's policies bought in order to learn, by the query `EXPLORED`."""
        with self._locked() as db:
            return [
                Explored.model_validate(dict(row)) for row in db.execute(EXPLORED, {"run": run})
            ]

    def _step(
        self, purchase: Purchase, *, before: str, after: str, values: Mapping[str, str | int | None]
    ) -> Purchase:
        """Move a purchase from one state to the next, once."""
        changes = ", ".join(f"{key} = :{key}" for key in values)
        # Money moves on delivery, or in an auction with the verdict.
        with self._transaction(flush=after == "delivered" or "cost" in values) as db:
            key = {"id": purchase.id, "before": before, "after": after}
            row = db.execute(
                f"UPDATE purchases SET state = :after, {changes}"
                f" WHERE id = :id AND state = :before RETURNING {_FIELDS}",
                {**key, **values},
            ).fetchone()
            if row is not None:
                return self._purchase(row)
            row = db.execute(f"SELECT {_FIELDS} FROM purchases WHERE id = :id", key).fetchone()
            if row is None:
                raise LedgerError(f"{self._path}: there is no purchase {purchase.id}")
            same = all(row[key] == value for key, value in values.items() if key != "settled_at")
            if row["state"] == after and same:
                return self._purchase(row)
            raise LedgerError(
                f"{self._path}: purchase {purchase.id} is {row['state']}, so it cannot become "
                f"{after} with these values"
            )

    def _purchase(self, row: sqlite3.Row) -> Purchase:
        fields = dict(row)
        try:
            if fields["candidate"] is not None:
                fields["candidate"] = Candidate.model_validate_json(fields["candidate"])
            if fields["verdict"] is not None:
                fields["verdict"] = Verdict.model_validate_json(fields["verdict"])
            if fields["terms"] is not None:
                fields["terms"] = Terms.model_validate_json(fields["terms"])
            if fields["usage"] is not None:
                fields["usage"] = Usage.model_validate_json(fields["usage"])
            return Purchase.model_validate(fields)
        except ValidationError as error:
            raise LedgerError(
                f"{self._path}: purchase {fields['id']} cannot be read, restore a backup: {error}"
            ) from error

    def _prepare(self) -> None:
        """Recognise the file before anything is changed in it; an empty one becomes a ledger."""
        self._db.row_factory = sqlite3.Row
        self._is_new()
        self._db.execute("PRAGMA journal_mode = WAL")
        with self._transaction(flush=True) as db:
            if self._is_new():
                for statement in SCHEMA:
                    db.execute(statement)
            for statement in BESIDE:
                db.execute(statement)

    def _is_new(self) -> bool:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables and not application:
            return True
        if application != APPLICATION_ID:
            raise LedgerError(
                f"{self._path}: a database of another program, not a ledger; name another file"
            )
        if version != VERSION:
            raise LedgerError(
                f"{self._path}: written by {'a newer' if version > VERSION else 'an older'} "
                f"prover_arb (ledger version {version}, this one reads {VERSION}); use that one, "
                "or name another file"
            )
        return False

    @contextmanager
    def _transaction(self, *, flush: bool = False) -> Iterator[sqlite3.Connection]:
        """All or nothing; with `flush`, on the disk itself before it returns."""
        with self._locked() as db:
            db.execute(f"PRAGMA synchronous = {'FULL' if flush else 'NORMAL'}")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _locked(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained():
            yield self._db

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Whatever SQLite says, as a LedgerError that says what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise LedgerError(f"{self._path}: {error}; {_advice(error)}") from error


def read_finished(path: Path) -> dict[tuple[str, str, str], Finished]:
    """Theorems with judged purchases, by run, policy and digest; the file is only read.

    Raises:
        RecordsError: there is no ledger, or it cannot be read.
    """
    if not path.is_file():
        raise RecordsError(f"{path}: no such ledger")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            return finished(db.execute(FINISHED, {"policy": None}))
    except sqlite3.Error as error:
        raise RecordsError(f"{path}: not a ledger that can be read: {error}") from None


def _advice(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    advice = {
        sqlite3.SQLITE_FULL: "free some disk space and resume, what was paid for is safe",
        sqlite3.SQLITE_IOERR: "check the disk and its free space, then resume",
        sqlite3.SQLITE_BUSY: "another program holds the ledger, end it or name another file",
        sqlite3.SQLITE_LOCKED: "another program holds the ledger, end it or name another file",
        sqlite3.SQLITE_CANTOPEN: "check that the folder exists and may be written to",
        sqlite3.SQLITE_READONLY: "make the file and its folder writable",
        sqlite3.SQLITE_NOTADB: "it is not a ledger or is damaged, name another file",
        sqlite3.SQLITE_CORRUPT: "it is damaged, restore a backup",
        sqlite3.SQLITE_CONSTRAINT: "the step breaks a rule of the ledger, nothing was recorded",
    }
    return advice.get(primary or 0, "nothing was recorded")


def _json(value: Value | None) -> str | None:
    return None if value is None else value.model_dump_json()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
