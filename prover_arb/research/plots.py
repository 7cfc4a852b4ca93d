"""Plots for the pages of studies: plotly figures on a transparent background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from prover_arb.core.lazy import lazy_module
from prover_arb.scheduler.index.arrays import Floats

graph_objects = lazy_module("plotly.graph_objects")

PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7A5195", "#8C8C3C",
)  # fmt: skip
"""Colours that colour-blind readers can tell apart."""

QUIET = "#9AA0A6"
STRONG = "#D1495B"
"""The colour of what a study is about, such as the arbitrageur."""


def colours(names: Sequence[str]) -> dict[str, str]:
    """Returns a colour for each name, the same in every plot of a market."""
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(names)}


def faded(colour: str, alpha: float = 0.15) -> str:
    """Returns the colour with an opacity of `alpha`."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def figure(x: str, y: str, *, height: int = 400, **axes: Mapping[str, Any]) -> Any:
    """Returns an empty plotly figure with axis titles; `xaxis` and `yaxis` give further
    settings."""
    grid = "rgba(128,128,128,0.18)"
    drawn = graph_objects.Figure()
    drawn.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 13, "color": QUIET},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        hovermode="x unified",
        hoverlabel={"align": "left"},
    )
    common = {"gridcolor": grid, "zeroline": False, "automargin": True}
    drawn.update_xaxes(title=x, **common, **axes.get("xaxis", {}))
    drawn.update_yaxes(title=y, **common, **axes.get("yaxis", {}))
    return drawn


def rate_figure(y: str, *, height: int = 400, **axes: Mapping[str, Any]) -> Any:
    """Returns an empty plotly figure over the share of problems solved."""
    return figure("share of problems solved", y, height=height, xaxis=SHARE, **axes)


def line(on: Any, x: Any, y: Any, name: str, colour: str, **more: Any) -> None:
    """Draws a line with gaps where `y` is not finite."""
    values = np.asarray(y, dtype=np.float64)
    shown = np.where(np.isfinite(values), values, np.nan)
    style = {"color": colour, "width": more.pop("width", 2.5), "dash": more.pop("dash", "solid")}
    on.add_scatter(
        x=x, y=shown, name=name, mode=more.pop("mode", "lines"), line=style,
        hovertemplate=more.pop("hover", "%{y:.4g}"), **more,
    )  # fmt: skip


def band(on: Any, x: Any, low: Floats, high: Floats, colour: str) -> None:
    """Draws the area between two lines, without an entry in the legend."""
    quiet = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
    on.add_scatter(x=x, y=low, **quiet)
    on.add_scatter(x=x, y=high, fill="tonexty", fillcolor=faded(colour), **quiet)


def area(on: Any, x: Any, y: Any, name: str, colour: str) -> None:
    """Draws one layer of a stacked area plot."""
    on.add_scatter(
        x=x, y=np.nan_to_num(y), name=name, mode="lines", stackgroup="one",
        line={"color": colour, "width": 0.5}, fillcolor=faded(colour, 0.65),
        hovertemplate="%{y:.4g}",
    )  # fmt: skip


SHARE = {"tickformat": ".0%"}
LOG = {"type": "log", "exponentformat": "power"}
