"""Whether quotes are worth believing, by the training ledger alone: cross-validated over theorems.

    python benchmarks/quote_folds.py LEDGER [--budget USD] [--folds N] [--json]

LEDGER is what the shipped policy file was learnt from (`make policy`), where every prover was asked
about every theorem. Theorems are dealt at random into folds; those of a fold are quoted by a policy
that learnt from all others, as the service would quote them, and the planned purchases are looked
up in the ledger until one is a proof; what cost more than the plan has left for it is no proof. The
figures are those of quotes.py.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from benchmarks.quotes import Sale, bins, figures, planned_sale, show
from prover_arb.bench.best_cascade import one_per_theorem
from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.core.history import PurchaseOutcome, TheoremHistory
from prover_arb.core.money import MicroUSD, format_usd, parse_budget
from prover_arb.core.plan import Plan
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime.engine import Engine
from prover_arb.runtime.local_worker import LocalWorkerFactory
from prover_arb.scheduler import IndexPolicy
from prover_arb.scheduler.fitting import complete_panel, ledger_quotes
from prover_arb.scheduler.policy_file import learner_of, policy_file

Recorded = dict[str, list[PurchaseOutcome]]
"""What was bought for a theorem, by product."""


def fitted(known: Sequence[TheoremHistory], sold: dict[str, int]) -> IndexPolicy:
    panel, rest = complete_panel(known)
    statements = {history.theorem: history.statement for history in known if history.statement}
    file = policy_file(panel, statements, quotes=ledger_quotes(known), learnt=rest)
    return IndexPolicy(learner_of(file), name="schedule", max_attempts=sold)


def followed(plan: Plan, recorded: Recorded) -> tuple[bool, int]:
    """Returns whether the planned purchases prove the theorem, and what they cost up to then."""
    spent, taken = 0, defaultdict[str, int](int)
    for step in plan.purchases:
        own = recorded.get(step.product, [])[taken[step.product] :]
        taken[step.product] += 1
        if own:  # otherwise nothing more was for sale
            cut = own[0].cost > step.worst_case
            spent += step.worst_case if cut else own[0].cost
            if own[0].status == "proved" and not cut:
                return True, spent
    return False, spent


def quoted(histories: Sequence[TheoremHistory], budget: MicroUSD, folds: int) -> Iterator[Sale]:
    bought: dict[str, Recorded] = defaultdict(lambda: defaultdict(list))
    statements = {}
    for history in histories:
        statements[history.theorem] = history.statement or ""
        for outcome in history.past:
            bought[history.theorem][outcome.product].append(outcome)
    dealt = random.Random(0).sample(sorted(bought), len(bought))
    factory = LocalWorkerFactory(load_catalog())
    sold = {prover.name: prover.max_attempts for prover in factory.provers()}
    with tempfile.TemporaryDirectory() as folder:
        broker = Engine(factory, [factory.worker()], Path(folder) / "ledger.sqlite").broker
        for fold in range(folds):
            asked = dealt[fold::folds]
            policy = fitted([h for h in histories if h.theorem not in asked], sold)
            for name in asked:
                theorem = Theorem(name=name, statement=statements[name])
                job = ProofJob(policy=policy.name, budget=budget, run="quote")
                plan = broker.plan(theorem, policy, job, model=policy)
                proved, spent = followed(plan, bought[name])
                yield planned_sale(name, plan, proved=proved, spent=spent)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--budget", default="0.05")
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    budget = parse_budget(options.budget)
    histories = one_per_theorem(read_finished(options.ledger))
    sales = list(quoted(histories, budget, options.folds))
    found = figures(sales)
    if options.json:
        print(json.dumps(asdict(found) | {"skill": found.skill}))
    else:
        show(f"Cross-validated quotes at a budget of {format_usd(budget)}", found, bins(sales))
    return 0


if __name__ == "__main__":
    sys.exit(main())
