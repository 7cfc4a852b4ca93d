"""Explains in sentences why the `schedule` policy buys what it buys next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.attempt_index import AttemptForecast, Index

NEAREST = 5
"""How many similar recorded theorems are named."""

VISIBLE_BONUS = 0.0005
"""Exploration bonuses up to this chance are not mentioned."""


@dataclass(frozen=True)
class Explanation:
    """One decision, and what it rests on."""

    next: str | None
    """The prover whose attempt is bought, or None if nothing is bought."""
    explores: bool
    """The attempt is bought to learn: without the exploration bonus, another purchase or none would
    be made."""
    forecasts: list[AttemptForecast]
    """One per prover, the highest index first; exploration bonuses do not count in the order."""
    most_similar: list[tuple[str, float]]
    """The recorded theorems with the largest weights, and these weights, after the purchases."""
    sentences: list[str]


def explain(
    index: Index,
    theorem: Theorem,
    past: Sequence[PurchaseOutcome],
    *,
    value: int,
    quotes: Mapping[str, int] | None = None,
    seed: int | None = None,
) -> Explanation:
    """Explains the decision on `theorem` after the purchases `past`.

    A proof is worth `value` micro-dollars, and every prover is assumed to sell further attempts.
    `quotes` are the worst cases quoted now, as for `Index.attempt_forecasts`. Without a `seed`
    nothing is explored.
    """
    forecasts = index.attempt_forecasts(theorem, past, value, quotes, seed)
    favourite = max(forecasts, key=lambda forecast: _with_bonus(forecast, value), default=None)
    best = forecasts[0] if forecasts else None
    chosen = favourite if favourite is not None and _with_bonus(favourite, value) > 1 else None
    without_bonus = best if best is not None and best.index > 1 else None
    explores = chosen is not None and (
        without_bonus is None or chosen.prover != without_bonus.prover
    )
    similar = nearest(index, index.belief(theorem, past))
    sentences = [
        *_about_similarity(index, theorem, past, similar),
        *(_about_prover(index, forecast, theorem, past, value) for forecast in forecasts),
        *_about_decision(forecasts, chosen, value, explores),
    ]
    return Explanation(
        None if chosen is None else chosen.prover, explores, forecasts, similar, sentences
    )


def nearest(index: Index, weights: Floats) -> list[tuple[str, float]]:
    """Returns the recorded theorems with the largest weights, and these weights."""
    order = np.argsort(-weights, kind="stable")[:NEAREST]
    return [(index.table.theorems[i], float(weights[i])) for i in order]


def _with_bonus(forecast: AttemptForecast, value: int) -> float:
    """Returns the value per dollar with the exploration bonus added to the chance."""
    return value / MICRO * (forecast.chance + forecast.bonus) / forecast.cost


def _listed(similar: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{name} ({weight:.1%})" for name, weight in similar)


def _about_similarity(
    index: Index,
    theorem: Theorem,
    past: Sequence[PurchaseOutcome],
    now: Sequence[tuple[str, float]],
) -> list[str]:
    count = len(index.table.theorems)
    first = nearest(index, index.prior(theorem))
    sentences = [
        f"By its statement it is most like {_listed(first)} of {count} recorded theorems; if it "
        f"were equally like all of them, each would have {1 / count:.1%}."
    ]
    if past:
        bought = Counter(purchase.prover for purchase in past)
        listed = ", ".join(f"{name} {times}x" for name, times in bought.items())
        sentences.append(
            f"It was not proved by {listed}: theorems on which that, at such prices, was likely "
            f"now count for more, and it is most like {_listed(now)}."
        )
    return sentences


def _about_prover(
    index: Index,
    forecast: AttemptForecast,
    theorem: Theorem,
    past: Sequence[PurchaseOutcome],
    value: int,
) -> str:
    j = index.columns[forecast.prover]
    chance = f"{forecast.chance:.1%}"
    if past:
        before = float(index.prior(theorem) @ index.table.rate[j])
        chance += f", before anything was bought {before:.1%}"
    sentences = [
        f"{forecast.prover}: the next attempt is a proof with chance {chance}, and costs "
        f"${forecast.cost:.6f}; a dollar spent on it is worth ${forecast.index:.2f}."
    ]
    reliability = index.reliability
    if reliability is not None and reliability.purchases[j] > 0:
        odds = float(np.exp(reliability.belief.mean[j]))
        sentences.append(
            f"Its {reliability.purchases[j]:.0f} purchases so far put its odds at {odds:.2f} "
            f"times, and its prices at {reliability.level[j]:.2f} times, what its records "
            "promised; both are taken into account."
        )
    if forecast.bonus > VISIBLE_BONUS:
        sentences.append(
            f"How good it is is uncertain: for this theorem its chance is raised by "
            f"{forecast.bonus:.1%} in order to learn, which makes a dollar worth "
            f"${_with_bonus(forecast, value):.2f}."
        )
    return " ".join(sentences)


def _about_decision(
    forecasts: Sequence[AttemptForecast],
    chosen: AttemptForecast | None,
    value: int,
    explores: bool,
) -> list[str]:
    dollars = value / MICRO
    if chosen is None:
        if not forecasts:
            return ["Next: stop; no prover sells an attempt."]
        best = forecasts[0]
        return [
            "Next: stop; no attempt is worth what it costs. "
            f"{best.prover} would be bought if a proof were worth more than "
            f"${best.cost / best.chance:.6f} (it is worth ${dollars:.6f}), or at a price below "
            f"${dollars * best.chance:.6f}."
        ]
    chance = chosen.chance + chosen.bonus
    own = dollars * chance / chosen.cost
    rivals = [forecast for forecast in forecasts if forecast.prover != chosen.prover]
    rival = max(rivals, key=lambda forecast: _with_bonus(forecast, value), default=None)
    next_best = 0.0 if rival is None else _with_bonus(rival, value)
    bar = max(next_best, 1.0)
    instead = "Nothing" if rival is None or next_best <= 1 else f"An attempt of {rival.prover}"
    sentences = [f"Next: {chosen.prover}, the best value per dollar, and above 1."]
    if explores:
        usual = forecasts[0].prover if forecasts[0].index > 1 else "nothing"
        sentences.append(
            f"It is bought to learn: without the bonus for learning, {usual} would be bought."
        )
    sentences.append(
        f"{instead} would be bought instead if one of {chosen.prover} cost more than "
        f"${dollars * chance / bar:.6f} or had a chance below {chance * bar / own:.1%}; nothing "
        f"would be bought if a proof were worth less than ${chosen.cost / chance:.6f}."
    )
    return sentences
