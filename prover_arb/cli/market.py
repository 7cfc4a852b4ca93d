"""`prover-arb market ...`: studies a market of provers from recorded attempts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from prover_arb.cli.commands import EXIT_CODES, Commands
from prover_arb.cli.common import JsonOption, say
from prover_arb.cli.market_options import (
    HighOption,
    LowOption,
    MarketSelection,
    MaxBudgetOption,
    OutOption,
    VerificationOption,
    VolumeOption,
    study_command,
)
from prover_arb.cli.record_options import (
    ProversOption,
    RecordsOption,
    left_out_line,
    records_of,
    with_count,
)
from prover_arb.cli.waiting import waiting_for
from prover_arb.core.records import left_out
from prover_arb.errors import InputError
from prover_arb.research.curves import ESTIMATORS
from prover_arb.research.market import arbitrage as arbitrage_model
from prover_arb.research.market import market_report, studies
from prover_arb.research.market.distillation import tokens_of
from prover_arb.research.market.model import Market
from prover_arb.research.study import Study
from prover_arb.scheduler import make_policy
from prover_arb.scheduler.index.arrays import Floats

MOST_VECTORS = 200_000
"""The most threshold vectors that --grid may ask for."""

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="Study a market of provers from recorded attempts: prices, arbitrage, and who gains. "
    "Costs are in the unit of the records, per problem.",
)


@study_command(app, estimator=False)
def curves(selection: MarketSelection) -> Study:
    """Show solve rate against budget and cost against solve rate, in three estimators."""
    markets = {estimator: selection.market(estimator) for estimator in ESTIMATORS}
    return studies.curves_study(markets)


@study_command(app)
def arbitrage(
    selection: MarketSelection,
    *,
    grid: Annotated[
        str | None,
        typer.Option(
            metavar="LOW:HIGH:POINTS",
            help="Compare every vector on this log grid of thresholds, as the paper does; without "
            "it, thresholds are searched from coarse to fine.",
        ),
    ] = None,
    verification: VerificationOption = 0.0,
    volume: VolumeOption = 100_000,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help="Also replay this policy of the scheduler, such as cascade:A=0.1,B=2; repeat it "
            "for several."
        ),
    ] = None,
    micro: Annotated[
        float | None,
        typer.Option(
            help="Micro-dollars to one unit of the records, for --policy; a million where the "
            "unit is USD, otherwise 1."
        ),
    ] = None,
) -> Study:
    """Show the market price, the arbitrageur's cost and policy, and the margin, gross and net."""
    market = selection.market()
    trade = arbitrage_model.arbitrage(market, _grid(grid, len(market.names)))
    played = []
    if policy:
        sold = [_RecordedProver(p.name, int(p.attempts.max())) for p in market.provers]
        policies = [make_policy(text, sold) for text in policy]
        unit = micro or (1e6 if market.unit.upper() == "USD" else 1.0)
        played = studies.policy_study(market, policies, micro=unit)
    return studies.arbitrage_study(
        market, trade=trade, verification=verification, volume=volume, played=played
    )


@dataclass(frozen=True)
class _RecordedProver:
    """A recorded prover as policies know provers."""

    name: str
    max_attempts: int


def _grid(text: str | None, provers: int) -> Floats | None:
    """Returns the thresholds that a --grid describes.

    Raises:
        InputError: the text is not of the form LOW:HIGH:POINTS, or asks for too many vectors.
    """
    if text is None:
        return None
    try:
        low, high, points = text.split(":")
        least, most, count = float(low), float(high), int(points)
    except ValueError:
        raise InputError(f"--grid: {text!r} is not of the form LOW:HIGH:POINTS") from None
    if not (0 < least < most < float("inf") and count >= 2):
        raise InputError(f"--grid: {text!r}: expected 0 < LOW < HIGH and at least 2 points")
    if (count + 1) ** (provers - 1) > MOST_VECTORS:
        raise InputError(
            f"--grid: {count} points for {provers} provers are too many vectors; leave --grid out "
            "to search from coarse to fine"
        )
    return np.geomspace(least, most, count)


@study_command(app)
def revenue(selection: MarketSelection) -> Study:
    """Show each prover's share of the revenue with and without arbitrage, and who serves whom."""
    return studies.revenue_study(selection.market())


@study_command(app)
def entry(selection: MarketSelection) -> Study:
    """Show when the cheapest prover first earns money, with and without arbitrage."""
    return studies.entry_study(selection.market())


@study_command(app)
def auction(selection: MarketSelection) -> Study:
    """Compare a reverse second-price auction with paying for compute."""
    return studies.auction_study(selection.market())


@study_command(app)
def dynamics(selection: MarketSelection) -> Study:
    """Replay prices that move, against a policy that is refitted, and show its regret."""
    return studies.dynamics_study(selection.market())


@study_command(app)
def competition(
    selection: MarketSelection,
    *,
    arbitrageurs: Annotated[
        int, typer.Option(min=1, max=50, help="Number of competing arbitrageurs.")
    ] = 2,
    step: Annotated[
        float, typer.Option(min=0.0001, max=1, help="Undercut by this share of the market price.")
    ] = 0.05,
    fixed: Annotated[
        float, typer.Option(min=0, help="Fixed cost per period, as a share of its turnover.")
    ] = 0.02,
) -> Study:
    """Show undercutting, entry and exit: what customers pay and provers earn in the end."""
    return studies.competition_study(
        selection.market(), arbitrageurs=arbitrageurs, step=step, fixed=fixed
    )


@study_command(app, rates=False)
def robustness(
    selection: MarketSelection,
    *,
    repeats: Annotated[int, typer.Option(min=1, help="Samples per search budget.")] = 20,
    volume: VolumeOption = 100_000,
    seed: Annotated[int, typer.Option(help="Random seed of the samples.")] = 0,
) -> Study:
    """Fit thresholds in one domain, use them in others, and subtract the cost of the search."""
    return studies.robustness_study(selection.market(), repeats=repeats, volume=volume, seed=seed)


@study_command(app)
def distillation(
    selection: MarketSelection,
    *,
    teacher: Annotated[
        str | None, typer.Option(help="The prover that students learnt from; the most expensive.")
    ] = None,
    tokens: Annotated[
        str | None,
        typer.Option(
            metavar="A=N,...",
            help="Training tokens of students, such as a=3k,b=1.5M; what ends their names, as in "
            "small-192k, if absent.",
        ),
    ] = None,
) -> Study:
    """Compare students with their teacher: margin, training, the teacher's loss, gatekeeping."""
    return studies.distillation_study(selection.market(), teacher=teacher, tokens=_tokens(tokens))


def _tokens(text: str | None) -> dict[str, float]:
    """Returns the training tokens by prover that a --tokens lists.

    Raises:
        InputError: a part is not of the form PROVER=NUMBER.
    """
    tokens = {}
    for part in text.split(",") if text else []:
        name, _, amount = part.partition("=")
        tokens[name.strip()] = tokens_of(f"-{amount.strip()}")
        if math.isnan(tokens[name.strip()]):
            raise InputError(f"--tokens: {part!r} is not of the form PROVER=NUMBER")
    return tokens


@app.command("report", epilog=EXIT_CODES)
def report(
    *,
    records: RecordsOption,
    provers: ProversOption = None,
    max_budget: MaxBudgetOption = None,
    low: LowOption = None,
    high: HighOption = None,
    verification: VerificationOption = 0.0,
    volume: VolumeOption = 100_000,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Write every study on one page, with the numbers behind each plot to download."""
    selection = MarketSelection(
        records_of(records, provers), max_budget=max_budget, low=low, high=high
    )
    folder = out or Path("market-report")
    with waiting_for("studying the market"):
        market, all_studies = market_report.all_studies(
            selection.records,
            build=lambda _, estimator: selection.market(estimator),
            verification=verification,
            volume=volume,
        )
    _write_report(market, selection, all_studies, folder)
    if as_json:
        counted = (with_count(study, selection.records) for study in all_studies)
        say("[" + ",\n".join(study.as_json() for study in counted) + "]")
        return
    for study in all_studies:
        say(f"{study.title}. {' '.join(study.sentences)}")
    if left_out(selection.records):
        say(left_out_line(left_out(selection.records)))
    say(f"report {folder / 'index.html'}")


def _write_report(
    market: Market, selection: MarketSelection, all_studies: list[Study], folder: Path
) -> None:
    market_report.write_files(all_studies, folder)
    page = market_report.page_of(market, selection.records)
    market_report.write_page(page, all_studies, folder / "index.html")
