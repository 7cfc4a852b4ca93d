"""Computes figures from rows; pure functions, so that every figure can be computed again.

Curves follow the market model. A theorem that cost c in all counts as solved at a per-theorem
budget b if its proof had cost at most b, and costs min(b, c), because an attempt is paid only while
the theorem is unsolved, and a prover's budget is binding; a policy that weighs purchases stops
sooner (at_budget.py). P(b) is the share solved, E(b) the spend.
The price M of solving a number of theorems is E at the smallest b that reaches it, for the cheapest
single prover. A is the same for a policy that may use all provers, and its margin is (M - A) / M
(Olmedo, Schoelkopf and Hardt, "Computational Arbitrage in AI Model Markets", 2026).

What a policy took to decide and to learn (its overhead) is known for a run as a whole. All of it
counts at every budget, which favours the policies that take least.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from prover_arb.bench.at_budget import needed, solved_at, spent_at
from prover_arb.bench.result_rows import SOLVED, Row
from prover_arb.broker.ledger.overheads import PolicyOverhead
from prover_arb.core.theorem import Value

STAGES = ("deciding", "selling", "verifying", "ledger")
"""The broker's stages; waiting for a free Lean worker counts as selling or verifying."""


Overheads = Mapping[str, PolicyOverhead]
"""What policies took to decide and to learn, by policy."""

NO_OVERHEADS: Overheads = {}


class PolicySummary(Value):
    """What one policy bought over all theorems of a run; amounts in micro-dollars."""

    policy: str
    theorems: int
    solved: int
    refuted: int = 0
    """Theorems that turned out to be false."""
    void: int = 0
    """Theorems with an attempt that the oracle could not judge, and with no proof."""
    cost: int
    verification_cost: int
    deciding_cost: int = 0
    """The broker's processor time for the policy's decisions."""
    learning_cost: int = 0
    """Its processor time for what the policy learnt."""
    attempts: int
    """Purchases that were delivered."""
    wall_ms: int
    """The wall-clock time during which at least one of its theorems was worked on."""
    spent: dict[str, int]
    """What was paid to each prover."""
    attempts_by: dict[str, int]
    solved_by: dict[str, int]
    """How many theorems' proofs each prover sold."""
    stage_ms: dict[str, float]
    """The wall-clock time of each stage, summed over theorems."""
    flops: float = 0.0
    """Floating-point operations of language models, as far as their sizes are known."""

    @property
    def bought(self) -> int:
        """What was spent of the theorems' budgets: provers and verification."""
        return self.cost + self.verification_cost

    @property
    def total(self) -> int:
        """What the policy cost in all: what it bought, and what it took itself."""
        return self.bought + self.deciding_cost + self.learning_cost

    @property
    def judged(self) -> int:
        """Theorems without those that are void."""
        return self.theorems - self.void

    @property
    def solve_rate(self) -> float:
        """The share of the judged theorems that is solved."""
        return self.solved / self.judged if self.judged else 0.0

    @property
    def cost_per_solved(self) -> int | None:
        """In micro-dollars, rounded; None if nothing was solved."""
        return round(self.total / self.solved) if self.solved else None

    @property
    def solved_per_dollar(self) -> float | None:
        """None if nothing was paid."""
        return self.solved * 1e6 / self.total if self.total else None


class CurvePoint(Value):
    """One point of a policy's curve over its budget; amounts in micro-dollars."""

    budget: int
    """Per theorem."""
    solved: int
    spent: int
    """Over all theorems."""


class Margin(Value):
    """What a policy saves against the cheapest single prover that solves as many theorems."""

    policy: str
    solved: int
    """The number of theorems at which both are compared."""
    reach: int
    """How many the policy solved in all; above `solved` if no single prover solved as many."""
    market: int
    """M, in micro-dollars: what the cheapest single prover costs."""
    market_prover: str
    cost: int
    """A, in micro-dollars: what the policy costs."""
    net: bool
    """Whether verification, deciding and learning are counted on both sides."""

    @property
    def margin(self) -> float:
        """The share of the market price; negative if the single prover was cheaper."""
        return (self.market - self.cost) / self.market if self.market else 0.0


class Bound(Value):
    """The clairvoyant bound: the result of a customer who knew every outcome of a run."""

    theorems: int
    solved: int
    """Theorems of which some prover sold a proof."""
    cost: int
    """In micro-dollars: the cheapest purchase of a proof of each of them, with verification."""


def by_policy(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Returns the rows of each policy; policies are in the order in which they appear."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.policy].append(row)
    return dict(groups)


def summarise(rows: Iterable[Row], overheads: Overheads = NO_OVERHEADS) -> list[PolicySummary]:
    """Returns a summary for each policy."""
    return [
        _summary(policy, group, overheads.get(policy)) for policy, group in by_policy(rows).items()
    ]


def _summary(policy: str, rows: Sequence[Row], overhead: PolicyOverhead | None) -> PolicySummary:
    spent: dict[str, int] = defaultdict(int)
    attempts: dict[str, int] = defaultdict(int)
    solved: dict[str, int] = defaultdict(int)
    for row in rows:
        for purchase in row.purchases:
            if purchase.status == "lost":
                continue
            spent[purchase.prover] += purchase.cost
            attempts[purchase.prover] += purchase.status != "cancelled" and not purchase.slice
        if row.solved:
            solved[row.solver] += 1
    return PolicySummary(
        policy=policy,
        theorems=len(rows),
        solved=sum(row.solved for row in rows),
        refuted=sum(row.status == "refuted" for row in rows),
        void=sum(not row.judged for row in rows),
        cost=sum(row.cost for row in rows),
        verification_cost=sum(row.verification_cost for row in rows),
        deciding_cost=0 if overhead is None else overhead.deciding_cost,
        learning_cost=0 if overhead is None else overhead.learning_cost,
        attempts=sum(attempts.values()),
        wall_ms=round(1000 * _covered((row.started_at, row.finished_at) for row in rows)),
        spent=dict(spent),
        attempts_by=dict(attempts),
        solved_by=dict(solved),
        flops=sum(purchase.flops for row in rows for purchase in row.purchases),
        stage_ms={s: round(sum(getattr(row.stages, s) for row in rows), 3) for s in STAGES},
    )


def _covered(spans: Iterable[tuple[float, float]]) -> float:
    """Returns the length of the union of time spans; pauses between sessions do not count."""
    covered, end = 0.0, float("-inf")
    for start, stop in sorted(spans):
        covered += max(0.0, stop - max(start, end))
        end = max(end, stop)
    return covered


def clairvoyant(rows: Iterable[Row]) -> Bound:
    """Returns the least that the proofs in these rows cost, under whichever policy."""
    cheapest: dict[str, int | None] = {}
    for row in rows:
        proofs = [p for p in row.purchases if p.status in SOLVED]
        least = cheapest.get(row.statement_sha256)
        costs = [p.cost + p.verification_cost for p in proofs] + ([] if least is None else [least])
        cheapest[row.statement_sha256] = min(costs, default=None)
    known = [cost for cost in cheapest.values() if cost is not None]
    return Bound(theorems=len(cheapest), solved=len(known), cost=sum(known))


def overhead_of(policy: str, overheads: Overheads) -> int:
    """Returns what a policy took for itself, in micro-dollars; 0 if that is not known."""
    known = overheads.get(policy)
    return 0 if known is None else known.cost


def curve(rows: Sequence[Row], *, net: bool = True, overhead: int = 0) -> list[CurvePoint]:
    """Returns a policy's solved theorems and spend as the budget per theorem grows.

    `net` counts verification, and what the policy took for itself: `overhead` micro-dollars, all
    of them at every budget. The last point is the actual result on the judged theorems.
    """
    own = overhead if net else 0
    rows = [row for row in rows if row.judged]
    return [
        CurvePoint(
            budget=budget,
            solved=sum(solved_at(row, budget, net=net) for row in rows),
            spent=sum(spent_at(row, budget, net=net) for row in rows) + own,
        )
        for budget in sorted({0, *(needed(row, net=net) for row in rows)})
    ]


def cost_to_solve(points: Sequence[CurvePoint], solved: int) -> int | None:
    """Returns the spend at the smallest budget that solves this many; None if none does."""
    return next((point.spent for point in points if point.solved >= solved), None)


def margins(rows: Iterable[Row], *, net: bool, overheads: Overheads = NO_OVERHEADS) -> list[Margin]:
    """Returns the margin of every policy over several provers, against the single provers.

    They are compared at the largest number of theorems that both the policy and a single prover
    solve. Policies with different theorems, or different judged ones, are not compared.
    """
    groups = by_policy(rows)
    judged = {policy: _judged(group) for policy, group in groups.items()}
    curves = {
        policy: curve(group, net=net, overhead=overhead_of(policy, overheads))
        for policy, group in groups.items()
    }
    singles = [policy for policy in groups if policy.startswith("single:")]
    compared = []
    for policy, own in curves.items():
        rivals = {p: curves[p] for p in singles if judged[p] == judged[policy]}
        if policy in singles or not rivals:
            continue
        solved = min(own[-1].solved, max(points[-1].solved for points in rivals.values()))
        offers = {p: cost_to_solve(points, solved) for p, points in rivals.items()}
        best = min((cost, p) for p, cost in offers.items() if cost is not None)
        cost = cost_to_solve(own, solved)
        if solved and cost is not None:
            compared.append(
                Margin(
                    policy=policy,
                    solved=solved,
                    reach=own[-1].solved,
                    market=best[0],
                    market_prover=best[1].removeprefix("single:"),
                    cost=cost,
                    net=net,
                )
            )
    return compared


def _judged(rows: Iterable[Row]) -> set[str]:
    """Returns the hashes of the judged statements."""
    return {row.statement_sha256 for row in rows if row.judged}
