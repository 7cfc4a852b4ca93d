"""A worker with one Lean process: provers that work with it, and an oracle that judges with it.

The same class runs in this process and in a Ray actor, so nothing here knows of Ray.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from prover_arb.core.protocols import Prover, SlicedProver
from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.theorem import Candidate, Limits, Profile, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import ProverError
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.options import DEFAULTS, OracleOptions
from prover_arb.oracle.reference import StatementCheck
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verifier import LeanOracle
from prover_arb.provers.catalog import Catalog
from prover_arb.runtime.worker_factory import PricedProver


class LocalWorker:
    """A worker with a Lean process of its own on the machine where it runs."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        profile: Profile,
        memory_mb: int,
        options: OracleOptions,
        standby: int = 0,
    ) -> None:
        self._catalog = catalog
        self._profile = profile
        self._memory_mb = memory_mb
        self._options = options
        self._standby = standby
        self._starting = asyncio.Lock()
        self._pool: LeanPool | None = None
        self._oracle: LeanOracle | None = None

    async def start(self) -> None:
        async with self._starting:
            if self._pool is not None:
                return
            toolchain = await asyncio.to_thread(ensure, self._profile)
            pool = LeanPool(
                toolchain,
                size=1,
                standby=self._standby,
                memory_mb=self._memory_mb,
                reset_every=self._options.reset_every,
            )
            oracle = LeanOracle.on(pool, self._options)
            try:
                await asyncio.gather(pool.start(), oracle.start())
            except BaseException:
                await pool.close()
                raise
            self._oracle, self._pool = oracle, pool

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        await self.start()
        provers = self._provers(request.customer)
        chosen = provers.get(request.prover)
        if chosen is None:
            known = ", ".join(sorted(provers))
            raise ProverError(
                f"no prover {request.prover!r} on this worker; its catalog has: {known}"
            )
        if request.slice is not None:
            if not isinstance(chosen, SlicedProver):
                raise ProverError(f"{request.prover} sells whole attempts only")
            chosen = chosen.resuming(request.slice)
        return await chosen.attempt(
            theorem, number=request.number, budget=request.budget, seed=request.seed
        )

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        oracle = await self._started_oracle()
        return await oracle.verify(theorem, candidate, limits, customer=customer)

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> StatementCheck:
        return await (await self._started_oracle()).inspect(theorem, customer=customer)

    async def identity(self) -> ToolchainIdentity:
        return await (await self._started_oracle()).identity()

    async def close(self) -> None:
        pool, self._pool, self._oracle = self._pool, None, None
        if pool is not None:
            await pool.close()

    def _provers(self, customer: str) -> dict[str, Prover]:
        """Returns the provers, working for a customer."""
        assert self._pool is not None
        leases = self._pool.serving(customer)
        provers = [*self._catalog.build(leases), self._catalog.build_refuter(leases)]
        return {prover.name: prover for prover in provers if prover is not None}

    async def _started_oracle(self) -> LeanOracle:
        await self.start()
        assert self._oracle is not None
        return self._oracle


@dataclass(frozen=True)
class LocalWorkerFactory:
    """Makes local workers, and the provers of a price list."""

    catalog: Catalog
    profile: Profile = "core"
    memory_mb: int = 1900
    """The memory limit of each Lean process."""
    options: OracleOptions = DEFAULTS
    """How candidates are judged."""
    standby: int = 0
    """For how many customers more than one each worker has Lean processes; see `LeanPool`."""

    @property
    def verification_price(self) -> int:
        return self.catalog.verification_price

    def worker(self) -> LocalWorker:
        return LocalWorker(
            catalog=self.catalog,
            profile=self.profile,
            memory_mb=self.memory_mb,
            options=self.options,
            standby=self.standby,
        )

    def provers(self) -> Sequence[PricedProver]:
        return self.catalog.priced_provers()

    def refuter(self) -> PricedProver | None:
        return self.catalog.refuter()
