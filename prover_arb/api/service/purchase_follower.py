"""Follows the ledger, and records every step of every purchase as an event of its order.

The broker, in another process, writes the ledger; what is here is read from there, so that an event
never says what the ledger does not say, whichever of the processes died in between.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from prover_arb.api.service.event_store import EventKind, EventStore, NewEvent
from prover_arb.api.service.orders import Order, run_of
from prover_arb.api.service.usd import dollars
from prover_arb.broker.ledger.ledger_reader import LedgerReader
from prover_arb.broker.ledger.store import Row
from prover_arb.core.money import MicroUSD
from prover_arb.errors import LedgerError

log = logging.getLogger(__name__)

SECONDS = 0.15
"""How often the ledger is asked whether it changed."""

_STEPS = """
SELECT id, prover, number, slice, state, reserved, cost, verification_cost, failure, status, verdict
FROM purchases WHERE run = :run AND (id > :last OR id IN ({unsettled})) ORDER BY id
"""

_STATES = "SELECT DISTINCT state, status FROM purchases WHERE run = :run"
_SPENT = (
    "SELECT coalesce(sum(cost + verification_cost), 0) AS spent FROM purchases WHERE run = :run"
)

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
    lease: int = 0

    def copy(self) -> _Progress:
        """Returns a copy that can be changed."""
        return replace(
            self,
            recorded=set(self.recorded),
            costs=dict(self.costs),
            unsettled=set(self.unsettled),
        )


class PurchaseFollower:
    """Records the steps of the purchases of the orders that it follows."""

    def __init__(
        self, ledger: LedgerReader, events: EventStore, *, on_step: Callable[[NewEvent], None]
    ) -> None:
        """`on_step` is called for each step as it is recorded."""
        self._ledger = ledger
        self._events = events
        self._on_step = on_step
        self._orders: dict[str, _Progress] = {}
        self._busy = asyncio.Lock()
        self._version: int | None = None

    async def follow(self, order: Order) -> None:
        """Begins to follow an order; what earlier programs recorded is not recorded again."""
        order_id = order.id
        progress, number = _Progress(lease=order.lease), 0
        async with self._busy:
            while events := await self._events.after(order_id, number):
                number = events[-1].number
                steps = {(e.purchase, e.kind) for e in events if e.purchase is not None}
                progress.recorded |= steps
            self._orders[order_id] = progress
            self._version = None

    async def leave(self, order_id: str) -> None:
        """Records what is not recorded yet of an order, and follows it no longer."""
        if order_id in self._orders:
            await self.record([order_id])
            self._orders.pop(order_id, None)

    @property
    def following(self) -> int:
        """How many orders are followed."""
        return len(self._orders)

    def forget(self, order: Order) -> None:
        """Follows an order no longer that left this replica under the lease that it has.

        What is not recorded yet is recorded by whatever replica works on it next.
        """
        progress = self._orders.get(order.id)
        if progress is not None and progress.lease == order.lease:
            del self._orders[order.id]

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
                self._version = None

    async def record(self, order_ids: list[str]) -> None:
        """Records the new steps of these orders."""
        async with self._busy:
            followed = {
                order_id: progress
                for order_id in order_ids
                if (progress := self._orders.get(order_id)) is not None
            }
            # What is remembered is true only once the steps are stored.
            reached = {order_id: progress.copy() for order_id, progress in followed.items()}
            steps = await asyncio.to_thread(self._new_steps, reached)
            if steps:
                leases = {order_id: progress.lease for order_id, progress in reached.items()}
                await self._events.add(steps, leases=leases)
            for step in steps:
                if step.purchase is not None:
                    reached[step.order_id].recorded.add((step.purchase, step.kind))
                self._on_step(step)
            for order_id, progress in followed.items():
                if self._orders.get(order_id) is progress:
                    self._orders[order_id] = reached[order_id]

    async def states(self, order_id: str) -> set[str]:
        """Returns the states of an order's purchases, and the verdicts on those that are judged."""

        rows = await asyncio.to_thread(self._ledger.select, _STATES, run=run_of(order_id))
        texts = {row[name] for row in rows for name in ("state", "status")}
        return {text for text in texts if text is not None}

    async def spent(self, order_id: str) -> MicroUSD:
        """Returns what the ledger says was spent for an order."""

        [row] = await asyncio.to_thread(self._ledger.select, _SPENT, run=run_of(order_id))
        return MicroUSD(row["spent"])

    def _changed(self) -> bool:
        """Returns whether the ledger may have changed since this was asked last."""
        before, self._version = self._version, self._ledger.changes()
        return self._version is None or self._version != before

    def _new_steps(self, orders: dict[str, _Progress]) -> list[NewEvent]:
        steps: list[NewEvent] = []
        for order_id, progress in orders.items():
            query = _STEPS.format(unsettled=",".join(map(str, progress.unsettled)) or "NULL")
            for row in self._ledger.select(query, run=run_of(order_id), last=progress.last):
                steps += _steps(order_id, row, progress)
        return steps


def _steps(order_id: str, row: Row, progress: _Progress) -> list[NewEvent]:
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


def _data(kind: str, row: Row) -> dict[str, object]:
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
            verdict: dict[str, Any] = json.loads(row["verdict"] or "{}")
            data |= {
                "status": row["status"],
                "reason": verdict.get("reason"),
                "detail": verdict.get("detail") or "",
                "verification_cost_usd": dollars(row["verification_cost"]),
            }
        case "lost" | "cancelled_purchase":
            data |= {"cost_usd": dollars(row["cost"]), "failure": row["failure"]}
    return data
