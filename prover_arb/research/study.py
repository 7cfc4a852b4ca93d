"""A finished study: a table for people, arrays for machines, plots for a page."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True)
class Plot:
    """One plot, drawn only when a page needs it, with the numbers behind it."""

    name: str
    caption: str
    draw: Callable[[], Figure]
    columns: dict[str, Any]
    """Name to array; all of one length. What the reader may download."""

    def as_csv(self) -> str:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows(zip(*(_column(values) for values in self.columns.values()), strict=True))
        return text.getvalue()


@dataclass(frozen=True)
class Study:
    """What one `prover-arb market` command found."""

    name: str
    title: str
    sentences: list[str]
    """What the figures say, in order of importance."""
    header: list[str]
    rows: list[list[str]]
    data: dict[str, Any]
    """For --json: plain values and arrays; what is not a number is null there."""
    plots: list[Plot] = field(default_factory=list)

    def as_json(self) -> str:
        return json.dumps(plain({"study": self.name, **self.data}), ensure_ascii=False)


def plain(value: Any) -> Any:
    """JSON values for arrays and numbers; infinity and NaN become null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def number(value: float, digits: int = 3) -> str:
    """A cost as text; a dash where there is none."""
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    return f"{value:,.{digits}g}" if 1e-3 <= abs(value) < 1e5 else f"{value:.{digits - 1}e}"


def percent(value: float) -> str:
    """A share as text; a dash where there is none."""
    return f"{value:.1%}" if math.isfinite(value) else "-"


def _column(values: Any) -> list[Any]:
    return ["" if item is None else item for item in plain(list(values))]
