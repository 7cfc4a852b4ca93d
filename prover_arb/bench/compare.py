"""Two runs of one policy on the same theorems, in process and over HTTP: are they the same?

Pure functions over the purchases in both ledgers. Sellers here are deterministic: asked the same
they answer the same, and charge what their processor clock shows. So two things may differ, and
nothing else: what the theorems lost that met the killed seller while it was away (they have a lost
purchase, and are told apart), and what the clock decides. A clock is noisy, and a seller near the
end of its processor time is cut off by it sooner or later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median

from prover_arb.bench.comparison import (
    Both,
    Comparison,
    Difference,
    Event,
    Happening,
    Pairs,
    SellerRow,
    Side,
    Why,
)
from prover_arb.bench.rows import bought
from prover_arb.bench.seller_process import Conditions
from prover_arb.core.money import charge_for, format_usd
from prover_arb.core.purchases import Purchase
from prover_arb.provers.pricing import CPU_HOUR

COST_TOLERANCE = 0.25
"""Share by which the same attempts may cost more or less. Sellers charge processor time, and that
grows when a machine is busy with other things: with 7 to 18 jobs waiting for two cores the whole
problem set cost 0.83 times as much over HTTP, single quarters of it 0.63 to 1.28 times."""

WARM_UP_US = 3_000_000
"""Processor time on top of that for every seller: its Lean processes are new in the run over HTTP,
and a new one takes a second longer for its first attempt than for the same one later."""

CLOCK_SHARE = 0.5
"""A seller that has used this share of its processor time gives a script fewer heartbeats than
before (see `provers/local/session.py`), so that from here on the clock decides what it finds."""

LEAN_LOST = "Lean process was lost"
"""What a seller says whose Lean died or overran its wall clock."""


def compare(
    in_process: Sequence[Purchase],
    over_http: Sequence[Purchase],
    *,
    conditions: Sequence[Conditions],
    prices: Mapping[str, int],
    killed: str,
    events: Sequence[Event],
) -> Comparison:
    """Set two runs against each other; every figure comes from their ledgers."""
    inside, outside = _by_theorem(in_process), _by_theorem(over_http)
    names = list(dict.fromkeys([*inside, *outside]))
    disturbed = {n for n in names if any(p.state == "lost" for p in outside.get(n, []))}
    quiet = [name for name in names if name not in disturbed]

    def both(theorems: Iterable[str], prover: str | None = None) -> Both:
        wanted = list(theorems)
        return Both(
            in_process=_side(p for n in wanted for p in inside.get(n, []) if _of(p, prover)),
            over_http=_side(p for n in wanted for p in outside.get(n, []) if _of(p, prover)),
        )

    sellers = tuple(
        SellerRow(
            conditions=asked,
            price_per_cpu_hour=prices[asked.prover],
            all=both(names, asked.prover),
            undisturbed=both(quiet, asked.prover),
            pairs=_pairs(names, inside, outside, asked.prover),
        )
        for asked in conditions
    )
    differences, other = [], []
    for name in names:
        here, there = _solver(inside.get(name, [])), _solver(outside.get(name, []))
        if bool(here) != bool(there):
            difference = _difference(name, inside.get(name, []), outside.get(name, []))
            differences.append(difference)
        elif here != there:
            other.append(name)
    pairs = _pairs(names, inside, outside)
    allowance = round(COST_TOLERANCE * pairs.cost_in_process) + sum(
        charge_for(WARM_UP_US, price=prices[asked.prover], per=CPU_HOUR) for asked in conditions
    )
    told = _events(events, over_http, killed)
    return Comparison(
        theorems=len(names),
        disturbed=tuple(name for name in names if name in disturbed),
        killed=killed,
        all=both(names),
        undisturbed=both(quiet),
        sellers=sellers,
        differences=tuple(differences),
        other_solver=tuple(other),
        pairs=pairs,
        cost_allowance=allowance,
        events=told,
        faults=tuple(_faults(differences, pairs, allowance, told, killed)),
    )


def _faults(
    differences: Sequence[Difference],
    pairs: Pairs,
    allowance: int,
    events: Sequence[Event],
    killed: str,
) -> list[str]:
    faults = [
        f"{one.theorem} was solved {one.solved_in} only, and nothing explains it"
        for one in differences
        if one.why == "unexplained"
    ]
    faults += [f"another candidate: {one}" for one in pairs.differ if "unexplained" in one]
    if abs(pairs.cost_over_http - pairs.cost_in_process) > allowance:
        faults.append(
            f"the same attempts cost {format_usd(pairs.cost_over_http)} over HTTP and "
            f"{format_usd(pairs.cost_in_process)} in process, more than {format_usd(allowance)} "
            "apart"
        )
    happened = {event.happening for event in events}
    if "killed" in happened and "sold again" not in happened:
        faults.append(f"{killed} sold nothing after it had come back")
    return faults


def _by_theorem(purchases: Iterable[Purchase]) -> dict[str, list[Purchase]]:
    found: dict[str, list[Purchase]] = defaultdict(list)
    for purchase in purchases:
        found[purchase.theorem].append(purchase)
    return dict(found)


def _of(purchase: Purchase, prover: str | None) -> bool:
    return prover is None or purchase.prover == prover


def _side(purchases: Iterable[Purchase]) -> Side:
    counts: dict[str, int] = defaultdict(int)
    cost = verification = 0
    for purchase in purchases:
        counts[bought(purchase).status] += 1
        cost += purchase.cost
        verification += purchase.verification_cost
    return Side(
        solved=counts["proved"],
        cost=cost,
        verification_cost=verification,
        attempts=sum(counts.values()) - counts["lost"],
        nothing=counts["nothing"],
        rejected=counts["rejected"],
        void=counts["void"],
        lost=counts["lost"],
    )


def _solver(purchases: Iterable[Purchase]) -> str:
    return next((p.prover for p in purchases if bought(p).status == "proved"), "")


def _difference(
    theorem: str, inside: Sequence[Purchase], outside: Sequence[Purchase]
) -> Difference:
    solver = _solver(inside)
    winner, loser = (inside, outside) if solver else (outside, inside)
    solver = solver or _solver(outside)
    why: Why
    lost = next((p for p in outside if p.state == "lost"), None)
    missed = [p for p in loser if p.prover == solver and p.state != "lost"]
    if lost is not None:
        why, detail = "away", f"{lost.prover}: {lost.failure}"
    elif missed:
        won = next(p for p in winner if p.prover == solver)
        why, detail = _why(won, missed[-1]), f"{solver}: {_said(missed[-1])}"
    else:
        why, detail = "unexplained", f"{solver} was not asked"
    return Difference(
        theorem=theorem,
        solved_in="in-process" if winner is inside else "over-http",
        solver=solver,
        why=why,
        detail=detail,
    )


def _why(one: Purchase, other: Purchase) -> Why:
    """Why two attempts of one seller at one theorem gave different candidates."""
    if LEAN_LOST in one.failure or LEAN_LOST in other.failure:
        return "Lean lost"
    if any(p.cost >= CLOCK_SHARE * p.reserved for p in (one, other)):
        return "clock"
    return "unexplained"


def _cut_off(purchase: Purchase) -> bool:
    """Whether it cost its limit, or what it had come to when its Lean was lost."""
    return purchase.cost >= purchase.reserved or LEAN_LOST in purchase.failure


def _said(purchase: Purchase) -> str:
    reason = bought(purchase).reason or "a candidate"
    return f"{reason} ({format_usd(purchase.cost)} of {format_usd(purchase.reserved)})"


def _pairs(
    theorems: Iterable[str],
    inside: dict[str, list[Purchase]],
    outside: dict[str, list[Purchase]],
    prover: str | None = None,
) -> Pairs:
    same, differ, costs = 0, [], []
    for theorem in theorems:
        there = {p.prover: p for p in outside.get(theorem, []) if p.state != "lost"}
        for one in inside.get(theorem, []):
            other = there.get(one.prover)
            if other is None or one.state == "lost" or not _of(one, prover):
                continue
            if one.reserved != other.reserved:
                continue
            if one.candidate != other.candidate:
                differ.append(f"{theorem}/{one.prover} ({_why(one, other)})")
                continue
            same += 1
            if not (_cut_off(one) or _cut_off(other)):
                costs.append((one.cost, other.cost))
    deviations = [abs(b - a) / a for a, b in costs if a]
    return Pairs(
        attempts=same + len(differ),
        same=same,
        differ=tuple(differ),
        cost_in_process=sum(a for a, _ in costs),
        cost_over_http=sum(b for _, b in costs),
        median_deviation=median(deviations) if deviations else 0.0,
    )


def _events(
    events: Sequence[Event], over_http: Sequence[Purchase], killed: str
) -> tuple[Event, ...]:
    """What was done to the killed seller, and what the buyer noticed, by time."""
    if not over_http:
        return ()
    start = min(_time(p.started_at) for p in over_http)
    told = list(events)
    lost = [p for p in over_http if p.prover == killed and p.state == "lost" and p.settled_at]
    if lost:
        told.append(_noticed("first lost", lost[0], lost[0].failure))
    unasked = [p for p in lost if "off the market" in p.failure]
    if unasked:
        until = _time(unasked[-1].settled_at or "") - start
        detail = f"{len(unasked)} purchases turned away unasked, the last at {until:.1f} s"
        told.append(_noticed("off the market", unasked[0], detail))
    back = next((e.at for e in events if e.happening == "selling"), None)
    sold = [
        p
        for p in over_http
        if back is not None
        and p.prover == killed
        and p.state == "judged"
        and _time(p.started_at) >= back
    ]
    if sold:
        detail = f"{len(sold)} attempts from here on, the first at {sold[0].theorem}"
        told.append(_noticed("sold again", sold[0], detail))
    told.sort(key=lambda event: event.at)
    return tuple(event.model_copy(update={"at": round(event.at - start, 1)}) for event in told)


def _noticed(happening: Happening, purchase: Purchase, detail: str) -> Event:
    return Event(at=_time(purchase.settled_at or ""), happening=happening, detail=detail)


def _time(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
