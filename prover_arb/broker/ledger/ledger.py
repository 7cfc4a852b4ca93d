"""The durable record of purchases: one SQLite file, each step of a purchase one transaction.

    reserve -> open -> deliver -> delivered -> judge -> judged
                  \\                  \\-> cancel -> cancelled
                   \\-> cancel -> cancelled
                    \\-> abandon / recover -> lost

A step that is repeated with the same values changes nothing; a step out of order is refused. A
purchase is paid exactly when the ledger says `delivered` or `judged`, one bought by auction when it
says `judged`; one that says `cancelled` is paid for what it had used. Every step that has returned
survives the death of the program; payments, and all before them, survive the death of the machine
too (WAL, synchronous=FULL where money moves). A verdict lost with the machine is asked for again.
The file must be on a local disk: SQLite's log does not work over network file systems.

Every total is one query, `TOTALS` in schema.py, over the table `purchases`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

from prover_arb.broker.ledger.columns import (
    FIELDS,
    Column,
    as_json,
    invoiced,
    judged_samples,
    purchase_of,
    samples_json,
    samples_of,
)
from prover_arb.broker.ledger.migrations import refuse_newer
from prover_arb.broker.ledger.schema import (
    DEALINGS,
    EXPLORED,
    FINISHED,
    RECORDS,
    RUN_LEFT,
    TOTALS,
    VERSION,
    Explored,
    Totals,
    finished,
)
from prover_arb.broker.ledger.sqlite_file import LedgerFile
from prover_arb.core.database import read_only_ledger
from prover_arb.core.history import TheoremHistory
from prover_arb.core.money import format_usd
from prover_arb.core.purchases import Attempt, Dealing, Purchase, SalesRecord, Sample, Terms
from prover_arb.core.rejections import Answer, answers_of
from prover_arb.core.theorem import Theorem, Verdict
from prover_arb.errors import Fault, LedgerError, RecordsError

__all__ = ["INTERRUPTED", "Explored", "SqliteLedger", "Totals", "read_finished"]

INTERRUPTED = "interrupted before the seller delivered"
"""Failure of a purchase lost through no doing of the seller; it may be bought again."""


class SqliteLedger(LedgerFile):
    """Purchases in the SQLite file `path`, made if absent.

    Every method raises LedgerError also if the step is not allowed in the purchase's state.
    """

    def reserve(
        self,
        *,
        run: str,
        theorem: Theorem,
        policy: str,
        prover: str,
        reserved: int,
        verification_reserve: int = 0,
        terms: Terms | None = None,
        max_parallel: int = 1,
        explores: bool = False,
    ) -> Purchase:
        """Reserves `reserved` micro-dollars for the next attempt of `prover`.

        `verification_reserve` micro-dollars are reserved besides, for its verification. With the
        `terms` of an auction nothing is paid before the verdict. `explores` marks what is bought in
        order to learn; see `explored`. The ledger refuses this while `max_parallel` purchases for
        the same run, policy and theorem are open, since two programs on one theorem would pay
        twice, while a purchase waits for its verdict, once one has proved the theorem, and if the
        run's budget is too small.
        """
        key = {"run": run, "policy": policy, "theorem_digest": theorem.digest}
        with self._transaction() as db:
            number, place = self._room(db, theorem, prover, key, max_parallel)
            left = self._run_left(db, run)
            needed = reserved + verification_reserve
            if left is not None and needed > left:
                raise LedgerError(
                    f"{self._path}: {needed} micro-dollars for {prover} are more than "
                    f"the {left} left of the budget of run {run}"
                )
            row = db.execute(
                "INSERT INTO purchases (run, theorem, theorem_digest, policy, prover, number,"
                " place, state, reserved, verification_reserve, started_at, terms) VALUES (:run,"
                " :theorem, :theorem_digest, :policy, :prover, :number, :place, 'open', :reserved,"
                " :verification_reserve, :now, :terms) RETURNING " + FIELDS,
                key
                | {
                    "theorem": theorem.name,
                    "prover": prover,
                    "number": number,
                    "place": place,
                    "reserved": reserved,
                    "verification_reserve": verification_reserve,
                    "now": _now(),
                    "terms": as_json(terms),
                },
            ).fetchone()
            db.execute(
                "INSERT OR IGNORE INTO theorems VALUES (?, ?)", (theorem.digest, theorem.statement)
            )
            if explores:
                db.execute("INSERT INTO explorations VALUES (?)", (row["id"],))
            return purchase_of(row, self._path)

    def _room(
        self,
        db: sqlite3.Connection,
        theorem: Theorem,
        prover: str,
        key: Mapping[str, str],
        max_parallel: int,
    ) -> tuple[int, int]:
        """The number of the next attempt of `prover`, and the place it may take."""
        numbers, places = set(), set()
        for row in db.execute(
            "SELECT id, state, status, prover, number, place FROM purchases WHERE run = :run"
            " AND policy = :policy AND theorem_digest = :theorem_digest"
            " AND state NOT IN ('lost', 'cancelled')",
            key,
        ):
            if row["state"] == "open":
                places.add(row["place"])
            if (
                row["state"] == "delivered"
                or row["status"] in {"proved", "refuted"}
                or len(places) >= max_parallel
            ):
                raise LedgerError(
                    f"{self._path}: {theorem.name} (run {key['run']}, policy {key['policy']}) has "
                    f"purchase {row['id']}, {row['status'] or row['state']}; judge it, or recover "
                    "the run if the program that bought it has ended"
                )
            if row["prover"] == prover:
                numbers.add(row["number"])
        return _least_without(numbers), _least_without(places)

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
            "candidate": as_json(attempt.candidate),
            "samples": samples_json(samples_of(attempt)),
            "failure": attempt.failure,
            "fault": attempt.fault,
            **invoiced(attempt),
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
        samples: tuple[Sample, ...] = (),
    ) -> Purchase:
        """Record the oracle's verdict, None if and only if there was no candidate to judge.

        Of several candidates, `samples` has them all, and `verdict` is on the one of them that
        counts from now on: the first that was given this verdict.
        What was bought by auction is paid now: `payment` micro-dollars, or `forfeit` the other way.
        """
        if (payment is None) != (purchase.terms is None):
            raise LedgerError(f"purchase {purchase.id}: only what was auctioned is paid by verdict")
        judged = {
            "verdict": as_json(verdict),
            "verification_cost": verification_cost,
            "settled_at": _now(),
            **judged_samples(purchase, verdict, samples),
            **({} if payment is None else {"cost": payment, "forfeit": forfeit}),
        }
        return self._step(purchase, before="delivered", after="judged", values=judged)

    def abandon(self, purchase: Purchase, *, why: str, fault: Fault | None = None) -> Purchase:
        """Give up an open purchase: the seller did not deliver, nothing is paid."""
        lost = {"failure": why, "fault": fault, "settled_at": _now()}
        return self._step(purchase, before="open", after="lost", values=lost)

    def cancel(self, purchase: Purchase, *, used: Attempt | None, why: str) -> Purchase:
        """Give up a purchase that is not wanted any more, and pay what it had used.

        `used` is the seller's invoice for an open one, None where it used nothing. One that was
        delivered is paid already, or if it was auctioned, what its seller asked for.
        """
        values: dict[str, Column] = {"failure": why, "settled_at": _now()}
        if purchase.state == "delivered":
            if purchase.terms is not None:
                values["cost"] = min(purchase.terms.bid.price, purchase.reserved)
            return self._step(purchase, before="delivered", after="cancelled", values=values)
        if used is not None:
            if used.prover != purchase.prover or used.cost < 0:
                raise LedgerError(f"purchase {purchase.id} is not what {used!r} is an invoice for")
            values |= {"cost": min(used.cost, purchase.reserved), **invoiced(used)}
        return self._step(purchase, before="open", after="cancelled", values=values)

    def limit_run(self, run: str, budget: int) -> None:
        """Set the budget of a run, in micro-dollars for all its purchases; it is set only once."""
        with self._transaction(flush=True) as db:
            db.execute("INSERT OR IGNORE INTO run_budgets VALUES (?, ?)", (run, budget))
            (stored,) = db.execute(
                "SELECT budget FROM run_budgets WHERE run = ?", (run,)
            ).fetchone()
        if stored != budget:
            raise LedgerError(
                f"{self._path}: run {run} has a budget of {format_usd(stored)} already, it cannot "
                f"become {format_usd(budget)}"
            )

    def run_left(self, run: str) -> int | None:
        """Micro-dollars of the run's budget neither spent nor held back; None without one."""
        with self._locked() as db:
            return self._run_left(db, run)

    @staticmethod
    def _run_left(db: sqlite3.Connection, run: str) -> int | None:
        row = db.execute(RUN_LEFT, {"run": run}).fetchone()
        return None if row is None else int(row[0])

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
            rows = db.execute(f"SELECT {FIELDS} FROM purchases WHERE {where} ORDER BY id", given)
            return [purchase_of(row, self._path) for row in rows]

    def summarise(self, run: str) -> list[Totals]:
        """Totals of a run, one row for each policy and prover, by the query `TOTALS`."""
        with self._locked() as db:
            return [Totals.model_validate(dict(row)) for row in db.execute(TOTALS, {"run": run})]

    def records(self) -> dict[str, SalesRecord]:
        """What every seller sold by auction, in all runs of this file, by name."""
        with self._locked() as db:
            rows = [SalesRecord.model_validate(dict(row)) for row in db.execute(RECORDS)]
        return {row.prover: row for row in rows}

    def finished(self, policy: str) -> dict[tuple[str, str], TheoremHistory]:
        """Theorems a policy has judged purchases on, in all runs, by run and statement's digest.

        The last to be bought for come last.
        """
        with self._locked() as db:
            found = finished(db.execute(FINISHED, {"policy": policy}))
        return {(run, digest): theorem for (run, _, digest), theorem in found.items()}

    def dealings(self, run: str) -> list[Dealing]:
        """How the sellers behaved in the settled purchases of a run, by the query `DEALINGS`."""
        with self._locked() as db:
            rows = db.execute(DEALINGS, {"run": run})
            return [Dealing.model_validate(dict(row)) for row in rows]

    def answers(self, run: str) -> list[Answer]:
        """Why what was bought in a run is no proof, or that it is one, oldest purchase first."""
        with self._locked() as db:
            rows = db.execute(f"SELECT {FIELDS} FROM purchases WHERE run = ? ORDER BY id", (run,))
            return [each for row in rows for each in answers_of(purchase_of(row, self._path))]

    def explored(self, run: str) -> list[Explored]:
        """What a run's policies bought in order to learn, by the query `EXPLORED`."""
        with self._locked() as db:
            return [
                Explored.model_validate(dict(row)) for row in db.execute(EXPLORED, {"run": run})
            ]

    def _step(
        self,
        purchase: Purchase,
        *,
        before: str,
        after: str,
        values: Mapping[str, Column],
    ) -> Purchase:
        """Move a purchase from one state to the next, once."""
        changes = ", ".join(f"{key} = :{key}" for key in values)
        # Money moves on delivery, or in an auction with the verdict.
        with self._transaction(flush=after == "delivered" or "cost" in values) as db:
            key = {"id": purchase.id, "before": before, "after": after}
            row = db.execute(
                f"UPDATE purchases SET state = :after, {changes}"
                f" WHERE id = :id AND state = :before RETURNING {FIELDS}",
                {**key, **values},
            ).fetchone()
            if row is not None:
                return purchase_of(row, self._path)
            row = db.execute(f"SELECT {FIELDS} FROM purchases WHERE id = :id", key).fetchone()
            if row is None:
                raise LedgerError(f"{self._path}: there is no purchase {purchase.id}")
            same = all(row[key] == value for key, value in values.items() if key != "settled_at")
            if row["state"] == after and same:
                return purchase_of(row, self._path)
            raise LedgerError(
                f"{self._path}: purchase {purchase.id} is {row['state']}, so it cannot become "
                f"{after} with these values"
            )


def _least_without(taken: Collection[int]) -> int:
    """The smallest number from 0 that is not taken."""
    return next(number for number in range(len(taken) + 1) if number not in taken)


def read_finished(path: Path) -> dict[tuple[str, str, str], TheoremHistory]:
    """Returns the theorems with judged purchases, by run, policy and digest; only reads the file.

    Raises:
        RecordsError: there is no ledger, or it cannot be read.
    """
    with read_only_ledger(path) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        try:
            refuse_newer(path, version, current=VERSION)
        except LedgerError as error:
            raise RecordsError(str(error)) from None
        return finished(db.execute(FINISHED, {"policy": None}))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
