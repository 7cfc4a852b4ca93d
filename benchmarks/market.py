"""How long the study of a market takes, on recorded attempts or on made-up ones of the same size.

    python benchmarks/market.py [--records DIR] [--json]

Goals, on 2 cores: 2,194 threshold vectors x N problems x 250 budgets x 100 solve rates in under
5 s; ten provers, searched coarse to fine, in under 60 s; less than 1 GB of memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console

from prover_arb.core.record_files import read_folder
from prover_arb.core.records import ProverRecords, Record
from prover_arb.research.curves import prover_curve, read_cost
from prover_arb.research.curves.cascade import evaluate
from prover_arb.research.curves.prover_curve import ProverCurve
from prover_arb.research.market.arbitrage import arbitrage
from prover_arb.research.market.model import Market, build_market

VECTORS = 2_194
GOALS = {"grid": 5.0, "vectors": 5.0, "ten provers": 60.0}
MEMORY_GOAL_MB = 1_000


def made_up(problems: int = 244, seed: int = 0) -> list[ProverRecords]:
    """Three provers of growing size and cost, with records as deep as real ones."""
    rng = np.random.default_rng(seed)
    ease = rng.beta(0.5, 0.5, problems)
    found = []
    for name, cost, skill, depth in (
        ("s", 1.4e4, 0.8, 65),
        ("m", 6e4, 1.0, 20),
        ("l", 5e5, 1.3, 12),
    ):
        rows = {}
        for i, easy in enumerate(ease):
            n = int(rng.integers(10, 2 * depth))
            wins = int(rng.binomial(n, min(1.0, easy ** (1 / skill))))
            outcomes = tuple(k < wins for k in range(n))
            rows[f"p{i}"] = Record(f"p{i}", float(cost * rng.lognormal(0, 0.4)), outcomes)
        found.append(ProverRecords(name, rows))
    return found


def timed(work: object) -> float:
    began = time.perf_counter()
    assert callable(work)
    work()
    return time.perf_counter() - began


def vectors(market: Market) -> None:
    """Every one of the vectors evaluated over all budgets, and read at all rates."""
    most = float(market.budgets[-1]) / 15
    grid = np.geomspace(most / 100, most, 20)
    all_of_them = np.array(list(product(grid, repeat=3)))
    chosen = all_of_them[np.linspace(0, len(all_of_them) - 1, VECTORS).astype(int)]
    solved, spend = evaluate(market.provers, chosen, market.budgets)
    costs = np.array([read_cost(s, c, market.rates) for s, c in zip(solved, spend, strict=True)])
    assert costs.shape == (VECTORS, len(market.rates))


def ten(market: Market) -> Market:
    """Ten provers: the three, and seven that differ in price and in what they solve."""
    rng = np.random.default_rng(0)
    many: list[ProverCurve] = list(market.provers)
    for k in range(7):
        base = market.provers[k % len(market.provers)]
        cost = base.cost * rng.uniform(0.5, 2.0) * rng.lognormal(0, 0.3, len(base))
        wins = rng.binomial(base.attempts, base.successes / base.attempts)
        many.append(prover_curve(f"{base.name}-{k}", cost, base.attempts, wins))
    return market.with_provers(many)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--records", type=Path, help="folder of three provers' records")
    options.add_argument("--max-budget", type=float, default=2e8)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    records = read_folder(given.records) if given.records else made_up()
    market = build_market(records, most=given.max_budget)
    top = given.max_budget / 15
    found = {
        "vectors": timed(lambda: vectors(market)),
        "grid": timed(lambda: arbitrage(market, np.geomspace(top / 100, top, 20))),
        "search": timed(lambda: arbitrage(market)),
        "ten provers": timed(lambda: arbitrage(ten(market))),
    }
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    good = all(found[name] < goal for name, goal in GOALS.items()) and memory < MEMORY_GOAL_MB
    if given.json:
        print(json.dumps({"seconds": found, "memory_mb": memory, "good": good}))
        return 0 if good else 1
    out = Console()
    size = (
        f"{len(market.problems)} problems, {len(market.budgets)} budgets, {len(market.rates)} rates"
    )
    out.print(f"{len(market.names)} provers, {size}")
    for name, seconds in found.items():
        goal = f" (goal {GOALS[name]:.0f} s)" if name in GOALS else ""
        out.print(f"{name:12} {seconds:8.2f} s{goal}")
    out.print(f"{'memory':12} {memory:8.0f} MB (goal {MEMORY_GOAL_MB} MB)")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
