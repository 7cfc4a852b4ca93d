"""What the log says of a purchase, at each of its steps."""

from __future__ import annotations

import logging

from prover_arb.core.logs import with_ids
from prover_arb.core.money import format_usd
from prover_arb.core.purchases import Purchase

log = logging.getLogger(__name__)


def log_purchase(purchase: Purchase) -> None:
    """Logs the state that a purchase has reached."""
    log.info(
        "purchase %d from %s is %s: %s",
        purchase.id,
        purchase.prover,
        purchase.state,
        _what_happened(purchase),
        extra=with_ids(run=purchase.run, theorem=purchase.theorem, purchase=purchase.id),
    )


def _what_happened(purchase: Purchase) -> str:
    match purchase.state:
        case "open":
            what = f"attempt {purchase.number}"
            if purchase.slice is not None:
                what += f", slice {purchase.slice}"
            return f"{what}, {format_usd(purchase.reserved)} are reserved"
        case "delivered":
            what = purchase.failure or ("a candidate" if purchase.candidate else "no candidate")
            return f"{what}, {format_usd(purchase.cost)} are paid"
        case "judged":
            verdict = purchase.verdict
            what = "no candidate" if verdict is None else verdict.reason or verdict.status
            return f"{what}, verification costs {format_usd(purchase.verification_cost)}"
        case "lost" | "cancelled":
            return f"{purchase.failure}, {format_usd(purchase.cost)} are paid"
