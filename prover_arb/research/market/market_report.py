"""Writes all studies of a market on one HTML page that needs no network, with data files beside
it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover_arb.core.durable_files import write_atomic
from prover_arb.core.lazy import lazy_module
from prover_arb.core.records import ProverRecords, left_out
from prover_arb.errors import InputError
from prover_arb.research.curves.prover_curve import ESTIMATORS, Estimator
from prover_arb.research.market import studies
from prover_arb.research.market.arbitrage import arbitrage
from prover_arb.research.market.model import Market, build_market
from prover_arb.research.market.studies.arbitrage_study import VOLUME
from prover_arb.research.study import Plot, Study

jinja2 = lazy_module("jinja2")
plotly_offline = lazy_module("plotly.offline")

TEMPLATE = Path(__file__).with_name("market_report.html.j2")

CONFIG = {"displayModeBar": False, "responsive": True}


@dataclass(frozen=True)
class Page:
    """What a page is about, besides its studies."""

    title: str
    market: Market
    facts: dict[str, str]


def all_studies(
    records: Sequence[ProverRecords],
    *,
    build: Callable[[Sequence[ProverRecords], Estimator], Market] | None = None,
    verification: float = 0.0,
    volume: float = VOLUME,
) -> tuple[Market, list[Study]]:
    """Makes every study that the records allow, with the paper's estimator where it takes one.

    `build` makes a market of records and an estimator; by default `build_market` does.
    """
    make = build or (lambda rows, estimator: build_market(rows, estimator=estimator))
    markets = {estimator: make(records, estimator) for estimator in ESTIMATORS}
    market = markets["paper"]
    trade = arbitrage(market)
    done = [
        studies.arbitrage_study(market, trade=trade, verification=verification, volume=volume),
        studies.curves_study(markets),
        studies.revenue_study(market, trade=trade),
        studies.competition_study(market, trade=trade),
        studies.robustness_study(market, volume=volume),
    ]
    if len(market.names) > 1:
        done.append(studies.distillation_study(market))
    done += [
        studies.entry_study(market),
        studies.auction_study(market),
        studies.dynamics_study(market),
    ]
    return market, done


def page_of(market: Market, records: Sequence[ProverRecords]) -> Page:
    """Returns the facts that say what a page is made from."""
    facts = {
        "provers": ", ".join(market.names),
        "problems": f"{len(market.problems)}, those that every prover has records of; "
        f"{left_out(records)} others are left out",
        "unit of cost": market.unit or "that of the records, which do not name it",
        "budgets": f"{len(market.budgets)} up to {market.budgets[-1]:.4g} for one problem",
        "solve rates": f"{len(market.rates)} from {market.rates[0]:.1%} to {market.rates[-1]:.1%}",
        "cost of the records": f"{market.records_cost:.4g}",
    }
    for prover in records:
        sources = {row.source.rsplit(":", 1)[0] for row in prover.rows.values()}
        facts[f"records of {prover.prover}"] = ", ".join(sorted(sources))
    return Page("A market of provers", market, facts)


def write_page(page: Page, studies_: Sequence[Study], path: Path) -> None:
    """Writes one page about the studies, with plotly's own code inside.

    Raises:
        InputError: the page cannot be written there.
    """
    render(TEMPLATE, path, page=page, studies=studies_, download=_download)


def render(template: Path, path: Path, **facts: object) -> None:
    """Writes the page that `template` makes of `facts`, with plotly's own code inside.

    Raises:
        InputError: the page cannot be written there.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    text = environment.from_string(template.read_text(encoding="utf-8")).render(
        **facts,
        draw=lambda plot: plot.draw().to_html(
            full_html=False, include_plotlyjs=False, div_id=f"plot-{plot.name}", config=CONFIG
        ),
        plotly_js=plotly_offline.get_plotlyjs(),
    )
    _write(path, text)


def write_files(written: Sequence[Study], folder: Path) -> None:
    """Writes each study as JSON, and the numbers behind each plot as CSV.

    Raises:
        InputError: the folder cannot be made or written to.
    """
    for study in written:
        _write(folder / f"{study.name}.json", study.as_json() + "\n")
        for plot in study.plots:
            _write(folder / f"{plot.name}.csv", plot.as_csv())


def _download(plot: Plot) -> str:
    """Returns a link that contains the plot's numbers."""
    return "data:text/csv;base64," + base64.b64encode(plot.as_csv().encode()).decode()


def _write(path: Path, text: str) -> None:
    """Writes the whole file or nothing."""
    try:
        write_atomic(path, text)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
