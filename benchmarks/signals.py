"""What more could the index know of a theorem before anything is bought, and what is that worth?

    python benchmarks/signals.py LEDGER [--splits N] [--json]

LEDGER is one on which every prover was tried on every theorem: `make policy` leaves such a one of
training theorems at runs/policy/ledger.sqlite3. Lean reads every statement and is asked for

size     the elaborated type: its length, depth, how many constants it mentions and its binders
probe    what simp, omega, grind, norm_num and simp_all do with the goal in 20 ms each, beyond
         which no outcome counts; its price is left out, so that this is what a probe is worth at
         most (it takes as long as two attempts of `flash`, which may be proofs)

and the statements alone give

student  the log odds with which the shipped student takes its scripts to close the goal

Each is added to the counts of symbols, which are the baseline. The ratio is what the
schedule costs at equal solve rate against the best single prover (bench/equal_solve_rate.py), on
theorems of which it knew nothing: in each split four folds, fitted on three and replayed on one.
Lower is better. The differences are paired by splits, which share their theorems, so that their
spread says less than an interval over theorems would.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from prover_arb.bench.best_cascade import one_per_theorem
from prover_arb.bench.equal_solve_rate import Spending, against_best
from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.core.history import PurchaseOutcome, TheoremHistory
from prover_arb.core.money import MicroUSD
from prover_arb.core.purchases import Quote, State, Stop
from prover_arb.core.theorem import Theorem
from prover_arb.errors import ProverError
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verifier import LeanOracle
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.local.session import BudgetExhausted, Session, silent
from prover_arb.provers.prover_config import PricedLocalProver
from prover_arb.provers.students.student_prover import StudentConfig
from prover_arb.scheduler.fitting import complete_panel, ledger_quotes
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.features import Read, of_theorems
from prover_arb.scheduler.policies.exploration import Exploration
from prover_arb.scheduler.policies.index_policy import IndexPolicy
from prover_arb.scheduler.policy_file import learner_of, policy_file

BUDGET = MicroUSD(50_000)
FOLDS = 4
PROBES = ("simp", "omega", "grind", "norm_num", "simp_all")
PROBE_HEARTBEATS = 140
"""What 20 ms of processor time are worth."""
OPENING_HEARTBEATS = 5_000

Made = Callable[[Sequence[str]], Floats]
"""What is known of N statements [N, k]."""


@dataclass(frozen=True)
class Seen:
    """What Lean said of one statement."""

    type: str
    outcomes: tuple[tuple[bool, bool, int, int], ...]
    """For each probe whether it did something, whether it closed the goal, the heartbeats it used,
    and the length of the goals it left."""


async def look(statements: Mapping[str, str]) -> dict[str, Seen]:
    """Asks Lean about statements, given by the names of their theorems."""
    seen = {}
    async with LeanPool(ensure("core"), size=1) as pool:
        oracle = LeanOracle.on(pool)
        for name, statement in statements.items():
            theorem = Theorem(name=name, statement=statement)
            check = await oracle.inspect(theorem)
            seen[statement] = Seen(check.type, await probed(pool, theorem))
    return seen


async def probed(pool: LeanPool, theorem: Theorem) -> tuple[tuple[bool, bool, int, int], ...]:
    """Returns what each probe does with the goal; nothing where the statement does not open."""
    nothing = (False, False, PROBE_HEARTBEATS, 0)
    async with pool.lease() as worker:
        session = Session(worker, theorem, cpu_us=10_000_000, heartbeats=OPENING_HEARTBEATS)
        try:
            state = (await session.open()).state
            if state is None:
                return (nothing,) * len(PROBES)
            outcomes = []
            for tactic in PROBES:
                (step,) = await session.run(state, [silent(tactic)], heartbeats=PROBE_HEARTBEATS)
                left = sum(len(goal) for goal in step.goals)
                done = (step.ok, step.solved, step.heartbeats, left)
                outcomes.append(done if step.heartbeats <= PROBE_HEARTBEATS else nothing)
            return tuple(outcomes)
        except (ProverError, BudgetExhausted):
            return (nothing,) * len(PROBES)
        finally:
            await session.forget()


def sizes(seen: Mapping[str, Seen]) -> Made:
    def size(text: str) -> list[float]:
        depth = deepest = 0
        for mark in text:
            depth += (mark == "(") - (mark == ")")
            deepest = max(deepest, depth)
        constants = set(re.findall(r"[A-Za-z_][\w.']*", text))
        binders = text.count("∀") + text.count("forall")
        return [np.log1p(len(text)), deepest, np.log1p(len(constants)), binders]

    return lambda statements: np.array([size(seen[text].type) for text in statements], dtype=float)


def probes(seen: Mapping[str, Seen]) -> Made:
    def row(outcomes: Sequence[tuple[bool, bool, int, int]]) -> list[float]:
        return [
            value
            for ok, solved, heartbeats, left in outcomes
            for value in (float(ok), float(solved), np.log1p(heartbeats), np.log1p(left))
        ]

    return lambda statements: np.array([row(seen[text].outcomes) for text in statements])


def log_odds() -> Made:
    """Returns what the first student of the shipped catalog says."""
    entries = load_catalog().entries.values()
    student = next(entry.file for entry in entries if isinstance(entry, StudentConfig))
    return lambda statements: np.array(
        [np.clip(student.log_odds(text), -8, 8) for text in statements]
    )


def reading(*added: Made) -> Read:
    """Returns what reads theorems as `of_theorems` does, and adds signals to that."""

    def read(names: Sequence[str], statements: Sequence[str | None]) -> Floats:
        texts = [text or "" for text in statements]
        return np.hstack([*(made(texts) for made in added), of_theorems(names, statements)])

    return read


Run = tuple[list[tuple[int, int]], bool]
"""A policy's purchases, as pairs of asking value and cost, and whether the last is a proof."""


def replayed(
    policy: IndexPolicy, history: TheoremHistory, sellers: Sequence[PricedLocalProver]
) -> Run:
    """Returns the purchases of a policy on a theorem; what it buys turns out as it is on record."""
    recorded = {p.name: [b for b in history.past if b.prover == p.name] for p in sellers}
    past: list[PurchaseOutcome] = []
    steps: list[tuple[int, int]] = []
    theorem = Theorem(name=history.theorem, statement=history.statement or "")
    while True:
        quotes = [quote for p in sellers if (quote := on_offer(p, past, recorded[p.name]))]
        left = MicroUSD(BUDGET - sum(cost for _, cost in steps))
        decision = policy.decide(
            State(
                theorem=theorem,
                budget=BUDGET,
                past=tuple(past),
                quotes=tuple(quotes),
                spendable=left,
                seed=0,
            )
        )
        if isinstance(decision, Stop):
            return steps, False
        bought = recorded[decision.prover][sum(b.prover == decision.prover for b in past)]
        past.append(bought)
        steps.append((decision.asking or 0, bought.cost))
        if bought.status == "proved":
            return steps, True


def on_offer(
    seller: PricedLocalProver, past: Sequence[PurchaseOutcome], recorded: Sequence[PurchaseOutcome]
) -> Quote | None:
    count = sum(bought.prover == seller.name for bought in past)
    if count >= len(recorded):
        return None
    if seller.slices:
        return seller.slice_quote(count)
    return Quote(prover=seller.name, worst_case=seller.entry.worst_case)


def spending(runs: Sequence[Run]) -> Spending:
    """Returns what a policy does at every budget; see bench/at_budget.py."""

    def at(steps: Sequence[tuple[int, int]], proved: bool, budget: int) -> tuple[float, float]:
        asking = paid = 0
        for value, cost in steps:
            asking = max(asking, value)
            if asking > budget:
                return 0.0, min(budget, paid)
            paid += cost
        return float(proved and paid <= budget), min(budget, paid)

    needed = {
        max(*(value for value, _ in steps), sum(cost for _, cost in steps))
        for steps, proved in runs
        if proved
    }
    table = np.array([[at(steps, proved, b) for steps, proved in runs] for b in sorted(needed)])
    return Spending(table[:, :, 0], table[:, :, 1])


def ratio(histories: Sequence[TheoremHistory], read: Read, split: int) -> float:
    """Returns the cost at equal solve rate against the best single prover in one split."""
    sellers = [p for p in load_catalog().priced_provers() if isinstance(p, PricedLocalProver)]
    order = np.random.default_rng(split).permutation(len(histories))
    runs: dict[int, Run] = {}
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS].tolist())
        known = [history for i, history in enumerate(histories) if i not in held]
        panel, rest = complete_panel(known)
        statements = {h.theorem: h.statement for h in known if h.statement}
        file = policy_file(panel, statements, quotes=ledger_quotes(known), learnt=rest)
        policy = IndexPolicy(
            learner_of(file, read),
            name="schedule",
            max_attempts={p.name: p.max_attempts for p in sellers},
            exploration=Exploration(0.0, 1.0),
        )
        runs |= {i: replayed(policy, histories[i], sellers) for i in held}
    policies = {"schedule": spending([runs[i] for i in range(len(histories))])}
    for seller in sellers:
        own = [[b for b in h.past if b.prover == seller.name] for h in histories]
        policies[f"single:{seller.name}"] = Spending.cut_off(
            [sum(b.cost for b in past) for past in own],
            [any(b.status == "proved" for b in past) for past in own],
        )
    singles = [name for name in policies if name != "schedule"]
    compared = against_best(policies, "schedule", singles)
    assert compared is not None, "no prover proved anything"
    return compared.ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--splits", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    histories = [h for h in one_per_theorem(read_finished(given.ledger)) if h.statement]
    seen = asyncio.run(look({h.theorem: h.statement or "" for h in histories}))
    size, probe, student = sizes(seen), probes(seen), log_odds()
    variants = {
        "baseline": of_theorems,
        "size": reading(size),
        "probe": reading(probe),
        "student": reading(student),
        "size, probe": reading(size, probe),
    }
    console = Console(stderr=True)
    found: dict[str, list[float]] = {name: [] for name in variants}
    for split in range(given.splits):
        for name, read in variants.items():
            found[name].append(ratio(histories, read, split))
            console.print(f"split {split}: {name} {found[name][-1]:.3f}", highlight=False)
    if given.json:
        print(json.dumps({"theorems": len(histories), "ratios": found}))
        return
    table = Table("signal", "mean ratio", "against the baseline", "splits in which it is lower")
    for name, ratios in found.items():
        gains = [r - b for r, b in zip(ratios, found["baseline"], strict=True)]
        lower = sum(gain < 0 for gain in gains)
        table.add_row(
            name,
            f"{statistics.fmean(ratios):.3f}",
            f"{statistics.fmean(gains):+.3f}",
            f"{lower} of {len(gains)}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
