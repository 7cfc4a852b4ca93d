"""What must hold when the chaos is over: of every order, of the ledger, and between customers."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from customers import Customer, Json

from prover_arb.api.service.charging import charge
from prover_arb.api.service.database.database import Database
from prover_arb.api.service.database.schema import BATCHES, EVENTS, ORDERS
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.orders import Order, order_of
from prover_arb.broker.ledger.ledger import PurchaseLedger
from prover_arb.core.money import MICRO
from prover_arb.core.purchases import Purchase

FINAL = {"proved", "refuted", "exhausted", "cancelled", "failed"}

STEPS = {
    "judged": ["purchase", "delivery", "verdict"],
    "lost": ["purchase", "lost"],
    "cancelled": ["purchase", "cancelled_purchase"],
}
"""The events of a purchase by the state in which it ended."""

OF_PURCHASES = {kind for steps in STEPS.values() for kind in steps}


class Audit:
    """Collects what is wrong."""

    def __init__(self, database: Database, ledger: PurchaseLedger) -> None:
        self.faults: list[str] = []
        self._database = database
        self._orders: dict[str, Order] = {}
        self._batches: dict[str, Any] = {}
        self._events: defaultdict[str, list[Any]] = defaultdict(list)
        self._ledger = ledger
        self.purchases: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.spent = self.charged = 0

    async def run(self, customers: list[Customer], keys: dict[str, str]) -> None:
        """Looks at everything; `keys` are the ids of the keys by the names of the customers."""
        self._read()
        for order in self._orders.values():
            self._order(order)
        for name, faults in (("batch", self._batch_faults()), ("ledger", self._sum_faults(keys))):
            self.faults += [f"{name}: {fault}" for fault in faults]
        for customer in customers:
            async for fault in self._seen_by(customer, customers, keys[customer.name]):
                self.faults.append(f"{customer.name}: {fault}")

    def _read(self) -> None:
        orders = self._database.read_now(lambda db: db.execute(ORDERS.select()).all())
        self._orders = {row.id: order_of(row._mapping) for row in orders}
        batches = self._database.read_now(lambda db: db.execute(BATCHES.select()).all())
        self._batches = {row.id: row for row in batches}
        events = EVENTS.select().order_by(EVENTS.c.order_id, EVENTS.c.number)
        for row in self._database.read_now(lambda db: db.execute(events).all()):
            self._events[row.order_id].append(row)

    def _order(self, order: Order) -> None:
        bought = self._ledger.purchases(run=order.run)
        self.statuses[order.status] += 1
        self.purchases.update(purchase.state for purchase in bought)
        self.spent += order.spent
        self.charged += order.charged
        for fault in (*_order_faults(order, bought), *self._event_faults(order, bought)):
            self.faults.append(f"order {order.id} ({order.kind}, {order.status}): {fault}")

    def _event_faults(self, order: Order, bought: list[Purchase]) -> Iterator[str]:
        events = self._events[order.id]
        kinds = [event.kind for event in events]
        if [event.number for event in events] != list(range(1, len(events) + 1)):
            yield "its events are not numbered from 1"
        if kinds[0] != "queued" or kinds[-1] != order.status or FINAL & set(kinds[:-1]):
            yield f"its events are {kinds}"
        steps: defaultdict[int, list[str]] = defaultdict(list)
        for event in events:
            if event.kind in OF_PURCHASES:
                steps[event.purchase].append(event.kind)
        for purchase in bought:
            seen = steps.pop(purchase.id, [])
            # A purchase may be paid for before it is cancelled.
            if seen != STEPS.get(purchase.state) and not (
                purchase.state == "cancelled"
                and seen == ["purchase", "delivery", *STEPS["cancelled"][1:]]
            ):
                yield f"purchase {purchase.id} is {purchase.state}, its events are {seen}"
        if steps:
            yield f"there are events of unknown purchases: {dict(steps)}"
        ended = json.loads(events[-1].data)
        if _micro(ended["spent_usd"]) != order.spent:
            yield f"its last event says {ended}, {order.spent} were spent"

    def _batch_faults(self) -> Iterator[str]:
        for batch_id, batch in self._batches.items():
            mine = [order for order in self._orders.values() if order.batch == batch_id]
            charged = sum(order.charged for order in mine)
            if batch.finished_at is None:
                yield f"{batch_id} has not ended"
            if not charged == batch.charged <= batch.budget:
                yield f"{batch_id}: {batch.charged} of {batch.budget}, its orders {charged}"

    def _sum_faults(self, keys: dict[str, str]) -> Iterator[str]:
        spent, charged = Counter[str](), Counter[str]()
        for order in self._orders.values():
            spent[order.tenant] += order.spent
            charged[order.tenant] += order.charged
        totals = {row.name: row.spent for row in self._ledger.totals_by("key")}
        if totals != +spent:
            yield f"by key {totals} were spent, by orders {dict(spent)}"
        taken = {key.id: key.taken for key in KeyStore(self._database).list_now()}
        if taken != {key: charged[key] for key in keys.values()}:
            yield f"{taken} are taken of the keys' budgets, {dict(charged)} are charged"
        seen = self._ledger.select("SELECT DISTINCT order_id AS id FROM purchases")
        unknown = {row["id"] for row in seen} - self._orders.keys()
        if unknown:
            yield f"there are purchases of unknown orders: {unknown}"

    async def _seen_by(self, customer: Customer, all_customers: list[Customer], key: str) -> Any:
        lists = {"proof": "/v1/proofs", "file": "/v1/files", "batch": "/v1/batches"}
        listed = {kind: [i async for i in _listed(customer, path)] for kind, path in lists.items()}
        placed = customer.placed
        children = [o.id for o in self._orders.values() if o.tenant == key and o.batch is not None]
        wanted = {
            "proof": [*placed["proof"], *placed["quote"], *children],
            "file": placed["file"],
            "batch": placed["batch"],
        }
        for kind, ids in wanted.items():
            if Counter(listed[kind]) != Counter(ids):
                yield f"{kind}: listed are {listed[kind]}, ordered were {ids}"
        day = await customer.get("/v1/spending", days=2)
        mine = [order for order in self._orders.values() if order.tenant == key]
        for name in ("spent", "charged"):
            shown = sum(_micro(row[f"{name}_usd"]) for row in day["days"])
            own = sum(getattr(order, name) for order in mine)
            if shown != own:
                yield f"/v1/spending says {shown} {name}, the orders {own}"
        for order in mine:
            path = f"/v1/{'files' if order.kind == 'file' else 'proofs'}/{order.id}"
            got = await customer.get(path)
            for name, value in (("spent", order.spent), ("charged", order.charged)):
                if _micro(got[f"{name}_usd"]) != value:
                    yield f"{path} says {got[f'{name}_usd']} {name}, the database {value}"
        for other in all_customers:
            if other is not customer:
                async for fault in _secrets_seen(customer, other):
                    yield fault


async def _listed(customer: Customer, path: str) -> Any:
    after: Json = {}
    while True:
        page = await customer.get(path, limit=50, **after)
        for row in page["data"]:
            yield row["id"]
        if not page["has_more"]:
            return
        after = {"after": page["next_after"]}


async def _secrets_seen(customer: Customer, other: Customer) -> Any:
    """Yields every route that answers a customer about an order of another one."""
    for kind, folder in (
        ("proof", "proofs"),
        ("quote", "proofs"),
        ("file", "files"),
        ("batch", "batches"),
    ):
        more = {"batch": ["/results"], "file": ["/events"]}.get(kind, ["/events", "/certificate"])
        for order_id in other.placed[kind]:
            url = f"/v1/{folder}/{order_id}"
            requests = [
                ("GET", url),
                ("POST", f"{url}/cancel"),
                *(("GET", url + end) for end in more),
            ]
            for method, path in requests:
                answer = await customer.send(method, path)
                if answer.status_code != 404:
                    yield f"{method} {path} of {other.name}: {answer.status_code}"


def _order_faults(order: Order, bought: list[Purchase]) -> Iterator[str]:
    if order.status not in FINAL or order.finished_at is None:
        yield "it has not ended"
    if order.status == "failed":
        yield f"it failed: {order.problem}"
    paid = sum(purchase.cost + purchase.verification_cost for purchase in bought)
    if paid != order.spent or paid > order.budget:
        yield f"{order.spent} were spent of {order.budget}, its purchases came to {paid}"
    owed = charge(order, order.status, spent=paid)
    if owed != order.charged:
        yield f"it is charged {order.charged}, {owed} are right"
    open_ones = [p.id for p in bought if p.state in {"open", "delivered"}]
    if open_ones:
        yield f"purchases {open_ones} are not settled"
    if any(purchase.cost for purchase in bought if purchase.state == "lost"):
        yield "something that was not delivered was paid for"
    attempts = Counter(
        (p.theorem_digest, p.prover, p.number, p.slice) for p in bought if p.state == "judged"
    )
    twice = [attempt for attempt, count in attempts.items() if count > 1]
    if twice:
        yield f"bought twice: {twice}"
    proofs = {p.theorem_digest for p in bought if p.verdict and p.verdict.status == "proved"}
    if order.kind == "proof" and bool(proofs) != (order.status == "proved"):
        yield f"{len(proofs)} proofs were bought"


def _micro(text: str) -> int:
    return round(float(text) * MICRO)
