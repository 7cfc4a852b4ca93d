"""What a policy would have bought for a theorem at a smaller budget.

A prover that is bought alone goes on until the budget is used up: at a budget b it costs min(b, c),
where c is what it cost in the run. A policy that weighs purchases does not: where a proof is worth
b, it stops before the first purchase for which a proof would have to be worth more (its *asking*
value, `Bought.asking`). At b it makes the purchases up to there, and pays at most b for them. What
is bought in order to learn has no asking value, and counts at every budget.
"""

from __future__ import annotations

from collections.abc import Iterator

from prover_arb.bench.result_rows import Row


def needed(row: Row, *, net: bool = True) -> int:
    """Returns the least budget, in micro-dollars, at which all of a row's purchases are made.

    `net` counts verification.
    """
    return max((max(asking, paid) for asking, paid in _steps(row, net=net)), default=0)


def spent_at(row: Row, budget: int, *, net: bool = True) -> int:
    """Returns what is spent on the theorem at this budget, in micro-dollars."""
    spent = 0
    for asking, paid in _steps(row, net=net):
        if asking > budget:
            break
        spent = paid
    return min(budget, spent)


def solved_at(row: Row, budget: int, *, net: bool = True) -> bool:
    """Returns whether the theorem is solved at this budget."""
    return row.solved and needed(row, net=net) <= budget


def _steps(row: Row, *, net: bool) -> Iterator[tuple[int, int]]:
    """Yields, after each purchase, the largest asking value and the sum paid so far."""
    asking = paid = 0
    for purchase in row.purchases:
        asking = max(asking, purchase.asking or 0)
        paid += purchase.cost + (purchase.verification_cost if net else 0)
        yield asking, paid
