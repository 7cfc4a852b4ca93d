"""One theorem's account: what was bought for it so far, and the money left for more.

Whatever happened before, in this program or in one that died, is read from the ledger; so the
broker's loop is the same for a new theorem and for one that is gone on with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prover_arb.broker.ledger.ledger import INTERRUPTED
from prover_arb.broker.settlement import beside, owes, past_of, settled, sold_out
from prover_arb.core.history import NO_HISTORY, History, PurchaseOutcome
from prover_arb.core.protocols import Ledger
from prover_arb.core.purchases import (
    Attempt,
    Bid,
    Failed,
    Pending,
    Purchase,
    Quote,
    SalesRecord,
    Sample,
    State,
    Terms,
)
from prover_arb.core.stopwatch import Stopwatch
from prover_arb.core.theorem import REFUTER, Theorem, Verdict
from prover_arb.errors import Fault

FAILURES_IN_A_ROW = 3
"""A seller that failed to deliver so often in a row is not asked again for that theorem."""


class Account:
    """The purchases for one theorem under one policy in one run, oldest first.

    Only one program at a time may work on a run: what is found open was left by one that died, and
    is given up unpaid.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        run: str,
        theorem: Theorem,
        policy: str,
        budget: int,
        abreast: int = 1,
        on_purchase: Callable[[Purchase], None] | None = None,
    ) -> None:
        self.theorem = theorem
        self.budget = budget
        """Micro-dollars."""
        self.policy = policy
        self.refused = ""
        """Why the oracle cannot read the statement, if it was asked and cannot."""
        self.watch = Stopwatch()
        self._ledger = ledger
        self._run = run
        self._abreast = abreast
        self._on_purchase = on_purchase
        with self.watch.stage("ledger"):
            earlier = ledger.purchases(run=run, policy=policy, theorem=theorem)
            self._run_limited = ledger.run_left(run) is not None
        self._purchases: dict[int, Purchase] = {}
        self._past: dict[int, PurchaseOutcome] = {}
        for purchase in earlier:
            self._keep(purchase)
            if purchase.state == "open":
                self.abandon(purchase, INTERRUPTED)

    @property
    def purchases(self) -> tuple[Purchase, ...]:
        return tuple(self._purchases.values())

    @property
    def cost(self) -> int:
        """Micro-dollars paid to sellers."""
        return sum(purchase.cost for purchase in self.purchases)

    @property
    def verification_cost(self) -> int:
        return sum(purchase.verification_cost for purchase in self.purchases)

    @property
    def forfeited(self) -> int:
        """Micro-dollars of deposits that sellers lost; they are not spent again."""
        return sum(purchase.forfeit for purchase in self.purchases)

    @property
    def left(self) -> int:
        """Micro-dollars neither spent nor owed to sellers."""
        owed = sum(p.reserved for p in self.purchases if owes(p))
        return max(0, self.budget - self.cost - self.verification_cost - owed)

    @property
    def spendable(self) -> int:
        """Micro-dollars that may be held back for another purchase and its verification."""
        kept = sum(p.kept for p in self.purchases if p.state in {"open", "delivered"})
        free = max(0, self.left - kept)
        run_left = self._run_left()
        return free if run_left is None else min(free, run_left)

    def left_to_verify(self, purchase: Purchase) -> int:
        """Micro-dollars for the verification of `purchase`, which was delivered.

        In a run with a budget, what was held back for this purchase, so that no other can need it.
        """
        others = sum(
            p.kept
            for p in self.purchases
            if p.state in {"open", "delivered"} and p.id != purchase.id
        )
        left = max(0, self.left - others)
        if not self._run_limited:
            return left
        paid = purchase.cost if purchase.terms is None else purchase.reserved
        return min(left, purchase.kept + purchase.reserved - paid)

    @property
    def unjudged(self) -> Purchase | None:
        """What is paid for and waits for its verdict."""
        return next((p for p in self.purchases if p.state == "delivered"), None)

    @property
    def invalid(self) -> str:
        """Why the statement does not elaborate; empty if it may."""
        found = self.with_verdict("invalid_statement")
        if self.refused or found is None or found.verdict is None:
            return self.refused
        return found.verdict.detail or "the statement does not elaborate"

    def failed(self, prover: str) -> Failed | None:
        """The latest candidate of `prover` that was rejected."""
        for purchase in reversed(self.purchases):
            found, verdict = purchase.candidate, purchase.verdict
            if purchase.prover == prover and found and verdict and verdict.reason:
                return Failed(
                    candidate=found,
                    reason=verdict.reason,
                    detail=verdict.detail,
                    messages=verdict.messages,
                )
        return None

    @property
    def doubted(self) -> bool:
        """Whether a refutation was tried, or is being."""
        return any(p.prover == REFUTER and p.failure != INTERRUPTED for p in self.purchases)

    def with_verdict(self, status: str) -> Purchase | None:
        """The first purchase that the oracle gave this verdict."""
        return next((p for p in self.purchases if p.verdict and p.verdict.status == status), None)

    def state(
        self,
        quotes: Sequence[Quote],
        *,
        refuter: Quote | None = None,
        spendable: int = 0,
        bids: Sequence[Bid] = (),
        records: Sequence[SalesRecord] = (),
        history: History = NO_HISTORY,
        seed: int = 0,
    ) -> State:
        """What the policy decides from; sellers who keep failing or have sold out are left out."""
        quotes = [quote for quote in quotes if not sold_out(quote, self.purchases)]
        selling = {quote.prover for quote in quotes}
        bids = [bid for bid in bids if bid.prover in selling]
        return State(
            theorem=self.theorem,
            budget=self.budget - sum(beside(p) for p in self.purchases),
            past=tuple(self._past.values()),
            pending=tuple(
                Pending(prover=p.prover, reserved=p.reserved)
                for p in self.purchases
                if p.state == "open"
            ),
            quotes=tuple(quote for quote in quotes if not self._failing(quote.prover)),
            refuter=refuter,
            spendable=spendable,
            bids=tuple(bid for bid in bids if not self._failing(bid.prover)),
            records=tuple(records),
            history=history,
            seed=seed,
        )

    def records(self) -> dict[str, SalesRecord]:
        """What every seller sold by auction."""
        with self.watch.stage("ledger"):
            return self._ledger.records()

    def reserve(
        self,
        prover: str,
        amount: int,
        kept: int,
        terms: Terms | None = None,
        *,
        explores: bool = False,
    ) -> Purchase:
        """Hold `amount` micro-dollars back for an attempt, `kept` more for its verification."""
        with self.watch.stage("ledger"):
            purchase = self._ledger.reserve(
                run=self._run,
                theorem=self.theorem,
                policy=self.policy,
                prover=prover,
                reserved=amount,
                kept=kept,
                terms=terms,
                abreast=self._abreast,
                explores=explores,
            )
        return self._note(purchase)

    def deliver(self, purchase: Purchase, attempt: Attempt) -> Purchase:
        """Pay for an attempt."""
        with self.watch.stage("ledger"):
            delivered = self._ledger.deliver(purchase, attempt)
        return self._note(delivered)

    def judge(
        self,
        purchase: Purchase,
        verdict: Verdict | None,
        verification_cost: int,
        samples: tuple[Sample, ...] = (),
    ) -> None:
        """Settle a purchase with its verdict."""
        with self.watch.stage("ledger"):
            judged = self._ledger.judge(
                purchase,
                verdict,
                verification_cost=verification_cost,
                samples=samples,
                **settled(purchase, verdict),
            )
        self._note(judged)

    def abandon(self, purchase: Purchase, why: str, fault: Fault | None = None) -> None:
        """Settle a purchase that was not delivered."""
        with self.watch.stage("ledger"):
            lost = self._ledger.abandon(purchase, why=why, fault=fault)
        self._note(lost)

    def cancel(self, purchase: Purchase, used: Attempt | None, why: str) -> None:
        """Settle a purchase that is not wanted any more."""
        with self.watch.stage("ledger"):
            cancelled = self._ledger.cancel(purchase, used=used, why=why)
        self._note(cancelled)

    def set_aside(self, why: str) -> None:
        """Settle what is delivered and needs no verdict any more."""
        while (purchase := self.unjudged) is not None:
            self.cancel(purchase, None, why)

    def is_open(self, purchase: Purchase) -> bool:
        """Whether it is not delivered yet."""
        return self._purchases[purchase.id].state == "open"

    def _run_left(self) -> int | None:
        if not self._run_limited:
            return None
        with self.watch.stage("ledger"):
            return self._ledger.run_left(self._run)

    def _keep(self, purchase: Purchase) -> None:
        self._purchases[purchase.id] = purchase
        told = purchase.settled_at is not None and purchase.failure != INTERRUPTED
        # A refutation is no attempt at a proof: the policy learns nothing from its failure.
        if told and purchase.prover != REFUTER:
            self._past[purchase.id] = past_of(purchase)

    def _note(self, purchase: Purchase) -> Purchase:
        self._keep(purchase)
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
