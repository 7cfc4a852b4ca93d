"""The market's front door: the same five requests, with Ray behind it or without."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from prover_arb.broker.loop import StatementCheck
from prover_arb.core.machine import processors
from prover_arb.core.outcome import Outcome
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.runtime.engine import House
from prover_arb.runtime.worker_factory import Blueprint


class Marketplace(Protocol):
    """Where proofs are bought and judged. Policies are in their text form, such as `cascade`."""

    async def prove(
        self,
        theorem: Theorem,
        *,
        policy: str,
        budget: int,
        run: str,
        seed: int = ...,
        limits: Limits = ...,
        abreast: int = ...,
        run_budget: int | None = ...,
        value: int | None = ...,
        deadline: float | None = ...,
        customer: str = ...,
    ) -> Outcome:
        """Buy a proof for at most `budget` micro-dollars, going on where `run` stopped.

        Up to `abreast` attempts are in flight at once. With a `run_budget`, all purchases of the
        run together cost at most that; it is set by the first call for a run. `value` is what a
        proof is worth, in micro-dollars, until the theorem is gone on with; None is for the policy
        to know. After `deadline` seconds nothing more is bought. Texts of different customers never
        meet in one Lean process.

        Raises:
            PolicyError: there is no such policy.
            OracleError, LedgerError: the market itself failed.
        """
        ...

    async def verify(
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits = ...,
        *,
        customer: str = ...,
    ) -> Verdict: ...

    async def inspect(self, theorem: Theorem, *, customer: str = ...) -> StatementCheck: ...

    async def identity(self) -> ToolchainIdentity: ...

    async def check_policy(self, policy: str) -> str:
        """The policy's name in the ledger.

        Raises:
            PolicyError: there is no such policy; the message lists those there are.
        """
        ...

    async def close(self) -> None: ...


class LocalMarketplace(House):
    """Everything in this process, on this machine's cores."""

    @classmethod
    async def create(
        cls, blueprint: Blueprint, *, ledger: Path, workers: int | None = None
    ) -> LocalMarketplace:
        """Open with `workers` hosts (one per core unless told), once the first is ready."""
        hosts = [blueprint.host() for _ in range(workers or processors())]
        market = cls(blueprint, hosts, ledger)
        try:
            await market.start()
        except BaseException:
            await market.close()
            raise
        return market
