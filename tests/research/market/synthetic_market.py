"""Small markets whose answers are known in closed form, and record files."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, settings

from prover_arb.core.records import ProverRecords, Record
from prover_arb.research.curves import Estimator
from prover_arb.research.market.model import Market, build_market

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Properties are about values; a busy machine says nothing about them."""


def outcomes(attempts: int, successes: int) -> tuple[bool, ...]:
    """So many successes, then failures."""
    return tuple(i < successes for i in range(attempts))


def records(prover: str, rows: list[tuple[float, int, int]], unit: str = "") -> ProverRecords:
    """Records from (mean cost, attempts, successes), problems numbered from 0."""
    return ProverRecords(
        prover,
        {
            f"p_{i}": Record(f"p_{i}", cost, outcomes(n, s), unit)
            for i, (cost, n, s) in enumerate(rows)
        },
    )


def two_tier(easy: int = 80, hard: int = 20, estimator: Estimator = "paper") -> Market:
    """A cheap prover (cost 1) certain on easy problems and hopeless on hard ones, a dear one (10)
    certain on all.

    All solved: the dear prover alone costs 10 a problem. The cascade (1, 10) costs
    1 + 10 * hard / (easy + hard): 3 at 20% hard problems, a margin of 70%.
    """
    n = easy + hard
    cheap = records("cheap", [(1.0, 10, 10)] * easy + [(1.0, 10, 0)] * hard)
    dear = records("dear", [(10.0, 10, 10)] * n)
    return build_market([cheap, dear], estimator=estimator, most=20.0, low=0.5, high=1.0)


def write(folder: Path, name: str, rows: list[dict[str, object]]) -> Path:
    """A record file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def row(problem: str, cost: float, successes: int, attempts: int) -> dict[str, object]:
    return {"id": problem, "mean_cost": cost, "attempts": outcomes(attempts, successes)}
