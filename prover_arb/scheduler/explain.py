"""Why the next purchase is what it is, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from prover_arb.core.history import Past
from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.attempt_index import Index, Prospect

NEAREST = 5


@dataclass(frozen=True)
class Explanation:
    """Of one decision."""

    next: str | None
    """The prover whose attempt is bought; None: nothing is."""
    explores: bool
    """Bought to learn: without the bonus another purchase, or none, would be the better one."""
    prospects: list[Prospect]
    """Best first by what is believed alone."""
    most_alike: list[tuple[str, float]]
    """Recorded theorems and their weights, after the purchases so far."""
    sentences: list[str]


def explain(
    index: Index,
    theorem: Theorem,
    past: Sequence[Past],
    *,
    value: int,
    quotes: Mapping[str, int] | None = None,
    seed: int | None = None,
) -> Explanation:
    """The decision where a proof is worth `value` micro-dollars, attempts are sold without limit.

    `quotes` are worst cases now, as for `Index.prospects`; without a `seed` nothing is explored.
    """
    prospects = index.prospects(theorem, past, value, quotes, seed)
    tried = max(prospects, key=lambda one: _with_bonus(one, value), default=None)
    best = prospects[0] if prospects else None
    chosen = tried if tried is not None and _with_bonus(tried, value) > 1 else None
    steady = best if best is not None and best.index > 1 else None
    explores = chosen is not None and (steady is None or chosen.prover != steady.prover)
    alike = nearest(index, index.belief(theorem, past))
    sentences = [
        *_belief(index, theorem, past, alike),
        *(_seller(index, one, theorem, past, value) for one in prospects),
        *_decision(prospects, chosen, value, explores),
    ]
    return Explanation(
        None if chosen is None else chosen.prover, explores, prospects, alike, sentences
    )


def nearest(index: Index, weights: Floats) -> list[tuple[str, float]]:
    """The recorded theorems with the largest weights."""
    order = np.argsort(-weights, kind="stable")[:NEAREST]
    return [(index.table.theorems[i], float(weights[i])) for i in order]


def _with_bonus(one: Prospect, value: int) -> float:
    return value / MICRO * (one.chance + one.bonus) / one.cost


def _named(alike: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{name} ({weight:.1%})" for name, weight in alike)


def _belief(
    index: Index, theorem: Theorem, past: Sequence[Past], now: Sequence[tuple[str, float]]
) -> list[str]:
    count = len(index.table.theorems)
    first = nearest(index, index.prior(theorem))
    said = [
        f"By its statement it is most like {_named(first)} of {count} it is compared with; were "
        f"it like all of them, each would have {1 / count:.1%}."
    ]
    if past:
        bought = {one.prover: sum(each.prover == one.prover for each in past) for one in past}
        listed = ", ".join(f"{name} {often}x" for name, often in bought.items())
        said.append(
            f"It was not proved by {listed}: theorems on which that, at such prices, was likely "
            f"now count for more, and it is most like {_named(now)}."
        )
    return said


def _seller(index: Index, one: Prospect, theorem: Theorem, past: Sequence[Past], value: int) -> str:
    j = index.columns[one.prover]
    chance = f"{one.chance:.1%}"
    if past:
        before = float(index.prior(theorem) @ index.table.rate[j])
        chance += f", before anything was bought {before:.1%}"
    said = [
        f"{one.prover}: the next attempt is a proof with chance {chance}, and costs "
        f"${one.cost:.6f}; a dollar spent so is worth ${one.index:.2f}."
    ]
    learnt = index.learnt
    if learnt is not None and learnt.purchases[j] > 0:
        odds = float(np.exp(learnt.belief.mean[j]))
        said.append(
            f"Its {learnt.purchases[j]:.0f} purchases so far put its odds at {odds:.2f} times, and "
            f"its prices at {learnt.level[j]:.2f} times, what was to be expected; both are allowed "
            "for."
        )
    if one.bonus > 0.0005:
        said.append(
            f"How good it is is not certain: for this theorem it is given {one.bonus:.1%} more "
            f"chance in order to learn, which makes a dollar worth ${_with_bonus(one, value):.2f}."
        )
    return " ".join(said)


def _decision(
    prospects: Sequence[Prospect], chosen: Prospect | None, value: int, explores: bool
) -> list[str]:
    dollars = value / MICRO
    if chosen is None:
        if not prospects:
            return ["Next: stop; nobody sells."]
        best = prospects[0]
        return [
            "Next: stop; no attempt is worth what it costs. "
            f"{best.prover} would be bought if a proof were worth more than "
            f"${best.cost / best.chance:.6f} (it is worth ${dollars:.6f}), or at a price below "
            f"${dollars * best.chance:.6f}."
        ]
    chance = chosen.chance + chosen.bonus
    own = dollars * chance / chosen.cost
    rivals = [one for one in prospects if one.prover != chosen.prover]
    rival = max(rivals, key=lambda one: _with_bonus(one, value), default=None)
    other = 0.0 if rival is None else _with_bonus(rival, value)
    bar = max(other, 1.0)
    then = "Nothing" if rival is None or other <= 1 else f"An attempt of {rival.prover}"
    said = [f"Next: {chosen.prover}, the best value per dollar, and above 1."]
    if explores:
        usual = prospects[0].prover if prospects[0].index > 1 else "nothing"
        said.append(f"It is bought to learn: by what is believed alone, {usual} would be bought.")
    said.append(
        f"{then} would be bought instead if one of {chosen.prover} cost more than "
        f"${dollars * chance / bar:.6f} or had a chance below {chance * bar / own:.1%}; nothing "
        f"would be if a proof were worth less than ${chosen.cost / chance:.6f}."
    )
    return said
