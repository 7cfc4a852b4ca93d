"""What the policies share: whether one prover has another attempt that is worth buying."""

from __future__ import annotations

from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.purchases import Buy, State


def spent(state: State) -> int:
    """Returns what this theorem has cost so far, provers and verification, in micro-dollars.

    Attempts in flight count with all that they may cost.
    """
    paid = sum(bought.cost for bought in state.past)
    return paid + sum(pending.reserved for pending in state.pending)


def attempts_of(state: State, prover: str) -> int:
    """Returns how many attempts of `prover` were bought on this theorem, with those in flight.

    An attempt that is bought in slices counts once, with the first of them.
    """
    finished = sum(bought.prover == prover and not bought.slice for bought in state.past)
    return finished + sum(p.prover == prover and not p.slice for p in state.pending)


def assuming_failures(state: State) -> tuple[PurchaseOutcome, ...]:
    """Returns the purchases so far, and the attempts in flight as failures at an unknown price.

    Another attempt is worth buying only if those in flight fail.
    """
    pending = (
        PurchaseOutcome(prover=p.prover, cost=0, status="nothing", slice=p.slice)
        for p in state.pending
    )
    return (*state.past, *pending)


def next_attempt(
    state: State, prover: str, *, allowance: int | None, max_attempts: int
) -> Buy | None:
    """Returns the next attempt of `prover`, or the next slice of one, that fits the budget and the
    allowance; None if there is none.

    `allowance` is in micro-dollars, for all attempts of this prover on this theorem; None leaves
    only the budget. A prover sells at most `max_attempts`, since a deterministic one would only
    repeat itself, and sells nothing while it gives no quote. The first attempt may be bought with
    less than its worst case, so that the prover stops early; later attempts are bought whole or not
    at all, so that a remainder of a few micro-dollars is not spent on a hopeless one. A later slice
    of an attempt may be cut short by the budget, but not by the allowance: what another policy
    bought whole can then be recalled.
    """
    quote = next((quote for quote in state.quotes if quote.prover == prover), None)
    if quote is None:
        return None
    earlier = attempts_of(state, prover) - bool(quote.slice)
    if earlier >= max_attempts:
        return None
    room = state.budget - spent(state)
    if allowance is not None:
        paid = sum(bought.cost for bought in state.past if bought.prover == prover)
        due = sum(pending.reserved for pending in state.pending if pending.prover == prover)
        room = min(room, allowance - paid - due)
        if quote.slice and quote.worst_case > allowance - paid - due:
            return None
    if room <= 0 or (earlier and quote.worst_case > room):
        return None
    return Buy(prover=prover, budget=min(quote.worst_case, room))
