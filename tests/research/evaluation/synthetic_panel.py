"""Small markets whose best policies are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from prover_arb.scheduler.index.panel import Panel


def panel(cost: list[list[float]], attempts: list[list[int]], successes: list[list[int]]) -> Panel:
    return Panel(
        tuple(f"p{j}" for j in range(len(cost[0]))),
        tuple(f"mathd_algebra_{i}" for i in range(len(cost))),
        np.array(cost, dtype=float),
        np.array(attempts),
        np.array(successes),
    )


def random_panel(theorems: int = 60, seed: int = 0) -> Panel:
    """A cheap weak prover and a dear strong one; hard theorems take longer."""
    rng = np.random.default_rng(seed)
    ease = rng.random(theorems)
    rates = np.stack([ease**3, ease], axis=1)
    attempts = np.full((theorems, 2), 40)
    cost = np.array([1.0, 20.0]) * np.exp(1 - ease)[:, None] * rng.uniform(0.9, 1.1, (theorems, 2))
    return Panel(
        ("cheap", "dear"),
        tuple(f"mathd_algebra_{i}" for i in range(theorems)),
        cost,
        attempts,
        np.round(rates * attempts).astype(int),
    )


def write_records(market: Panel, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for j, prover in enumerate(market.provers):
        rows = [
            {
                "id": name,
                "mean_cost": float(market.cost[i, j]),
                "attempts": [
                    k < market.successes[i, j].item() for k in range(int(market.attempts[i, j]))
                ],
            }
            for i, name in enumerate(market.theorems)
        ]
        (folder / f"{prover}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder
