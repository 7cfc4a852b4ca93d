"""Prints verdicts as text or as JSON."""

from __future__ import annotations

import json

from prover_arb.cli.commands import BAD_INPUT, FAILED, NOT_PROVED, PROVED
from prover_arb.cli.common import say
from prover_arb.core.axioms import axioms_told
from prover_arb.core.theorem import Theorem, Verdict

CODES = {
    "proved": PROVED,
    "refuted": PROVED,
    "rejected": NOT_PROVED,
    "invalid_statement": BAD_INPUT,
    "void": FAILED,
}
"""The exit code that says the status of a verdict."""

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


def as_object(verdict: Verdict) -> str:
    """Returns one line of JSON with the fields that are part of the interface."""
    shown = verdict.model_dump(mode="json", include={**dict.fromkeys(SHOWN, True), "asked": _ASKED})
    return json.dumps({field: shown[field] for field in SHOWN}, ensure_ascii=False)


def print_verdict(theorem: Theorem, verdict: Verdict) -> None:
    """Prints a verdict, Lean's messages and what the proof rests on."""
    reason = f" ({verdict.reason})" if verdict.reason else ""
    detail = f": {verdict.detail}" if verdict.detail else ""
    say(f"{theorem.name}: {verdict.status}{reason}{detail}")
    for message in verdict.messages:
        say(f"  {message.line}:{message.column}: {message.severity}: {message.text}")
    if verdict.status in {"proved", "refuted"}:
        say(f"  axioms: {axioms_told(verdict)}")
        say(f"  accepted by {' and '.join(verdict.kernels)}")
    if verdict.toolchain is not None:
        say(f"  elaborated by Lean {verdict.toolchain.lean}; all took {verdict.elapsed_ms} ms")
