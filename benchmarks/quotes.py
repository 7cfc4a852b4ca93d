"""Whether quotes are worth believing: each is compared with what a finished run bought.

    python benchmarks/quotes.py RUN [--policy schedule] [--budget USD ...] [--json]

RUN is the folder of a finished `bench run` of the shipped main job at the seed that quotes have by
default. A server on loopback, with Lean and the shipped catalog, is asked for a quote for every
theorem of the run; it has bought nothing before. The budget is the run's; a smaller one is compared
with what the policy would have bought of the same purchases there (bench/at_budget.py), and must
leave room for every prover's worst case, so that no attempt would have been cut short.

Told are how often what was quoted was proved, by ranges of the probability; the Brier score, and
its skill against quoting the share of the proved for every theorem; the log loss; the calibration
error (the mean distance of quoted from proved over the ranges); the mean cost as it was quoted and
as it was; and what it brings to sell every quote pay-on-proof, at no margin: the prices of what was
proved less all that was spent, with an interval by drawing theorems anew.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "tests/api/service"))

from benchmarks.clients import REPOSITORY
from prover_arb.api.service.calibration import CalibrationBin, calibration
from prover_arb.api.service.charging import price_on_proof
from prover_arb.bench.at_budget import solved_at, spent_at
from prover_arb.bench.result_rows import Row, read_rows
from prover_arb.bench.runs import RunFolder
from prover_arb.client import Client, Quote
from prover_arb.core.money import MICRO, MicroUSD, format_usd, parse_budget
from prover_arb.core.plan import Plan
from prover_arb.core.theorem import Theorem
from prover_arb.problems import read_problems
from tests.api.service.service_process import free_port, serving

SAMPLES = 10_000
"""How often the theorems are drawn anew for an interval."""

CLIP = 1e-4
"""How near to 0 and 1 a probability counts in the log loss."""


@dataclass(frozen=True)
class Sale:
    """What was quoted for a theorem, and what became of it; amounts in micro-dollars."""

    theorem: str
    probability: float
    expected_cost: int
    price: int | None
    proved: bool
    spent: int

    @property
    def profit(self) -> int:
        """What it brings to sell it pay-on-proof; nothing where there is no price."""
        if self.price is None:
            return 0
        return (self.price if self.proved else 0) - self.spent


@dataclass(frozen=True)
class Figures:
    """How good some quotes were; amounts in micro-dollars."""

    count: int
    proved: int
    quoted: float
    """The mean probability."""
    brier: float
    base_brier: float
    """That of quoting the share of the proved for every theorem."""
    log_loss: float
    calibration_error: float
    quoted_cost: float
    """The mean expected cost."""
    real_cost: float
    """What was spent on a theorem on average."""
    sold: int
    """How many quotes have a price."""
    revenue: int
    """The prices of what was proved."""
    profit: int
    profit_interval: tuple[int, int]
    """Of 95 %, by drawing theorems anew."""

    @property
    def skill(self) -> float:
        return 1 - self.brier / self.base_brier if self.base_brier else 0.0


def figures(sales: Sequence[Sale]) -> Figures:
    quoted = np.array([sale.probability for sale in sales])
    proved = np.array([sale.proved for sale in sales], dtype=np.float64)
    profit = np.array([sale.profit for sale in sales])
    clipped = np.clip(quoted, CLIP, 1 - CLIP)
    drawn = np.random.default_rng(0).integers(0, len(sales), (SAMPLES, len(sales)))
    low, high = np.quantile(profit[drawn].sum(axis=1), [0.025, 0.975])
    return Figures(
        count=len(sales),
        proved=int(proved.sum()),
        quoted=float(quoted.mean()),
        brier=float(((quoted - proved) ** 2).mean()),
        base_brier=float(proved.mean() * (1 - proved.mean())),
        log_loss=-float(np.log(np.where(proved > 0, clipped, 1 - clipped)).mean()),
        calibration_error=sum(_distance(part) for part in bins(sales)) / len(sales),
        quoted_cost=float(np.mean([sale.expected_cost for sale in sales])),
        real_cost=float(np.mean([sale.spent for sale in sales])),
        sold=sum(sale.price is not None for sale in sales),
        revenue=sum(sale.price or 0 for sale in sales if sale.proved),
        profit=int(profit.sum()),
        profit_interval=(round(low), round(high)),
    )


def bins(sales: Sequence[Sale]) -> list[CalibrationBin]:
    return calibration([(sale.probability, sale.proved) for sale in sales])


def _distance(part: CalibrationBin) -> float:
    return abs(part.count * (part.quoted or 0.0) - part.proved)


def planned_sale(theorem: str, plan: Plan, *, proved: bool, spent: int) -> Sale:
    """Returns what the service would quote for a plan, at no margin, and what became of it."""
    price = price_on_proof(plan.expected_cost, plan.probability, 0)
    return Sale(theorem, plan.probability, plan.expected_cost, price, proved, spent)


def sales(rows: Sequence[Row], quotes: Sequence[Quote], budget: int) -> list[Sale]:
    return [
        Sale(
            theorem=row.theorem,
            probability=quote.probability,
            expected_cost=int(quote.expected_cost_usd * MICRO),
            price=None if quote.price_usd is None else int(quote.price_usd * MICRO),
            proved=row.solved if budget >= row.budget else solved_at(row, budget),
            spent=row.total if budget >= row.budget else spent_at(row, budget),
        )
        for row, quote in zip(rows, quotes, strict=True)
    ]


def asked(
    theorems: Sequence[Theorem], policy: str, budgets: Sequence[MicroUSD]
) -> list[list[Quote]]:
    """Returns the quotes of a server that has just started, by budget."""
    port = free_port()
    program = REPOSITORY / "tests/api/service/programs/with_lean.py"
    catalog = REPOSITORY / "prover_arb/provers/catalog.toml"
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), str(port), f"{folder}/served.sqlite", str(catalog), "0"]
        with serving(sys.executable, *command, port=port) as server:
            server.wait_for("/readyz", 600)
            with Client(f"http://127.0.0.1:{port}") as client:
                return [
                    [
                        client.quote(theorem, budget_usd=format_usd(budget)[1:], policy=policy)
                        for theorem in theorems
                    ]
                    for budget in budgets
                ]


def recorded(folder: Path, policy: str) -> tuple[list[Row], list[Theorem]]:
    """Returns the judged rows of a policy, and their theorems."""
    rows = [row for row in read_rows(RunFolder(folder).results) if row.policy == policy]
    shipped = {p.theorem.digest: p.theorem for p in read_problems().problems}
    rows = [row for row in rows if row.judged]
    if not rows or any(row.statement_sha256 not in shipped for row in rows):
        raise SystemExit(f"{folder}: no rows of {policy!r} on theorems of the shipped set")
    if any(row.seed for row in rows):
        raise SystemExit(f"{folder}: the run has another seed than 0, which quotes have")
    return rows, [shipped[row.statement_sha256] for row in rows]


def show(title: str, measured: Figures, parts: Sequence[CalibrationBin]) -> None:
    table = Table(title=title)
    for name in ("quoted", "theorems", "mean quoted", "proved", "95 % interval"):
        table.add_column(name, justify="right")
    for part in parts:
        if part.count:
            low, high = part.interval
            table.add_row(
                f"{part.low:.0%} to {part.high:.0%}",
                str(part.count),
                f"{part.quoted:.1%}",
                f"{part.share:.1%}",
                f"{low:.1%} to {high:.1%}",
            )
    out = Console(width=100)
    out.print(table)
    low, high = measured.profit_interval
    rate = measured.proved / measured.count
    for line in (
        f"{measured.count} theorems; proved {rate:.1%}, quoted {measured.quoted:.1%} on average",
        f"Brier score {measured.brier:.4f}, skill {measured.skill:.3f}; log loss "
        f"{measured.log_loss:.4f}; calibration error {measured.calibration_error:.4f}",
        f"mean cost: quoted {measured.quoted_cost:.1f}, spent {measured.real_cost:.1f} "
        "micro-dollars",
        f"pay-on-proof: {measured.sold} have a price; proofs bring {measured.revenue}, profit "
        f"{measured.profit} micro-dollars, 95 % interval {low} to {high}",
    ):
        out.print(line)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--policy", default="schedule")
    parser.add_argument(
        "--budget", action="append", default=[], help="smaller budgets in dollars, too"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    rows, theorems = recorded(options.run, options.policy)
    budgets = [MicroUSD(rows[0].budget), *(parse_budget(text) for text in options.budget)]
    quotes = asked(theorems, options.policy, budgets)
    measured = []
    for budget, given in zip(budgets, quotes, strict=True):
        compared = sales(rows, given, budget)
        found = figures(compared)
        measured.append(
            {"budget": budget, **asdict(found), "skill": found.skill}
            | {
                "bins": [asdict(part) | {"share": part.share} for part in bins(compared)],
                "sales": [asdict(sale) for sale in compared],
            }
        )
        if not options.json:
            show(f"Quotes at a budget of {format_usd(budget)}", found, bins(compared))
    if options.json:
        print(json.dumps(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
