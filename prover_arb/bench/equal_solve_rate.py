"""What a policy costs at equal solve rate, against the best single prover and the best cascade.

At a budget b per theorem, where a proof is worth b, a policy solves some of the theorems and spends
something on each (at_budget.py). Its cost at a solve rate is its spend at the smallest budget that
reaches the rate. Solve rates are shares of what is solvable: the theorems
that any policy of the run solves. Over the band of shares s from 50% to 95%,

    ratio = exp( mean over s of log( cost_policy(s) / min over references of cost(s) ) )

which ends where the policy or every reference ends, if that is sooner. What a policy of the run
took to decide and to learn belongs to its cost: the whole of it at every solve rate. The interval
is a paired bootstrap: theorems are drawn with replacement, the same ones for every policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from prover_arb.bench.at_budget import needed, solved_at, spent_at
from prover_arb.bench.result_rows import Row
from prover_arb.bench.summary import NO_OVERHEADS, Overheads, by_policy, overhead_of
from prover_arb.core.theorem import Value
from prover_arb.scheduler.policies.parse import BEST_CASCADE

LOW, HIGH = 0.50, 0.95
STEP = 0.01
DRAWS = 1_000
PERCENTILES = (2.5, 97.5)
SEED = 20_261_126

Floats = npt.NDArray[np.float64]

RATES: Floats = np.linspace(LOW, HIGH, round((HIGH - LOW) / STEP) + 1)
"""The solve rates that are compared, as shares of the solvable theorems."""


class AgainstBest(Value):
    """A policy's cost at equal solve rate, as a share of what the best reference costs."""

    ratio: float
    """Below 1 the policy is cheaper."""
    interval: tuple[float, float]
    """The central 95% of a paired bootstrap over theorems."""
    band: tuple[float, float]
    """The solve rates that were compared, as shares of the solvable theorems."""
    at_top: float
    """The ratio at the top of the band."""
    reference: str
    """The policy that is cheapest at the top of the band, among those compared with."""
    solvable: int
    """How many theorems any policy of the run solved."""


@dataclass(frozen=True)
class Spending:
    """What a policy does with N theorems at each of G budgets, the same theorems for all."""

    reached: Floats
    """Whether each theorem is solved at each budget [G, N], 0 or 1; budgets grow."""
    spent: Floats
    """What is spent on it there [G, N], verification included."""
    overhead: float = 0.0
    """What the policy took for itself in the whole run; it is added at every budget."""

    @classmethod
    def cut_off(cls, cost: Sequence[float], solved: Sequence[bool]) -> Spending:
        """Returns what a policy does that goes on with each theorem until its budget is used up.

        `cost` is what each of the N theorems took in all, and `solved` whether it was solved then.
        """
        total, proved = np.asarray(cost, dtype=np.float64), np.asarray(solved, dtype=bool)
        budgets = np.unique(total[proved])[:, None] if proved.any() else np.ones((1, 1))
        reached = np.asarray((total <= budgets) & proved, dtype=np.float64)
        return cls(reached, np.minimum(total, budgets))

    @property
    def solved(self) -> Floats:
        """Whether each theorem is solved at the largest budget [N]."""
        return np.asarray(self.reached[-1])


def spending_of(rows: Sequence[Row], *, overhead: int = 0) -> Spending:
    """Returns what a policy does at every budget that matters, from its rows on N theorems.

    It took `overhead` micro-dollars for itself.
    """
    budgets = sorted({max(1, needed(row)) for row in rows if row.solved}) or [1]
    return Spending(
        np.array([[solved_at(row, b) for row in rows] for b in budgets], dtype=np.float64),
        np.array([[spent_at(row, b) for row in rows] for b in budgets], dtype=np.float64),
        overhead,
    )


def against_best(
    policies: Mapping[str, Spending], policy: str, references: Sequence[str]
) -> AgainstBest | None:
    """Compares a policy with the cheapest of the references at each solve rate.

    None where there is no reference besides the policy itself, or where the two have no solve rate
    of the band in common.
    """
    others = [name for name in references if name != policy]
    if not others:
        return None
    solved_by_any = np.any([spending.solved for spending in policies.values()], axis=0)
    solvable = int(solved_by_any.sum())
    if not solvable:
        return None
    draws = _draws(len(solved_by_any))
    targets = (draws @ solved_by_any)[:, None] * RATES
    own = costs_at(policies[policy], draws, targets)
    rivals = np.array([costs_at(policies[name], draws, targets) for name in others])
    best = rivals.min(axis=0)
    reached = np.isfinite(own[0]) & np.isfinite(best[0])
    if not reached.any():
        return None
    last = int(np.flatnonzero(reached).max())
    ratios = _ratios(own[:, : last + 1], best[:, : last + 1])
    known = ratios[1:][np.isfinite(ratios[1:])]
    low, high = np.percentile(known, PERCENTILES) if len(known) else (ratios[0], ratios[0])
    return AgainstBest(
        ratio=float(ratios[0]),
        interval=(float(low), float(high)),
        band=(LOW, round(float(RATES[last]), 4)),
        at_top=float(own[0, last] / best[0, last]),
        reference=others[int(rivals[:, 0, last].argmin())],
        solvable=solvable,
    )


class Comparison(Value):
    """A policy over several provers, beside those it has to beat."""

    policy: str
    against_best_single: AgainstBest | None
    against_best_cascade: AgainstBest | None
    """None for a cascade, and where the run has none."""


def comparisons(rows: Sequence[Row], overheads: Overheads = NO_OVERHEADS) -> list[Comparison]:
    """Compares every policy of a run that buys from several provers.

    They are compared over the theorems that every policy was judged on. The best cascade is the one
    that was fitted on training theorems, where it is among the policies; else it is the cheapest
    cascade of the run at each solve rate, which is known in hindsight only. `overheads` are what
    the policies took for themselves.
    """
    groups = by_policy(rows)
    judged = [{row.statement_sha256 for row in group if row.judged} for group in groups.values()]
    common = set.intersection(*judged) if judged else set()
    spending: dict[str, Spending] = {}
    for policy, group in groups.items():
        own = {row.statement_sha256: row for row in group}
        chosen = [own[theorem] for theorem in sorted(common)]
        spending[policy] = spending_of(chosen, overhead=overhead_of(policy, overheads))
    singles = [policy for policy in groups if policy.startswith("single:")]
    cascades = [policy for policy in groups if policy.startswith("cascade")]
    rivals = [BEST_CASCADE] if BEST_CASCADE in groups else cascades
    return [
        Comparison(
            policy=policy,
            against_best_single=against_best(spending, policy, singles),
            against_best_cascade=(
                None if policy in cascades else against_best(spending, policy, rivals)
            ),
        )
        for policy in groups
        if common and policy not in singles
    ]


def comparison_lines(rows: Sequence[Row], overheads: Overheads = NO_OVERHEADS) -> list[str]:
    """Says what every policy costs at equal solve rate, in sentences."""
    lines = []
    for comparison in comparisons(rows, overheads):
        for kind, best in (
            ("single prover", comparison.against_best_single),
            ("cascade", comparison.against_best_cascade),
        ):
            if best is None:
                continue
            (low, high), (start, end) = best.interval, best.band
            lines.append(
                f"At equal solve rate, {comparison.policy} costs {best.ratio:.2f} times what the "
                f"best {kind} costs (95% interval {low:.2f} to {high:.2f}), over {start:.0%} to "
                f"{end:.0%} of the {best.solvable} theorems that any policy solved; "
                f"{best.at_top:.2f} times {best.reference} at the top"
            )
    return lines


def _draws(theorems: int) -> Floats:
    """Counts [1 + DRAWS, theorems]: the first row has every theorem once, the others are drawn."""
    random = np.random.default_rng(SEED)
    drawn = random.multinomial(theorems, np.full(theorems, 1 / theorems), size=DRAWS)
    return np.vstack([np.ones(theorems), drawn])


def costs_at(spending: Spending, draws: Floats, targets: Floats) -> Floats:
    """Returns the cost of solving so many theorems [draws, rates]; inf where that is too many."""
    solved, spent = draws @ spending.reached.T, draws @ spending.spent.T + spending.overhead
    out = np.full(targets.shape, np.inf)
    for row, wanted in enumerate(targets):
        places = np.searchsorted(solved[row], wanted - 1e-9)
        within = places < len(spent[row])
        out[row, within] = np.maximum(spent[row, places[within]], 1e-9)
    return out


def _ratios(own: Floats, best: Floats) -> Floats:
    reached = np.isfinite(own) & np.isfinite(best)
    gap = np.log(np.where(reached, own, 1.0)) - np.log(np.where(reached, best, 1.0))
    count = reached.sum(axis=1)
    mean = np.where(count > 0, gap.sum(axis=1) / np.maximum(count, 1), np.nan)
    return np.asarray(np.exp(mean))
