"""The report's four plots, as plotly figures that take their ink from the page around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prover_arb.bench.result_rows import Row
from prover_arb.bench.summary import STAGES, PolicySummary, curve
from prover_arb.core.lazy import lazy_module
from prover_arb.core.money import MICRO, format_usd

go = lazy_module("plotly.graph_objects")

PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7A5195", "#8C8C3C",
)  # fmt: skip
"""Colours that people who see colours differently can tell apart."""

QUIET = "#9AA0A6"
OVERHEAD = "#5F6368"
UNSOLVED = "rgba(128,128,128,0.14)"

Groups = Mapping[str, Sequence[Row]]
"""Rows by the label of the policy they belong to."""


def provers_of(groups: Groups) -> list[str]:
    """Every prover that sold something, in order of appearance."""
    return list(dict.fromkeys(p.prover for g in groups.values() for r in g for p in r.purchases))


def colours(names: Sequence[str]) -> dict[str, str]:
    """A colour for each name, the same in every plot."""
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(names)}


def cost_against_solve_rate(groups: Groups, overheads: Mapping[str, int]) -> Any:
    """Each policy's solve rate against what it spent, as the budget per theorem grows.

    `overheads` are what policies took for themselves, in micro-dollars by label.
    """
    figure = go.Figure()
    labels = colours(list(groups))
    for label, rows in groups.items():
        points = [
            point
            for point in curve(rows, overhead=overheads.get(label, 0))
            if point.budget > 0 and point.spent > 0
        ]
        if not points:
            continue
        judged = sum(row.judged for row in rows)
        spent = [point.spent / MICRO for point in points]
        share = [point.solved / judged for point in points]
        hints = [
            f"budget {format_usd(point.budget)} per theorem<br>spent {format_usd(point.spent)}"
            f"<br>{point.solved} of {judged} solved"
            for point in points
        ]
        style = {"color": labels[label], "width": 2.5, "shape": "hv"}
        figure.add_scatter(
            x=spent, y=share, text=hints, name=label, mode="lines", line=style, legendgroup=label,
            hovertemplate="%{text}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=spent[-1:], y=share[-1:], text=hints[-1:], name=label, mode="markers",
            marker={"color": labels[label], "size": 10}, legendgroup=label, showlegend=False,
            hovertemplate="whole run: %{text}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.update_xaxes(
        type="log",
        title="spent on all theorems, with verification, deciding and learning",
        tickprefix="$",
        dtick="D2",
    )
    figure.update_yaxes(title="share solved", tickformat=".0%", rangemode="tozero")
    return _dressed(figure, height=460)


def where_money_went(summaries: Sequence[tuple[str, PolicySummary]]) -> Any:
    """What each policy paid to each prover and for verification, and took for itself."""
    names = list(dict.fromkeys(prover for _, s in summaries for prover in s.spent))
    tints = colours(names)
    labels = [label for label, _ in summaries]
    figure = go.Figure()
    for prover in names:
        paid = [summary.spent.get(prover, 0) / MICRO for _, summary in summaries]
        figure.add_bar(y=labels, x=paid, name=prover, orientation="h", marker_color=tints[prover])
    judged = [summary.verification_cost / MICRO for _, summary in summaries]
    figure.add_bar(y=labels, x=judged, name="verification", orientation="h", marker_color=QUIET)
    own = [(s.deciding_cost + s.learning_cost) / MICRO for _, s in summaries]
    if any(own):
        name = "deciding and learning"
        figure.add_bar(y=labels, x=own, name=name, orientation="h", marker_color=OVERHEAD)
    figure.update_traces(hovertemplate="$%{x:.6f}<extra>%{fullData.name}</extra>")
    figure.update_xaxes(title="dollars", tickprefix="$")
    return _bars(figure, len(labels))


def time_per_stage(summaries: Sequence[tuple[str, PolicySummary]]) -> Any:
    """Wall clock in each stage, summed over theorems."""
    labels = [label for label, _ in summaries]
    figure = go.Figure()
    for stage, tint in colours(STAGES).items():
        seconds = [summary.stage_ms[stage] / 1000 for _, summary in summaries]
        figure.add_bar(y=labels, x=seconds, name=stage, orientation="h", marker_color=tint)
    figure.update_traces(hovertemplate="%{x:.3f} s<extra>%{fullData.name}</extra>")
    figure.update_xaxes(title="seconds, summed over theorems", ticksuffix=" s")
    return _bars(figure, len(labels))


def by_difficulty(groups: Groups) -> list[str]:
    """Theorems from the easiest to the hardest: solved by more policies, then for less money."""
    times: dict[str, int] = {}
    cheapest: dict[str, float] = {}
    for rows in groups.values():
        for row in rows:
            times[row.theorem] = times.get(row.theorem, 0) + row.solved
            price = row.total if row.solved else float("inf")
            cheapest[row.theorem] = min(price, cheapest.get(row.theorem, float("inf")))
    return sorted(times, key=lambda name: (-times[name], cheapest[name], name))


def who_solved_what(groups: Groups) -> Any:
    """A map of theorems and policies, coloured by the prover whose proof was accepted."""
    theorems = by_difficulty(groups)
    provers = provers_of(groups)
    tints = colours(provers)
    codes: list[list[int | None]] = []
    hints: list[list[str]] = []
    for rows in groups.values():
        by_theorem = {row.theorem: row for row in rows}
        codes.append([_code(by_theorem.get(name), provers) for name in theorems])
        hints.append([_hint(by_theorem.get(name)) for name in theorems])
    shades = [UNSOLVED, *(tints[prover] for prover in provers)]
    scale = [
        (edge / len(shades), shade)
        for index, shade in enumerate(shades)
        for edge in (index, index + 1)
    ]
    figure = go.Figure(
        go.Heatmap(
            z=codes,
            x=theorems,
            y=list(groups),
            text=hints,
            xgap=1,
            ygap=3,
            showscale=False,
            colorscale=scale,
            zmin=-0.5,
            zmax=len(provers) + 0.5,
            hovertemplate="<b>%{x}</b><br>%{text}<extra>%{y}</extra>",
        )
    )
    for name, tint in [*tints.items(), ("not solved", UNSOLVED)]:
        marker = {"color": tint, "size": 12, "symbol": "square"}
        figure.add_scatter(x=[None], y=[None], mode="markers", name=name, marker=marker)
    figure.update_xaxes(
        title=f"{len(theorems)} theorems, easiest first", showticklabels=False, showgrid=False
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return _dressed(figure, height=190 + 34 * len(groups))


def _code(row: Row | None, provers: Sequence[str]) -> int | None:
    if row is None or not row.judged:
        return None
    return provers.index(row.solver) + 1 if row.solved else 0


def _hint(row: Row | None) -> str:
    if row is None:
        return "not tried"
    about = ", ".join(part for part in (row.source, row.category) if part)
    unsolved = "not proved" if row.judged else "not judged"
    ending = f"{row.status} by {row.solver}" if row.solved else f"{unsolved}: {row.why_stopped}"
    parts = [about, f"{ending}, {format_usd(row.total)}"]
    if row.difficulty:
        parts.append(f"difficulty {row.difficulty}")
    return "<br>".join(part for part in parts if part)


def _bars(figure: Any, count: int) -> Any:
    figure.update_layout(barmode="stack", bargap=0.35)
    figure.update_yaxes(autorange="reversed")
    return _dressed(figure, height=170 + 36 * count)


def _dressed(figure: Any, *, height: int) -> Any:
    """Clear background, quiet grid; the page sets the colour of the ink to its own."""
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 13, "color": QUIET},
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
        },
        hoverlabel={"align": "left"},
    )
    grid = "rgba(128,128,128,0.18)"
    figure.update_xaxes(gridcolor=grid, zeroline=False, automargin=True)
    clear = "rgba(0,0,0,0)"
    figure.update_yaxes(
        gridcolor=grid, zeroline=False, automargin=True, ticks="outside", ticklen=6, tickcolor=clear
    )
    return figure
