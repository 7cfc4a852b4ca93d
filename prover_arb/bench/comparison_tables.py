"""A comparison as text: what was bought where, what differs, what became of the killed seller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.bench.comparison import Both, Comparison, Side
from prover_arb.bench.tables import duration
from prover_arb.core.money import format_usd

LISTED = 10
"""Names in one line."""


def comparison_table(found: Comparison) -> Table:
    """Every seller and all together, in process and over HTTP."""
    rows = [(row.conditions.prover, row.all) for row in found.sellers]
    return _table(f"all {found.theorems} theorems", [*rows, ("all", found.all)])


def undisturbed_table(found: Comparison) -> Table:
    """The same without the theorems that met the killed seller while it was away."""
    count = found.theorems - len(found.disturbed)
    rows = [(row.conditions.prover, row.undisturbed) for row in found.sellers]
    title = f"the {count} theorems that met no lost purchase"
    return _table(title, [*rows, ("all", found.undisturbed)])


def pairs_table(found: Comparison) -> Table:
    """The attempts that can be compared one by one."""
    table = Table(
        title="attempts that both runs bought of the same seller on the same theorem",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_column("seller", no_wrap=True)
    for heading in (
        "attempts", "same candidate", "cost in process", "over HTTP", "ratio", "median deviation"
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    rows = [(row.conditions.prover, row.pairs) for row in found.sellers]
    for name, pairs in [*rows, ("all", found.pairs)]:
        table.add_row(
            name,
            str(pairs.attempts),
            str(pairs.same),
            format_usd(pairs.cost_in_process),
            format_usd(pairs.cost_over_http),
            f"{pairs.cost_ratio:.3f}",
            f"{pairs.median_deviation:.1%}",
        )
    return table


def _table(title: str, rows: Sequence[tuple[str, Both]]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for heading in ("seller", "bought"):
        table.add_column(heading, no_wrap=True)
    for heading in (
        "solved", "cost", "verification", "attempts", "found nothing", "rejected", "void", "lost"
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for name, both in rows:
        table.add_row(name, "in process", *_cells(both.in_process))
        table.add_row("", "over HTTP", *_cells(both.over_http))
        table.add_section()
    return table


def _cells(side: Side) -> list[str]:
    return [
        str(side.solved),
        format_usd(side.cost),
        format_usd(side.verification_cost),
        str(side.attempts),
        str(side.nothing),
        str(side.rejected),
        str(side.void),
        str(side.lost),
    ]


def comparison_lines(found: Comparison) -> Iterator[str]:
    """Everything the tables do not say."""
    for row in found.sellers:
        asked = row.conditions
        yield (
            f"{asked.prover}: {format_usd(row.price_per_cpu_hour, digits=2)} per CPU-hour, "
            f"{asked.latency_ms} ms away, {asked.per_minute} requests a minute"
        )
    yield ""
    yield f"{found.killed}, in the run over HTTP:"
    for event in found.events:
        told = f": {event.detail}" if event.detail else ""
        yield f"  {duration(event.at):>12}  {event.happening}{told}"
    yield (
        f"{len(found.disturbed)} theorems met a purchase that was lost; their part of the money: "
        f"{format_usd(_total(found.all.in_process) - _total(found.undisturbed.in_process))} in "
        f"process, {format_usd(_total(found.all.over_http) - _total(found.undisturbed.over_http))} "
        "over HTTP"
    )
    if found.pairs.differ:
        yield f"another candidate: {_listed(found.pairs.differ)}"
    for one in found.differences:
        yield f"{one.theorem}: solved {one.solved_in} only ({one.why}; {one.detail})"
    if found.other_solver:
        yield f"solved by another seller: {_listed(found.other_solver)}"
    yield ""
    for fault in found.faults:
        yield f"NOT the same: {fault}"
    if not found.faults:
        yield (
            f"the same market, but for the clock (up to {format_usd(found.cost_allowance)}) and "
            f"what {found.killed} did not sell"
        )


def _total(side: Side) -> int:
    return side.cost + side.verification_cost


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
