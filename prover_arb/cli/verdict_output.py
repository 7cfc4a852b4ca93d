"""Judges one candidate for a command, and prints verdicts as text or as JSON."""

from __future__ import annotations

import json

from prover_arb.cli.common import say
from prover_arb.cli.waiting import waiting_for
from prover_arb.core.theorem import Verdict
from prover_arb.oracle.certificate import axioms_told
from prover_arb.oracle.jobs import VerificationJob, VerificationOptions, verdicts

SHOWN = (
    "status",
    "reason",
    "detail",
    "axioms",
    "axioms_exact",
    "kernels",
    "asked",
    "messages",
    "toolchain",
    "elapsed_ms",
    "cpu_us",
)
"""Fields of a verdict that --json and --batch print; the statement's data is in certificates."""
_ASKED = {"type", "question_sha256"}


async def judge_one(job: VerificationJob, options: VerificationOptions) -> Verdict:
    """Returns the verdict on one job, and shows that work is going on."""
    with waiting_for(f"judging {job.theorem.name}"):
        [verdict] = [verdict async for verdict in verdicts([job], options, workers=1)]
    return verdict


def as_object(verdict: Verdict) -> str:
    """Returns one line of JSON with the fields that are part of the interface."""
    shown = verdict.model_dump(mode="json", include={**dict.fromkeys(SHOWN, True), "asked": _ASKED})
    return json.dumps({field: shown[field] for field in SHOWN}, ensure_ascii=False)


def print_verdict(job: VerificationJob, verdict: Verdict) -> None:
    """Prints a verdict, Lean's messages and what the proof rests on."""
    reason = f" ({verdict.reason})" if verdict.reason else ""
    detail = f": {verdict.detail}" if verdict.detail else ""
    say(f"{job.theorem.name}: {verdict.status}{reason}{detail}")
    for message in verdict.messages:
        say(f"  {message.line}:{message.column}: {message.severity}: {message.text}")
    if verdict.status in {"proved", "refuted"}:
        say(f"  axioms: {axioms_told(verdict)}")
        say(f"  accepted by {' and '.join(verdict.kernels)}")
    if verdict.toolchain is not None:
        say(f"  elaborated by Lean {verdict.toolchain.lean}; all took {verdict.elapsed_ms} ms")
