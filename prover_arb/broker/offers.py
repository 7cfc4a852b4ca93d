"""What is on offer for a theorem at one moment, and the policy's choice from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from prover_arb.broker.account import Account
from prover_arb.core.history import History
from prover_arb.core.protocols import Prover, Repairer, SlicedProver
from prover_arb.core.purchases import Attempt, Buy, Purchase, SalesRecord, State, Stop
from prover_arb.errors import PolicyError
from prover_arb.oracle.budgeted import Checker


class Offers:
    """The provers that offer `account` an attempt now, and the money that one of them may get.

    A prover that repairs is among them only if the account has something that failed. `refuter`
    makes its offer beside them, once per theorem, and only to policies that ask for it.
    """

    def __init__(
        self,
        account: Account,
        provers: Sequence[Prover | Repairer],
        checker: Checker,
        refuter: Prover | None = None,
    ) -> None:
        self._account = account
        with account.watch.stage("deciding"):
            offering = (_with_work_to_do(prover, account) for prover in provers)
            self._provers = {prover.name: prover for prover in offering if prover is not None}
            """A prover of slices stands here as the one that sells its next slice."""
            self._quotes = [prover.quote(account.theorem) for prover in self._provers.values()]
            self._refuter = None
            if refuter is not None and not account.refutation_tried:
                self._provers[refuter.name] = refuter
                self._refuter = refuter.quote(account.theorem)
        most_candidates = max((quote.candidates for quote in self._quotes), default=1)
        spendable = account.spendable
        self._verification_reserve = checker.verification_reserve(
            spendable, account.job.limits, most_candidates
        )
        self._most = spendable - self._verification_reserve
        """Micro-dollars that a prover may be given."""

    def choose(self, history: History) -> Buy | Stop:
        """Returns the policy's decision, with its budget cut to what may be spent.

        Raises:
            PolicyError: the policy chooses what is not on offer.
        """
        account, name = self._account, self._account.policy.name
        with account.watch.stage("deciding"):
            state = self._state(history)
            decision = account.overhead.decide(state)
        if isinstance(decision, Stop):
            return decision
        quotes = state.quotes if state.refuter is None else (*state.quotes, state.refuter)
        offered = {quote.prover: quote for quote in quotes}
        if decision.prover not in offered or decision.budget < 0:
            known = ", ".join(offered) or "nobody"
            raise PolicyError(
                f"policy {name!r} wants to give {decision.prover!r} {decision.budget} "
                f"micro-dollars; on offer: {known}"
            )
        if self._most <= 0:
            spent = "run's budget" if account.spendable < account.left else "budget"
            return Stop(why=f"the {spent} is spent")
        if decision.terms is not None:
            return decision.model_copy(update={"budget": min(decision.budget, self._most)})
        worst = offered[decision.prover].worst_case
        return decision.model_copy(update={"budget": min(decision.budget, worst, self._most)})

    def reserve(self, buy: Buy) -> tuple[Purchase, Callable[[], Awaitable[Attempt]]]:
        """Reserves the money for one attempt, and returns the purchase and how to start it."""
        account, prover = self._account, self._provers[buy.prover]
        # A prover that is paid for its proof alone decides itself what to spend on its attempt.
        budget = buy.budget if buy.terms is None else prover.quote(account.theorem).worst_case
        sold = next((quote for quote in self._quotes if quote.prover == buy.prover), None)
        purchase = account.reserve(
            buy, self._verification_reserve, slice_=None if sold is None else sold.slice
        )
        attempt = partial(
            prover.attempt,
            account.theorem,
            number=purchase.number,
            budget=budget,
            seed=account.job.seed,
        )
        return purchase, attempt

    def _state(self, history: History) -> State:
        """Returns what the policy decides from: quotes, and bids if it procures by auction."""
        account = self._account
        bids, records = [], []
        if account.policy.procurement == "auction":
            known = account.records()
            for quote in self._quotes:
                record = known.get(quote.prover) or SalesRecord(prover=quote.prover)
                records.append(record)
                bids.append(self._provers[quote.prover].bid(account.theorem, record))
        return account.state(
            self._quotes,
            refuter=self._refuter,
            spendable=self._most,
            bids=bids,
            records=records,
            history=history,
        )


def _with_work_to_do(prover: Prover | Repairer, account: Account) -> Prover | None:
    """Returns the prover that can attempt now.

    It is None for a repairer with nothing to repair, and for a prover that is at work on a slice.
    Auctions are held for whole attempts.
    """
    if isinstance(prover, Repairer):
        failed = account.failed(prover.repairs)
        return None if failed is None else prover.repairing(failed)
    if account.policy.procurement == "auction":
        return prover
    if isinstance(prover, SlicedProver) and prover.slices:
        slice_ = account.next_slice(prover.name, prover.slices)
        return None if slice_ is None else prover.resuming(slice_)
    return prover
