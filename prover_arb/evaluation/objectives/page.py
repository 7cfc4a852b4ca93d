"""Objectives as one HTML page that needs no network, with the files beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prover_arb.errors import InputError
from prover_arb.market.report import CONFIG, write_files
from prover_arb.market.study import Study

TEMPLATE = Path(__file__).with_name("page.html.j2")


def write(studies: Sequence[Study], folder: Path) -> Path:
    """Write objectives.html, each study's JSON and the plots' numbers; the page's path.

    Raises:
        InputError: they cannot be written there.
    """
    # Both take a while to import, and only a page needs them.
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    write_files(studies, folder)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    text = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        studies=studies,
        draw=lambda plot: plot.draw().to_html(
            full_html=False, include_plotlyjs=False, div_id=f"plot-{plot.name}", config=CONFIG
        ),
        plotly_js=get_plotlyjs(),
    )
    path = folder / "objectives.html"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return path
