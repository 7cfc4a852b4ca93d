"""Quotes, attempts, purchases and decisions: what the broker, provers, policies and the ledger
exchange.

They are frozen values, like those of theorem.py. The module is longer than 300 lines because the
values name one another, and are read together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Literal

from pydantic import Field, InstanceOf

from prover_arb.core.history import NO_HISTORY, History, PurchaseOutcome
from prover_arb.core.money import NO_MONEY, MicroUSD
from prover_arb.core.slices import Slice, product
from prover_arb.core.theorem import Candidate, Message, Reason, Theorem, Value, Verdict
from prover_arb.errors import Fault


class Quote(Value):
    """What the next attempt of a prover costs at most."""

    prover: str
    worst_case: MicroUSD
    """The attempt is never billed above it."""
    candidates: int = 1
    """How many candidates the attempt brings at most."""
    max_attempts: int | None = Field(default=None, ge=0)
    """How many attempts the prover sells on this theorem in all; None: as many as on any other."""
    slice: int | None = Field(default=None, ge=0)
    """Which slice of an attempt it is for, from 0; None for a whole attempt."""
    slices: tuple[MicroUSD, ...] = ()
    """What the slices of a whole attempt come to, one after another, if it is sold in slices."""

    @property
    def product(self) -> str:
        """The name under which policies learn about it."""
        return product(self.prover, self.slice)

    @property
    def whole(self) -> int:
        """The worst case of a whole attempt, in micro-dollars."""
        return sum(self.slices) or self.worst_case


class SalesRecord(Value):
    """What one prover sold by auction so far, as far as the oracle could judge it."""

    prover: str
    sales: int = 0
    proofs: int = 0
    claimed: float = 0.0
    """The sum of the solve probabilities that it claimed for those sales."""
    invoices: MicroUSD = NO_MONEY
    """What those sales come to at its list price, whatever it was paid."""


class Bid(Value):
    """A prover's bid for one attempt on one theorem."""

    prover: str
    price: MicroUSD = Field(ge=0)
    """What the prover wants at least."""
    quality: float = Field(ge=0, le=1)
    """The solve probability that the prover claims."""


class Terms(Value):
    """What an auction settled for one purchase; see auction_rule.py."""

    bid: Bid
    trust: float
    """How far the claim was trusted, in [0, 1]."""
    value: MicroUSD
    """What a proof was worth to the customer."""
    customer_surplus: MicroUSD
    """The customer's surplus: what the second-best bid would have given, or 0."""


class Usage(Value):
    """The tokens that a language model was paid for."""

    prompt: int = Field(ge=0)
    cached: int = Field(default=0, ge=0)
    """Tokens of the prompt that the provider had cached."""
    completion: int = Field(ge=0)
    reasoning: int = Field(default=0, ge=0)
    """Tokens of the completion spent before the answer."""
    estimated: bool = False
    """The provider did not say: the numbers are upper bounds."""


class AttemptRequest(Value):
    """Which attempt a worker is to make; a deterministic prover answers it always alike."""

    prover: str
    number: int
    """The number of this prover's attempt on the theorem, from 0."""
    budget: MicroUSD
    """What the attempt may cost; binding."""
    seed: int
    """The random seed, for provers that sample."""
    customer: str = ""
    """For whom it is made; texts of different customers never meet in one Lean process."""
    slice: Slice | None = None
    """Which slice of the attempt it is; None for a whole attempt."""


class Attempt(Value):
    """What a prover delivered for one purchase."""

    prover: str
    candidate: Candidate | None
    """None if the prover found nothing."""
    others: tuple[Candidate, ...] = ()
    """Further candidates of the same purchase, judged in order until one is a proof."""
    cost: MicroUSD
    """What the prover invoices."""
    overrun: int = Field(default=0, ge=0)
    """Micro-dollars by which the provider's own bill exceeds `cost`, which is all that was agreed.
    They are not paid here; the customer's account with the provider will show them."""
    cpu_us: int = 0
    """The processor time that the prover used, in microseconds; 0 if unknown."""
    wall_ms: int = 0
    failure: str = ""
    """Why there is no candidate, in a few words."""
    cut: bool = False
    """Whether the work ended because the money for it was used up."""
    fault: Fault | None = None
    """The kind of failure, if the prover did not do its work."""
    usage: Usage | None = None
    """The tokens, if a language model delivered it."""
    resume: str = ""
    """Where the next slice goes on, if the attempt is sold in slices and has not ended."""
    flops: float = Field(default=0.0, ge=0)
    """Floating-point operations that it took; 0 if unknown."""


class Sample(Value):
    """One of several candidates of a purchase."""

    candidate: Candidate
    verdict: Verdict | None = None
    """None before it is judged, and if an earlier candidate was a proof."""


class AttemptCancelled(asyncio.CancelledError):
    """A prover was cancelled after it had used something; `attempt` is its invoice for that."""

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
    """The policy that bought it; several policies can share a run."""
    prover: str
    number: int = 0
    """The number of this prover's attempt on this theorem, from 0; lost and cancelled attempts do
    not count."""
    slice: int | None = None
    """Which slice of that attempt it is, from 0; None for a whole attempt."""
    state: Literal["open", "delivered", "judged", "lost", "cancelled"]
    """open: reserved, the prover is working; delivered: paid, not judged; judged: final; lost: the
    prover did not deliver, nothing was paid; cancelled: not wanted any more, what had been used
    until then was paid."""
    reserved: MicroUSD
    """What was reserved for the prover before the attempt began."""
    verification_reserve: MicroUSD = NO_MONEY
    """What was reserved besides, to verify what the prover delivers."""
    cost: MicroUSD = NO_MONEY
    """What was paid to the prover."""
    verification_cost: MicroUSD = NO_MONEY
    """What its verification cost: the oracle's processor time at the price of the price list."""
    candidate: Candidate | None = None
    verdict: Verdict | None = None
    samples: tuple[Sample, ...] = ()
    """Every candidate with its verdict, if there were several; `candidate` and `verdict` are then
    those of the proof, if there is one."""
    failure: str = ""
    fault: Fault | None = None
    """The kind of failure, if the prover did not do its work."""
    cpu_us: int = 0
    wall_ms: int = 0
    started_at: str
    settled_at: str | None = None
    invoice: MicroUSD = NO_MONEY
    """What the prover bills at its list price: `cost`, unless it was auctioned or above what was
    reserved."""
    terms: Terms | None = None
    """What the auction settled, if there was one."""
    forfeit: MicroUSD = NO_MONEY
    """What a prover that sold by auction forfeited because it delivered no proof."""
    usage: Usage | None = None
    """The tokens that `invoice` charges, if a language model sold it."""
    resume: str = ""
    """Where the next slice of the attempt goes on, as the prover said; empty if it has ended."""
    flops: float = 0.0
    """Floating-point operations of the prover; 0 if unknown."""

    @property
    def dealing(self) -> Dealing:
        """What the purchase says about how its prover behaves."""
        return Dealing(
            prover=self.prover,
            delivered=self.candidate is not None,
            fault=self.fault,
            failure=self.failure,
            invoice=self.invoice,
            overrun=0 if self.terms else max(0, self.invoice - self.cost),
        )


class Dealing(Value):
    """A purchase as far as it says how its prover behaves."""

    prover: str
    delivered: bool
    """Whether there was a candidate."""
    fault: Fault | None = None
    failure: str = ""
    invoice: MicroUSD = NO_MONEY
    """What the prover billed."""
    overrun: MicroUSD = NO_MONEY
    """How much of it lies above what was reserved."""


def verdicts_of(purchases: Iterable[Purchase]) -> list[Verdict]:
    """The verdicts on all candidates of some purchases."""
    verdicts = (
        verdict
        for purchase in purchases
        for verdict in [sample.verdict for sample in purchase.samples] or [purchase.verdict]
    )
    return [verdict for verdict in verdicts if verdict is not None]


def unjudged(purchases: Iterable[Purchase]) -> list[Verdict]:
    """The verdicts on candidates that the oracle failed on."""
    return [v for v in verdicts_of(purchases) if v.status == "void" and not v.unaffordable]


class Buy(Value):
    """A policy's decision to buy one attempt, spending at most `budget` on it."""

    prover: str
    budget: MicroUSD
    terms: Terms | None = None
    """The terms of an auction; `budget` is then the most that may be paid, whatever it takes."""
    explores: bool = False
    """Bought to learn: by what is known now, another purchase or none would be better."""
    asking: MicroUSD | None = None
    """What a proof must be worth for this purchase to be made; None if the policy does not say."""


class Offer(Value):
    """The attempt that a policy that stopped would buy next if a proof were worth more."""

    prover: str
    value: MicroUSD
    """What a proof must be worth at least."""
    expected: MicroUSD
    """What the attempt costs on average."""
    worst_case: MicroUSD
    """What the attempt costs at most, as quoted."""


class Stop(Value):
    """A policy's decision to buy nothing more for this theorem."""

    why: str
    offer: Offer | None = None
    """None if nothing more is sold, or the policy does not depend on what a proof is worth."""


class Pending(Value):
    """An attempt that was bought and has not been delivered yet."""

    prover: str
    reserved: MicroUSD
    """What it may cost at most."""
    slice: int | None = None
    """Which slice of the attempt it is; None for a whole attempt."""


class State(Value):
    """Everything that a policy decides from."""

    theorem: Theorem
    budget: MicroUSD
    """What may be spent on this theorem in all, less what interrupted programs spent in vain and
    what a refutation cost."""
    past: tuple[PurchaseOutcome, ...]
    quotes: tuple[Quote, ...]
    """One quote per prover; the only price information that a policy sees."""
    spendable: MicroUSD = NO_MONEY
    """What may go to a prover now, after the reserve for verification."""
    bids: tuple[Bid, ...] = ()
    """One bid per prover, if the policy procures by auction."""
    records: tuple[SalesRecord, ...] = ()
    """What the provers that bid have sold so far."""
    refuter: Quote | None = None
    """The quote for a refutation, until one was bought for this theorem."""
    pending: tuple[Pending, ...] = ()
    """Attempts in flight on this theorem; the policy is asked for another one beside them."""
    history: InstanceOf[History] = NO_HISTORY
    """The theorems that this policy had finished when work on this one began."""
    seed: int = 0
    """The random seed, for policies that draw at random."""


class Failed(Value):
    """A candidate that was rejected, and why, for a prover that may repair it."""

    candidate: Candidate
    reason: Reason
    detail: str = ""
    messages: tuple[Message, ...] = ()
    """Lean's messages, with lines and columns of the candidate's own text."""
