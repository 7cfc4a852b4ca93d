"""What each theorem of a batch may spend, so that together they spend no more than its budget.

A share is set when work on a theorem begins: what is left of the batch's budget, divided equally
among the theorems not begun yet. What one leaves goes to those after it and, once all are begun, to
those in work that have used their shares up. What a theorem in work may still be charged is not
left.
"""

from __future__ import annotations

from typing import NamedTuple

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
    left = _left(db, batch_id)
    share = share_of(left.amount, left.waiting, left.most)
    db.execute(update(ORDERS).where(mine).values(budget=share))


def raise_share(db: Connection, order_id: str, batch_id: str) -> bool:
    """Adds to the budget of an order in work what those that have ended left for it.

    Returns whether there was anything: while others wait, what is left is theirs.
    """
    left = _left(db, batch_id)
    if left.waiting or left.amount <= 0:
        return False
    mine = ORDERS.c.id == order_id
    share = int(db.execute(select(ORDERS.c.budget).where(mine)).scalar_one())
    more = share + share_of(left.amount, left.working, None)
    raised = more if left.most is None else min(more, left.most)
    if raised <= share:
        return False
    db.execute(update(ORDERS).where(mine).values(budget=raised))
    return True


class _Left(NamedTuple):
    """What is left of the budget of a batch, and for how many."""

    amount: int
    waiting: int
    """How many of its theorems are not begun."""
    working: int
    """How many of them are in work."""
    most: int | None
    """The most that one theorem may cost."""


def _left(db: Connection, batch_id: str) -> _Left:
    finished = ORDERS.c.finished_at.is_not(None)
    waits = ~finished & ORDERS.c.started_at.is_(None)
    works = ~finished & ~waits
    taken = case((finished, ORDERS.c.charged), (waits, 0), else_=ORDERS.c.budget)
    waiting, working = (func.sum(case((state, 1), else_=0)) for state in (waits, works))
    sums = select(func.sum(taken), waiting, working).where(ORDERS.c.batch == batch_id)
    held, waiting_now, working_now = db.execute(sums).one()
    budget, most = db.execute(
        select(BATCHES.c.budget, BATCHES.c.theorem_budget).where(BATCHES.c.id == batch_id)
    ).one()
    return _Left(int(budget) - int(held), int(waiting_now), int(working_now), most)


def share_of(left: int, among: int, most: int | None) -> int:
    """Returns the share of one of so many theorems in what is left, at most `most`."""
    share = max(0, left) // among
    return share if most is None else min(share, most)
