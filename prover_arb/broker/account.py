"""One theorem's account: what was bought for it so far, and the money left for more.

Whatever happened before, in this program or in one that died, is read from the ledger; so the
broker's loop is the same for a new theorem and for one that is resumed. It is one class, of
more than 300 lines: its methods change the same few numbers, which nothing else may touch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from prover_arb.broker.ledger.ledger import INTERRUPTED
from prover_arb.broker.overhead_meter import OverheadMeter
from prover_arb.broker.purchase_log import log_purchase
from prover_arb.broker.settlement import (
    hidden_spend,
    may_still_be_paid,
    purchase_outcome,
    settlement,
    sold_out,
)
from prover_arb.core.history import History, PurchaseOutcome
from prover_arb.core.money import MicroUSD
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.protocols import Ledger, Policy
from prover_arb.core.purchases import (
    Attempt,
    Bid,
    Buy,
    Failed,
    Pending,
    Purchase,
    Quote,
    SalesRecord,
    Sample,
    State,
)
from prover_arb.core.slices import Slice
from prover_arb.core.stopwatch import Stopwatch
from prover_arb.core.theorem import ASIDE, REFUTER, Theorem, Verdict
from prover_arb.errors import Fault, LeaseLost, LedgerError

log = logging.getLogger(__name__)

LOST_STATE: Fault = "lost_state"

FAILURES_IN_A_ROW = 3
"""A prover that fails to deliver this often in a row gets no more orders for that theorem."""


class Account:
    """The purchases for one theorem under one policy in one run, oldest first.

    Only one program at a time may work on a run. A purchase that is found open was left by a
    program that died, and is abandoned without payment.
    """

    def __init__(
        self,
        ledger: Ledger,
        theorem: Theorem,
        policy: Policy,
        job: ProofJob,
        *,
        cpu_price: int = 0,
        on_purchase: Callable[[Purchase], None] | None = None,
    ) -> None:
        """Reads what was bought so far.

        The policy's own processor time is priced at `cpu_price` micro-dollars per CPU-hour.
        """
        self.theorem = theorem
        self.policy = policy
        self.job = job
        self.inspected = False
        """Whether the oracle has been asked to read the statement."""
        self.unreadable = ""
        """Why the oracle cannot read the statement, if it cannot."""
        self.asking: dict[int, MicroUSD] = {}
        """What a proof had to be worth for a purchase, by the purchase's id, where the policy said
        so."""
        self.watch = Stopwatch()
        self.overhead = OverheadMeter(policy, price=cpu_price)
        self._ledger = ledger
        self._on_purchase = on_purchase
        with self.watch.stage("ledger"):
            earlier = ledger.purchases(run=job.run, policy=policy.name, theorem=theorem)
            self._run_limited = ledger.run_left(job.run) is not None
        self._purchases: dict[int, Purchase] = {}
        self._past: dict[int, PurchaseOutcome] = {}
        for purchase in earlier:
            self._remember(purchase)
            if purchase.state == "open":
                self.abandon(purchase, INTERRUPTED)

    @property
    def purchases(self) -> tuple[Purchase, ...]:
        return tuple(self._purchases.values())

    @property
    def cost(self) -> MicroUSD:
        """What was paid to provers."""
        return MicroUSD(sum(purchase.cost for purchase in self.purchases))

    @property
    def verification_cost(self) -> MicroUSD:
        """What the verification of their candidates cost."""
        return MicroUSD(sum(purchase.verification_cost for purchase in self.purchases))

    @property
    def forfeited(self) -> MicroUSD:
        """What provers forfeited; it is not spent again."""
        return MicroUSD(sum(purchase.forfeit for purchase in self.purchases))

    @property
    def left(self) -> MicroUSD:
        """What is neither spent nor reserved for provers."""
        owed = sum(p.reserved for p in self.purchases if may_still_be_paid(p))
        return MicroUSD(max(0, self.job.budget - self.cost - self.verification_cost - owed))

    @property
    def spendable(self) -> MicroUSD:
        """What another purchase and its verification may reserve."""
        free = max(0, self.left - self._verification_reserves())
        run_left = self._run_left()
        return MicroUSD(free if run_left is None else min(free, run_left))

    def left_to_verify(self, purchase: Purchase) -> MicroUSD:
        """Returns what may be spent on the verification of `purchase`, which was delivered.

        In a run with a budget that is what was reserved for this purchase, so that no other
        purchase can need it.
        """
        left = max(0, self.left - self._verification_reserves(apart_from=purchase))
        if not self._run_limited:
            return MicroUSD(left)
        paid = purchase.cost if purchase.terms is None else purchase.reserved
        return MicroUSD(min(left, purchase.verification_reserve + purchase.reserved - paid))

    def _verification_reserves(self, *, apart_from: Purchase | None = None) -> int:
        return sum(
            p.verification_reserve
            for p in self.purchases
            if p.state in {"open", "delivered"} and (apart_from is None or p.id != apart_from.id)
        )

    @property
    def unjudged(self) -> Purchase | None:
        """The first purchase that is delivered and waits for its verdict."""
        return next((p for p in self.purchases if p.state == "delivered"), None)

    @property
    def invalid(self) -> str:
        """Why the statement does not elaborate; empty if it may."""
        judged = self.with_verdict("invalid_statement")
        if self.unreadable or judged is None or judged.verdict is None:
            return self.unreadable
        return judged.verdict.detail or "the statement does not elaborate"

    def failed(self, prover: str) -> Failed | None:
        """Returns the latest candidate of `prover` that was rejected."""
        for purchase in reversed(self.purchases):
            candidate, verdict = purchase.candidate, purchase.verdict
            if purchase.prover == prover and candidate and verdict and verdict.reason:
                return Failed(
                    candidate=candidate,
                    reason=verdict.reason,
                    detail=verdict.detail,
                    messages=verdict.messages,
                )
        return None

    def next_slice(self, prover: str, slices: int) -> Slice | None:
        """Returns the slice that `prover` can sell next, of the `slices` that its attempts have.

        It is None while the prover is at work. An attempt that could not go on has ended.
        """
        last = None
        for purchase in self.purchases:
            if purchase.prover != prover:
                continue
            if purchase.state == "open":
                return None
            if purchase.fault == LOST_STATE or purchase.state in {"delivered", "judged"}:
                last = purchase
        if last is None or last.slice is None or not last.resume or last.slice + 1 >= slices:
            return Slice(index=0)
        return Slice(index=last.slice + 1, resume=last.resume)

    @property
    def begun(self) -> bool:
        """Whether anything was bought that was not interrupted."""
        return any(p.failure != INTERRUPTED for p in self.purchases)

    @property
    def refutation_tried(self) -> bool:
        """Whether a refutation was bought, even if it is still in flight."""
        return any(p.prover == REFUTER and p.failure != INTERRUPTED for p in self.purchases)

    def with_verdict(self, status: str) -> Purchase | None:
        """Returns the first purchase to which the oracle gave this verdict."""
        return next((p for p in self.purchases if p.verdict and p.verdict.status == status), None)

    def state(
        self,
        quotes: Sequence[Quote],
        *,
        refuter: Quote | None,
        spendable: int,
        bids: Sequence[Bid],
        records: Sequence[SalesRecord],
        history: History,
    ) -> State:
        """Returns what the policy decides from, without provers that keep failing or sold out."""
        quotes = [quote for quote in quotes if not sold_out(quote, self.purchases)]
        on_offer = {quote.prover for quote in quotes}
        bids = [bid for bid in bids if bid.prover in on_offer]
        return State(
            theorem=self.theorem,
            budget=MicroUSD(self.job.budget - sum(hidden_spend(p) for p in self.purchases)),
            past=tuple(self._past.values()),
            pending=tuple(
                Pending(prover=p.prover, reserved=p.reserved, slice=p.slice)
                for p in self.purchases
                if p.state == "open"
            ),
            quotes=tuple(quote for quote in quotes if not self._failing(quote.prover)),
            refuter=refuter,
            spendable=MicroUSD(spendable),
            bids=tuple(bid for bid in bids if not self._failing(bid.prover)),
            records=tuple(records),
            history=history,
            seed=self.job.seed,
        )

    def records(self) -> dict[str, SalesRecord]:
        """Returns what every prover sold by auction."""
        with self.watch.stage("ledger"):
            return self._ledger.records()

    def reserve(
        self, buy: Buy, verification_reserve: int, *, slice_: int | None = None
    ) -> Purchase:
        """Reserves the budget of an attempt, or of a slice of one.

        `verification_reserve` micro-dollars are reserved besides. What the policy took to decide
        is recorded in the same transaction.
        """
        with self.watch.stage("ledger"):
            purchase = self._ledger.reserve(
                run=self.job.run,
                theorem=self.theorem,
                policy=self.policy.name,
                prover=buy.prover,
                reserved=buy.budget,
                verification_reserve=verification_reserve,
                terms=buy.terms,
                max_parallel=self.job.max_parallel,
                explores=buy.explores,
                slice_=slice_,
                origin=self.job.origin,
                overhead=self.overhead.unrecorded(),
            )
        self.overhead.clear()
        if buy.asking is not None:
            self.asking[purchase.id] = buy.asking
        return self._update(purchase)

    def deliver(self, purchase: Purchase, attempt: Attempt) -> Purchase:
        """Pays for an attempt."""
        with self.watch.stage("ledger"):
            delivered = self._ledger.deliver(purchase, attempt)
        return self._update(delivered)

    def judge(
        self,
        purchase: Purchase,
        verdict: Verdict | None,
        verification_cost: int,
        samples: tuple[Sample, ...] = (),
    ) -> None:
        """Settles a purchase with its verdict."""
        with self.watch.stage("ledger"):
            judged = self._ledger.judge(
                purchase,
                verdict,
                verification_cost=verification_cost,
                samples=samples,
                **settlement(purchase, verdict),
            )
        self._update(judged)

    def abandon(self, purchase: Purchase, why: str, fault: Fault | None = None) -> None:
        """Settles a purchase that was not delivered."""
        with self.watch.stage("ledger"):
            lost = self._ledger.abandon(purchase, why=why, fault=fault)
        self._update(lost)

    def cancel(self, purchase: Purchase, used: Attempt | None, why: str) -> None:
        """Settles a purchase that is not wanted any more."""
        with self.watch.stage("ledger"):
            cancelled = self._ledger.cancel(purchase, used=used, why=why)
        self._update(cancelled)

    def cancel_delivered(self, why: str) -> None:
        """Settles what is delivered and needs no verdict any more."""
        while (purchase := self.unjudged) is not None:
            self.cancel(purchase, None, why)

    def record_overhead(self) -> None:
        """Records what the policy took after the last purchase."""
        overhead = self.overhead.unrecorded()
        if overhead.nothing:
            return
        with self.watch.stage("ledger"):
            try:
                self._ledger.add_overhead(
                    run=self.job.run,
                    policy=self.policy.name,
                    theorem=self.theorem,
                    overhead=overhead,
                )
            except LeaseLost:
                raise
            except LedgerError as error:
                # Whether it was recorded is not known, and it must not count twice. What was bought
                # and judged stands all the same.
                log.warning("the processor time of a decision may be missing: %s", error)
        self.overhead.clear()

    async def flush(self) -> None:
        """Waits until the ledger keeps all steps so far, whatever happens to the machine."""
        with self.watch.stage("ledger"):
            await self._ledger.flush()

    def is_open(self, purchase: Purchase) -> bool:
        """Returns whether a purchase is not delivered yet."""
        return self._purchases[purchase.id].state == "open"

    def _run_left(self) -> int | None:
        if not self._run_limited:
            return None
        with self.watch.stage("ledger"):
            return self._ledger.run_left(self.job.run)

    def _remember(self, purchase: Purchase) -> None:
        self._purchases[purchase.id] = purchase
        over = purchase.settled_at is not None and purchase.failure != INTERRUPTED
        # A refutation is no attempt at a proof, nor is what was known before: the policy learns
        # nothing from their failure.
        if over and purchase.prover not in ASIDE:
            self._past[purchase.id] = purchase_outcome(purchase)

    def _update(self, purchase: Purchase) -> Purchase:
        self._remember(purchase)
        log_purchase(purchase)
        if self._on_purchase is not None:
            self._on_purchase(purchase)
        return purchase

    def _failing(self, prover: str) -> bool:
        tried = [
            p
            for p in self.purchases
            if p.prover == prover and p.state != "open" and p.failure != INTERRUPTED
        ]
        last = tried[-FAILURES_IN_A_ROW:]
        return len(last) == FAILURES_IN_A_ROW and all(p.state == "lost" for p in last)
