"""`prover-arb market ...`: study a market of provers from recorded attempts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prover_arb.cli.commands import (
    EXIT_CODES,
    Commands,
    errors,
)
from prover_arb.cli.common import (
    JsonOption,
    say,
)
from prover_arb.cli.market_options import (
    BudgetOption,
    EstimatorOption,
    HighOption,
    LowOption,
    OutOption,
    VerificationOption,
    VolumeOption,
    close,
    given,
)
from prover_arb.cli.record_options import ProversOption, RecordsOption, left_out_line, with_count
from prover_arb.core.records import left_out
from prover_arb.errors import InputError
from prover_arb.research.curves.prover_curve import ESTIMATORS

if TYPE_CHECKING:
    from prover_arb.research.market.model import Market
    from prover_arb.research.study import Study
    from prover_arb.scheduler.index.arrays import Floats

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="Study a market of provers from recorded attempts: prices, arbitrage, and who gains. "
    "Costs are in the unit of the records, per problem.",
)


@app.command("curves", epilog=EXIT_CODES)
def curves(
    *,
    records: RecordsOption,
    provers: ProversOption = None,
    max_budget: BudgetOption = None,
    low: LowOption = None,
    high: HighOption = None,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Solve rate against budget and cost against solve rate, in three estimators, with bands."""
    from prover_arb.research.market.studies import curves_study  # noqa: PLC0415

    asked = given(records, provers, most=max_budget, rates=(low, high))
    close(curves_study({e: asked.market(e) for e in ESTIMATORS}), asked, as_json, out)


@app.command("arbitrage", epilog=EXIT_CODES)
def arbitrage(
    *,
    records: RecordsOption,
    provers: ProversOption = None,
    estimator: EstimatorOption = "paper",
    max_budget: BudgetOption = None,
    low: LowOption = None,
    high: HighOption = None,
    grid: Annotated[
        str | None,
        typer.Option(
            metavar="LOW:HIGH:POINTS",
            help="Compare every vector on this log grid of thresholds, as the paper does; searched "
            "coarse to fine if absent.",
        ),
    ] = None,
    verification: VerificationOption = 0.0,
    volume: VolumeOption = 100_000,
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Also replay this policy of the scheduler, such as cascade:A=0.1,B=2."),
    ] = None,
    micro: Annotated[
        float | None,
        typer.Option(
            help="Micro-dollars to one unit of the records, for --policy; a million where the "
            "unit is USD, otherwise 1."
        ),
    ] = None,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Market price, arbitrageur's cost and policy, and the margin, gross and net."""
    from prover_arb.research.market import arbitrage as found  # noqa: PLC0415
    from prover_arb.research.market.studies import arbitrage_study, policy_study  # noqa: PLC0415

    asked = given(records, provers, estimator, most=max_budget, rates=(low, high))
    market = asked.market()
    trade = found.arbitrage(market, _grid(grid, len(market.names)))
    played = []
    if policy:
        from prover_arb.scheduler import make_policy  # noqa: PLC0415

        sold = [_Sold(name, most) for name, most in _most_attempts(market).items()]
        worth = micro or (1e6 if market.unit.upper() == "USD" else 1.0)
        policies = [make_policy(text, sold) for text in policy]
        with errors.status("replaying policies"):
            played = policy_study(market, policies, micro=worth)
    study = arbitrage_study(
        market, trade=trade, verification=verification, volume=volume, played=played
    )
    close(study, asked, as_json, out)


@dataclass(frozen=True)
class _Sold:
    """A recorded prover as the policies know sellers."""

    name: str
    max_attempts: int


def _most_attempts(market: Market) -> dict[str, int]:
    return {one.name: int(one.attempts.max()) for one in market.provers}


def _grid(text: str | None, provers: int) -> Floats | None:
    import numpy as np  # noqa: PLC0415

    if text is None:
        return None
    try:
        low, high, points = text.split(":")
        least, most, count = float(low), float(high), int(points)
    except ValueError:
        raise InputError(f"--grid: {text!r} is not of the form LOW:HIGH:POINTS") from None
    if not (0 < least < most < float("inf") and count >= 2):
        raise InputError(f"--grid: {text!r}: expected 0 < LOW < HIGH and at least 2 points")
    if (count + 1) ** (provers - 1) > 200_000:
        raise InputError(
            f"--grid: {count} points for {provers} provers are too many vectors; leave --grid out "
            "to search from coarse to fine"
        )
    return np.geomspace(least, most, count)


def _simple(name: str, study_of: Callable[[Market], Study], help_: str) -> None:
    """A command with the shared options and nothing else."""

    @app.command(name, help=help_, epilog=EXIT_CODES)
    def command(
        *,
        records: RecordsOption,
        provers: ProversOption = None,
        estimator: EstimatorOption = "paper",
        max_budget: BudgetOption = None,
        low: LowOption = None,
        high: HighOption = None,
        as_json: JsonOption = False,
        out: OutOption = None,
    ) -> None:
        asked = given(records, provers, estimator, most=max_budget, rates=(low, high))
        with errors.status(name):
            study = study_of(asked.market())
        close(study, asked, as_json, out)


def _revenue(market: Market) -> Study:
    from prover_arb.research.market.studies import revenue_study  # noqa: PLC0415

    return revenue_study(market)


def _entry(market: Market) -> Study:
    from prover_arb.research.market.studies import entry_study  # noqa: PLC0415

    return entry_study(market)


def _dynamics(market: Market) -> Study:
    from prover_arb.research.market.studies import dynamics_study  # noqa: PLC0415

    return dynamics_study(market)


def _auction(market: Market) -> Study:
    from prover_arb.research.market.studies import auction_study  # noqa: PLC0415

    return auction_study(market)


_simple("revenue", _revenue, "Provers' shares with and without arbitrage, and segmentation.")
_simple("entry", _entry, "When the cheapest prover first earns, with and without arbitrage.")
_simple("auction", _auction, "A reverse second-price auction against paying for compute.")
_simple("dynamics", _dynamics, "Prices that move, a policy that refits, regret.")


@app.command("competition", epilog=EXIT_CODES)
def competition(
    *,
    records: RecordsOption,
    provers: ProversOption = None,
    estimator: EstimatorOption = "paper",
    max_budget: BudgetOption = None,
    low: LowOption = None,
    high: HighOption = None,
    arbitrageurs: Annotated[int, typer.Option(min=1, max=50)] = 2,
    step: Annotated[
        float, typer.Option(min=0.0001, max=1, help="Undercut by this share of the market price.")
    ] = 0.05,
    fixed: Annotated[
        float, typer.Option(min=0, help="Fixed cost per period, as a share of its turnover.")
    ] = 0.02,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Undercutting, entry and exit; what customers pay and providers earn in the end."""
    from prover_arb.research.market.studies import competition_study  # noqa: PLC0415

    asked = given(records, provers, estimator, most=max_budget, rates=(low, high))
    study = competition_study(asked.market(), arbitrageurs=arbitrageurs, step=step, fixed=fixed)
    close(study, asked, as_json, out)


@app.command("robustness", epilog=EXIT_CODES)
def robustness(
    *,
    records: RecordsOption,
    provers: ProversOption = None,
    estimator: EstimatorOption = "paper",
    max_budget: BudgetOption = None,
    repeats: Annotated[int, typer.Option(min=1, help="Samples per search budget.")] = 20,
    volume: VolumeOption = 100_000,
    seed: int = 0,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Thresholds fitted on one domain, sold on others, the search paid for."""
    from prover_arb.research.market.studies import robustness_study  # noqa: PLC0415

    asked = given(records, provers, estimator, most=max_budget)
    with errors.status("fitting"):
        study = robustness_study(asked.market(), repeats=repeats, volume=volume, seed=seed)
    close(study, asked, as_json, out)


@app.command("distillation", epilog=EXIT_CODES)
def distillation(
    *,
    records: RecordsOption,
    provers: ProversOption = None,
    estimator: EstimatorOption = "paper",
    max_budget: BudgetOption = None,
    low: LowOption = None,
    high: HighOption = None,
    teacher: Annotated[str | None, typer.Option(help="The dearest prover if absent.")] = None,
    tokens: Annotated[
        str | None,
        typer.Option(
            metavar="A=N,...",
            help="Training tokens of students; the number that ends a name if absent.",
        ),
    ] = None,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Students against their teacher: margin, training, the teacher's loss, gatekeeping."""
    from prover_arb.research.market.studies import distillation_study  # noqa: PLC0415

    asked = given(records, provers, estimator, most=max_budget, rates=(low, high))
    study = distillation_study(asked.market(), teacher=teacher, tokens=_tokens(tokens))
    close(study, asked, as_json, out)


def _tokens(text: str | None) -> dict[str, float]:
    found = {}
    for part in text.split(",") if text else []:
        name, equals, amount = part.partition("=")
        try:
            found[name.strip()] = float(amount)
        except ValueError:
            equals = ""
        if not equals:
            raise InputError(f"--tokens: {part!r} is not of the form PROVER=NUMBER")
    return found


@app.command("report", epilog=EXIT_CODES)
def report(
    *,
    records: RecordsOption,
    provers: ProversOption = None,
    max_budget: BudgetOption = None,
    low: LowOption = None,
    high: HighOption = None,
    verification: VerificationOption = 0.0,
    volume: VolumeOption = 100_000,
    as_json: JsonOption = False,
    out: OutOption = None,
) -> None:
    """Every study on one page, with the numbers behind each plot to download."""
    from prover_arb.research.market.market_report import (  # noqa: PLC0415
        all_studies,
        page_of,
        write_files,
        write_page,
    )

    asked = given(records, provers, most=max_budget, rates=(low, high))
    folder = out or Path("market-report")
    with errors.status("studying the market"):
        market, found = all_studies(
            asked.records,
            build=lambda _, estimator: asked.market(estimator),
            verification=verification,
            volume=volume,
        )
    write_files(found, folder)
    write_page(page_of(market, asked.records), found, folder / "index.html")
    if as_json:
        counted = (with_count(study, asked.records) for study in found)
        say("[" + ",\n".join(study.as_json() for study in counted) + "]")
        return
    _tell(found)
    if left_out(asked.records):
        say(left_out_line(left_out(asked.records)))
    say(f"report {folder / 'index.html'}")


def _tell(found: Sequence[Study]) -> None:
    for study in found:
        say(f"{study.title}. {' '.join(study.sentences)}")
