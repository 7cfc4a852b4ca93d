"""The house's one loop: decide, buy, verify, record, until proved, out of budget, or not worth it.

The budget of a theorem is binding: a seller is given at most what is left after something was kept
back to verify what it sells, is paid at most what it was given, and verification is charged at most
what is left after that.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, Protocol

from prover_arb.account import Account, Stages
from prover_arb.archive import Archive
from prover_arb.checking import Checker
from prover_arb.errors import (
    BudgetError,
    LedgerError,
    PolicyError,
    ProverError,
    WorkerDied,
    WorkerTimeout,
)
from prover_arb.ledger import INTERRUPTED
from prover_arb.memory import Memory
from prover_arb.oracle.certificate import issue as issue_certificate
from prover_arb.protocols import (
    Attempt,
    Buy,
    Ledger,
    Offer,
    Oracle,
    Policy,
    Prover,
    Purchase,
    SalesRecord,
    State,
    Stop,
)
from prover_arb.theorem import Candidate, Certificate, Limits, Theorem, Value, Verdict

log = logging.getLogger(__name__)

LONGEST_FAILURE = 500
"""Characters of a seller's excuse that the ledger keeps."""

Issue = Callable[[Theorem, Candidate, Verdict, Limits], Certificate]


class StatementCheck(Protocol):
    """Whether a statement means anything to the oracle."""

    @property
    def elaborates(self) -> bool: ...

    @property
    def reason(self) -> str: ...


class Outcome(Value):
    """How one theorem ended; money in micro-dollars."""

    theorem: str
    policy: str
    budget: int
    status: Literal["proved", "replayed", "not_proved", "invalid_statement"]
    """replayed: solved by what was recorded, where no kernel judges."""
    cost: int
    """Paid to sellers, in earlier programs of the same run too."""
    verification_cost: int
    forfeited: int = 0
    """Deposits that sellers lost to the customer, having sold by auction what is no proof."""
    certificate: Certificate | None
    purchases: tuple[Purchase, ...]
    why_stopped: str
    wall_ms: int
    """Wall clock of this call."""
    stages: Stages
    """Where that time went."""
    offer: Offer | None = None
    """What would be bought next if a proof were worth more, as far as the policy says."""


def _solved(proof: Purchase) -> Literal["proved", "replayed"]:
    """What became of the theorem with this purchase."""
    replayed = proof.verdict is not None and proof.verdict.replayed
    return "replayed" if replayed else "proved"


class Broker:
    """Buys attempts of `provers` until `oracle` accepts one, and records all of it in `ledger`.

    `verification_price` is in micro-dollars per CPU-hour. `inspect`, if given, is asked before the
    first purchase, so that no seller is paid for a statement that does not elaborate.
    """

    def __init__(
        self,
        *,
        oracle: Oracle,
        provers: Sequence[Prover],
        ledger: Ledger,
        verification_price: int,
        inspect: Callable[[Theorem], Awaitable[StatementCheck]] | None = None,
        issue: Issue = issue_certificate,
    ) -> None:
        self._checker = Checker(oracle, price=verification_price)
        self._provers = {prover.name: prover for prover in provers}
        self._ledger = ledger
        self._archive = Archive(ledger)
        self._inspector = inspect
        self._issue = issue
        self._at_work: set[tuple[str, str, str]] = set()

    async def prove(
        self,
        theorem: Theorem,
        *,
        policy: Policy,
        budget: int,
        run: str,
        seed: int = 0,
        limits: Limits | None = None,
        on_purchase: Callable[[Purchase], None] | None = None,
        final: bool = True,
    ) -> Outcome:
        """Spend at most `budget` micro-dollars on a proof, going on where `run` stopped.

        Unless it is `final`, the theorem will be gone on with beside others of the run, and nothing
        is learnt from any of them.
        `on_purchase` hears of every step of every purchase. When cancelled, an open purchase is
        given up unpaid, and what was paid for is judged by the next call.

        Raises:
            BudgetError, PolicyError: the budget is negative; the policy asks for what is not sold.
            LedgerError, OracleError: the market itself failed; the ledger stays consistent.
        """
        if budget < 0:
            raise BudgetError(f"budget: {budget} micro-dollars is negative")
        bounds = limits or Limits()
        with self._alone(run, policy.name, theorem):
            account = Account(
                self._ledger,
                run=run,
                theorem=theorem,
                policy=policy.name,
                budget=budget,
                on_purchase=on_purchase,
            )
            await self._inspect(account)
            if final:
                memory = self._archive.begin(run=run, policy=policy.name, theorem=theorem)
            else:
                memory = self._archive.earlier(run=run, policy=policy.name)
            while True:
                await self._verify(account, bounds)
                decision = self._closed(account) or self._decide(
                    policy, account, bounds, memory, seed
                )
                if isinstance(decision, Stop):
                    break
                await self._buy(account, decision, seed)
            if final:
                self._archive.end(
                    run=run, policy=policy.name, theorem=theorem, purchases=account.purchases
                )
            return self._outcome(account, decision, bounds)

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
        if account.invalid:
            return Stop(why=f"invalid statement: {account.invalid}")
        return None

    def _decide(
        self, policy: Policy, account: Account, limits: Limits, memory: Memory, seed: int
    ) -> Buy | Stop:
        """The policy's decision, with the money for it cut to what may be spent."""
        most = account.left - self._checker.kept_back(account.left, limits)
        with account.watch.stage("deciding"):
            state = self._state(policy, account, most, memory, seed)
            decision = policy.decide(state)
        if isinstance(decision, Stop):
            return decision
        offered = {quote.prover: quote for quote in state.quotes}
        if decision.prover not in offered or decision.budget < 0:
            known = ", ".join(offered) or "nobody"
            raise PolicyError(
                f"policy {policy.name!r} wants to give {decision.prover!r} {decision.budget} "
                f"micro-dollars; on offer: {known}"
            )
        if most <= 0:
            return Stop(why="the budget is spent")
        if decision.terms is not None:
            return decision.model_copy(update={"budget": min(decision.budget, most)})
        worst = offered[decision.prover].worst_case
        return decision.model_copy(update={"budget": min(decision.budget, worst, most)})

    def _state(
        self, policy: Policy, account: Account, most: int, memory: Memory, seed: int
    ) -> State:
        """What the policy decides from: prices, and where it procures by auction, bids."""
        sellers, theorem = self._provers.values(), account.theorem
        quotes = [prover.quote(theorem) for prover in sellers]
        if policy.procurement == "posted":
            return account.state(quotes, spendable=most, memory=memory, seed=seed)
        known = account.records()
        records = [known.get(p.name) or SalesRecord(prover=p.name) for p in sellers]
        bids = [p.bid(theorem, record) for p, record in zip(sellers, records, strict=True)]
        return account.state(
            quotes, spendable=most, bids=bids, records=records, memory=memory, seed=seed
        )

    async def _buy(self, account: Account, buy: Buy, seed: int) -> None:
        """One attempt, reserved before it begins and paid when it is delivered."""
        number = account.number(buy.prover)
        seller = self._provers[buy.prover]
        # Paid for its proof alone, a seller decides itself what to spend on its attempt.
        means = buy.budget if buy.terms is None else seller.quote(account.theorem).worst_case
        purchase = account.reserve(buy.prover, buy.budget, buy.terms, explores=buy.explores)
        try:
            with account.watch.stage("selling"):
                attempt = await seller.attempt(
                    account.theorem, number=number, budget=means, seed=seed
                )
            invoiced = _invoice(attempt, purchase)
        except (ProverError, WorkerDied, WorkerTimeout) as error:
            log.warning("%s did not deliver for %s: %s", buy.prover, account.theorem.name, error)
            account.abandon(purchase, str(error)[:LONGEST_FAILURE] or type(error).__name__)
        except BaseException:
            account.abandon(purchase, INTERRUPTED)
            raise
        else:
            account.deliver(purchase, invoiced)

    async def _verify(self, account: Account, limits: Limits) -> None:
        """Settle what is paid for and not judged yet, whichever program bought it."""
        purchase = account.unjudged
        if purchase is None:
            return
        if purchase.candidate is None:
            account.judge(purchase, None, 0)
            return
        with account.watch.stage("verifying"):
            verdict = await self._checker.verdict(
                account.theorem, purchase.candidate, limits, left=account.left
            )
        cost = min(self._checker.charge(verdict.cpu_us), account.left)
        account.judge(purchase, verdict, cost)

    def _outcome(self, account: Account, stop: Stop, limits: Limits) -> Outcome:
        proof = account.with_verdict("proved")
        certificate = None
        solved = None if proof is None else _solved(proof)
        if solved == "proved" and proof and proof.candidate and proof.verdict:
            certificate = self._issue(account.theorem, proof.candidate, proof.verdict, limits)
        unproved = "invalid_statement" if account.invalid else "not_proved"
        return Outcome(
            theorem=account.theorem.name,
            policy=account.policy,
            budget=account.budget,
            status=solved or unproved,
            cost=account.cost,
            verification_cost=account.verification_cost,
            forfeited=account.forfeited,
            certificate=certificate,
            purchases=account.purchases,
            why_stopped=stop.why,
            wall_ms=account.watch.wall_ms,
            stages=account.watch.stages,
            offer=stop.offer,
        )

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


def _invoice(attempt: Attempt, purchase: Purchase) -> Attempt:
    """The attempt as it will be paid: what was reserved is the most a seller gets.

    Raises:
        ProverError: an invoice that makes no sense.
    """
    if attempt.prover != purchase.prover or min(attempt.cost, attempt.cpu_us, attempt.wall_ms) < 0:
        raise ProverError(f"{purchase.prover} sent an invoice that makes no sense: {attempt!r}")
    if purchase.terms is None and attempt.cost > purchase.reserved:
        log.warning(
            "%s invoiced %d micro-dollars where %d were agreed; it is paid those",
            attempt.prover,
            attempt.cost,
            purchase.reserved,
        )
        return attempt.model_copy(update={"cost": purchase.reserved})
    return attempt
