"""Shows figures as text and as terminal tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.bench.result_rows import Row
from prover_arb.bench.runs import Run
from prover_arb.bench.summary import Bound, Margin, PolicySummary, by_policy, summarise
from prover_arb.broker.ledger.overheads import PolicyOverhead
from prover_arb.broker.ledger.schema import Explored, GroupTotals, Totals
from prover_arb.core.money import format_usd

if TYPE_CHECKING:
    from prover_arb.scheduler.planning.deadline_plan import DeadlinePlan


COUNTS = (
    "purchases", "proved", "replayed", "refuted", "rejected", "void", "nothing", "lost", "cancelled"
)  # fmt: skip
"""The counts of `Totals` that the table of a ledger shows."""


def policy_table(policies: Sequence[tuple[str, PolicySummary]], title: str) -> Table:
    """Makes a table with a line for each policy under its label."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("policy", no_wrap=True)
    compute = any(summary.flops for _, summary in policies)
    for heading in policy_headings(compute=compute):
        table.add_column(heading, justify="right")
    for label, summary in policies:
        table.add_row(label, *policy_cells(summary, compute=compute))
    return table


def policy_headings(*, compute: bool) -> list[str]:
    """Returns the headings of `policy_cells`; `compute` if some prover reports operations."""
    plain = [
        "solved", "solve rate", "cost", "cost per solved", "solved per $", "wall time", "attempts"
    ]  # fmt: skip
    return [*plain, "TFLOPs"] if compute else plain


def policy_cells(summary: PolicySummary, *, compute: bool) -> list[str]:
    """Returns the figures of a policy as text, in the order of the headings."""
    per_solved, per_dollar = summary.cost_per_solved, summary.solved_per_dollar
    return [
        f"{summary.solved}/{summary.judged}",
        f"{summary.solve_rate:.1%}",
        format_usd(summary.total),
        "-" if per_solved is None else format_usd(per_solved),
        "-" if per_dollar is None else f"{per_dollar:,.0f}",
        duration(summary.wall_ms / 1000),
        str(summary.attempts),
        *([f"{summary.flops / 1e12:,.1f}"] if compute else []),
    ]


def bound_line(bound: Bound) -> str:
    """Says the clairvoyant bound in a sentence."""
    return (
        f"Knowing every outcome beforehand, {bound.solved} of {bound.theorems} would have been "
        f"solved for {format_usd(bound.cost)}"
    )


def refuted_lines(rows: Sequence[Row]) -> list[str]:
    """Says which statements turned out to be false, policy by policy."""
    lines = []
    for policy, group in by_policy(rows).items():
        false = [row.theorem for row in group if row.status == "refuted"]
        if false:
            count = "1 statement is" if len(false) == 1 else f"{len(false)} statements are"
            lines.append(f"{policy}: {count} false, the negation is proved: {', '.join(false)}")
    return lines


def void_lines(rows: Sequence[Row]) -> list[str]:
    """Says which theorems could not be judged, policy by policy."""
    lines = []
    for policy, group in by_policy(rows).items():
        void = [row for row in group if not row.judged]
        if void:
            count = "1 theorem" if len(void) == 1 else f"{len(void)} theorems"
            names = ", ".join(row.theorem for row in void)
            lines.append(
                f"{policy}: {count} could not be judged and count{'s' * (len(void) == 1)} for "
                f"nothing: {names}; of the last one: {void[-1].why_stopped}"
            )
    return lines


def margin_line(margin: Margin) -> str:
    """Says in a sentence what a policy saved against the best single prover."""
    further = ""
    if margin.reach > margin.solved:
        further = f". It goes on to {margin.reach}, which no single prover reached"
    counted = "verification and deciding counted" if margin.net else "provers only"
    saved = margin.market - margin.cost
    verdict = (
        f"{format_usd(abs(saved))} {'less' if saved >= 0 else 'more'} (margin {margin.margin:.1%})"
    )
    return (
        f"At {margin.solved} solved, {margin.policy} costs {format_usd(margin.cost)}; the cheapest "
        f"single prover, {margin.market_prover}, {format_usd(margin.market)}: {verdict}, "
        f"{counted}{further}"
    )


def overhead_lines(policies: Sequence[tuple[str, PolicySummary]]) -> list[str]:
    """Says in a sentence what policies took to decide and to learn; nothing where that is not
    known."""
    parts = []
    for label, summary in policies:
        own = summary.deciding_cost + summary.learning_cost
        if own:
            parts.append(
                f"{label} {format_usd(summary.deciding_cost)} and "
                f"{format_usd(summary.learning_cost)} ({own / summary.total:.1%})"
            )
    if not parts:
        return []
    return [
        "Costs include the processor time in which the broker decided and learnt, all of it at "
        "every solve rate; for deciding, for learning, and as a share of the policy's cost: "
        + "; ".join(parts)
    ]


def objective_lines(run: Run) -> list[str]:
    """Says what became of a run's batch budget and target rate, policy by policy."""
    lines = []
    for summary in summarise(run.rows):
        if run.config.batch_budget is not None:
            lines.append(
                f"{summary.policy}: {format_usd(summary.bought)} of the batch's "
                f"{format_usd(run.config.batch_budget)} spent"
            )
        wanted = run.config.target(summary.theorems)
        if wanted is not None:
            short = ""
            if summary.solved < wanted:
                short = "; out of reach: " + _why_short(run, summary.policy)
            lines.append(f"{summary.policy}: {summary.solved} of {wanted} wanted proofs{short}")
    return lines


def _why_short(run: Run, policy: str) -> str:
    left = [row.why_stopped for row in run.rows if row.policy == policy and not row.solved]
    return max(sorted(set(left)), key=left.count, default="")


def plan_line(plan: DeadlinePlan, theorems: int) -> str:
    """Says in a sentence what a deadline plan expects."""
    finish = plan.finish
    return (
        f"deadline: {plan.max_parallel} in parallel; expected {finish.solved:.1f} of {theorems} "
        f"proved in time, for ${finish.cost:.6f}, ${finish.waste:.6f} of it for attempts called "
        f"off, in {finish.seconds:.1f} s a theorem"
    )


def totals_table(
    totals: Sequence[Totals], run: str, overheads: Sequence[PolicyOverhead] = ()
) -> Table:
    """Makes a table of the ledger's totals, by policy and prover.

    What the policies took for themselves stands below, in rows of its own.
    """
    table = Table(title=f"ledger of run {run}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("policy", "prover"):
        table.add_column(heading, no_wrap=True)
    for heading in COUNTS:
        table.add_column(heading, justify="right")
    compute = any(row.flops for row in totals)
    columns = ("cost", "verification", "overhead", "CPU time", *(["TFLOPs"] if compute else []))
    for heading in columns:
        table.add_column(heading, justify="right")
    for row in totals:
        table.add_row(
            row.policy,
            row.prover,
            *(str(getattr(row, count)) for count in COUNTS),
            format_usd(row.cost),
            format_usd(row.verification_cost),
            "",
            duration(row.cpu_us / 1e6),
            *([f"{row.flops / 1e12:,.1f}"] if compute else []),
        )
    no_counts = [""] * len(COUNTS)
    for overhead in overheads:
        for kind, cost, cpu_us in (
            ("(deciding)", overhead.deciding_cost, overhead.deciding_us),
            ("(learning)", overhead.learning_cost, overhead.learning_us),
        ):
            if cpu_us:
                spent = "", "", format_usd(cost), duration(cpu_us / 1e6)
                table.add_row(overhead.policy, kind, *no_counts, *spent)
    table.add_section()
    own_us = sum(row.deciding_us + row.learning_us for row in overheads)
    table.add_row(
        "total",
        "",
        *(str(sum(getattr(row, count) for row in totals)) for count in COUNTS),
        format_usd(sum(row.cost for row in totals)),
        format_usd(sum(row.verification_cost for row in totals)),
        format_usd(sum(row.cost for row in overheads)),
        duration((sum(row.cpu_us for row in totals) + own_us) / 1e6),
        *([f"{sum(row.flops for row in totals) / 1e12:,.1f}"] if compute else []),
    )
    return table


def overhead_table(overheads: Sequence[PolicyOverhead], run: str) -> Table:
    """Makes a table of what the policies of a run took for themselves."""
    table = Table(title=f"overhead of run {run}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("policy", no_wrap=True)
    for heading in ("deciding", "CPU time", "learning", "CPU time"):
        table.add_column(heading, justify="right")
    for row in overheads:
        table.add_row(
            row.policy,
            format_usd(row.deciding_cost),
            f"{row.deciding_us / 1e3:,.1f} ms",
            format_usd(row.learning_cost),
            f"{row.learning_us / 1e3:,.1f} ms",
        )
    return table


def group_table(totals: Sequence[GroupTotals], group: str) -> Table:
    """Makes a table of the totals of a whole ledger, by key, day or prover."""
    table = Table(title=f"ledger by {group}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column(group, no_wrap=True)
    for heading in ("orders", "purchases", "proved", "cost", "verification", "spent"):
        table.add_column(heading, justify="right")
    for row in totals:
        table.add_row(
            row.name or "(none)",
            *(str(count) for count in (row.orders, row.purchases, row.proved)),
            *(format_usd(money) for money in (row.cost, row.verification_cost, row.spent)),
        )
    table.add_section()
    # An order may have bought on two days, or of two provers.
    counts = (sum(row.purchases for row in totals), sum(row.proved for row in totals))
    money = [
        format_usd(sum(amounts))
        for amounts in (
            (row.cost for row in totals),
            (row.verification_cost for row in totals),
            (row.spent for row in totals),
        )
    ]
    table.add_row("total", "", *(str(count) for count in counts), *money)
    return table


def explored_lines(bought: Sequence[Explored]) -> list[str]:
    """Says what was bought in order to learn, policy by policy."""
    lines = []
    for policy, rows in groupby(bought, key=lambda row: row.policy):
        own = list(rows)
        lines.append(
            f"{policy}: {format_usd(sum(row.cost for row in own))} of this bought "
            f"{sum(row.purchases for row in own)} attempts in order to learn, "
            f"{sum(row.proved for row in own)} of them proofs"
        )
    return lines


def duration(seconds: float) -> str:
    """Returns a time as text, such as `8.3 s`, `4 min 05 s` or `2 h 03 min`."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"
