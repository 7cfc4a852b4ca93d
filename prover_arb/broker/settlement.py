"""What a purchase comes to: what is still owed, what a verdict makes of it, what policies see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from prover_arb.broker.ledger.ledger import INTERRUPTED
from prover_arb.core.auction_rule import payment
from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.purchases import Purchase, Quote
from prover_arb.core.theorem import REFUTER, Verdict


def owes(purchase: Purchase) -> bool:
    """Whether its seller may still be paid."""
    return purchase.state == "open" or (
        purchase.state == "delivered" and purchase.terms is not None
    )


def settled(purchase: Purchase, verdict: Verdict | None) -> dict[str, int]:
    """What the verdict makes of a purchase by auction; nothing where prices are posted.

    A verdict that is no word on the candidate leaves the seller with what it asked for.
    """
    terms = purchase.terms
    if terms is None:
        return {}
    if verdict is not None and verdict.status in {"void", "invalid_statement"}:
        return {"payment": min(terms.bid.price, purchase.reserved)}
    proved = verdict is not None and verdict.status == "proved"
    paid, forfeit = payment(terms.value, terms.kept, proved=proved)
    return {"payment": min(paid, purchase.reserved), "forfeit": forfeit}


def beside(purchase: Purchase) -> int:
    """Micro-dollars that it took from a policy which does not know of it."""
    if purchase.prover == REFUTER and purchase.state == "open":
        return purchase.reserved
    if purchase.prover == REFUTER or purchase.failure == INTERRUPTED:
        return purchase.cost + purchase.verification_cost
    return 0


def past_of(purchase: Purchase) -> PurchaseOutcome:
    status: Literal["proved", "rejected", "void", "nothing"] = "nothing"
    match purchase.verdict and purchase.verdict.status:
        case "proved" | "rejected" | "void" as found:
            status = found
    return PurchaseOutcome(
        prover=purchase.prover,
        cost=purchase.cost + purchase.verification_cost,
        status=status,
        offered=purchase.reserved,
    )


def sold_out(quote: Quote, purchases: Sequence[Purchase]) -> bool:
    """Whether a seller of so many attempts on this theorem has none left."""
    if quote.max_attempts is None:
        return False
    sold = {"open", "delivered", "judged"}
    return (
        sum(p.prover == quote.prover and p.state in sold for p in purchases) >= quote.max_attempts
    )
