"""The alarm for two kernels that contradict each other, which must reach the program's operator."""

from __future__ import annotations

import logging

from prover_arb.core.theorem import Theorem, Verdict

log = logging.getLogger(__name__)


def sound_alarm(theorem: Theorem, verdict: Verdict) -> None:
    """Log at level CRITICAL that one kernel refuses what another accepts, if the verdict says so.

    The oracle calls this where it judges. A program that gets its verdicts from another process
    calls it too, because that process may end before its log arrives.
    """
    if verdict.reason == "kernels_disagree":
        log.critical(
            "THE KERNELS DISAGREE on %s (theorem %s): %s; please report it, as SECURITY.md says",
            theorem.name, theorem.digest, verdict.detail,
        )  # fmt: skip
