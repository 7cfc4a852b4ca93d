"""What each theorem of a batch may spend, so that together they spend no more than its budget.

A share is set when work on a theorem begins: what is left of the batch's budget, divided equally
among the theorems not begun yet. What one leaves goes to those after it. What a theorem in work may
still be charged is not left.
"""

from __future__ import annotations

from sqlalchemy import Connection, case, func, select, update

from prover_arb.api.service.database.schema import BATCHES, ORDERS


def lock_batch_of(db: Connection, order_id: str) -> None:
    """Locks the batch of an order, if it has one, until the transaction ends.

    Every transaction that begins or ends orders of a batch does so first.
    """
    batch = select(ORDERS.c.batch).where(ORDERS.c.id == order_id).scalar_subquery()
    db.execute(select(BATCHES.c.id).where(BATCHES.c.id == batch).with_for_update()).all()


def set_share(db: Connection, order_id: str, batch_id: str) -> None:
    """Sets the budget of an order that is about to be begun; one that was begun before keeps it."""
    mine = (ORDERS.c.id == order_id) & ORDERS.c.started_at.is_(None)
    if db.execute(select(ORDERS.c.id).where(mine)).first() is None:
        return
    finished = ORDERS.c.finished_at.is_not(None)
    waits = ~finished & ORDERS.c.started_at.is_(None)
    taken = case((finished, ORDERS.c.charged), (waits, 0), else_=ORDERS.c.budget)
    sums = select(func.sum(taken), func.sum(case((waits, 1), else_=0)))
    held, waiting = db.execute(sums.where(ORDERS.c.batch == batch_id)).one()
    budget, most = db.execute(
        select(BATCHES.c.budget, BATCHES.c.theorem_budget).where(BATCHES.c.id == batch_id)
    ).one()
    share = share_of(int(budget) - int(held), int(waiting), most)
    db.execute(update(ORDERS).where(mine).values(budget=share))


def share_of(left: int, waiting: int, most: int | None) -> int:
    """Returns the share of one of `waiting` theorems in what is left, at most `most`."""
    share = max(0, left) // waiting
    return share if most is None else min(share, most)
