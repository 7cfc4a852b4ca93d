"""Writes objectives as one HTML page that needs no network, with data files beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prover_arb.research.market.market_report import render, write_files
from prover_arb.research.study import Study

TEMPLATE = Path(__file__).with_name("objectives_page.html.j2")


def write(studies: Sequence[Study], folder: Path) -> Path:
    """Writes objectives.html, each study's JSON and the plots' numbers; returns the page's path.

    Raises:
        InputError: the files cannot be written there.
    """
    write_files(studies, folder)
    path = folder / "objectives.html"
    render(
        TEMPLATE,
        path,
        studies=studies,
    )
    return path
