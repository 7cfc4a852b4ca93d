"""Several brokers of one market: each has a part of the theorems and of the workers.

A theorem belongs to a broker by the hash of its statement, so that no two buy for it and its bounds
(budget, attempts at once) hold as with one broker. All brokers write the same ledger, in which the
budget of a run is one number. What decisions on other theorems depend on, the histories that
policies learn from and how provers behave, comes to a broker with its next theorem: then it knows
every theorem that had ended by the time it begins, as a single broker does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from prover_arb.broker.ended import EndedTheorem
from prover_arb.broker.histories import theorem_history
from prover_arb.broker.loop import SETTLED_WITH_PROVER
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Dealing, Purchase
from prover_arb.core.theorem import Theorem
from prover_arb.runtime.actor_handle import ActorHandle
from prover_arb.runtime.engine import Engine, working_for
from prover_arb.runtime.worker_pool import PoolStatus


class ShardEngine(Engine):
    """An engine that may buy beside others, with the same ledger."""

    async def share(self, job: ProofJob, *, recover: bool) -> None:
        """Gets ready to buy in a run, and by a policy, beside other engines.

        One of them recovers the run, before the others get ready and before any of them buys.
        """
        if recover:
            self.recover(job)
        self.broker.share(self.policy(job.policy), job.run)

    async def prove_beside(
        self, theorem: Theorem, job: ProofJob, others: Sequence[EndedTheorem]
    ) -> tuple[Outcome, EndedTheorem]:
        """Buys a proof as `prove` does, beside other engines with the same ledger.

        `others` is what those have finished since the last call. It returns what they must know.
        """
        for ended in others:
            self.broker.learn(ended)
        policy = self.policy(job.policy)
        dealings: list[Dealing] = []

        def note(purchase: Purchase) -> None:
            if purchase.state in SETTLED_WITH_PROVER:
                dealings.append(purchase.dealing)

        with working_for(job.customer):
            outcome = await self.broker.prove(theorem, policy, job, on_purchase=note)
        return outcome, EndedTheorem(
            run=job.run,
            policy=policy.name,
            digest=theorem.digest,
            dealings=tuple(dealings),
            history=None if job.value is not None else theorem_history(theorem, outcome.purchases),
        )


class BrokerShards:
    """Engines in actors, one or more, over one ledger."""

    def __init__(self, engines: Sequence[ActorHandle[ShardEngine]]) -> None:
        self.engines = tuple(engines)
        self._not_told: list[list[EndedTheorem]] = [[] for _ in engines]
        """What each engine does not know yet of the others' theorems."""
        self._sharing: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Starts the workers of all engines; returns when each engine has one that is ready.

        Raises:
            ToolchainError, OracleError: an engine has none.
        """
        await asyncio.gather(*(engine.call(Engine.start) for engine in self.engines))

    def engine_of(self, theorem: Theorem) -> ActorHandle[ShardEngine]:
        """Returns the engine to which a theorem belongs."""
        return self.engines[self._index_of(theorem)]

    async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome:
        """Buys a proof with the theorem's broker."""
        if len(self.engines) == 1:
            return await self.engines[0].call(Engine.prove, theorem, job)
        await self._share(job)
        index = self._index_of(theorem)
        others, self._not_told[index] = self._not_told[index], []
        outcome, ended = await self.engines[index].call(
            ShardEngine.prove_beside, theorem, job, others
        )
        for other, not_told in enumerate(self._not_told):
            if other != index:
                not_told.append(ended)
        return outcome

    async def status(self) -> PoolStatus:
        """Returns how busy the workers of all engines are."""
        parts = await asyncio.gather(*(engine.call(Engine.status) for engine in self.engines))
        return PoolStatus(
            **{
                field: sum(getattr(part, field) for part in parts)
                for field, described in PoolStatus.model_fields.items()
                if described.is_required()
            }
        )

    def _index_of(self, theorem: Theorem) -> int:
        return int(theorem.digest[:8], 16) % len(self.engines)

    async def _share(self, job: ProofJob) -> None:
        """Has all engines get ready for a run and a policy before any of them buys."""
        key = job.run, job.policy
        if key not in self._sharing:
            self._sharing[key] = asyncio.create_task(self._get_ready(job))
        try:
            await asyncio.shield(self._sharing[key])
        except BaseException:
            if self._sharing[key].done():
                del self._sharing[key]
            raise

    async def _get_ready(self, job: ProofJob) -> None:
        first, *others = self.engines
        await first.call(ShardEngine.share, job, recover=True)
        await asyncio.gather(
            *(other.call(ShardEngine.share, job, recover=False) for other in others)
        )
