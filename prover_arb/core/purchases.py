"""What passes between buyers, sellers and the ledger: quotes, attempts, purchases, decisions.

Frozen values, like those of theorem.py.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import Field, InstanceOf

from prover_arb.core.history import NOTHING, Memory, Past
from prover_arb.core.theorem import Candidate, Message, Reason, Theorem, Value, Verdict
from prover_arb.errors import Fault


class Quote(Value):
    """What the next attempt of a prover would cost at most."""

    prover: str
    worst_case: int
    """Micro-dollars; the attempt is never billed above it."""
    candidates: int = 1
    """How many candidates it brings at most."""
    max_attempts: int | None = Field(default=None, ge=0)
    """Attempts it sells on this theorem in all, where theorems differ in that; None: as many as on
    any other."""


class SalesRecord(Value):
    """What one seller sold by auction so far, as far as the oracle could judge it."""

    prover: str
    sales: int = 0
    proofs: int = 0
    claimed: float = 0.0
    """Sum of the solve probabilities it claimed for those sales."""
    invoices: int = 0
    """Micro-dollars those sales come to at its list price, whatever it was paid."""


class Bid(Value):
    """A seller's offer for one attempt on one theorem."""

    prover: str
    price: int = Field(ge=0)
    """Micro-dollars it wants at least."""
    quality: float = Field(ge=0, le=1)
    """The solve probability it claims."""


class Terms(Value):
    """What an auction settled for one purchase; see auction_rule.py."""

    bid: Bid
    trust: float
    """How far the claim was believed, in [0, 1]."""
    value: int
    """Micro-dollars a proof was worth to the customer."""
    kept: int
    """Micro-dollars the customer keeps: what the second-best offer would have given, or 0."""


class Usage(Value):
    """The tokens a language model was paid for."""

    prompt: int = Field(ge=0)
    cached: int = Field(default=0, ge=0)
    """Of the prompt, those the seller had seen before."""
    completion: int = Field(ge=0)
    reasoning: int = Field(default=0, ge=0)
    """Of the completion, those spent before the answer."""
    estimated: bool = False
    """The seller did not say: these are upper bounds."""


class Attempt(Value):
    """What a prover delivered for one purchase."""

    prover: str
    candidate: Candidate | None
    """None when the prover found nothing."""
    others: tuple[Candidate, ...] = ()
    """Further candidates of the same purchase, judged in order as long as none is a proof."""
    cost: int
    """Micro-dollars, as invoiced."""
    overrun: int = Field(default=0, ge=0)
    """Micro-dollars that the seller's own bill comes to above `cost`, which is all that was agreed.
    They are not paid here; the buyer's account with the seller will show them."""
    cpu_us: int = 0
    """Processor time the seller used, in microseconds (0 when unknown)."""
    wall_ms: int = 0
    failure: str = ""
    """Why there is no candidate, in a few words."""
    fault: Fault | None = None
    """The kind of that, where the seller did not do its work."""
    usage: Usage | None = None
    """Of a language model."""
    flops: float = Field(default=0.0, ge=0)
    """Floating-point operations it took; 0 where nobody says."""


class Sample(Value):
    """One of several candidates of a purchase."""

    candidate: Candidate
    verdict: Verdict | None = None
    """None before it is judged, and where one before it settled the theorem."""


class Withdrawn(asyncio.CancelledError):
    """A seller was cancelled after it had used something; `attempt` is its invoice for that."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(f"{attempt.prover} was cancelled")
        self.attempt = attempt


class Purchase(Value):
    """One row of the ledger: an attempt, what it cost, and what the oracle said."""

    id: int
    run: str
    theorem: str
    """Name of the theorem."""
    theorem_digest: str
    policy: str
    """Under which policy it was bought, so that several policies can share a run."""
    prover: str
    number: int = 0
    """Which attempt of this prover on this theorem it is, from 0; those that were lost or
    cancelled do not count."""
    state: Literal["open", "delivered", "judged", "lost", "cancelled"]
    """open: reserved, seller working; delivered: paid, not judged; judged: final;
    lost: the seller did not deliver, nothing was paid; cancelled: not wanted any more, what had
    been used until then was paid."""
    reserved: int
    """Micro-dollars held back for the seller before the attempt began."""
    kept: int = 0
    """Micro-dollars held back besides, to verify what it delivers."""
    cost: int = 0
    """Micro-dollars paid to the seller."""
    verification_cost: int = 0
    """Micro-dollars of our own processor time spent by the oracle on it."""
    candidate: Candidate | None = None
    verdict: Verdict | None = None
    samples: tuple[Sample, ...] = ()
    """Every candidate with its verdict where there were several; `candidate` and `verdict` are then
    those that count: the proof, if there is one."""
    failure: str = ""
    fault: Fault | None = None
    """What kind of failure it was, where the seller did not do its work."""
    cpu_us: int = 0
    wall_ms: int = 0
    started_at: str
    settled_at: str | None = None
    invoice: int = 0
    """Micro-dollars the attempt comes to at the seller's list price: `cost`, unless it was
    auctioned, or the seller's own bill exceeds what was reserved."""
    terms: Terms | None = None
    """What the auction settled, if there was one."""
    forfeit: int = 0
    """Micro-dollars of its deposit that a seller by auction lost over what is no proof."""
    usage: Usage | None = None
    """Tokens that `invoice` is made of, where a language model sold it."""
    flops: float = 0.0
    """Floating-point operations of the seller; 0 where nobody says."""

    @property
    def dealing(self) -> Dealing:
        """How its seller behaved."""
        return Dealing(
            prover=self.prover,
            delivered=self.candidate is not None,
            fault=self.fault,
            failure=self.failure,
            invoice=self.invoice,
            overrun=0 if self.terms else max(0, self.invoice - self.cost),
        )


class Dealing(Value):
    """A purchase as far as it says how its seller behaves."""

    prover: str
    delivered: bool
    """Whether it brought a candidate."""
    fault: Fault | None = None
    failure: str = ""
    invoice: int = 0
    """Micro-dollars that the seller bills."""
    overrun: int = 0
    """Micro-dollars of it above what was reserved."""


class Buy(Value):
    """A policy's decision to buy one attempt, spending at most `budget` micro-dollars on it."""

    prover: str
    budget: int
    terms: Terms | None = None
    """Of an auction: `budget` is then the most that may be paid, whatever the attempt takes."""
    explores: bool = False
    """Bought to learn: by what is known now, another purchase or none was the better one."""


class Offer(Value):
    """The attempt that a policy which stopped would buy next if a proof were worth more."""

    prover: str
    value: int
    """Micro-dollars a proof must be worth at least."""
    expected: int
    """Micro-dollars that it costs on average."""
    worst_case: int
    """Micro-dollars, as quoted."""


class Stop(Value):
    """A policy's decision to buy nothing more for this theorem."""

    why: str
    offer: Offer | None = None
    """None where nothing more is sold, or the policy does not go by what a proof is worth."""


class Pending(Value):
    """An attempt that was bought and is not there yet."""

    prover: str
    reserved: int
    """Micro-dollars it may cost."""


class State(Value):
    """Everything a policy decides from."""

    theorem: Theorem
    budget: int
    """Micro-dollars for this theorem in all, less what interrupted programs spent in vain, and what
    a refutation cost."""
    past: tuple[Past, ...]
    quotes: tuple[Quote, ...]
    """One per prover on the market, dearest information a policy has about prices."""
    spendable: int = 0
    """Micro-dollars that may go to a seller now, what verification needs being kept back."""
    bids: tuple[Bid, ...] = ()
    """One per prover on the market where the policy procures by auction."""
    records: tuple[SalesRecord, ...] = ()
    """Of the sellers who bid."""
    refuter: Quote | None = None
    """Of the seller of refutations, while it has not worked on this theorem."""
    pending: tuple[Pending, ...] = ()
    """Attempts in flight on this theorem; a policy is asked for another beside them."""
    memory: InstanceOf[Memory] = NOTHING
    """Theorems that this policy had finished when work on this one began."""
    seed: int = 0
    """For policies that draw lots."""


class Failed(Value):
    """A candidate that was rejected, and why, for a seller that may repair it."""

    candidate: Candidate
    reason: Reason
    detail: str = ""
    messages: tuple[Message, ...] = ()
    """Lean's, with lines and columns of the candidate's own text."""
