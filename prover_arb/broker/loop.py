"""The broker's loop. One theorem's way is

    theorem -> scheduler (which attempt next, or stop) -> prover (candidate + what it cost)
    -> oracle (verdict) -> ledger -> scheduler ... -> proof with certificate, or not proved

and `Broker._buy_until_settled` reads like it. The budget of a theorem is binding: a prover is given
at most what is left after the verification reserve, is paid at most what it was given, and
verification is charged at most what is left after that. Several attempts may be in flight at once;
what each may cost is held back from the others, and once one is a proof the rest are cancelled and
paid for what they had used.

The module is longer than 300 lines because the loop and its steps are read together.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import zip_longest
from typing import Protocol
from weakref import WeakValueDictionary

from prover_arb.broker.account import Account
from prover_arb.broker.closing import Issue, outcome_of, settled_by_verdict
from prover_arb.broker.conduct import Conduct
from prover_arb.broker.ended import EndedTheorem
from prover_arb.broker.histories import Histories
from prover_arb.broker.in_flight import InFlight
from prover_arb.broker.ledger.patience import recorded
from prover_arb.broker.offers import Offers
from prover_arb.broker.planning import plan_purchases
from prover_arb.core.history import History
from prover_arb.core.logs import log_ids
from prover_arb.core.money import NO_MONEY
from prover_arb.core.outcome import Outcome
from prover_arb.core.plan import Plan
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.protocols import Ledger, Oracle, Policy, Prover, Repairer
from prover_arb.core.purchases import Attempt, Buy, Purchase, Sample, Stop
from prover_arb.core.theorem import CACHE, Message, Theorem
from prover_arb.errors import BudgetError, LedgerError, RunBudgetTaken
from prover_arb.oracle.budgeted import Checker
from prover_arb.oracle.certificate import issue as issue_certificate
from prover_arb.scheduler import IndexPolicy, at_value

log = logging.getLogger(__name__)

NOT_WANTED = "cancelled: the theorem was settled by another attempt"
"""The failure of a purchase that was cancelled because nothing was left to buy."""

SETTLED_WITH_PROVER = frozenset({"delivered", "lost"})
"""The states that say how a prover behaved."""

TOO_LATE = "the deadline has passed"


class Inspection(Protocol):
    """Whether the oracle can read a statement."""

    @property
    def elaborates(self) -> bool: ...

    @property
    def reason(self) -> str: ...

    @property
    def timed_out(self) -> bool:
        """Whether it could be read, given more time."""
        ...

    @property
    def messages(self) -> tuple[Message, ...]:
        """What Lean says about the statement."""
        ...

    @property
    def statement_sha256(self) -> str:
        """The hash of what it means, as data; empty where that is not known."""
        ...


class Broker:
    """Buys attempts of `provers` until `oracle` accepts one, and records all of it in `ledger`.

    `verification_price` is in micro-dollars per CPU-hour, and prices also what policies take to
    decide and to learn; no theorem's budget pays for that. `inspect`, if given, is called before
    the first purchase, so that no prover is paid for a statement that does not elaborate.
    `refuter`, if given, sells proofs that a statement is false, to policies that ask for them.
    `rechecking` judges proofs that were known before, in place of `oracle`, which may remember
    verdicts.
    """

    def __init__(
        self,
        *,
        oracle: Oracle,
        provers: Sequence[Prover | Repairer],
        ledger: Ledger,
        verification_price: int,
        inspect: Callable[[Theorem], Awaitable[Inspection]] | None = None,
        refuter: Prover | None = None,
        rechecking: Oracle | None = None,
        issue: Issue = issue_certificate,
    ) -> None:
        self._verification_price = verification_price
        self._checker = Checker(oracle, price=verification_price)
        self._rechecker = Checker(rechecking or oracle, price=verification_price)
        self._provers = list(provers)
        self._ledger = ledger
        self._histories = Histories(ledger)
        self._inspector = inspect
        self._refuter = refuter
        self._issue = issue
        self._in_work: set[tuple[str, str, str]] = set()
        self._conduct: WeakValueDictionary[str, Conduct] = WeakValueDictionary()
        self._shared_runs: dict[str, Conduct] = {}
        """The conduct in runs that other brokers buy in, too."""

    async def prove(
        self,
        theorem: Theorem,
        policy: Policy,
        job: ProofJob,
        *,
        on_purchase: Callable[[Purchase], None] | None = None,
    ) -> Outcome:
        """Spends at most the job's budget on a proof, and resumes where its run stopped.

        `policy` is the one that `job.policy` describes. `on_purchase` is called at every step of
        every purchase. When this call is cancelled or its deadline passes, open purchases are
        cancelled, paid for what their provers say they used, and may be bought again. What was paid
        for by then is still judged: after a deadline by this call, after a cancellation by the
        next.

        Raises:
            BudgetError: the budget is negative.
            PolicyError: the policy chooses what is not on offer, or cannot use the job's `value`.
            LedgerError, OracleError: the market itself failed; the ledger stays consistent.
        """
        if job.budget < 0:
            raise BudgetError(f"budget: {job.budget} micro-dollars is negative")
        policy = at_value(policy, job.value)
        with (
            self._only_buyer(theorem, policy, job),
            log_ids(run=job.run, theorem=theorem.name),
        ):
            conduct = self._conduct_in(job.run)

            def purchase_changed(purchase: Purchase) -> None:
                if purchase.state in SETTLED_WITH_PROVER:
                    conduct.add([purchase.dealing])
                if on_purchase is not None:
                    on_purchase(purchase)

            account = Account(
                self._ledger,
                theorem,
                policy,
                job,
                cpu_price=self._verification_price,
                on_purchase=purchase_changed,
            )
            try:
                async with asyncio.timeout(job.deadline) as clock:
                    await asyncio.sleep(0)  # a deadline that has passed ends it here
                    await self._inspect(account)
                    history = self._histories.begin(account)
                    await self._try_known_proof(account)
                    stop = await self._buy_until_settled(account, history, conduct)
            except TimeoutError:
                if not clock.expired():
                    raise
                await self._inspect(account)
                await self._judge_delivered(account)
                stop = settled_by_verdict(account) or Stop(why=TOO_LATE)
            account.record_overhead()
            await account.flush()
            self._histories.end(account)
            return outcome_of(account, stop, self._issue)

    def share(self, policy: Policy, run: str) -> None:
        """Reads what a policy and a run have behind them, before any of several brokers buys.

        From then on `learn` says what the others do.
        """
        self._histories.known(policy.name)
        self._shared_runs[run] = self._conduct_in(run)

    def learn(self, ended: EndedTheorem) -> None:
        """Adds what another broker bought for a theorem."""
        if ended.dealings:
            self._conduct_in(ended.run).add(ended.dealings)
        if ended.history is not None:
            self._histories.learn(ended.run, ended.policy, ended.digest, ended.history)

    def plan(self, theorem: Theorem, policy: Policy, job: ProofJob, *, model: IndexPolicy) -> Plan:
        """Returns what `policy` would buy by the terms of `job`; nothing is bought.

        `model` says what the purchases promise.

        Raises:
            InputError: the policy buys by auction.
        """
        return plan_purchases(
            theorem,
            policy,
            job,
            model=model,
            provers=self._provers,
            checker=self._checker,
            refuter=self._refuter,
            history=self._histories.known(policy.name),
        )

    async def _buy_until_settled(
        self, account: Account, history: History, conduct: Conduct
    ) -> Stop:
        """Decides, buys and judges in turn until nothing is left to buy, and says why."""
        async with InFlight(account) as in_flight:
            while True:
                await self._judge_delivered(account)
                settled = settled_by_verdict(account)
                if settled is not None:
                    await in_flight.cancel(NOT_WANTED)
                    await recorded(partial(account.cancel_delivered, NOT_WANTED))
                    return settled
                if in_flight.full:
                    await in_flight.wait()
                    continue
                provers = [p for p in self._provers if not conduct.why_excluded(p.name)]
                offers = Offers(account, provers, self._checker, self._refuter)
                decision = offers.choose(history)
                log.debug("the policy decides: %s", decision)
                if not isinstance(decision, Stop):
                    # Several brokers may share a run's budget: what is left is looked up again.
                    with suppress(RunBudgetTaken):
                        in_flight.start(*offers.reserve(decision))
                elif in_flight:
                    await in_flight.wait()
                else:
                    why = "; ".join([decision.why, *conduct.exclusions()])
                    return decision.model_copy(update={"why": why})

    async def _try_known_proof(self, account: Account) -> None:
        """Delivers, before anything is bought, a proof that was known before; it costs nothing."""
        known = account.job.known_proof
        if known is None or account.invalid or account.begun:
            return
        reserve = self._checker.verification_reserve(account.spendable, account.job.limits)
        with suppress(RunBudgetTaken):
            purchase = account.reserve(Buy(prover=CACHE, budget=NO_MONEY), reserve)
            found = Attempt(prover=CACHE, candidate=known, cost=0)
            await recorded(partial(account.deliver, purchase, found))

    async def _judge_delivered(self, account: Account) -> None:
        """Has the oracle judge what is paid for and not judged yet, whichever program bought it."""
        limits = account.job.limits
        while (purchase := account.unjudged) is not None and not settled_by_verdict(account):
            if purchase.candidate is None:
                await recorded(partial(account.judge, purchase, None, 0))
                continue
            await account.flush()
            left = account.left_to_verify(purchase)
            samples = purchase.samples or (Sample(candidate=purchase.candidate),)
            candidates = [sample.candidate for sample in samples]
            with account.watch.stage("verifying"), log_ids(purchase=purchase.id):
                checker = self._rechecker if purchase.prover == CACHE else self._checker
                verdicts = await checker.verdicts(account.theorem, candidates, limits, left=left)
            cost = self._checker.charge(sum(verdict.cpu_us for verdict in verdicts))
            judged = tuple(
                Sample(candidate=candidate, verdict=verdict)
                for candidate, verdict in zip_longest(candidates, verdicts)
            )
            counting = self._checker.counting(verdicts)
            samples = judged if purchase.samples else ()
            await recorded(partial(account.judge, purchase, counting, min(cost, left), samples))

    async def _inspect(self, account: Account) -> None:
        """Asks the oracle, before the first purchase, whether it can read the statement."""
        if self._inspector is None or account.inspected or account.purchases:
            return
        with account.watch.stage("verifying"):
            check = await self._inspector(account.theorem)
        account.inspected = True
        if not check.elaborates:
            account.unreadable = check.reason or "the statement does not elaborate"

    def _conduct_in(self, run: str) -> Conduct:
        """Returns how the provers behave in a run, as the ledger says when its work begins."""
        conduct = self._conduct.get(run)
        if conduct is None:
            conduct = Conduct()
            conduct.add(self._ledger.dealings(run))
            self._conduct[run] = conduct
        return conduct

    @contextmanager
    def _only_buyer(self, theorem: Theorem, policy: Policy, job: ProofJob) -> Iterator[None]:
        """Refuses to buy for the same account twice at the same time."""
        key = (job.run, policy.name, theorem.digest)
        if key in self._in_work:
            raise LedgerError(
                f"{theorem.name} is being bought already (run {job.run}, policy {policy.name}); "
                "wait for it, or use another run"
            )
        self._in_work.add(key)
        try:
            yield
        finally:
            self._in_work.discard(key)
