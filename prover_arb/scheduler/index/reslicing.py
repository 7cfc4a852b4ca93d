"""Whole attempts of the past, as the slices that they would have been.

What a policy knows about whole attempts of a prover is put to use where that prover sells slices by
now: a prover that goes on where it stopped does the same work in the same order, so the price of a
whole attempt says in which slice it would have ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prover_arb.core.history import PurchaseOutcome, TheoremHistory
from prover_arb.core.money import MicroUSD
from prover_arb.core.slices import worst_cases

Slices = Mapping[str, tuple[int, ...]]
"""What the slices of a prover's attempt come to, in micro-dollars, one after another."""


def resliced(history: TheoremHistory, slices: Slices) -> TheoremHistory:
    """Returns the history with the whole attempts of the provers in `slices` cut into slices."""
    if not any(bought.slice is None and bought.prover in slices for bought in history.past):
        return history
    past = [part for bought in history.past for part in _parts(bought, slices)]
    return history.model_copy(update={"past": tuple(past)})


def _parts(bought: PurchaseOutcome, slices: Slices) -> Iterator[PurchaseOutcome]:
    prices = slices.get(bought.prover, ())
    if bought.slice is not None or not prices:
        yield bought
        return
    left = int(bought.cost)
    for index, (price, offered) in enumerate(zip(prices, worst_cases(prices), strict=True)):
        last = left <= price or index + 1 == len(prices)
        yield bought.model_copy(
            update={
                "slice": index,
                "cost": MicroUSD(left if last else price),
                "status": bought.status if last else "nothing",
                "offered": MicroUSD(offered),
            }
        )
        if last:
            return
        left -= price
