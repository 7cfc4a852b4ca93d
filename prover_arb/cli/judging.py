"""Judges one candidate on this machine for a command."""

from __future__ import annotations

from prover_arb.cli.waiting import waiting_for
from prover_arb.core.theorem import Verdict
from prover_arb.oracle.jobs import VerificationJob, VerificationOptions, verdicts


async def judge_one(job: VerificationJob, options: VerificationOptions) -> Verdict:
    """Returns the verdict on one job, and shows that work is going on."""
    with waiting_for(f"judging {job.theorem.name}"):
        [verdict] = [verdict async for verdict in verdicts([job], options, workers=1)]
    return verdict
