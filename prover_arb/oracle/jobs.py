"""Judges one or many candidates with one Lean that stays warm; nothing is bought."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from prover_arb.core.theorem import Candidate, Limits, Theorem, Value, Verdict
from prover_arb.oracle.budgeted import Checker
from prover_arb.oracle.options import DEFAULTS, OracleOptions
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verifier import open_oracle


class VerificationJob(Value):
    """One question for the oracle: is this candidate a proof of this theorem?"""

    theorem: Theorem
    candidate: Candidate


@dataclass(frozen=True)
class VerificationOptions:
    """Which Lean judges, how, and what one check may use."""

    toolchain: Toolchain
    limits: Limits
    oracle: OracleOptions = DEFAULTS


async def verdicts(
    jobs: Sequence[VerificationJob], options: VerificationOptions, *, workers: int
) -> AsyncIterator[Verdict]:
    """Yields one verdict per job, in the order of the jobs, with `workers` of them judged at once.

    Raises:
        InputError: a theorem is of another profile than the toolchain.
        ToolchainError, WorkerNotStarted: Lean, or the official kernel, cannot be started here.
    """
    opened = open_oracle(options.toolchain, size=workers, options=options.oracle)
    async with opened as (_, oracle):
        checker = Checker(oracle, price=0)
        turns = asyncio.Semaphore(workers)

        async def judge(job: VerificationJob) -> Verdict:
            async with turns:
                return await checker.verdict(job.theorem, job.candidate, options.limits, left=0)

        tasks = [asyncio.create_task(judge(job)) for job in jobs]
        try:
            for task in tasks:
                yield await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
