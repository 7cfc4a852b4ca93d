"""The front door of the market: the same requests, whether it runs on Ray or in this process."""

from __future__ import annotations

from typing import Protocol

from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.broker.loop import Inspection
from prover_arb.core.machine import processors
from prover_arb.core.outcome import Outcome
from prover_arb.core.plan import Plan
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Quote
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.core.worker_bounds import Workers
from prover_arb.runtime.elastic_pool import WorkerSupply
from prover_arb.runtime.engine import Engine
from prover_arb.runtime.worker_factory import WorkerFactory
from prover_arb.runtime.worker_pool import PoolStatus


class Marketplace(Protocol):
    """Where proofs are bought and judged."""

    async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome:
        """Buys a proof of `theorem` by the terms of `job`, resuming where its run stopped.

        Raises:
            PolicyError: there is no such policy, or it cannot use what the job says.
            OracleError, LedgerError: the market itself failed.
        """
        ...

    async def plan(self, theorem: Theorem, job: ProofJob) -> Plan:
        """Returns what would be bought by the terms of `job`; nothing is bought.

        Raises:
            PolicyError: there is no such policy.
            InputError: the policy buys by auction.
        """
        ...

    async def quotes(self, theorem: Theorem) -> list[Quote]:
        """Returns what an attempt of each prover costs at most."""
        ...

    async def verify(
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits | None = None,
        *,
        customer: str = ...,
    ) -> Verdict:
        """Judges one candidate; nothing is bought."""
        ...

    async def inspect(self, theorem: Theorem, *, customer: str = ...) -> Inspection:
        """Returns whether the statement elaborates and may have a proof, and if not, why."""
        ...

    async def identity(self) -> ToolchainIdentity:
        """Returns which Lean elaborates."""
        ...

    async def status(self) -> PoolStatus:
        """Returns how busy the workers are."""
        ...

    async def check_policy(self, policy: str) -> str:
        """Returns the policy's name in the ledger.

        Raises:
            PolicyError: there is no such policy; the message lists those there are.
        """
        ...

    async def close(self) -> None: ...


class LocalMarketplace(Engine):
    """A market in this process, on this machine's cores."""

    @classmethod
    async def create(
        cls,
        factory: WorkerFactory,
        *,
        ledger: LedgerAddress,
        workers: Workers | int | None = None,
        reserved: int = 0,
    ) -> LocalMarketplace:
        """Opens with `workers` workers (one per core by default), once the first is ready.

        Between two bounds their number goes with the queue. Besides them there are `reserved`
        workers for interactive requests only.

        Raises:
            ToolchainError, OracleError: no worker started.
        """
        bounds = Workers.of(workers, processors())
        market = cls(
            factory,
            WorkerSupply(factory.worker, bounds),
            ledger,
            [factory.worker() for _ in range(reserved)],
        )
        try:
            await market.start()
        except BaseException:
            await market.close()
            raise
        return market
