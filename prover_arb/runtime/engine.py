"""The engine: broker and ledger in one process, with a pool of workers as oracle and provers.

The module is longer than 300 lines because the engine, its oracle and its provers share one pool
and what is known of the customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from prover_arb.broker.ledger.opening import open_ledger
from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.broker.loop import Broker, Inspection
from prover_arb.broker.planning import on_sale
from prover_arb.core.money import MicroUSD
from prover_arb.core.outcome import Outcome
from prover_arb.core.plan import Plan
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.protocols import Policy, Repairer
from prover_arb.core.purchases import Attempt, AttemptRequest, Bid, Quote, SalesRecord
from prover_arb.core.slices import Slice
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import PolicyError
from prover_arb.oracle import reference
from prover_arb.oracle.budgeted import judged
from prover_arb.problems import unfounded_theorem
from prover_arb.provers.chat.chat_prover import ChatProver, ChatProvers, ChatRepairer
from prover_arb.provers.chat.model_config import PricedModel
from prover_arb.provers.prover_config import PricedLocalProver
from prover_arb.provers.recorded.answers_prover import AnswersProver
from prover_arb.runtime.answer_cache import AnswerCache
from prover_arb.runtime.attempt_cache import AttemptCache
from prover_arb.runtime.elastic_pool import WorkerSupply
from prover_arb.runtime.verdict_cache import RememberingOracle
from prover_arb.runtime.worker_factory import PricedProver, Worker, WorkerFactory
from prover_arb.runtime.worker_pool import PoolStatus, WorkerPool
from prover_arb.scheduler import IndexPolicy, RefuteFirst, make_policy
from prover_arb.scheduler.policies.parse import SHIPPED_POLICY
from prover_arb.scheduler.policies.refute_first import PREFIX

_customer: ContextVar[str] = ContextVar("customer", default="")
"""The customer for whom the engine works. It is set where a request comes in and read where one
goes out to a worker, in this file alone, so that the broker in between need not know of it."""


_interactive: ContextVar[bool] = ContextVar("interactive", default=False)
"""Whether somebody waits for the answer; such requests may use the reserved workers."""


@contextmanager
def working_for(customer: str, *, interactive: bool = False) -> Iterator[None]:
    tokens = _customer.set(customer), _interactive.set(interactive)
    try:
        yield
    finally:
        _customer.reset(tokens[0])
        _interactive.reset(tokens[1])


MOST_INSPECTIONS = 2_000
"""How many statements that elaborate are remembered, so that they are not read again."""


class PooledOracle:
    """An oracle that judges on the next free worker of a pool."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        """Judges a candidate; raises WorkerDied if two workers in a row die over it."""
        bounds = limits or Limits()
        customer = _customer.get()
        return await self._pool.run(
            lambda worker: worker.verify(theorem, candidate, bounds, customer=customer),
            customer=customer,
            again=True,
            interactive=_interactive.get(),
        )

    async def identity(self) -> ToolchainIdentity:
        return await self._pool.run(lambda worker: worker.identity(), again=True)


class PooledProver:
    """A prover that works on the next free worker of a pool; quotes are made here."""

    def __init__(
        self,
        priced: PricedProver,
        pool: WorkerPool,
        cache: AttemptCache,
        slice_: Slice | None = None,
    ) -> None:
        """Makes a prover that sells whole attempts, or the slice `slice_` of one."""
        self._priced = priced
        self._pool = pool
        self._cache = cache
        self._slice = slice_

    @property
    def name(self) -> str:
        return self._priced.name

    @property
    def slices(self) -> int:
        return self._priced.slices if isinstance(self._priced, PricedLocalProver) else 0

    def resuming(self, slice_: Slice) -> PooledProver:
        """Returns the prover that sells this slice of an attempt."""
        return PooledProver(self._priced, self._pool, self._cache, slice_)

    def quote(self, theorem: Theorem) -> Quote:
        if self._slice is not None and isinstance(self._priced, PricedLocalProver):
            return self._priced.slice_quote(self._slice.index)
        return self._priced.quote(theorem)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        return self._priced.bid(theorem, record)

    @property
    def max_attempts(self) -> int:
        return self._priced.max_attempts

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Makes an attempt; raises WorkerDied, and has delivered nothing, if its worker dies."""
        request = AttemptRequest(
            prover=self.name,
            number=number,
            budget=MicroUSD(budget),
            seed=seed,
            customer=_customer.get(),
            slice=self._slice,
        )

        async def work() -> Attempt:
            return await self._pool.run(
                lambda worker: worker.attempt(theorem, request), customer=request.customer
            )

        if not self._priced.deterministic:
            return await work()
        return await self._cache.attempt(theorem, request, work)


class Engine:
    """Buys proofs with one broker and one ledger, on the workers of a factory."""

    def __init__(
        self,
        factory: WorkerFactory,
        workers: Sequence[Worker] | WorkerSupply[Worker],
        ledger: LedgerAddress,
        reserved: Sequence[Worker] = (),
    ) -> None:
        """The workers in `reserved` only verify and inspect for callers of this engine."""
        self._pool = WorkerPool(workers, reserved=reserved)
        self._oracle = PooledOracle(self._pool)
        self._cache = AttemptCache()
        listed = factory.provers()
        self._models = ChatProvers([prover for prover in listed if isinstance(prover, PricedModel)])
        models = {prover.name: prover for prover in self._models.provers}
        self._provers: list[PooledProver | AnswersProver | ChatProver | ChatRepairer] = [
            models.get(prover.name) or self._pooled(prover) for prover in listed
        ]
        refuter = factory.refuter()
        self._refuter = None if refuter is None else self._pooled(refuter)
        self._ledger = open_ledger(ledger)
        self.broker = Broker(
            oracle=RememberingOracle(self._oracle, whose=_customer.get),
            rechecking=self._oracle,
            provers=self._provers,
            ledger=self._ledger,
            verification_price=factory.verification_price,
            inspect=self._inspect,
            refuter=self._refuter,
        )
        self._inspections: AnswerCache[tuple[str, str], Inspection] = AnswerCache(MOST_INSPECTIONS)
        self._recovered_runs: dict[str, int] = {}
        self._policies: dict[str, Policy] = {}
        self._forecasters: dict[str, IndexPolicy] = {}

    def _pooled(self, prover: PricedProver) -> PooledProver | AnswersProver:
        """Returns the prover at work; recorded answers are there already and need no worker."""
        if isinstance(prover, AnswersProver):
            return prover
        return PooledProver(prover, self._pool, self._cache)

    async def start(self) -> None:
        """Starts the workers, and returns as soon as one is ready; the others join later.

        Raises:
            ToolchainError, OracleError: no worker started.
        """
        await self._pool.start()

    async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome:
        """Buys a proof of `theorem` by the terms of `job`, resuming where its run stopped."""
        self.recover(job)
        with working_for(job.customer):
            return await self.broker.prove(theorem, self.policy(job.policy), job)

    async def plan(self, theorem: Theorem, job: ProofJob) -> Plan:
        """Returns what would be bought by the terms of `job`; nothing is bought."""
        return self.broker.plan(
            theorem, self.policy(job.policy), job, model=self._model(job.policy)
        )

    async def quotes(self, theorem: Theorem) -> list[Quote]:
        """Returns what an attempt of each prover that needs nothing to repair costs at most."""
        sellers = [prover for prover in self._provers if not isinstance(prover, Repairer)]
        return on_sale(sellers, theorem, ())

    async def verify(
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits | None = None,
        *,
        customer: str = "",
    ) -> Verdict:
        """Judges one candidate; nothing is bought."""
        with working_for(customer, interactive=True):
            return await judged(self._oracle, theorem, candidate, limits)

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> Inspection:
        """Returns whether the statement elaborates and may have a proof, and if not, why.

        A statement that rests on a `sorry` of its preamble is refused without Lean.
        """
        with working_for(customer, interactive=True):
            return await self._inspect(theorem)

    async def _inspect(self, theorem: Theorem) -> Inspection:
        gap = unfounded_theorem(theorem)
        if gap:
            return reference.StatementCheck(elaborates=False, reason=gap)
        customer = _customer.get()

        async def work() -> Inspection:
            return await self._pool.run(
                lambda worker: worker.inspect(theorem, customer=customer),
                customer=customer,
                again=True,
                interactive=_interactive.get(),
            )

        # Every policy of a run asks, and should not wait for a worker to hear the same again. Nor
        # does a caller that has reserved workers wait for an order's turn at the others.
        return await self._inspections.answer(
            (customer, theorem.digest),
            work,
            lasting=lambda check: check.elaborates,
            waits=not _interactive.get(),
        )

    async def identity(self) -> ToolchainIdentity:
        """Returns which Lean elaborates."""
        return await self._oracle.identity()

    async def status(self) -> PoolStatus:
        """Returns how busy the workers are."""
        return self._pool.status

    async def check_policy(self, policy: str) -> str:
        """Returns the name that this policy's purchases have in the ledger.

        Raises:
            PolicyError: there is no such policy; the message lists those there are.
        """
        return self.policy(policy).name

    async def close(self) -> None:
        """Ends the workers' Lean processes, and closes the connections and the ledger."""
        await self._pool.close()
        await self._models.close()
        self._ledger.close()

    def recover(self, job: ProofJob) -> None:
        """Once per run and lease, gives up what a program that died had open; it may be bought
        again."""
        if self._recovered_runs.get(job.run) != job.lease:
            self._ledger.recover(job.run, lease=job.lease)
            if job.run_budget is not None:
                self._ledger.limit_run(job.run, job.run_budget)
            self._recovered_runs[job.run] = job.lease

    def _model(self, text: str) -> IndexPolicy:
        """Returns what says how promising the purchases of a policy are.

        That is the policy itself, or one that begins as `schedule` does and learns from what the
        policy bought.
        """
        plain = self.policy(text.strip().removeprefix(PREFIX))
        if isinstance(plain, IndexPolicy):
            return plain
        if text not in self._forecasters:
            made = make_policy(SHIPPED_POLICY, self._provers)
            assert isinstance(made, IndexPolicy)
            self._forecasters[text] = made
        return self._forecasters[text]

    def policy(self, text: str) -> Policy:
        """Returns the policy that a text describes."""
        if text not in self._policies:
            policy = make_policy(text, self._provers)
            if isinstance(policy, RefuteFirst) and self._refuter is None:
                raise PolicyError(f"policy {text!r}: nobody on this market sells refutations")
            self._policies[text] = policy
        return self._policies[text]
