"""What the commands of `prover-arb market` share: their options, the market, and how they end."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from prover_arb.cli.commands import EXIT_CODES
from prover_arb.cli.common import JsonOption, say
from prover_arb.cli.record_options import (
    ProversOption,
    RecordsOption,
    records_of,
    show_study,
    with_count,
)
from prover_arb.cli.waiting import waiting_for
from prover_arb.core.records import ProverRecords
from prover_arb.research.curves import Estimator
from prover_arb.research.market.market_report import page_of, write_files, write_page
from prover_arb.research.market.model import Market, build_market
from prover_arb.research.study import Study

OutOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write JSON, the plots' numbers as CSV, and a page here."),
]
EstimatorOption = Annotated[
    Estimator,
    typer.Option(
        help="How chances are estimated: paper (pass@k), recorded (a replay that never goes past "
        "the records), or independent draws."
    ),
]
MaxBudgetOption = Annotated[
    float | None,
    typer.Option("--max-budget", help="Highest budget for one problem; as far as the records go."),
]
LowOption = Annotated[float | None, typer.Option("--from", help="Lowest solve rate, such as 0.6.")]
HighOption = Annotated[float | None, typer.Option("--to", help="Highest solve rate.")]
VerificationOption = Annotated[
    float, typer.Option(min=0, help="Cost of one verdict, in the unit of the records.")
]
VolumeOption = Annotated[
    float,
    typer.Option(min=1, help="Number of problems over which the cost of the search is spread."),
]


@dataclass(frozen=True)
class MarketSelection:
    """The market that the shared options of a command describe."""

    records: list[ProverRecords]
    estimator: Estimator = "paper"
    max_budget: float | None = None
    low: float | None = None
    high: float | None = None

    def market(self, estimator: Estimator | None = None) -> Market:
        """Builds the market, with another estimator if one is given.

        Raises:
            RecordsError: the records make no market.
        """
        return build_market(
            self.records,
            estimator=estimator or self.estimator,
            most=self.max_budget,
            low=self.low,
            high=self.high,
        )


StudyFunction = Callable[..., Study]
"""Makes a study from a `MarketSelection` and the options of its own command."""


def study_command(
    app: typer.Typer, *, estimator: bool = True, rates: bool = True
) -> Callable[[StudyFunction], StudyFunction]:
    """Makes a command of a function from a `MarketSelection` to a study.

    The command is called as the function is, its help is the function's docstring, and it has the
    options that all studies share, then the function's own keyword arguments, then --json and
    --out. `estimator` and `rates` say whether the options for them are among the shared ones.
    """

    def decorate(make: StudyFunction) -> StudyFunction:
        def command(**options: Any) -> None:
            as_json, out = options.pop("as_json"), options.pop("out")
            selection = MarketSelection(
                records_of(options.pop("records"), options.pop("provers")),
                **{name: options.pop(name) for name in chosen if name in options},
            )
            with waiting_for(f"studying the {make.__name__} of the market"):
                study = make(selection, **options)
            finish(study, selection, as_json=as_json, out=out)

        chosen = ["estimator"] * estimator + ["max_budget"] + ["low", "high"] * rates
        hints = get_type_hints(make, include_extras=True)
        own = list(inspect.signature(make).parameters.values())[1:]
        parameters = [
            _keyword("records", RecordsOption, inspect.Parameter.empty),
            _keyword("provers", ProversOption, None),
            *(_keyword(name, *SHARED[name]) for name in chosen),
            *(_keyword(option.name, hints[option.name], option.default) for option in own),
            _keyword("as_json", JsonOption, False),
            _keyword("out", OutOption, None),
        ]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {option.name: option.annotation for option in parameters}
        app.command(make.__name__, help=make.__doc__, epilog=EXIT_CODES)(command)
        return make

    return decorate


SHARED: dict[str, tuple[Any, Any]] = {
    "estimator": (EstimatorOption, "paper"),
    "max_budget": (MaxBudgetOption, None),
    "low": (LowOption, None),
    "high": (HighOption, None),
}


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def finish(study: Study, selection: MarketSelection, *, as_json: bool, out: Path | None) -> None:
    """Prints a study, and writes its files to the folder `out` if there is one."""
    study = with_count(study, selection.records)
    if out is not None:
        write_files([study], out)
        page = page_of(selection.market(), selection.records)
        write_page(page, [study], out / f"{study.name}.html")
    if as_json:
        say(study.as_json())
        return
    show_study(study)
    if out is not None:
        say(f"report {out / f'{study.name}.html'}")
