"""Follows the ledger, and records every step of every purchase as an event of its order.

The broker, in another process, writes the ledger; what is here is read from there, so that an event
never says what the ledger does not say, whichever of the processes died in between.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from prover_arb.api.service.event_store import EventKind, EventStore, NewEvent
from prover_arb.api.service.orders import run_of
from prover_arb.api.service.usd import dollars
from prover_arb.core.database import read_only_ledger
from prover_arb.core.money import MicroUSD
from prover_arb.errors import LedgerError

log = logging.getLogger(__name__)

SECONDS = 0.15
"""How often the ledger is asked whether it changed."""

_STEPS = """
SELECT id, prover, number, slice, state, reserved, cost, verification_cost, failure, status,
  json_extract(verdict, '$.reason') AS reason, json_extract(verdict, '$.detail') AS detail
FROM purchases WHERE run = ? AND (id > ? OR id IN (SELECT value FROM json_each(?))) ORDER BY id
"""

_STATES = "SELECT DISTINCT state, status FROM purchases WHERE run = ?"
_SPENT = "SELECT coalesce(sum(cost + verification_cost), 0) FROM purchases WHERE run = ?"

_KINDS: dict[str, tuple[EventKind, ...]] = {
    "open": ("purchase",),
    "delivered": ("purchase", "delivery"),
    "judged": ("purchase", "delivery", "verdict"),
    "lost": ("purchase", "lost"),
    "cancelled": ("purchase", "cancelled_purchase"),
}
"""The steps that a purchase in a state has taken."""

_UNSETTLED = frozenset({"open", "delivered"})


@dataclass
class _Progress:
    """What is recorded of an order already."""

    recorded: set[tuple[int, str]] = field(default_factory=set)
    costs: dict[int, int] = field(default_factory=dict)
    last: int = 0
    unsettled: set[int] = field(default_factory=set)
    prover: str = ""


class PurchaseFollower:
    """Records the steps of the purchases of the orders that it follows."""

    def __init__(
        self, ledger: Path, events: EventStore, *, on_step: Callable[[NewEvent], None]
    ) -> None:
        """`on_step` is called for each step as it is recorded."""
        self._ledger = ledger
        self._events = events
        self._on_step = on_step
        self._orders: dict[str, _Progress] = {}
        self._busy = asyncio.Lock()
        self._opened = ExitStack()
        self._db: sqlite3.Connection | None = None
        self._version = -1

    async def follow(self, order_id: str) -> None:
        """Begins to follow an order; what earlier programs recorded is not recorded again."""
        progress, number = _Progress(), 0
        while events := await self._events.after(order_id, number):
            number = events[-1].number
            progress.recorded |= {(e.purchase, e.kind) for e in events if e.purchase is not None}
        self._orders[order_id] = progress
        self._version = -1

    async def leave(self, order_id: str) -> None:
        """Records what is not recorded yet of an order, and follows it no longer."""
        if order_id in self._orders:
            await self.record([order_id])
            self._orders.pop(order_id, None)

    async def run(self) -> None:
        """Follows until it is cancelled."""
        while True:
            await asyncio.sleep(SECONDS)
            if not self._orders:
                continue
            try:
                async with self._busy:
                    changed = await asyncio.to_thread(self._changed)
                if changed:
                    await self.record([*self._orders])
            except LedgerError as error:
                log.error("steps of purchases are not recorded yet: %s", error)
                self._version = -1

    async def record(self, order_ids: list[str]) -> None:
        """Records the new steps of these orders."""
        async with self._busy:
            followed = {
                order_id: progress
                for order_id in order_ids
                if (progress := self._orders.get(order_id)) is not None
            }
            steps = await asyncio.to_thread(self._new_steps, followed)
            if not steps:
                return
            await self._events.add(steps)
            for step in steps:
                if step.purchase is not None:
                    followed[step.order_id].recorded.add((step.purchase, step.kind))
                self._on_step(step)

    async def states(self, order_id: str) -> set[str]:
        """Returns the states of an order's purchases, and the verdicts on those that are judged."""

        def work() -> set[str]:
            try:
                rows = self._connection().execute(_STATES, (run_of(order_id),)).fetchall()
            except sqlite3.Error as error:
                raise LedgerError(f"{self._ledger}: {error}") from error
            return {text for row in rows for text in row if text is not None}

        async with self._busy:
            return await asyncio.to_thread(work)

    async def spent(self, order_id: str) -> MicroUSD:
        """Returns what the ledger says was spent for an order."""

        def work() -> MicroUSD:
            try:
                (spent,) = self._connection().execute(_SPENT, (run_of(order_id),)).fetchone()
            except sqlite3.Error as error:
                raise LedgerError(f"{self._ledger}: {error}") from error
            return MicroUSD(spent)

        async with self._busy:
            return await asyncio.to_thread(work)

    def close(self) -> None:
        """Closes the ledger."""
        self._opened.close()

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = self._opened.enter_context(read_only_ledger(self._ledger))
        return self._db

    def _changed(self) -> bool:
        try:
            (version,) = self._connection().execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise LedgerError(f"{self._ledger}: {error}") from error
        changed = version != self._version
        self._version = version
        return bool(changed)

    def _new_steps(self, orders: dict[str, _Progress]) -> list[NewEvent]:
        steps: list[NewEvent] = []
        try:
            for order_id, progress in orders.items():
                unsettled = f"[{','.join(map(str, progress.unsettled))}]"
                rows = self._connection().execute(
                    _STEPS, (run_of(order_id), progress.last, unsettled)
                )
                for row in rows.fetchall():
                    steps += _steps(order_id, row, progress)
        except sqlite3.Error as error:
            raise LedgerError(f"{self._ledger}: {error}") from error
        return steps


def _steps(order_id: str, row: sqlite3.Row, progress: _Progress) -> list[NewEvent]:
    """Returns the steps of a purchase that are not recorded, and remembers what it costs."""
    purchase: int = row["id"]
    if row["state"] in _UNSETTLED:
        progress.unsettled.add(purchase)
    else:
        progress.unsettled.discard(purchase)
    progress.costs[purchase] = row["cost"] + row["verification_cost"]
    spent = dollars(sum(progress.costs.values()))
    steps = []
    if purchase > progress.last:
        progress.last = purchase
        if progress.prover and progress.prover != row["prover"]:
            change = {"from": progress.prover, "to": row["prover"], "spent_usd": spent}
            steps.append(("escalation", change))
        progress.prover = row["prover"]
    steps += [(kind, _data(kind, row) | {"spent_usd": spent}) for kind in _KINDS[row["state"]]]
    return [
        NewEvent(order_id=order_id, kind=kind, purchase=purchase, data=data)
        for kind, data in steps
        if (purchase, kind) not in progress.recorded
    ]


def _data(kind: str, row: sqlite3.Row) -> dict[str, object]:
    data: dict[str, object] = {"purchase": row["id"], "prover": row["prover"]}
    match kind:
        case "purchase":
            data |= {
                "attempt": row["number"],
                "slice": row["slice"],
                "reserved_usd": dollars(row["reserved"]),
            }
        case "delivery":
            data |= {"cost_usd": dollars(row["cost"]), "failure": row["failure"]}
        case "verdict":
            data |= {
                "status": row["status"],
                "reason": row["reason"],
                "detail": row["detail"] or "",
                "verification_cost_usd": dollars(row["verification_cost"]),
            }
        case "lost" | "cancelled_purchase":
            data |= {"cost_usd": dollars(row["cost"]), "failure": row["failure"]}
    return data
