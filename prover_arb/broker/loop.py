"""The house's one loop: decide, buy, verify, record, until proved, out of budget, or not worth it.

The budget of a theorem is binding: a seller is given at most what is left after something was kept
back to verify what it sells, is paid at most what it was given, and verification is charged at most
what is left after that. Several attempts may be in flight at once; what each may cost is held back
from the others, and once one is a proof the rest are cancelled and paid for what they had used.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, Protocol
from weakref import WeakValueDictionary

from prover_arb.broker.account import Account
from prover_arb.broker.conduct import Conduct
from prover_arb.broker.histories import Histories
from prover_arb.broker.in_flight import Flights
from prover_arb.broker.ledger.ledger import INTERRUPTED
from prover_arb.broker.offers import Offers
from prover_arb.core.history import History
from prover_arb.core.negation import negation
from prover_arb.core.outcome import Outcome, OutcomeStatus
from prover_arb.core.protocols import Ledger, Oracle, Policy, Prover, Repairer
from prover_arb.core.purchases import Buy, Purchase, Sample, Stop, unjudged
from prover_arb.core.theorem import Candidate, Certificate, Limits, Theorem, Verdict
from prover_arb.errors import BudgetError, LedgerError
from prover_arb.oracle.budgeted import Checker
from prover_arb.oracle.certificate import issue as issue_certificate

NOT_WANTED = "cancelled: the theorem was settled by another attempt"
"""Failure of a purchase that was given up because nothing was left to buy."""

Issue = Callable[[Theorem, Candidate, Verdict, Limits], Certificate]


class StatementCheck(Protocol):
    """Whether a statement means anything to the oracle."""

    @property
    def elaborates(self) -> bool: ...

    @property
    def reason(self) -> str: ...


def _solved(proof: Purchase) -> Literal["proved", "replayed"]:
    """What became of the theorem with this purchase."""
    replayed = proof.verdict is not None and proof.verdict.replayed
    return "replayed" if replayed else "proved"


@dataclass(frozen=True)
class _Errand:
    """What one call buys by."""

    policy: Policy
    history: History
    seed: int
    limits: Limits
    conduct: Conduct


class Broker:
    """Buys attempts of `provers` until `oracle` accepts one, and records all of it in `ledger`.

    `verification_price` is in micro-dollars per CPU-hour. `inspect`, if given, is asked before the
    first purchase, so that no seller is paid for a statement that does not elaborate. `refuter`, if
    given, sells proofs that a statement is false, to policies that ask for it.
    """

    def __init__(
        self,
        *,
        oracle: Oracle,
        provers: Sequence[Prover | Repairer],
        ledger: Ledger,
        verification_price: int,
        inspect: Callable[[Theorem], Awaitable[StatementCheck]] | None = None,
        refuter: Prover | None = None,
        issue: Issue = issue_certificate,
    ) -> None:
        self._checker = Checker(oracle, price=verification_price)
        self._provers = list(provers)
        self._ledger = ledger
        self._histories = Histories(ledger)
        self._inspector = inspect
        self._refuter = refuter
        self._issue = issue
        self._at_work: set[tuple[str, str, str]] = set()
        self._conduct: WeakValueDictionary[str, Conduct] = WeakValueDictionary()

    async def prove(
        self,
        theorem: Theorem,
        *,
        policy: Policy,
        budget: int,
        run: str,
        seed: int = 0,
        limits: Limits | None = None,
        abreast: int = 1,
        on_purchase: Callable[[Purchase], None] | None = None,
        final: bool = True,
    ) -> Outcome:
        """Spend at most `budget` micro-dollars on a proof, going on where `run` stopped.

        Up to `abreast` attempts are in flight at once: while there are fewer, the policy is asked
        for another. `on_purchase` hears of every step of every purchase. When cancelled, an open
        purchase is given up, paid for what its seller says it used, and may be bought again; what
        was paid for is judged by the next call.

        Unless it is `final`, the theorem will be gone on with beside others of the run, and nothing
        is learnt from any of them.

        Raises:
            BudgetError, PolicyError: the budget is negative; the policy asks for what is not sold.
            ValueError: `abreast` is below 1.
            LedgerError, OracleError: the market itself failed; the ledger stays consistent.
        """
        if budget < 0:
            raise BudgetError(f"budget: {budget} micro-dollars is negative")
        if abreast < 1:
            raise ValueError(f"abreast: {abreast} attempts at once buy nothing")
        bounds = limits or Limits()
        with self._alone(run, policy.name, theorem):
            conduct = self._conduct_in(run)

            def heard(purchase: Purchase) -> None:
                if purchase.state in {"delivered", "lost"}:
                    conduct.hear([purchase.dealing])
                if on_purchase is not None:
                    on_purchase(purchase)

            account = Account(
                self._ledger,
                run=run,
                theorem=theorem,
                policy=policy.name,
                budget=budget,
                abreast=abreast,
                on_purchase=heard,
            )
            await self._inspect(account)
            if final:
                history = self._histories.begin(run=run, policy=policy.name, theorem=theorem)
            else:
                history = self._histories.earlier(run=run, policy=policy.name)
            flights = Flights(account, abreast=abreast)
            errand = _Errand(policy, history, seed, bounds, conduct)
            try:
                stop = await self._shop(account, flights, errand)
            finally:
                await flights.recall(INTERRUPTED)
            if final:
                self._histories.end(
                    run=run, policy=policy.name, theorem=theorem, purchases=account.purchases
                )
            return self._outcome(account, stop, bounds)

    async def _shop(self, account: Account, flights: Flights, errand: _Errand) -> Stop:
        """Verify and buy in turn until nothing is left to buy, and say why."""
        while True:
            await self._verify(account, errand.limits)
            closed = self._closed(account)
            if closed is not None:
                await flights.recall(NOT_WANTED)
                account.set_aside(NOT_WANTED)
                return closed
            stop = self._fill(account, flights, errand)
            if stop is not None and not flights:
                left = errand.conduct.all_left()
                return stop.model_copy(update={"why": "; ".join([stop.why, *left])})
            with account.watch.stage("selling"):
                await flights.landed()

    async def _inspect(self, account: Account) -> None:
        if self._inspector is None or account.purchases:
            return
        with account.watch.stage("verifying"):
            check = await self._inspector(account.theorem)
        if not check.elaborates:
            account.refused = check.reason or "the statement does not elaborate"

    @staticmethod
    def _closed(account: Account) -> Stop | None:
        """Whether the verdicts so far leave nothing to buy."""
        proof = account.with_verdict("proved")
        if proof is not None:
            return Stop(why=_solved(proof))
        if account.with_verdict("refuted") is not None:
            return Stop(why="the statement is false: its negation is proved")
        if account.invalid:
            return Stop(why=f"invalid statement: {account.invalid}")
        return None

    def _fill(self, account: Account, flights: Flights, errand: _Errand) -> Stop | None:
        """Buy until as many attempts are in flight as may be, or the policy has enough for now."""
        while not flights.full:
            provers = [p for p in self._provers if not errand.conduct.why_left(p.name)]
            offers = Offers(account, provers, self._checker, errand.limits, self._refuter)
            decision = offers.choice(errand.policy, history=errand.history, seed=errand.seed)
            if isinstance(decision, Stop):
                return decision
            self._buy(account, flights, offers, decision, errand.seed)
        return None

    @staticmethod
    def _buy(account: Account, flights: Flights, offers: Offers, buy: Buy, seed: int) -> None:
        """Begin one attempt, with the money for it held back."""
        seller, theorem = offers.sellers[buy.prover], account.theorem
        # Paid for its proof alone, a seller decides itself what to spend on its attempt.
        means = buy.budget if buy.terms is None else seller.quote(theorem).worst_case
        purchase = account.reserve(
            buy.prover, buy.budget, offers.kept, buy.terms, explores=buy.explores
        )
        flights.launch(
            purchase,
            lambda: seller.attempt(theorem, number=purchase.number, budget=means, seed=seed),
        )

    async def _verify(self, account: Account, limits: Limits) -> None:
        """Settle what is paid for and not judged yet, whichever program bought it."""
        while (purchase := account.unjudged) is not None and not self._closed(account):
            if purchase.candidate is None:
                account.judge(purchase, None, 0)
                continue
            left = account.left_to_verify(purchase)
            samples = purchase.samples or (Sample(candidate=purchase.candidate),)
            with account.watch.stage("verifying"):
                verdicts = await self._checker.verdicts(
                    account.theorem, [one.candidate for one in samples], limits, left=left
                )
            cost = self._checker.charge(sum(verdict.cpu_us for verdict in verdicts))
            judged = tuple(
                Sample(candidate=one.candidate, verdict=verdict)
                for one, verdict in zip_longest(samples, verdicts)
            )
            account.judge(
                purchase,
                self._checker.counting(verdicts),
                min(cost, left),
                judged if purchase.samples else (),
            )

    def _outcome(self, account: Account, stop: Stop, limits: Limits) -> Outcome:
        proof = account.with_verdict("proved")
        certificate = None
        solved = None if proof is None else _solved(proof)
        if solved == "proved" and proof and proof.candidate and proof.verdict:
            certificate = self._issue(account.theorem, proof.candidate, proof.verdict, limits)
        refutation = None if solved else self._refutation(account, limits)
        unproved: OutcomeStatus = "not_proved"
        why = stop.why
        if refutation is not None:
            unproved = "refuted"
        elif account.invalid:
            unproved = "invalid_statement"
        elif not solved and (failed := unjudged(account.purchases)):
            unproved = "void"
            times = "once" if len(failed) == 1 else f"{len(failed)} times"
            why = f"the oracle failed {times} ({failed[-1].detail}); {stop.why}"
        return Outcome(
            theorem=account.theorem.name,
            policy=account.policy,
            budget=account.budget,
            status=solved or unproved,
            cost=account.cost,
            verification_cost=account.verification_cost,
            forfeited=account.forfeited,
            certificate=certificate,
            refutation=refutation,
            purchases=account.purchases,
            why_stopped=why,
            wall_ms=account.watch.wall_ms,
            stages=account.watch.stages,
            offer=stop.offer,
        )

    def _refutation(self, account: Account, limits: Limits) -> Certificate | None:
        """The certificate of the negation, where it is proved."""
        found, denial = account.with_verdict("refuted"), negation(account.theorem)
        if found is None or found.candidate is None or found.verdict is None or denial is None:
            return None
        proof = Candidate(kind="tactics", text=found.candidate.text)
        proved = found.verdict.model_copy(update={"status": "proved"})
        return self._issue(denial, proof, proved, limits)

    def _conduct_in(self, run: str) -> Conduct:
        """How the sellers behave in a run; read from the ledger when its first theorem begins."""
        conduct = self._conduct.get(run)
        if conduct is None:
            conduct = Conduct()
            conduct.hear(self._ledger.dealings(run))
            self._conduct[run] = conduct
        return conduct

    @contextmanager
    def _alone(self, run: str, policy: str, theorem: Theorem) -> Iterator[None]:
        """Refuse to buy for the same account twice at the same time."""
        key = (run, policy, theorem.digest)
        if key in self._at_work:
            raise LedgerError(
                f"{theorem.name} is being bought already (run {run}, policy {policy}); wait for "
                "it, or use another run"
            )
        self._at_work.add(key)
        try:
            yield
        finally:
            self._at_work.discard(key)
