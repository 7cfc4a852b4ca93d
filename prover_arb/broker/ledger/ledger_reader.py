"""What can be read from a ledger: purchases, and the figures that the queries of schema.py give."""

from __future__ import annotations

from pathlib import Path

from prover_arb.broker.ledger.columns import FIELDS, purchase_of
from prover_arb.broker.ledger.migrations import refuse_newer
from prover_arb.broker.ledger.overheads import OVERHEADS, PolicyOverhead
from prover_arb.broker.ledger.schema import (
    DEALINGS,
    EXPLORED,
    FINISHED,
    GROUPS,
    RECORDS,
    RUN_LEFT,
    TOTALS,
    TOTALS_BY,
    VERSION,
    Explored,
    GroupTotals,
    LedgerGroup,
    Totals,
    finished,
    finished_query,
)
from prover_arb.broker.ledger.store import LedgerAddress, LedgerConnection, LedgerStore, Row
from prover_arb.core.database import read_only_ledger
from prover_arb.core.history import TheoremHistory
from prover_arb.core.purchases import Dealing, Purchase, SalesRecord
from prover_arb.core.rejections import Answer, answers_of
from prover_arb.core.theorem import Theorem
from prover_arb.errors import LedgerError, RecordsError


class LedgerReader:
    """The part of a ledger that changes nothing in it.

    Every method raises LedgerError if the ledger cannot be read or written; the message says what
    to do.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    @property
    def _path(self) -> LedgerAddress:
        return self._store.path

    def close(self) -> None:
        """Closes the ledger; what was recorded is already safe."""
        self._store.close()

    def select(self, query: str, **values: str | int | None) -> list[Row]:
        """Returns the rows of a query over the tables of schema.py, with `values` for `:name`."""
        with self._store.reading() as db:
            return db.execute(query, values).fetchall()

    def changes(self) -> int | None:
        """Returns a number that changes when another program changes the ledger; None if there is
        no such number."""
        return self._store.changes()

    def totals_by(self, group: LedgerGroup) -> list[GroupTotals]:
        """Returns the totals of all runs by one of `GROUPS`, by the query `TOTALS_BY`."""
        query = TOTALS_BY.format(group=GROUPS[group])
        return [GroupTotals.model_validate(dict(row)) for row in self.select(query)]

    def run_left(self, run: str) -> int | None:
        """Returns the micro-dollars of the run's budget that are neither spent nor reserved.

        It returns None if the run has no budget.
        """
        with self._store.reading() as db:
            return self._run_left(db, run)

    @staticmethod
    def _run_left(db: LedgerConnection, run: str) -> int | None:
        row = db.execute(RUN_LEFT, {"run": run}).fetchone()
        return None if row is None else int(row["left"])

    def purchases(
        self, *, run: str, policy: str | None = None, theorem: Theorem | None = None
    ) -> list[Purchase]:
        """Returns the purchases of a run, oldest first, of one policy and theorem if given."""
        selected = {"run": run, "policy": policy, "theorem_digest": theorem and theorem.digest}
        given = {key: str(value) for key, value in selected.items() if value is not None}
        where = " AND ".join(f"{key} = :{key}" for key in given)
        rows = self.select(f"SELECT {FIELDS} FROM purchases WHERE {where} ORDER BY id", **given)
        return [purchase_of(row, self._path) for row in rows]

    def summarise(self, run: str) -> list[Totals]:
        """Returns the totals of a run, a row for each policy and prover, by the query `TOTALS`."""
        return [Totals.model_validate(dict(row)) for row in self.select(TOTALS, run=run)]

    def records(self) -> dict[str, SalesRecord]:
        """Returns what every prover sold by auction, in all runs of this file, by name."""
        rows = [SalesRecord.model_validate(dict(row)) for row in self.select(RECORDS)]
        return {row.prover: row for row in rows}

    def finished(self, policy: str) -> dict[tuple[str, str], TheoremHistory]:
        """Returns the theorems with judged purchases of a policy, by run and statement digest.

        They are in the order of their last purchases.
        """
        theorems = finished(self.select(FINISHED, policy=policy))
        return {(run, digest): theorem for (run, _, digest), theorem in theorems.items()}

    def dealings(self, run: str) -> list[Dealing]:
        """Returns how provers behaved in the settled purchases of a run, by `DEALINGS`."""
        return [Dealing.model_validate(dict(row)) for row in self.select(DEALINGS, run=run)]

    def answers(self, run: str) -> list[Answer]:
        """Returns what became of every answer bought in a run, oldest purchase first."""
        return [answer for bought in self.purchases(run=run) for answer in answers_of(bought)]

    def explored(self, run: str) -> list[Explored]:
        """Returns what a run's policies bought in order to learn, by the query `EXPLORED`."""
        return [Explored.model_validate(dict(row)) for row in self.select(EXPLORED, run=run)]

    def overheads(self, run: str) -> list[PolicyOverhead]:
        """Returns what a run's policies took for themselves, by the query `OVERHEADS`."""
        return [PolicyOverhead.model_validate(dict(row)) for row in self.select(OVERHEADS, run=run)]


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
        return finished(db.execute(finished_query(version), {"policy": None}))
