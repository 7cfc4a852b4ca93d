"""Writes an evaluation as one HTML page that needs no network, with data files beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prover_arb.research.evaluation.evaluate import Result
from prover_arb.research.evaluation.evaluation_study import NOTES, study_of, sub_band_rows
from prover_arb.research.market.market_report import render, write_files

TEMPLATE = Path(__file__).with_name("evaluation_page.html.j2")


def write(results: Mapping[str, Result], facts: Mapping[str, str], folder: Path) -> Path:
    """Writes schedule.html, schedule.json and the plots' numbers, and returns the page's path.

    Raises:
        InputError: the files cannot be written there.
    """
    study = study_of(results)
    write_files([study], folder)
    path = folder / "schedule.html"
    render(
        TEMPLATE,
        path,
        study=study,
        notes=NOTES,
        details={world: sub_band_rows(result) for world, result in results.items()},
        sources={s.name: s.source for r in results.values() for s in r.scores.values()},
        facts=facts,
    )
    return path
