"""An engine whose broker is one of several of a market, with the same ledger."""

from __future__ import annotations

from collections.abc import Sequence

from prover_arb.broker.ended import EndedTheorem
from prover_arb.broker.histories import theorem_history
from prover_arb.broker.loop import SETTLED_WITH_PROVER
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Dealing, Purchase
from prover_arb.core.theorem import Theorem
from prover_arb.runtime.engine import Engine, working_for


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

        `others` is what those have finished since the last call. It returns what they must know. A
        run under a lease is this engine's alone: it recovers the run itself, and how provers behave
        in it is nothing to the others.
        """
        for ended in others:
            self.broker.learn(ended)
        if job.lease:
            self.recover(job)
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
            dealings=() if job.lease else tuple(dealings),
            history=None if job.value is not None else theorem_history(theorem, outcome.purchases),
        )
