"""How long the live policy takes: to be made, to plan for a batch, and to decide on a purchase.

    python benchmarks/scheduler.py [--theorems N] [--provers N] [--recorded N] [--json]

Goals, on 2 cores: first beliefs and first purchases for 10,000 theorems x 50 provers in under 1 s;
one decision with 50 provers after six purchases in under 200 microseconds. Medians of repetitions,
by the wall clock and in processor time, which differ where other programs keep the machine busy.
Recorded and asked theorems are the shipped problems over and over, with their numbers changed so
that no statement is repeated.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from rich.console import Console

from prover_arb.core.history import History, PurchaseOutcome, TheoremHistory
from prover_arb.core.purchases import Buy, Quote, State
from prover_arb.core.theorem import Theorem
from prover_arb.problems import read_problems
from prover_arb.scheduler.index.features import matrix
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.prior import RecordedTheorems
from prover_arb.scheduler.policies.index_policy import IndexPolicy

WORTH = 500_000_000
BOUGHT = 6
GOALS = {"plan": 1.0, "decision": 200e-6}


def theorems(count: int, seed: int) -> list[Theorem]:
    """Shipped problems with other numbers in them."""
    chance = random.Random(seed)
    shipped = [problem.theorem.statement for problem in read_problems().problems]
    return [
        Theorem(
            name=f"mathd_algebra_{number}",
            statement=re.sub(
                r"\b\d+\b", lambda _: str(chance.randrange(1, 500)), shipped[number % len(shipped)]
            ),
        )
        for number in range(count)
    ]


def records(known: list[Theorem], provers: int) -> tuple[Panel, np.ndarray]:
    rng = np.random.default_rng(0)
    ease, skill = rng.normal(0, 2, len(known)), rng.normal(0, 1, provers)
    rate = 1 / (1 + np.exp(-ease[:, None] - skill))
    panel = Panel(
        tuple(f"p{j}" for j in range(provers)),
        tuple(theorem.name for theorem in known),
        np.exp(skill + rng.normal(0, 0.3, rate.shape)),
        np.full(rate.shape, 20),
        rng.binomial(20, rate),
    )
    return panel, matrix(panel.theorems, [theorem.statement for theorem in known])


class Took(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float


def now() -> Took:
    return Took(time.perf_counter(), time.process_time())


def since(began: Took) -> Took:
    ended = now()
    return Took(ended.wall - began.wall, ended.cpu - began.cpu)


def timed(work: Callable[[], object]) -> Took:
    began = now()
    work()
    return since(began)


def decided(
    policy: IndexPolicy, quotes: tuple[Quote, ...], asked: list[Theorem], history: History
) -> list[Took]:
    """What the decision took after six failures, each of which was decided on before."""
    took = []
    for theorem in asked:
        past: tuple[PurchaseOutcome, ...] = ()
        for step in range(BOUGHT + 1):
            state = State(theorem=theorem, budget=WORTH, past=past, quotes=quotes, history=history)
            began = now()
            decision = policy.decide(state)
            spent = since(began)
            assert isinstance(decision, Buy)
            failed = PurchaseOutcome(
                prover=decision.prover, cost=900_000, status="nothing", offered=2_000_000
            )
            past = (*past, failed)
            if step == BOUGHT:
                took.append(spent)
    return took


def finished(asked: list[Theorem], provers: tuple[str, ...]) -> list[TheoremHistory]:
    """What the policy saw before: three purchases on each."""
    chance = random.Random(0)
    return [
        TheoremHistory(
            theorem=theorem.name,
            statement=theorem.statement,
            past=tuple(
                PurchaseOutcome(
                    prover=chance.choice(provers),
                    cost=900_000,
                    status=status,
                    offered=2_000_000,
                )
                for status in ("nothing", "nothing", "proved")
            ),
        )
        for theorem in asked
    ]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("--theorems", type=int, default=10_000)
    options.add_argument("--provers", type=int, default=50)
    options.add_argument("--recorded", type=int, default=244)
    options.add_argument("--learnt", type=int, default=60)
    options.add_argument("--repeat", type=int, default=5)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    asked = theorems(given.theorems, 1)
    panel, known = records(theorems(given.recorded, 0), given.provers)
    quotes = tuple(Quote(prover=name, worst_case=2_000_000) for name in panel.provers)

    importing = timed(lambda: importlib.import_module("sklearn.ensemble"))
    fits = [timed(lambda: RecordedTheorems(panel, known)) for _ in range(given.repeat)]
    learner = Learner(RecordedTheorems(panel, known))
    index = learner.after(History())
    plans = [timed(lambda: index.plan(asked, WORTH)) for _ in range(given.repeat)]

    before = finished(theorems(given.learnt, 2), panel.provers)
    history = History(before)
    replay = timed(lambda: learner.after(history))
    learning = []
    for one in finished(theorems(20, 3), panel.provers):
        history = history.after(one)
        learning.append(timed(partial(learner.after, history)))
    policy = IndexPolicy(learner, name="schedule", max_attempts=dict.fromkeys(panel.provers, 8))
    few = asked[:300]
    fresh = decided(policy, quotes, few, History())
    after = decided(policy, quotes, few, history)

    found = {
        "import": [importing],
        "cold fit": fits,
        "plan": plans,
        "decision": fresh,
        "decision, having learnt": after,
        "taking in a finished theorem": learning,
        f"taking in {given.learnt} at once": [replay],
    }
    figures = {
        name: {
            "wall_s": statistics.median(each.wall for each in took),
            "least_wall_s": min(each.wall for each in took),
            "cpu_s": statistics.median(each.cpu for each in took),
            "times": len(took),
        }
        for name, took in found.items()
    }
    good = all(figures[name]["wall_s"] < goal for name, goal in GOALS.items())
    if given.json:
        print(json.dumps({"figures": figures, "good": good}))
        return 0 if good else 1
    out = Console(width=120)
    out.print(
        f"{given.theorems} theorems, {given.provers} provers, {given.recorded} recorded theorems"
    )
    for name, figure in figures.items():
        goal = f"  (goal {GOALS[name] * 1e3:g} ms)" if name in GOALS else ""
        wall, least, cpu = (figure[each] * 1e3 for each in ("wall_s", "least_wall_s", "cpu_s"))
        out.print(f"{name:30} {wall:9.3f} ms, least {least:9.3f} ms, processor {cpu:9.3f} ms{goal}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
