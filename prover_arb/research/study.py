"""A finished study: a table and sentences for people, arrays for programs, plots for a page."""

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
    """One plot, which is drawn only when a page needs it, and the numbers behind it."""

    name: str
    caption: str
    draw: Callable[[], Figure]
    columns: dict[str, Any]
    """Arrays of one length by name, which the reader of a page may download."""

    def as_csv(self) -> str:
        """Returns the columns as CSV, with a line of headings."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.columns)
        writer.writerows(zip(*(_column(values) for values in self.columns.values()), strict=True))
        return text.getvalue()


@dataclass(frozen=True)
class Study:
    """What one `prover-arb market` or `prover-arb schedule` command found."""

    name: str
    title: str
    sentences: list[str]
    """What the figures say, in order of importance."""
    header: list[str]
    rows: list[list[str]]
    data: dict[str, Any]
    """What --json prints: plain values and arrays; infinity and NaN become null."""
    plots: list[Plot] = field(default_factory=list)

    def as_json(self) -> str:
        """Returns what --json prints, as one line."""
        return json.dumps(plain({"study": self.name, **self.data}), ensure_ascii=False)


def plain(value: Any) -> Any:
    """Returns the JSON value of arrays and numbers; infinity and NaN become None."""
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
    """Returns a cost as text; a dash if it is not finite."""
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    return f"{value:,.{digits}g}" if 1e-3 <= abs(value) < 1e5 else f"{value:.{digits - 1}e}"


def percent(value: float) -> str:
    """Returns a share as text; a dash if it is not finite."""
    return f"{value:.1%}" if math.isfinite(value) else "-"


@dataclass(frozen=True)
class Quantity:
    """A number for a sentence that carries whether it is defined; only `tell` makes text of it."""

    text: str | None
    """None if the number is undefined or infinite."""

    def __str__(self) -> str:
        raise TypeError("a quantity goes into a sentence by `tell` alone")

    def __format__(self, spec: str) -> str:
        return str(self)


def share(value: float) -> Quantity:
    """Returns a share as a quantity, such as 12.3%."""
    return Quantity(percent(value) if math.isfinite(value) else None)


def amount(value: float) -> Quantity:
    """Returns a cost as a quantity, with three digits."""
    return Quantity(number(value) if math.isfinite(value) else None)


def count(value: float) -> Quantity:
    """Returns a number of things as a quantity."""
    return Quantity(f"{value:,.0f}" if math.isfinite(value) else None)


def tell(sentence: str, *, otherwise: str = "", **quantities: Quantity | str) -> list[str]:
    """Returns a sentence with quantities in its {places}.

    If one of them is undefined it returns `otherwise`, or nothing if that is empty.
    """
    texts: dict[str, str] = {}
    for name, quantity in quantities.items():
        text = quantity.text if isinstance(quantity, Quantity) else quantity
        if text is None:
            return [otherwise] if otherwise else []
        texts[name] = text
    return [sentence.format(**texts)]


def _column(values: Any) -> list[Any]:
    return ["" if item is None else item for item in plain(list(values))]
