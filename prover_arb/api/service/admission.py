"""Whether a key may order more: how many open orders it has, and what is left of its budget.

All of it happens in the transaction that stores the order, so that two orders cannot both take what
is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, case, func, select

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import KEY_BUDGET_SPENT, SERVICE_FULL, TOO_MANY_ORDERS
from prover_arb.api.service.database.schema import BATCHES, KEYS, ORDERS
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.core.money import format_usd

_UNFINISHED = ORDERS.c.finished_at.is_(None)


def locked_budget(db: Connection, tenant: str) -> int | None:
    """Returns the budget of a key, whose row is locked until the transaction ends."""
    budget = db.execute(
        select(KEYS.c.budget).where(KEYS.c.id == tenant).with_for_update()
    ).scalar_one_or_none()
    return None if budget is None else int(budget)


def require_room(db: Connection, limits: ServiceLimits, tenant: str, *, new: int = 1) -> None:
    """Raises Problem if the tenant or the service has too many open orders for `new` more."""
    count = select(func.count()).select_from(ORDERS).where(_UNFINISHED)
    mine = db.execute(count.where(ORDERS.c.tenant == tenant)).scalar_one()
    if mine + new > limits.open_orders_per_key:
        detail = f"{mine} orders of this key are not finished yet"
        if new > 1:
            detail += f"; with {new} more they are above {limits.open_orders_per_key}"
        raise Problem(TOO_MANY_ORDERS, detail)
    if db.execute(count).scalar_one() + new > limits.open_orders:
        raise Problem(SERVICE_FULL, "This service has as many open orders as it takes")


def require_funds(db: Connection, tenant: str, wanted: int, budget: int | None) -> None:
    """Raises Problem if a key's budget, if it has one, does not cover `wanted` micro-dollars."""
    if budget is None:
        return
    left = max(0, budget - taken(db, tenant).get(tenant, 0))
    if wanted > left:
        detail = (
            f"{format_usd(wanted)} are more than the {format_usd(left)} that are left of this "
            f"key's budget of {format_usd(budget)}; open orders hold what they may be charged"
        )
        raise Problem(KEY_BUDGET_SPENT, detail)


def taken(db: Connection, tenant: str | None = None) -> Mapping[str, int]:
    """Returns what was taken of each key's budget: what was charged, or may be for open orders.

    The orders of an open batch take together what the batch may cost. With `tenant` only its own.
    """
    held = func.coalesce(ORDERS.c.price, ORDERS.c.budget)
    single = (
        select(ORDERS.c.tenant, func.sum(case((_UNFINISHED, held), else_=ORDERS.c.charged)))
        .where(ORDERS.c.batch.is_(None))
        .group_by(ORDERS.c.tenant)
    )
    open_batch = BATCHES.c.finished_at.is_(None)
    batches = select(
        BATCHES.c.tenant, func.sum(case((open_batch, BATCHES.c.budget), else_=BATCHES.c.charged))
    ).group_by(BATCHES.c.tenant)
    if tenant is not None:
        single = single.where(ORDERS.c.tenant == tenant)
        batches = batches.where(BATCHES.c.tenant == tenant)
    sums: Counter[str] = Counter()
    for query in (single, batches):
        for name, total in db.execute(query):
            sums[name] += int(total)
    return sums
