"""Two runs set against each other: what is the same, what differs, and what explains it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from prover_arb.bench.compare import compare
from prover_arb.bench.comparison import Comparison, Event
from prover_arb.bench.comparison_tables import comparison_lines
from prover_arb.bench.seller_process import Conditions
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import Candidate, Verdict

CONDITIONS = [Conditions(prover=name, latency_ms=1, per_minute=60) for name in ("cheap", "dear")]
PRICES = {"cheap": 1_000, "dear": 10_000}


def at(seconds: float) -> str:
    return datetime.fromtimestamp(1_000_000 + seconds, UTC).isoformat(timespec="milliseconds")


def bought(
    theorem: str,
    prover: str,
    script: str = "",
    *,
    cost: int = 100,
    lost: str = "",
    failure: str = "nothing found",
    second: float = 0,
) -> Purchase:
    """An attempt that was proved, if it has a script; found nothing, if not; or was lost."""
    proof = script and not lost
    return Purchase(
        id=0,
        run="r",
        theorem=theorem,
        theorem_digest=theorem,
        policy="cascade",
        prover=prover,
        state="lost" if lost else "judged",
        reserved=1000,
        cost=0 if lost else cost,
        verification_cost=1 if proof else 0,
        candidate=Candidate(kind="tactics", text=script) if proof else None,
        verdict=Verdict(status="proved") if proof else None,
        failure=lost or ("" if proof else failure),
        started_at=at(second),
        settled_at=at(second + 1),
    )


def compared(
    inside: Sequence[Purchase], outside: Sequence[Purchase], events: Sequence[Event] = ()
) -> Comparison:
    return compare(
        inside, outside, conditions=CONDITIONS, prices=PRICES, killed="cheap", events=events
    )


SOLVED = [
    bought("one", "cheap", "omega", cost=100),
    bought("two", "cheap", cost=200),
    bought("two", "dear", "grind", cost=700),
]


def test_a_run_is_the_same_as_itself() -> None:
    found = compared(SOLVED, SOLVED)
    assert found.faults == ()
    assert found.differences == ()
    assert found.all == found.undisturbed
    assert found.all.in_process == found.all.over_http
    side = found.all.over_http
    assert (side.solved, side.cost, side.attempts, side.nothing) == (2, 1000, 3, 1)
    assert [row.all.over_http.cost for row in found.sellers] == [300, 700]
    assert [row.price_per_cpu_hour for row in found.sellers] == [1_000, 10_000]
    assert (found.pairs.attempts, found.pairs.same, found.pairs.cost_ratio) == (3, 3, 1.0)


def test_what_met_the_killed_seller_is_told_apart() -> None:
    outside = [
        SOLVED[0],
        bought("two", "cheap", lost="no connection"),
        bought("two", "dear", "grind", cost=900),
    ]
    found = compared(SOLVED, outside)
    assert found.disturbed == ("two",)
    assert found.undisturbed.in_process == found.undisturbed.over_http
    assert (found.all.over_http.solved, found.all.over_http.lost) == (2, 1)
    assert [row.pairs.attempts for row in found.sellers] == [1, 1]
    assert (found.pairs.attempts, found.pairs.same) == (2, 2)
    assert found.pairs.cost_ratio == pytest.approx(1000 / 800)


def test_a_proof_that_was_missed_while_the_seller_was_away_is_explained() -> None:
    outside = [bought("one", "cheap", lost="off the market for 5 s"), bought("one", "dear")]
    found = compared(SOLVED[:1], outside)
    (difference,) = found.differences
    assert (difference.solved_in, difference.solver) == ("in-process", "cheap")
    assert difference.why == "away"
    assert "off the market" in difference.detail
    assert found.faults == ()


@pytest.mark.parametrize(
    ("missed", "why"),
    [
        (bought("one", "cheap", cost=1000, failure="the processor time is used up"), "clock"),
        (bought("one", "cheap", cost=500, failure="nothing found"), "clock"),
        (bought("one", "cheap", cost=5, failure="the Lean process was lost: x"), "Lean lost"),
        (bought("one", "cheap", cost=100, failure="nothing found"), "unexplained"),
        (bought("one", "dear", cost=100, failure="nothing found"), "unexplained"),
    ],
)
@pytest.mark.parametrize("where", ["in-process", "over-http"])
def test_a_theorem_solved_in_one_run_only_needs_a_reason(
    missed: Purchase, why: str, where: str
) -> None:
    runs = ([SOLVED[0]], [missed]) if where == "in-process" else ([missed], [SOLVED[0]])
    found = compared(*runs)
    (difference,) = found.differences
    assert (difference.theorem, difference.solved_in, difference.why) == ("one", where, why)
    assert bool(found.faults) == (why == "unexplained")


def test_another_proof_of_the_same_seller_is_a_fault() -> None:
    found = compared(SOLVED[:1], [bought("one", "cheap", "simp")])
    assert found.pairs.same == 0
    assert found.pairs.differ == ("one/cheap (unexplained)",)
    assert found.faults == ("another candidate: one/cheap (unexplained)",)


def test_a_proof_of_another_seller_is_told() -> None:
    late = bought("two", "cheap", "simp", cost=990)
    found = compared(SOLVED, [SOLVED[0], late])
    assert found.other_solver == ("two",)
    assert found.pairs.differ == ("two/cheap (clock)",)
    assert found.faults == ()


@pytest.mark.parametrize(("cost", "same"), [(65, True), (135, True), (64, False), (136, False)])
def test_the_same_attempts_cost_the_same_up_to_the_clock(cost: int, same: bool) -> None:
    found = compared(SOLVED[:1], [bought("one", "cheap", "omega", cost=cost)])
    assert found.cost_allowance == 25 + 1 + 9, "a quarter, and two sellers' three seconds"
    assert found.pairs.cost_ratio == cost / 100
    assert found.pairs.median_deviation == pytest.approx(abs(cost - 100) / 100)
    assert (found.faults == ()) is same


@pytest.mark.parametrize(
    "cut",
    [
        bought("one", "cheap", cost=1000, failure="the processor time is used up"),
        bought("one", "cheap", cost=7, failure="the Lean process was lost: no answer"),
    ],
)
def test_an_attempt_that_was_cut_off_says_nothing_of_costs(cut: Purchase) -> None:
    before = [bought("one", "cheap", cost=20), bought("one", "dear", cost=100)]
    found = compared(before, [cut, bought("one", "dear", cost=110)])
    assert (found.pairs.same, found.pairs.cost_in_process) == (2, 100)
    assert found.pairs.cost_ratio == pytest.approx(1.1)


KILLED = [
    Event(at=1_000_010, happening="killed"),
    Event(at=1_000_020, happening="started"),
    Event(at=1_000_030, happening="selling"),
]
AWAY = [
    SOLVED[0],
    bought("two", "cheap", lost="no connection", second=11),
    bought("two", "cheap", lost="off the market for 5 s", second=12),
    bought("three", "cheap", lost="off the market for 5 s", second=16),
]


def test_the_outage_is_told_in_order() -> None:
    found = compared(SOLVED, [*AWAY, bought("four", "cheap", "omega", second=31)], KILLED)
    told = [(event.at, event.happening) for event in found.events]
    assert told == [
        (10, "killed"),
        (12, "first lost"),
        (13, "off the market"),
        (20, "started"),
        (30, "selling"),
        (32, "sold again"),
    ]
    assert found.events[2].detail == "2 purchases turned away unasked, the last at 17.0 s"
    text = "\n".join(comparison_lines(found))
    assert "10.0 s  killed" in text
    assert "first lost: no connection" in text


def test_a_seller_that_never_sold_again_is_a_fault() -> None:
    sold_before = bought("four", "cheap", "omega", second=29)
    found = compared(SOLVED, [*AWAY, sold_before], KILLED)
    assert "cheap sold nothing after it had come back" in found.faults
    assert any(line.startswith("NOT the same: cheap") for line in comparison_lines(found))
