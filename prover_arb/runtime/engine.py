"""The house: broker and ledger side by side, with the hosts as their oracle and sellers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import Broker, StatementCheck
from prover_arb.core.outcome import Outcome
from prover_arb.core.protocols import Policy
from prover_arb.core.purchases import Attempt, Bid, Quote, SalesRecord
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import PolicyError, WorkerDied
from prover_arb.oracle import reference
from prover_arb.problems import unfounded_theorem
from prover_arb.provers.chat.chat_prover import ChatProver, ChatRepairer, ChatSellers
from prover_arb.provers.chat.model_config import ChatListing
from prover_arb.provers.recorded.seller import AnswersSeller
from prover_arb.runtime.attempt_cache import Recall
from prover_arb.runtime.deadline import prove_by
from prover_arb.runtime.worker_factory import Blueprint, Host, Quoter
from prover_arb.runtime.worker_pool import HostQueue
from prover_arb.scheduler import RefuteFirst, at_value, make_policy

_customer: ContextVar[str] = ContextVar("customer", default="")
"""For whom the engine is at work. Set where a request comes in, and read where one goes out to a
host, in this file alone: whatever buys and judges between the two need not know of it."""


@contextmanager
def _working_for(customer: str) -> Iterator[None]:
    token = _customer.set(customer)
    try:
        yield
    finally:
        _customer.reset(token)


class HostedOracle:
    """An oracle that judges on whichever host is free; WorkerDied when that host is lost."""

    def __init__(self, hosts: HostQueue) -> None:
        self._hosts = hosts

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        bounds = limits or Limits()
        customer = _customer.get()
        return await self._hosts.run(
            lambda h: h.verify(theorem, candidate, bounds, customer=customer),
            customer=customer,
            again=True,
        )

    async def identity(self) -> ToolchainIdentity:
        return await self._hosts.run(lambda h: h.identity(), again=True)


class HostedProver:
    """A seller who works on whichever host is free; `seller` only quotes, here."""

    def __init__(self, seller: Quoter, hosts: HostQueue, recall: Recall) -> None:
        self._seller = seller
        self._hosts = hosts
        self._recall = recall

    @property
    def name(self) -> str:
        return self._seller.name

    def quote(self, theorem: Theorem) -> Quote:
        return self._seller.quote(theorem)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        return self._seller.bid(theorem, record)

    @property
    def max_attempts(self) -> int:
        return self._seller.max_attempts

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Where the host is lost WorkerDied is raised: the seller did not deliver."""

        customer = _customer.get()

        async def work() -> Attempt:
            return await self._hosts.run(
                lambda h: h.attempt(
                    self.name, theorem, number=number, budget=budget, seed=seed, customer=customer
                ),
                customer=customer,
            )

        if not self._seller.deterministic:
            return await work()
        return await self._recall.attempt(
            self.name, theorem, work, number=number, budget=budget, seed=seed, customer=customer
        )


class House:
    """Buys proofs: one broker and one ledger over the hosts of a blueprint."""

    def __init__(self, blueprint: Blueprint, hosts: Sequence[Host], ledger: Path) -> None:
        self._hosts = HostQueue(hosts)
        self._oracle = HostedOracle(self._hosts)
        recall = Recall()
        sellers = blueprint.sellers()
        self._models = ChatSellers([s for s in sellers if isinstance(s, ChatListing)])
        # Models work elsewhere, and recorded answers are there: no host is kept waiting for them.
        models = {prover.name: prover for prover in self._models.provers}
        self._provers: list[HostedProver | ChatProver | ChatRepairer | AnswersSeller] = [
            s
            if isinstance(s, AnswersSeller)
            else models.get(s.name) or HostedProver(s, self._hosts, recall)
            for s in sellers
        ]
        refuter = blueprint.refuter()
        self._refuter = None if refuter is None else HostedProver(refuter, self._hosts, recall)
        self._ledger = SqliteLedger(ledger)
        self._broker = Broker(
            oracle=self._oracle,
            provers=self._provers,
            ledger=self._ledger,
            verification_price=blueprint.verification_price,
            inspect=self._inspect,
            refuter=self._refuter,
        )
        self._taken_over: set[str] = set()
        self._policies: dict[str, Policy] = {}

    async def start(self) -> None:
        """Back as soon as one host is ready; the others join when they are.

        Raises:
            ToolchainError, OracleError: no host came up.
        """
        await self._hosts.start()

    async def prove(
        self,
        theorem: Theorem,
        *,
        policy: str,
        budget: int,
        run: str,
        seed: int = 0,
        limits: Limits | None = None,
        abreast: int = 1,
        run_budget: int | None = None,
        value: int | None = None,
        deadline: float | None = None,
        customer: str = "",
    ) -> Outcome:
        """Buy a proof for at most `budget` micro-dollars, going on where `run` stopped.

        Up to `abreast` attempts are in flight at once. With a `run_budget`, all purchases of the
        run together cost at most that.
        """
        self._take_over(run, run_budget)
        with _working_for(customer):
            return await prove_by(
                self._broker,
                theorem,
                policy=at_value(self._policy(policy), value),
                budget=budget,
                run=run,
                seed=seed,
                limits=limits or Limits(),
                abreast=abreast,
                deadline=deadline,
                final=value is None,
            )

    async def verify(
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits | None = None,
        *,
        customer: str = "",
    ) -> Verdict:
        """Judge one candidate; nothing is bought."""
        with _working_for(customer):
            try:
                return await self._oracle.verify(theorem, candidate, limits)
            except WorkerDied as error:
                return Verdict(status="void", detail=str(error))

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> StatementCheck:
        """Whether the statement elaborates and may have a proof, and if not, why.

        One that rests on a `sorry` of its preamble needs no Lean to be turned down.
        """
        with _working_for(customer):
            return await self._inspect(theorem)

    async def _inspect(self, theorem: Theorem) -> StatementCheck:
        gap = unfounded_theorem(theorem)
        if gap:
            return reference.StatementCheck(elaborates=False, reason=gap)
        customer = _customer.get()
        return await self._hosts.run(
            lambda h: h.inspect(theorem, customer=customer), customer=customer, again=True
        )

    async def identity(self) -> ToolchainIdentity:
        return await self._oracle.identity()

    async def check_policy(self, policy: str) -> str:
        """The name under which this policy's purchases stand in the ledger.

        Raises:
            PolicyError: there is no such policy; the message lists those there are.
        """
        return self._policy(policy).name

    async def close(self) -> None:
        await self._hosts.close()
        await self._models.close()
        self._ledger.close()

    def _take_over(self, run: str, run_budget: int | None) -> None:
        """Once per run: what a program that died had open is lost, and may be bought again."""
        if run not in self._taken_over:
            self._ledger.recover(run)
            if run_budget is not None:
                self._ledger.limit_run(run, run_budget)
            self._taken_over.add(run)

    def _policy(self, text: str) -> Policy:
        if text not in self._policies:
            policy = make_policy(text, self._provers)
            if isinstance(policy, RefuteFirst) and self._refuter is None:
                raise PolicyError(f"policy {text!r}: nobody on this market sells refutations")
            self._policies[text] = policy
        return self._policies[text]
