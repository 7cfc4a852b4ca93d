"""What the functions of the Python API share: a job from their arguments, a market of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from prover_arb.core.machine import processors
from prover_arb.core.money import MicroUSD
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Limits, Profile
from prover_arb.errors import InputError
from prover_arb.oracle.kernels.official.kernel import find
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.runtime import open_marketplace
from prover_arb.runtime.marketplace import Marketplace

T = TypeVar("T")


def proof_job(
    *,
    policy: str,
    budget: MicroUSD,
    run: str,
    seed: int,
    limits: Limits | None,
    max_parallel: int,
    run_budget: MicroUSD | None = None,
) -> ProofJob:
    if max_parallel < 1:
        raise InputError(f"max_parallel must be at least 1, got {max_parallel}")
    return ProofJob(
        policy=policy,
        budget=budget,
        run_budget=run_budget,
        run=run,
        seed=seed,
        limits=limits or Limits(),
        max_parallel=max_parallel,
    )


@asynccontextmanager
async def market_for(
    job: ProofJob, profile: Profile, catalog: str | Path | None, ledger: str | Path | None
) -> AsyncIterator[Marketplace]:
    """Opens a market in this process; without a ledger its purchases are forgotten."""
    folder = TemporaryDirectory(prefix="prover_arb-") if ledger is None else nullcontext(None)
    with folder as temporary:
        async with open_marketplace(
            ledger=Path(temporary or "") / "ledger.sqlite" if ledger is None else Path(ledger),
            ray=False,
            workers=min(job.max_parallel, processors()),
            catalog=None if catalog is None else Path(catalog),
            profile=profile,
        ) as market:
            yield market


async def toolchain_for(profile: Profile) -> Any:
    find()
    return await asyncio.to_thread(ensure, profile)


def run_to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end, also where a loop is running already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
