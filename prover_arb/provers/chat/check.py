"""Checks with one cheap real request whether a model answers as the catalog says."""

from __future__ import annotations

from prover_arb.core.money import format_usd
from prover_arb.core.purchases import Usage
from prover_arb.core.theorem import Theorem, Value
from prover_arb.errors import ProverError
from prover_arb.provers.chat.chat_prover import ChatProver, ChatProvers
from prover_arb.provers.chat.model_config import PricedModel

LONGEST = 64
"""The longest answer that is asked for, in tokens."""

ASKED = Theorem(name="prover_arb_check", statement=": 1 + 1 = 2")


class Finding(Value):
    """What one request to one model showed."""

    prover: str
    answered: bool
    wall_ms: int = 0
    cost: int = 0
    """Micro-dollars, as the model bills them."""
    usage: Usage | None = None
    """Upper bounds, marked as estimated, if the model does not report its usage."""
    remark: str = ""
    """What is wrong, or worth knowing."""


async def check(listing: PricedModel) -> Finding:
    """Asks once for a proof of 1 + 1 = 2 in at most LONGEST tokens, and reports the answer."""
    entry, name = listing.entry, listing.name
    most = min(LONGEST, entry.sampling.max_tokens)
    cheap = entry.model_copy(
        update={
            "sampling": entry.sampling.model_copy(update={"max_tokens": most}),
            "samples": 1,
            "repairs": None,
            "limits": entry.limits.model_copy(update={"retries": 0}),
        }
    )
    offer = PricedModel(name=name, entry=cheap)
    provers = ChatProvers([offer])
    (prover,) = provers.provers
    assert isinstance(prover, ChatProver)
    try:
        attempt = await prover.attempt(
            ASKED, number=0, budget=offer.quote(ASKED).worst_case, seed=0
        )
    except ProverError as error:
        remark = f"{type(error).__name__}: {str(error).removeprefix(f'{name}: ')}"
        return Finding(prover=name, answered=False, remark=remark)
    finally:
        await provers.close()
    remarks = [attempt.failure] if attempt.failure else []
    if attempt.usage is None or attempt.usage.estimated:
        remarks.append("no usage: its upper bound is paid")
    if attempt.overrun:
        remarks.append(
            f"it bills {format_usd(attempt.overrun)} more than {most} tokens cost: "
            "it does not keep to max_tokens"
        )
    return Finding(
        prover=name,
        # A few tokens seldom hold a proof; an answer without one is an answer.
        answered=attempt.fault in {None, "no_proof", "out_of_tokens"},
        wall_ms=attempt.wall_ms,
        cost=attempt.cost + attempt.overrun,
        usage=attempt.usage,
        remark="; ".join(remarks),
    )
