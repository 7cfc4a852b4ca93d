"""A host with Lean: one worker, the sellers that think with it, the oracle that judges with it.

The same class runs inside this process and inside a Ray actor, so nothing here knows of Ray.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from prover_arb.core.protocols import Prover
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Candidate, Limits, Profile, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import ProverError
from prover_arb.oracle.options import DEFAULTS, OracleOptions
from prover_arb.oracle.pool import LeanPool
from prover_arb.oracle.reference import StatementCheck
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verifier import LeanOracle
from prover_arb.provers.catalog import Catalog
from prover_arb.runtime.worker_factory import Quoter


class LeanHost:
    """A host on this machine with a Lean worker of its own."""

    def __init__(
        self, *, catalog: Catalog, profile: Profile, memory_mb: int, options: OracleOptions
    ) -> None:
        self._catalog = catalog
        self._profile = profile
        self._memory_mb = memory_mb
        self._options = options
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

    async def attempt(
        self,
        prover: str,
        theorem: Theorem,
        *,
        number: int,
        budget: int,
        seed: int,
        customer: str = "",
    ) -> Attempt:
        await self.start()
        provers = self._provers(customer)
        seller = provers.get(prover)
        if seller is None:
            known = ", ".join(sorted(provers))
            raise ProverError(f"no prover {prover!r} on this host; its catalog has: {known}")
        return await seller.attempt(theorem, number=number, budget=budget, seed=seed)

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        oracle = await self._judge()
        return await oracle.verify(theorem, candidate, limits, customer=customer)

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> StatementCheck:
        return await (await self._judge()).inspect(theorem, customer=customer)

    async def identity(self) -> ToolchainIdentity:
        return await (await self._judge()).identity()

    async def close(self) -> None:
        pool, self._pool, self._oracle = self._pool, None, None
        if pool is not None:
            await pool.close()

    def _provers(self, customer: str) -> dict[str, Prover]:
        """The sellers, at work for a customer."""
        assert self._pool is not None
        leases = self._pool.serving(customer)
        sellers = [*self._catalog.build(leases), self._catalog.build_refuter(leases)]
        return {seller.name: seller for seller in sellers if seller is not None}

    async def _judge(self) -> LeanOracle:
        await self.start()
        assert self._oracle is not None
        return self._oracle


@dataclass(frozen=True)
class LeanBlueprint:
    """The market as it is sold: Lean workers, and the sellers of a catalog."""

    catalog: Catalog
    profile: Profile = "core"
    memory_mb: int = 1900
    """Memory limit of each Lean worker."""
    options: OracleOptions = DEFAULTS
    """How candidates are judged."""

    @property
    def verification_price(self) -> int:
        return self.catalog.verification_price

    def host(self) -> LeanHost:
        return LeanHost(
            catalog=self.catalog,
            profile=self.profile,
            memory_mb=self.memory_mb,
            options=self.options,
        )

    def sellers(self) -> Sequence[Quoter]:
        return self.catalog.listings()

    def refuter(self) -> Quoter | None:
        return self.catalog.refuter()
