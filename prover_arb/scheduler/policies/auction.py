"""Procurement by reverse second-price auction: provers bid, and the winner is paid by the rule.

Source: Velasco et al., "Test-Time Compute Games", 2026, arXiv 2601.21839; the rule itself is in
`prover_arb.core.auction_rule`. The customer values a proof at v = `value` micro-dollars, at most
what may still be spent. A prover's claim q is believed as far as its record on the ledger goes
(`trust`), so its score is v * trust * q - price, and the customer keeps the runner-up's score s, if
it is positive. The kernel's verdict decides the payment (`settle`): the winner gets v - s for a
proof and forfeits s for none. At its true q it expects v * q - s, the rule's payment, whatever it
claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Literal

from prover_arb.core.auction_rule import allocate, trust
from prover_arb.core.money import plain_usd
from prover_arb.core.purchases import Bid, Buy, SalesRecord, State, Stop, Terms
from prover_arb.scheduler.policies.next_attempt import attempts_of


class Auction:
    """Holds one auction for each attempt, until a proof is found or no bid is worth its price.

    `value` is what a proof is worth in micro-dollars; None takes the theorem's budget. Provers that
    `max_attempts` leaves out sell one attempt.
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
        """Buys an attempt of the winner, with the most that it may be paid as its budget."""
        records = {record.prover: record for record in state.records}
        bids = [bid for bid in state.bids if not self._sold_out(bid.prover, state)]
        trusts = [_trust(records.get(bid.prover)) for bid in bids]
        value = min(state.budget if self._value is None else self._value, state.spendable)
        sale = allocate(
            Fraction(value),
            [Fraction(bid.price) for bid in bids],
            [
                Fraction(bid.quality) * Fraction(trusted)
                for bid, trusted in zip(bids, trusts, strict=True)
            ],
        )
        if sale is None:
            return Stop(why="no prover's offer is worth its price")
        winner: Bid = bids[sale.winner]
        surplus = floor(sale.runner_up)
        terms = Terms(bid=winner, trust=trusts[sale.winner], value=value, customer_surplus=surplus)
        return Buy(prover=winner.prover, budget=value - surplus, terms=terms)

    def _sold_out(self, prover: str, state: State) -> bool:
        return attempts_of(state, prover) >= self._max_attempts.get(prover, 1)


def _trust(record: SalesRecord | None) -> float:
    return 1.0 if record is None else trust(record.proofs, record.claimed)
