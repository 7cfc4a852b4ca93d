"""The durable record of purchases: each step of a purchase is one transaction.

    reserve -> open -> deliver -> delivered -> judge -> judged
                  \\                  \\-> cancel -> cancelled
                   \\-> cancel -> cancelled
                    \\-> abandon / recover -> lost

A step that is repeated with the same values changes nothing; a step out of order is refused. A
purchase is paid exactly when the ledger says `delivered` or `judged`, and an auctioned one when it
says `judged`; a `cancelled` purchase is paid for what it had used. Every step that has returned
survives the death of the program. What was recorded before a call of `flush` survives the death of
the machine too once that has returned; one write to the disk serves all who wait for it. The broker
waits for it before a candidate is judged and before it answers.
A ledger is an SQLite file, which must be on a local disk, for SQLite's log does not work over
network file systems; or it is in a PostgreSQL database, see database_store.py.

A run may have a lease: then only the program that recovered the run under that lease may take a
step in it. A program that lost its lease, and does not know it yet, is refused.

What is read from the ledger is in ledger_reader.py. Every total is one query, `TOTALS` in
schema.py, over the table `purchases`.

The module is longer than 300 lines because all steps of a purchase stand together: what one writes
the next one relies on.
"""

from __future__ import annotations

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
from prover_arb.broker.ledger.ledger_reader import LedgerReader
from prover_arb.broker.ledger.overheads import ADD_OVERHEAD
from prover_arb.broker.ledger.schema import COMMITTED
from prover_arb.broker.ledger.sqlite_file import LedgerFile
from prover_arb.broker.ledger.store import LedgerConnection, LedgerStore
from prover_arb.core.money import format_usd
from prover_arb.core.overhead import Overhead
from prover_arb.core.proof_job import Origin
from prover_arb.core.purchases import Attempt, Purchase, Sample, Terms
from prover_arb.core.theorem import Theorem, Verdict
from prover_arb.errors import Fault, LeaseLost, LedgerError, RunBudgetTaken

INTERRUPTED = "interrupted before the seller delivered"
"""The failure of a purchase lost through no fault of the prover; it may be bought again."""


class PurchaseLedger(LedgerReader):
    """The purchases in a store.

    Every method raises LedgerError also if the step is not allowed in the purchase's state.
    """

    def __init__(self, store: LedgerStore) -> None:
        super().__init__(store)
        self._leases: dict[str, int] = {}

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
        slice_: int | None = None,
        origin: Origin | None = None,
        overhead: Overhead | None = None,
    ) -> Purchase:
        """Reserves `reserved` micro-dollars for the next attempt of `prover`.

        With `slice_` it is for that slice of an attempt: from 1 on, of the last attempt begun.

        `verification_reserve` micro-dollars are reserved besides, for its verification. With the
        `terms` of an auction nothing is paid before the verdict. `explores` marks what is bought in
        order to learn; see `explored`. `origin` is the order of a service that it is bought for.
        `overhead` is what the policy took since this was last recorded; see `add_overhead`.
        The ledger refuses this while `max_parallel` purchases for the same run, policy and theorem
        are open, since two programs on one theorem would pay twice, while a purchase waits for its
        verdict, once one has proved the theorem, and if the run's budget is too small.
        """
        key = {"run": run, "policy": policy, "theorem_digest": theorem.digest}
        with self._store.transaction(run=run) as db:
            self._require_lease(db, run)
            number, place = self._room(
                db, theorem, prover, key, max_parallel=max_parallel, slice_=slice_
            )
            left = self._run_left(db, run)
            needed = reserved + verification_reserve
            if left is not None and needed > left:
                raise RunBudgetTaken(
                    f"{self._path}: {needed} micro-dollars for {prover} are more than "
                    f"the {left} left of the budget of run {run}"
                )
            row = db.execute(
                "INSERT INTO purchases (run, theorem, theorem_digest, policy, prover, number,"
                " place, state, reserved, verification_reserve, started_at, terms, slice, order_id,"
                " key_id, request_id) VALUES"
                " (:run, :theorem, :theorem_digest, :policy, :prover, :number, :place, 'open',"
                " :reserved, :verification_reserve, :now, :terms, :slice, :order, :key, :request)"
                f" RETURNING {FIELDS}",
                key
                | dict(origin or Origin())
                | {
                    "theorem": theorem.name,
                    "prover": prover,
                    "number": number,
                    "place": place,
                    "reserved": reserved,
                    "verification_reserve": verification_reserve,
                    "now": _now(),
                    "terms": as_json(terms),
                    "slice": slice_,
                },
            ).fetchone()
            db.execute(
                "INSERT INTO theorems VALUES (:digest, :statement) ON CONFLICT DO NOTHING",
                {"digest": theorem.digest, "statement": theorem.statement},
            )
            if left is not None:
                self._commit(db, run, needed)
            if explores:
                db.execute("INSERT INTO explorations VALUES (:purchase)", {"purchase": row["id"]})
            if overhead is not None:
                _add(db, key, overhead)
            return purchase_of(row, self._path)

    def _room(
        self,
        db: LedgerConnection,
        theorem: Theorem,
        prover: str,
        key: Mapping[str, str],
        *,
        max_parallel: int,
        slice_: int | None,
    ) -> tuple[int, int]:
        """Returns the number of the next attempt of `prover`, and the place that it may take.

        A further slice has the number of the attempt that it belongs to.
        """
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
        if not slice_:
            return _least_without(numbers), _least_without(places)
        if not numbers:
            raise LedgerError(
                f"{self._path}: {theorem.name} (run {key['run']}, policy {key['policy']}): slice "
                f"{slice_} of an attempt of {prover} that was never begun"
            )
        return max(numbers), _least_without(places)

    def deliver(self, purchase: Purchase, attempt: Attempt) -> Purchase:
        """Pays for what the prover delivered; from here on the purchase is never bought again."""
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
        """Records the oracle's verdict; None if and only if there was no candidate to judge.

        If there were several candidates, `samples` has them all, and `verdict` is that of the one
        that counts from now on: the first that was given this verdict. An auctioned purchase is
        paid now: `payment` micro-dollars to the prover, or `forfeit` from it.
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
        """Abandons an open purchase: the prover did not deliver, and nothing is paid."""
        lost = {"failure": why, "fault": fault, "settled_at": _now()}
        return self._step(purchase, before="open", after="lost", values=lost)

    def cancel(self, purchase: Purchase, *, used: Attempt | None, why: str) -> Purchase:
        """Cancels a purchase that is not wanted any more, and pays for what it had used.

        `used` is the prover's invoice for an open purchase; None if it used nothing. A delivered
        purchase is paid already, or, if it was auctioned, is paid the price that was bid.
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
        """Sets the budget of a run, in micro-dollars for all its purchases; it is set only once."""
        with self._store.transaction(flush=True, run=run) as db:
            values = {"run": run, "budget": budget}
            db.execute(
                f"INSERT INTO run_budgets VALUES (:run, :budget, ({COMMITTED}))"
                " ON CONFLICT DO NOTHING",
                values,
            )
            row = db.execute("SELECT budget FROM run_budgets WHERE run = :run", values).fetchone()
        stored = row["budget"]
        if stored != budget:
            raise LedgerError(
                f"{self._path}: run {run} has a budget of {format_usd(stored)} already, it cannot "
                f"become {format_usd(budget)}"
            )

    def recover(self, run: str, *, lease: int = 0) -> list[Purchase]:
        """Cleans up after a program that died while it worked on `run`.

        No other program may work on the run; with a `lease` the ledger sees to it: from now on it
        refuses every step in this run to programs that recovered it under a smaller number. The
        purchases that were open are lost: nothing was paid, and they may be bought again. It
        returns those that were paid and not judged, oldest first; they are to be judged, not bought
        again.
        """
        values = {"run": run, "why": INTERRUPTED, "now": _now(), "lease": lease}
        with self._store.transaction(run=run) as db:
            if lease:
                db.execute(
                    "INSERT INTO run_leases VALUES (:run, :lease)"
                    " ON CONFLICT (run) DO UPDATE SET lease = :lease"
                    " WHERE run_leases.lease < :lease",
                    values,
                )
                self._leases[run] = lease
                self._require_lease(db, run)
            db.execute(
                "UPDATE purchases SET state = 'lost', failure = :why, settled_at = :now"
                " WHERE run = :run AND state = 'open'",
                values,
            )
            db.execute(
                f"UPDATE run_budgets SET committed = ({COMMITTED}) WHERE run = :run", {"run": run}
            )
        return [p for p in self.purchases(run=run) if p.state == "delivered"]

    def add_overhead(self, *, run: str, policy: str, theorem: Theorem, overhead: Overhead) -> None:
        """Adds what a policy took for itself, where nothing is bought after it.

        This is no step of a purchase: if it is repeated, it counts twice.
        """
        key = {"run": run, "policy": policy, "theorem_digest": theorem.digest}
        with self._store.transaction(run=run) as db:
            self._require_lease(db, run)
            _add(db, key, overhead)

    async def flush(self) -> None:
        """Waits until all steps so far survive the death of the machine."""
        await self._store.flush()

    def _commit(self, db: LedgerConnection, run: str, change: int) -> None:
        """Changes what is committed of a run's budget, if the run has one."""
        if change:
            db.execute(
                "UPDATE run_budgets SET committed = committed + :change WHERE run = :run",
                {"run": run, "change": change},
            )

    def _require_lease(self, db: LedgerConnection, run: str) -> None:
        lease = self._leases.get(run)
        if lease is None:
            return
        row = db.execute("SELECT lease FROM run_leases WHERE run = :run", {"run": run}).fetchone()
        if row is None or row["lease"] != lease:
            raise LeaseLost(f"{self._path}: another program took over the run {run}")

    def _step(
        self,
        purchase: Purchase,
        *,
        before: str,
        after: str,
        values: Mapping[str, Column],
    ) -> Purchase:
        """Moves a purchase from one state to the next, once."""
        changes = ", ".join(f"{key} = :{key}" for key in values)
        with self._store.transaction(run=purchase.run) as db:
            self._require_lease(db, purchase.run)
            key = {"id": purchase.id, "before": before, "after": after}
            row = db.execute(
                f"UPDATE purchases SET state = :after, {changes}"
                f" WHERE id = :id AND state = :before RETURNING {FIELDS}",
                {**key, **values},
            ).fetchone()
            if row is not None:
                stepped = purchase_of(row, self._path)
                held = stepped.reserved + stepped.verification_reserve
                self._commit(db, stepped.run, _committed_by(stepped) - held)
                return stepped
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


class SqliteLedger(PurchaseLedger):
    """Purchases in the SQLite file `path`, made if absent."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(LedgerFile(path))


def _add(db: LedgerConnection, key: Mapping[str, str], overhead: Overhead) -> None:
    """Adds to what a policy took; learning belongs to no theorem."""
    for kind, digest, cpu_us in (
        ("deciding", key["theorem_digest"], overhead.deciding_us),
        ("learning", "", overhead.learning_us),
    ):
        if cpu_us:
            values = {"kind": kind, "price": overhead.price, "cpu_us": cpu_us}
            db.execute(ADD_OVERHEAD, {**key, "theorem_digest": digest, **values})


def _committed_by(purchase: Purchase) -> int:
    """Returns what a purchase costs or may still cost its run, as `COMMITTED` counts it."""
    if purchase.state in {"open", "delivered"}:
        return purchase.reserved + purchase.verification_reserve
    return purchase.cost + purchase.verification_cost


def _least_without(taken: Collection[int]) -> int:
    """Returns the smallest number from 0 that is not taken."""
    return next(number for number in range(len(taken) + 1) if number not in taken)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
