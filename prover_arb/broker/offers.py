"""What is for sale for a theorem at one moment, and the policy's choice from it."""

from __future__ import annotations

from collections.abc import Sequence

from prover_arb.broker.account import Account
from prover_arb.core.history import History
from prover_arb.core.protocols import Policy, Prover, Repairer
from prover_arb.core.purchases import Buy, SalesRecord, State, Stop
from prover_arb.core.theorem import Limits
from prover_arb.errors import PolicyError
from prover_arb.oracle.budgeted import Checker


class Offers:
    """The sellers of `provers` who have something for `account` now, and the money for one of them.

    A seller of repairs is among them only where the account has something that failed. `refuter`
    sells beside them, once, and only to those policies that ask for it.
    """

    def __init__(
        self,
        account: Account,
        provers: Sequence[Prover | Repairer],
        checker: Checker,
        limits: Limits,
        refuter: Prover | None = None,
    ) -> None:
        self._account = account
        with account.watch.stage("deciding"):
            found = (_at_work(prover, account) for prover in provers)
            self.sellers = {seller.name: seller for seller in found if seller is not None}
            self._quotes = [seller.quote(account.theorem) for seller in self.sellers.values()]
            self._refuter = None
            if refuter is not None and not account.doubted:
                self.sellers[refuter.name] = refuter
                self._refuter = refuter.quote(account.theorem)
        most_candidates = max((quote.candidates for quote in self._quotes), default=1)
        spendable = account.spendable
        self.kept = checker.kept_back(spendable, limits, most_candidates)
        """Micro-dollars not to give to a seller, for the verification of what it sells."""
        self._most = spendable - self.kept

    def choice(self, policy: Policy, *, history: History, seed: int) -> Buy | Stop:
        """The policy's decision, with the money for it cut to what may be spent.

        `history` and `seed` are what it may know besides.

        Raises:
            PolicyError: it wants what is not on offer.
        """
        with self._account.watch.stage("deciding"):
            state = self._state(policy, history, seed)
            decision = policy.decide(state)
        if isinstance(decision, Stop):
            return decision
        quotes = state.quotes if state.refuter is None else (*state.quotes, state.refuter)
        offered = {quote.prover: quote for quote in quotes}
        if decision.prover not in offered or decision.budget < 0:
            known = ", ".join(offered) or "nobody"
            raise PolicyError(
                f"policy {policy.name!r} wants to give {decision.prover!r} {decision.budget} "
                f"micro-dollars; on offer: {known}"
            )
        if self._most <= 0:
            whose = "run's budget" if self._account.spendable < self._account.left else "budget"
            return Stop(why=f"the {whose} is spent")
        if decision.terms is not None:
            return decision.model_copy(update={"budget": min(decision.budget, self._most)})
        worst = offered[decision.prover].worst_case
        return decision.model_copy(update={"budget": min(decision.budget, worst, self._most)})

    def _state(self, policy: Policy, history: History, seed: int) -> State:
        """What the policy decides from: prices, and where it procures by auction, bids."""
        account, most = self._account, self._most
        if policy.procurement == "posted":
            return account.state(
                self._quotes, refuter=self._refuter, spendable=most, history=history, seed=seed
            )
        known = account.records()
        names = [quote.prover for quote in self._quotes]
        records = [known.get(name) or SalesRecord(prover=name) for name in names]
        bids = [
            self.sellers[name].bid(account.theorem, record)
            for name, record in zip(names, records, strict=True)
        ]
        return account.state(
            self._quotes,
            refuter=self._refuter,
            spendable=most,
            bids=bids,
            records=records,
            history=history,
            seed=seed,
        )


def _at_work(prover: Prover | Repairer, account: Account) -> Prover | None:
    if not isinstance(prover, Repairer):
        return prover
    failed = account.failed(prover.repairs)
    return None if failed is None else prover.repairing(failed)
