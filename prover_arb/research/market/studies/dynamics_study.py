"""The study of prices that move: how much a policy loses that is not refitted."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.market.arbitrage import ROUNDING
from prover_arb.research.market.dynamics import SCENARIOS, PriceReplay, Scenario, price_path, replay
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, count, number, percent, share, tell

NEVER = 10**9
"""Periods between refits of a policy that is fitted only once."""

EVERY = (1, 5, 10, NEVER)
"""Periods between refits of the policies that are compared."""

PERIODS = 30

SHARE = 0.95
"""The solve rate of the study, as a share of the highest that a single prover reaches."""


def dynamics_study(market: Market) -> Study:
    """Returns the study of each scenario with policies that refit after `EVERY` so many periods."""
    rate = SHARE * market.reach
    by_scenario: dict[Scenario, dict[int, PriceReplay]] = {}
    for scenario in SCENARIOS:
        path = price_path(scenario, len(market.provers), PERIODS, seed=0)
        by_scenario[scenario] = {n: replay(market, path, rate, every=n) for n in EVERY}
    rows = []
    for scenario, replays in by_scenario.items():
        for n, replayed in replays.items():
            rows.append(
                [
                    scenario,
                    _often(n),
                    number(_mean(replayed.market)),
                    number(_mean(replayed.refitted)),
                    number(_mean(replayed.hindsight)),
                    percent(replayed.relative_regret),
                ]
            )
    worst = max(by_scenario, key=lambda s: np.nan_to_num(by_scenario[s][EVERY[-1]].relative_regret))
    return Study(
        name="dynamics",
        title="When prices move",
        sentences=tell(
            "At {rate} solved, over {periods} periods: a policy that never refits loses most "
            "against hindsight in the scenario {worst}, {never} of what hindsight pays; refitting "
            "every {every} periods leaves {often}.",
            otherwise="In no scenario can the solve rate be had in any period, so there is no "
            "regret.",
            rate=share(rate),
            periods=count(PERIODS),
            worst=worst,
            never=share(by_scenario[worst][EVERY[-1]].relative_regret),
            every=count(EVERY[1]),
            often=share(by_scenario[worst][EVERY[1]].relative_regret),
        )
        if not by_scenario[worst][EVERY[-1]].relative_regret <= ROUNDING
        else tell(
            "At {rate} solved, over {periods} periods, a policy that never refits pays what "
            "hindsight pays in every scenario.",
            rate=share(rate),
            periods=count(PERIODS),
        ),
        header=[
            "scenario",
            "refits",
            f"market price{market.per_problem}",
            f"arbitrageur's cost{market.per_problem}",
            f"cost with hindsight{market.per_problem}",
            "regret (share of cost with hindsight)",
        ],
        rows=rows,
        data={
            "solve_rate": rate,
            "periods": PERIODS,
            "scenarios": {
                scenario: {
                    _often(n): {
                        "market": replayed.market,
                        "refitted": replayed.refitted,
                        "hindsight": replayed.hindsight,
                        "regret": replayed.regret,
                        "relative_regret": replayed.relative_regret,
                    }
                    for n, replayed in replays.items()
                }
                for scenario, replays in by_scenario.items()
            },
        },
        plots=[_plot(market, scenario, replays) for scenario, replays in by_scenario.items()],
    )


def _often(every: int) -> str:
    return "never again" if every == NEVER else f"every {every}" if every > 1 else "every period"


def _mean(values: Any) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


ABOUT: dict[Scenario, str] = {
    "random-walk": "Every price moves by about 5% a period, each on its own.",
    "price-cut": "The most expensive prover halves its prices after a third of the time.",
    "new-model": "The most expensive prover enters the market after a third of the time.",
    "outage": "The cheapest prover is off the market in the middle third.",
}


def _plot(market: Market, scenario: Scenario, replays: dict[int, PriceReplay]) -> Plot:
    first = next(iter(replays.values()))
    x = list(range(len(first.market)))

    def draw() -> Any:
        drawn = plots.figure(
            "period", "cost" + market.per_problem, yaxis={"rangemode": "tozero"}, height=320
        )
        plots.line(drawn, x, first.market, "market price", plots.QUIET, width=4)
        for (n, replayed), tint in zip(list(replays.items())[1:], plots.PALETTE, strict=False):
            plots.line(drawn, x, replayed.refitted, f"refits {_often(n)}", tint, width=2)
        plots.line(drawn, x, first.hindsight, "hindsight", plots.STRONG, dash="dot")
        return drawn

    return Plot(
        f"dynamics-{scenario}",
        f"{scenario}. {ABOUT[scenario]} A gap in a line: the solve rate cannot be had.",
        draw,
        {
            "period": x,
            "market": first.market,
            "hindsight": first.hindsight,
            **{f"refits {_often(n)}": replayed.refitted for n, replayed in replays.items()},
        },
    )
