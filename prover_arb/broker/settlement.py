"""Settlement: what a purchase costs once it is judged, and what of it a policy is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from prover_arb.broker.ledger.ledger import INTERRUPTED
from prover_arb.core.auction_rule import payment
from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.money import MicroUSD
from prover_arb.core.purchases import Purchase, Quote
from prover_arb.core.theorem import ASIDE, Verdict


def may_still_be_paid(purchase: Purchase) -> bool:
    """Returns whether the prover of a purchase is not paid for it yet."""
    return purchase.state == "open" or (
        purchase.state == "delivered" and purchase.terms is not None
    )


def settlement(purchase: Purchase, verdict: Verdict | None) -> dict[str, int]:
    """Returns the payment and the forfeit of an auctioned purchase; nothing if prices are posted.

    A verdict that says nothing about the candidate gives the prover the price that it bid.
    """
    terms = purchase.terms
    if terms is None:
        return {}
    if verdict is not None and verdict.status in {"void", "invalid_statement"}:
        return {"payment": min(terms.bid.price, purchase.reserved)}
    proved = verdict is not None and verdict.status == "proved"
    paid, forfeit = payment(terms.value, terms.customer_surplus, proved=proved)
    return {"payment": min(paid, purchase.reserved), "forfeit": forfeit}


def hidden_spend(purchase: Purchase) -> int:
    """Returns the micro-dollars of a purchase that the policy is not shown.

    Refutations, proofs known before, and interrupted purchases are not shown.
    """
    if purchase.prover in ASIDE and purchase.state == "open":
        return purchase.reserved
    if purchase.prover in ASIDE or purchase.failure == INTERRUPTED:
        return purchase.cost + purchase.verification_cost
    return 0


def purchase_outcome(purchase: Purchase) -> PurchaseOutcome:
    """Returns what a policy may know of a purchase that is over."""
    status: Literal["proved", "rejected", "void", "nothing"] = "nothing"
    match purchase.verdict and purchase.verdict.status:
        case "proved" | "rejected" | "void" as judged:
            status = judged
    return PurchaseOutcome(
        prover=purchase.prover,
        cost=MicroUSD(purchase.cost + purchase.verification_cost),
        status=status,
        offered=purchase.reserved,
        slice=purchase.slice,
    )


def sold_out(quote: Quote, purchases: Sequence[Purchase]) -> bool:
    """Returns whether the prover has sold every attempt that it sells on this theorem."""
    if quote.max_attempts is None:
        return False
    if quote.slice:
        return False  # it is the next slice of an attempt that is sold already
    sold = {"open", "delivered", "judged"}
    attempts = [p for p in purchases if p.prover == quote.prover and p.state in sold]
    return sum(not p.slice for p in attempts) >= quote.max_attempts
