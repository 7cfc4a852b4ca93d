"""The study of auctions against paying for compute, for one theorem and for a stream."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.market.arbitrage import ROUNDING
from prover_arb.research.market.model import Market
from prover_arb.research.market.procurement import by_auction, by_compute, offers
from prover_arb.research.market.stream import Behaviour, Settlement, Stream, simulate
from prover_arb.research.study import Plot, Quantity, Study, count, number, percent, share, tell
from prover_arb.scheduler.index.arrays import Floats

STREAM = 2000
"""The number of theorems in a simulated stream."""

MARKUP = 0.25
"""What provers that are paid per unit of compute add to its cost."""

SEED = 0

SETTLED = {
    "trust": "claims believed",
    "weights": "claims weighed by verdicts",
    "outcome": "paid by verdict",
}

LIES = {
    "honest": Behaviour(""),
    "overstates quality by half": Behaviour("", overstates=1.5),
    "claims certainty": Behaviour("", overstates=1e9),
    "pads its tokens twofold, burnt": Behaviour("", pads=2.0),
    "pads its tokens twofold, pocketed": Behaviour("", pads=2.0, keeps=1.0),
}


def auction_study(market: Market) -> Study:
    """Returns the study of allocation, payment and welfare, and of provers that lie."""
    offered = offers(market.provers, market.budgets)
    scale = float(np.nanmedian(np.where(np.isfinite(market.price), market.price, np.nan)))
    values = np.geomspace(0.1, 1e3, 60) * scale
    auction = [by_auction(float(v), offered) for v in values]
    compute = [by_compute(float(v), offered, markup=MARKUP) for v in values]
    ratio = np.array(
        [
            a.welfare / c.welfare if c.welfare > 0 else np.inf if a.welfare > 0 else 1.0
            for a, c in zip(auction, compute, strict=True)
        ]
    )
    finite = ratio[np.isfinite(ratio)]
    worst = float(finite.max()) if len(finite) else float("nan")
    quality, cost = stream_of(market, STREAM, SEED)
    # A few attempts of the most expensive prover, so that price and quality both matter.
    value = 3 * float(cost.mean(axis=0).max())
    liar = _busiest(value, quality, cost, len(market.provers))
    outcomes = _liars(market, value, (quality, cost), liar, SEED)
    names = [*market.names, "nobody"]
    rows = [
        [
            number(float(values[i])),
            names[auction[i].prover],
            percent(auction[i].quality),
            number(auction[i].payment),
            number(auction[i].welfare),
            names[compute[i].prover],
            percent(compute[i].quality),
            number(compute[i].payment),
            number(compute[i].welfare),
            number(float(ratio[i])),
        ]
        for i in range(0, len(values), 6)
    ]
    return Study(
        name="auction",
        title="Procurement by auction",
        sentences=_sentences(market, worst, outcomes, liar),
        header=[
            f"value of a proof{market.in_unit}",
            "auction: winner",
            "solves (share)",
            f"payment{market.per_problem}",
            f"welfare{market.per_problem}",
            "pay-per-compute: prover",
            "solves (share)",
            f"payment{market.per_problem}",
            f"welfare{market.per_problem}",
            "ratio of welfares",
        ],
        rows=rows,
        data={
            "provers": market.names,
            "value": values,
            "markup": MARKUP,
            "price_of_anarchy": ratio,
            "auction": [mechanism.__dict__ for mechanism in auction],
            "pay_per_compute": [mechanism.__dict__ for mechanism in compute],
            "stream": {
                lie: {
                    how: {
                        "profit": stream.profit,
                        "weights": stream.weights,
                        "proved": stream.proved,
                        "paid": stream.paid,
                        "welfare": stream.welfare,
                    }
                    for how, stream in streams.items()
                }
                for lie, streams in outcomes.items()
            },
            "liar": market.names[liar],
        },
        plots=_plots(market, values, (auction, compute), outcomes, liar),
    )


def stream_of(market: Market, length: int, seed: int) -> tuple[Floats, Floats]:
    """Returns the true quality and cost [length, m] of one attempt, on drawn problems."""
    quality = np.array([prover.successes / prover.attempts for prover in market.provers]).T
    cost = np.array([prover.cost for prover in market.provers]).T
    drawn = np.random.default_rng(seed).integers(0, len(cost), length)
    return quality[drawn], cost[drawn]


def _busiest(value: float, quality: Floats, cost: Floats, count: int) -> int:
    honest = simulate(value, quality, cost, [Behaviour("")] * count, weighted=False)
    return int(np.bincount([w for w in honest.winners if w >= 0], minlength=count).argmax())


def _liars(
    market: Market, value: float, truth: tuple[Floats, Floats], liar: int, seed: int
) -> dict[str, dict[str, Stream]]:
    quality, cost = truth
    ways: dict[str, tuple[Settlement, bool]] = {
        "trust": ("claim", False),
        "weights": ("claim", True),
        "outcome": ("outcome", False),
    }
    outcomes: dict[str, dict[str, Stream]] = {}
    for lie, conduct in LIES.items():
        everyone = [conduct if j == liar else Behaviour("") for j in range(len(market.provers))]
        outcomes[lie] = {
            how: simulate(
                value, quality, cost, everyone, settlement=settlement, weighted=weighted, seed=seed
            )
            for how, (settlement, weighted) in ways.items()
        }
    return outcomes


def _sentences(
    market: Market, worst: float, outcomes: dict[str, dict[str, Stream]], liar: int
) -> list[str]:
    sentences = [
        "In the auction every prover bids the amount of compute that is best for the customer, at "
        "cost, since nothing else pays."
    ]
    if worst > 1.005:
        sentences += tell(
            "Paid per unit of compute at a markup of {markup}, provers compute more than is worth "
            "it: the price of anarchy is up to {worst} over the values shown.",
            markup=share(MARKUP),
            worst=Quantity(f"{worst:.2f}" if np.isfinite(worst) else None),
        )
    honest = {how: float(stream.profit[liar]) for how, stream in outcomes["honest"].items()}
    if not all(profit > 0 for profit in honest.values()):
        return [
            *sentences,
            f"In a stream of {STREAM:,} theorems, one attempt bought for each, no prover earns a "
            "profit by being honest, so that lies have nothing to be compared with.",
        ]
    profits = {
        lie: {how: float(stream.profit[liar]) / honest[how] for how, stream in streams.items()}
        for lie, streams in outcomes.items()
        if lie != "honest"
    }
    sentences += tell(
        "A stream of {stream} theorems, one attempt bought for each, in which {liar}, which sells "
        "most, lies. Its profit, as a share of that if honest: {profits}.",
        stream=count(STREAM),
        liar=market.names[liar],
        profits="; ".join(
            f"{lie} {_earned(by['weights'])} by weights, {_earned(by['outcome'])} by outcome"
            for lie, by in profits.items()
        ),
    )
    if all(by["outcome"] <= 1 + ROUNDING for by in profits.values()):
        sentences.append(
            "Weights need many verdicts to tell a lie from bad luck, so a small lie may pay for a "
            "while; paid by the kernel's verdict, no lie does."
        )
    return sentences


def _earned(share_of_honest: float) -> str:
    verb = "earns" if share_of_honest >= 0 else "loses"
    return f"{verb} {percent(abs(share_of_honest))}"


def _plots(
    market: Market,
    values: Floats,
    mechanisms: tuple[list[Any], list[Any]],
    outcomes: Any,
    liar: int,
) -> list[Plot]:
    auction, compute = mechanisms

    def welfare() -> Any:
        drawn = plots.figure(
            "value of a proof" + market.in_unit,
            "welfare, as a share of the value",
            xaxis=plots.LOG,
            yaxis=plots.SHARE,
        )
        for name, offered, tint in (
            ("auction", auction, plots.STRONG),
            ("pay per compute", compute, plots.QUIET),
        ):
            kept = np.array([mechanism.welfare for mechanism in offered]) / values
            plots.line(drawn, values, kept, name, tint, hover="%{y:.1%}")
        return drawn

    def liars() -> Any:
        # Beyond these ends a bar is cut; its label has the figure.
        drawn = plots.figure(
            "profit, as a share of that if honest",
            "",
            xaxis={**plots.SHARE, "range": [-2.7, 3.7]},
            height=420,
        )
        drawn.update_layout(hovermode="closest")
        drawn.update_yaxes(autorange="reversed")
        lies = list(outcomes)
        for (how, label), tint in zip(SETTLED.items(), plots.PALETTE, strict=False):
            base = outcomes["honest"][how].profit[liar]
            shares = [outcomes[lie][how].profit[liar] / base if base > 0 else 0.0 for lie in lies]
            drawn.add_bar(
                y=lies,
                x=[float(np.clip(share, -2.0, 3.0)) for share in shares],
                text=[f"{share:.0%}" for share in shares],
                textposition="outside",
                name=label,
                orientation="h",
                marker_color=tint,
                hovertemplate="%{text}",
            )
        return drawn

    return [
        Plot(
            "auction-welfare",
            "What customer and prover have together, value of the proof times its chance less what "
            "it costs, as a share of the value.",
            welfare,
            {
                "value": values,
                "auction": [mechanism.welfare for mechanism in auction],
                "pay_per_compute": [mechanism.welfare for mechanism in compute],
            },
        ),
        Plot(
            "auction-liars",
            "Profit of the busiest prover over a stream of theorems, by how it lies, against being "
            "honest. Where claims are believed, overstating may pay; weighed by verdicts, large "
            "lies cost; paid by verdict, every lie does.",
            liars,
            {
                "conduct": list(outcomes),
                **{
                    how: [outcomes[lie][how].profit[liar] for lie in outcomes]
                    for how in ("trust", "weights", "outcome")
                },
            },
        ),
    ]
