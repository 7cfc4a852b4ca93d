"""Procurement by reverse second-price auction: sellers bid, and the best offer is paid the rule.

Source: arXiv 2601.21839; the rule itself is `prover_arb.core.auction_rule`. The customer values a
proof at `value` micro-dollars, at most what may still be spent. A seller's claim q is believed as
far as its record on the ledger goes (`trust`), so its score is value * trust * q - price, and the
customer keeps the runner-up's score, if positive. The kernel's verdict settles the rest (`settle`):
the winner gets value - kept for a proof and forfeits kept for none. At its true q it expects value
* q - kept, the rule's payment, whatever it claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Literal

from prover_arb.core.auction_rule import allocate, trust
from prover_arb.core.money import plain_usd
from prover_arb.core.purchases import Bid, Buy, SalesRecord, State, Stop, Terms
from prover_arb.scheduler.policies.offer import bought


class Auction:
    """One auction for each attempt, until a proof is found or no offer is worth its price.

    Without a `value`, a proof is worth the theorem's budget.
    """

    procurement: Literal["auction"] = "auction"

    def __init__(
        self, value: int | None = None, *, max_attempts: Mapping[str, int] | None = None
    ) -> None:
        self._value = value
        self._max_attempts = dict(max_attempts or {})

    @property
    def name(self) -> str:
        return "auction" if self._value is None else f"auction:{plain_usd(self._value)}"

    def decide(self, state: State) -> Buy | Stop:
        """An attempt of the winner, with the most it may be paid as its budget."""
        records = {record.prover: record for record in state.records}
        bids = [bid for bid in state.bids if not self._sold_out(bid.prover, state)]
        trusts = [_trust(records.get(bid.prover)) for bid in bids]
        value = min(state.budget if self._value is None else self._value, state.spendable)
        sale = allocate(
            Fraction(value),
            [Fraction(bid.price) for bid in bids],
            [Fraction(bid.quality) * Fraction(t) for bid, t in zip(bids, trusts, strict=True)],
        )
        if sale is None:
            return Stop(why="no seller's offer is worth its price")
        won: Bid = bids[sale.winner]
        kept = floor(sale.runner_up)
        terms = Terms(bid=won, trust=trusts[sale.winner], value=value, kept=kept)
        return Buy(prover=won.prover, budget=value - kept, terms=terms)

    def _sold_out(self, prover: str, state: State) -> bool:
        return bought(state, prover) >= self._max_attempts.get(prover, 1)


def _trust(record: SalesRecord | None) -> float:
    return 1.0 if record is None else trust(record.proofs, record.claimed)
