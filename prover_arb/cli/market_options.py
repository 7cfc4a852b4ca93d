"""What the commands of `prover-arb market` share: their options, the records, the ending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prover_arb.cli.common import (
    say,
)
from prover_arb.cli.record_options import records_of, show_study, with_count
from prover_arb.core.records import ProverRecords
from prover_arb.research.curves.prover_curve import Estimator

if TYPE_CHECKING:
    from prover_arb.research.market.model import Market
    from prover_arb.research.study import Study

OutOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write JSON, the plots' numbers as CSV, and a page here."),
]
EstimatorOption = Annotated[
    Estimator, typer.Option(help="paper, recorded (never past the records) or independent draws.")
]
BudgetOption = Annotated[
    float | None,
    typer.Option("--max-budget", help="Highest budget for one problem; as the records go."),
]
LowOption = Annotated[float | None, typer.Option("--from", help="Lowest solve rate, such as 0.6.")]
HighOption = Annotated[float | None, typer.Option("--to", help="Highest solve rate.")]
VerificationOption = Annotated[
    float, typer.Option(min=0, help="Cost of one verdict, in the unit of the records.")
]
VolumeOption = Annotated[
    float, typer.Option(min=1, help="Problems over which the search for a policy is spread.")
]


@dataclass(frozen=True)
class Given:
    """The options that every command shares."""

    records: list[ProverRecords]
    estimator: Estimator = "paper"
    most: float | None = None
    low: float | None = None
    high: float | None = None

    def market(self, estimator: Estimator | None = None) -> Market:
        """Raises RecordsError where the records make no market."""
        from prover_arb.research.market.model import build_market  # noqa: PLC0415

        return build_market(
            self.records,
            estimator=estimator or self.estimator,
            most=self.most,
            low=self.low,
            high=self.high,
        )


def given(
    records: Sequence[Path],
    provers: str | None,
    estimator: Estimator = "paper",
    *,
    most: float | None = None,
    rates: tuple[float | None, float | None] = (None, None),
) -> Given:
    """The records asked for.

    Raises:
        RecordsError: they cannot be read.
    """
    return Given(records_of(records, provers), estimator, most, *rates)


def close(study: Study, from_: Given, as_json: bool, out: Path | None) -> None:
    """Print a study, and write its files if asked to."""
    study = with_count(study, from_.records)
    if out is not None:
        from prover_arb.research.market.market_report import page_of, write_files, write_page  # noqa: PLC0415

        write_files([study], out)
        write_page(page_of(from_.market(), from_.records), [study], out / f"{study.name}.html")
    if as_json:
        say(study.as_json())
        return
    show_study(study)
    if out is not None:
        say(f"report {out / f'{study.name}.html'}")
