"""What every policy here asks about one seller: is there another attempt worth buying of it?"""

from __future__ import annotations

from prover_arb.core.history import Past
from prover_arb.core.purchases import Buy, State


def spent(state: State) -> int:
    """Micro-dollars this theorem has cost so far, sellers and verification together.

    What is in flight counts with all that it may cost.
    """
    return sum(past.cost for past in state.past) + sum(p.reserved for p in state.pending)


def bought(state: State, prover: str) -> int:
    """Attempts of `prover` on this theorem, those in flight included."""
    past = sum(one.prover == prover for one in state.past)
    return past + sum(one.prover == prover for one in state.pending)


def supposed(state: State) -> tuple[Past, ...]:
    """What was bought, with those in flight taken for failures at a price nobody knows.

    Another attempt is worth buying only in case they are.
    """
    flying = (Past(prover=one.prover, cost=0, status="nothing") for one in state.pending)
    return (*state.past, *flying)


def next_attempt(
    state: State, prover: str, *, allowance: int | None, max_attempts: int
) -> Buy | None:
    """The next attempt of `prover` that `allowance` and the theorem's budget leave room for.

    `allowance` is in micro-dollars for all attempts of this prover on this theorem (None: as far
    as the budget goes). A seller sells at most `max_attempts`, since a deterministic one would
    only repeat itself, and is off the market while it gives no quote. The first attempt may be
    bought with less than its worst case, the seller then stops early; later attempts are bought
    whole or not at all, so that a remainder of a few micro-dollars is not burnt on a hopeless one.
    """
    quote = next((quote for quote in state.quotes if quote.prover == prover), None)
    earlier = bought(state, prover)
    if quote is None or earlier >= max_attempts:
        return None
    room = state.budget - spent(state)
    if allowance is not None:
        paid = sum(past.cost for past in state.past if past.prover == prover)
        due = sum(pending.reserved for pending in state.pending if pending.prover == prover)
        room = min(room, allowance - paid - due)
    if room <= 0 or (earlier and quote.worst_case > room):
        return None
    return Buy(prover=prover, budget=min(quote.worst_case, room))
