"""Figures computed from rows: totals, curves, margins."""

from __future__ import annotations

import pytest
from arithmetic import IDENTITY
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.bench.result_rows import Bought, Row
from prover_arb.bench.summary import clairvoyant, cost_to_solve, curve, margins, summarise
from prover_arb.bench.tables import overhead_lines, policy_table, void_lines
from prover_arb.broker.ledger.overheads import PolicyOverhead
from prover_arb.core.stopwatch import Stages


def row(policy: str, theorem: str, *spent: tuple[str, int, int], solved: bool = True,
        times: tuple[float, float] = (0.0, 1.0)) -> Row:  # fmt: skip
    """A row whose purchases are (prover, cost, verification cost); the last one proved, or not."""
    purchases = tuple(
        Bought(
            prover=prover,
            status="proved" if solved and index == len(spent) - 1 else "rejected",
            cost=cost,
            verification_cost=check,
            cpu_us=0,
            wall_ms=0,
            verify_ms=0,
        )
        for index, (prover, cost, check) in enumerate(spent)
    )
    return Row(
        run="r",
        policy=policy,
        theorem=theorem,
        origin="x:1",
        status="proved" if solved else "not_proved",
        why_stopped="",
        cost=sum(cost for _, cost, _ in spent),
        verification_cost=sum(check for *_, check in spent),
        wall_ms=10,
        stages=Stages(deciding=1.0, selling=5.0, verifying=3.0, ledger=0.5),
        started_at=times[0],
        finished_at=times[1],
        purchases=purchases,
        budget=10**9,
        seed=0,
        profile="core",
        statement_sha256=theorem,
        data_sha256="d",
        toolchain=IDENTITY,
        catalog_version="1",
        catalog_sha256="c",
        package_version="0",
    )


def test_the_bound_pays_only_for_the_cheapest_proof_of_each_theorem() -> None:
    bound = clairvoyant(
        [
            row("cascade", "a", ("flash", 10, 1), ("search", 100, 2)),
            row("single:portfolio", "a", ("portfolio", 40, 3)),
            row("single:portfolio", "b", ("portfolio", 50, 3), solved=False),
            row("cascade", "b", ("flash", 10, 1), ("search", 90, 4)),
            row("cascade", "c", ("flash", 10, 1), solved=False),
        ]
    )
    assert (bound.theorems, bound.solved, bound.cost) == (3, 2, 43 + 94)


def test_what_could_not_be_judged_counts_for_nothing() -> None:
    void = row("p", "c", ("flash", 10, 1), solved=False).model_copy(
        update={"status": "void", "why_stopped": "the oracle failed once (no memory)"}
    )
    rows = [row("p", "a", ("flash", 10, 1)), row("p", "b", ("flash", 10, 1), solved=False), void]
    (summary,) = summarise(rows)
    assert (summary.theorems, summary.judged, summary.void, summary.solved) == (3, 2, 1, 1)
    assert summary.solve_rate == 0.5
    assert summary.total == 33  # it was paid for all the same
    assert curve(rows)[-1].solved == 1
    assert curve(rows)[-1].spent == 22
    (line,) = void_lines(rows)
    assert "1 theorem could not be judged" in line
    assert line.endswith("c; of the last one: the oracle failed once (no memory)")
    assert void_lines(rows[:2]) == []


def test_policies_are_compared_on_what_both_were_judged_on() -> None:
    both = [row("single:flash", "a", ("flash", 10, 1)), row("cascade", "a", ("flash", 5, 1))]
    assert len(margins(both, net=True)) == 1
    void = row("cascade", "b", ("flash", 5, 1)).model_copy(update={"status": "void"})
    assert margins([*both, row("single:flash", "b", ("flash", 10, 1)), void], net=True) == []


def test_a_policy_is_summed_up() -> None:
    rows = [
        row("cascade", "a", ("flash", 10, 1)),
        row("cascade", "b", ("flash", 10, 1), ("search", 100, 2)),
        row("cascade", "c", ("flash", 10, 0), ("search", 100, 0), solved=False),
    ]
    [one] = summarise(rows)
    assert (one.theorems, one.solved, one.attempts) == (3, 2, 5)
    assert (one.cost, one.verification_cost, one.total) == (230, 4, 234)
    assert (one.cost_per_solved, one.solve_rate) == (117, pytest.approx(2 / 3))
    assert one.solved_per_dollar == pytest.approx(2e6 / 234)
    assert one.spent == {"flash": 30, "search": 200}
    assert one.attempts_by == {"flash": 3, "search": 2}
    assert one.solved_by == {"flash": 1, "search": 1}
    assert one.stage_ms == {"deciding": 3, "selling": 15, "verifying": 9, "ledger": 1.5}


def test_what_a_policy_took_for_itself_belongs_to_its_cost() -> None:
    rows = [
        row("single:flash", "a", ("flash", 100, 1)),
        row("single:flash", "b", ("flash", 100, 1)),
        row("schedule", "a", ("flash", 10, 1)),
        row("schedule", "b", ("search", 60, 3)),
    ]
    own = {
        "schedule": PolicyOverhead(
            policy="schedule", deciding_us=9, learning_us=9, deciding_cost=5, learning_cost=21
        )
    }
    single, schedule = summarise(rows, own)
    assert (single.deciding_cost, single.learning_cost, single.total) == (0, 0, 202)
    assert (schedule.deciding_cost, schedule.learning_cost) == (5, 21)
    assert (schedule.bought, schedule.total, schedule.cost_per_solved) == (74, 100, 50)
    points = [(p.solved, p.spent) for p in curve(rows[2:], overhead=26)]
    assert points == [(0, 26), (1, 11 + 11 + 26), (2, 100)]
    [net] = margins(rows, net=True, overheads=own)
    assert (net.market, net.cost) == (202, 100)
    [gross] = margins(rows, net=False, overheads=own)
    assert (gross.market, gross.cost) == (200, 70)
    (line,) = overhead_lines([(s.policy, s) for s in (single, schedule)])
    assert line.endswith("the policy's cost: schedule $0.000005 and $0.000021 (26.0%)")
    assert overhead_lines([("single:flash", single)]) == []


def test_nothing_solved_has_no_cost_per_solved() -> None:
    [one] = summarise([row("single:flash", "a", solved=False)])
    assert (one.cost_per_solved, one.solved_per_dollar, one.solve_rate) == (None, None, 0.0)


def test_a_lost_purchase_is_no_attempt() -> None:
    lost = row("cascade", "a", ("flash", 0, 0), ("flash", 10, 0))
    first = lost.purchases[0].model_copy(update={"status": "lost"})
    [one] = summarise([lost.model_copy(update={"purchases": (first, lost.purchases[1])})])
    assert (one.attempts, one.attempts_by) == (1, {"flash": 1})


def test_a_cancelled_purchase_is_paid_and_no_attempt() -> None:
    raced = row("cascade", "a", ("search", 7, 0), ("flash", 10, 0))
    first = raced.purchases[0].model_copy(update={"status": "cancelled"})
    [one] = summarise([raced.model_copy(update={"purchases": (first, raced.purchases[1])})])
    assert (one.attempts_by, one.spent) == (
        {"search": 0, "flash": 1},
        {"search": 7, "flash": 10},
    )


def test_compute_stands_in_the_table_where_somebody_says_what_it_takes() -> None:
    silent = row("single:flash", "a", ("flash", 10, 0))
    told = row("single:model", "a", ("model", 10, 0), ("model", 10, 0))
    purchases = tuple(p.model_copy(update={"flops": 1.5e14}) for p in told.purchases)
    rows = [silent, told.model_copy(update={"purchases": purchases})]
    plain, both = (
        policy_table([(one.policy, one) for one in summarise(found)], "t")
        for found in (rows[:1], rows)
    )
    assert "TFLOPs" not in [column.header for column in plain.columns]
    assert both.columns[-1].header == "TFLOPs"
    assert list(both.columns[-1].cells) == ["0.0", "300.0"]


def test_wall_time_leaves_out_the_pause_between_two_sessions() -> None:
    spans = [(0.0, 2.0), (1.0, 3.0), (100.0, 101.0), (100.2, 100.4)]
    rows = [row("cascade", str(i), times=span) for i, span in enumerate(spans)]
    assert summarise(rows)[0].wall_ms == 4000


costs = st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=12)


@given(costs)
def test_a_curve_is_what_its_definition_says(spent: list[tuple[int, bool]]) -> None:
    rows = [
        row("single:x", str(i), ("x", cost, 0), solved=solved)
        for i, (cost, solved) in enumerate(spent)
    ]
    points = curve(rows)
    assert [p.budget for p in points] == sorted({0, *(cost for cost, _ in spent)})
    for point in points:
        assert point.solved == sum(s and cost <= point.budget for cost, s in spent)
        assert point.spent == sum(min(cost, point.budget) for cost, _ in spent)


def test_gross_curves_leave_verification_out() -> None:
    rows = [row("single:x", "a", ("x", 10, 5))]
    assert curve(rows)[-1].spent == 15
    assert curve(rows, net=False)[-1].spent == 10


def test_cost_to_solve_more_than_was_solved_is_unknown() -> None:
    points = curve([row("single:x", "a", ("x", 10, 0)), row("single:x", "b", solved=False)])
    assert cost_to_solve(points, 1) == 10
    assert cost_to_solve(points, 2) is None


def market() -> list[Row]:
    """flash solves a for 10; search solves a and b for 100 each; the cascade tries both."""
    return [
        row("single:flash", "a", ("flash", 10, 1)),
        row("single:flash", "b", ("flash", 10, 0), solved=False),
        row("single:search", "a", ("search", 100, 1)),
        row("single:search", "b", ("search", 100, 1)),
        row("cascade", "a", ("flash", 10, 1)),
        row("cascade", "b", ("flash", 10, 0), ("search", 100, 1)),
    ]


def test_the_margin_compares_at_the_same_number_solved() -> None:
    [gross] = margins(market(), net=False)
    assert (gross.policy, gross.solved, gross.market_prover) == ("cascade", 2, "search")
    assert (gross.market, gross.cost, gross.margin) == (200, 120, pytest.approx(0.4))
    [net] = margins(market(), net=True)
    assert (net.market, net.cost) == (202, 122)


def test_a_margin_may_be_negative() -> None:
    rows = [r for r in market() if r.policy != "cascade"]
    rows += [
        row("cascade", "a", ("flash", 300, 0)),
        row("cascade", "b", ("search", 100, 0)),
    ]
    assert margins(rows, net=False)[0].margin == pytest.approx(-1.0)


def test_policies_that_saw_other_theorems_are_not_compared() -> None:
    rows = [r for r in market() if (r.policy, r.theorem) != ("single:search", "b")]
    [margin] = margins(rows, net=False)
    assert (margin.market_prover, margin.solved, margin.reach) == ("flash", 1, 2)
    assert margins([r for r in rows if r.policy != "single:flash"], net=False) == []
    assert margins(market()[:4], net=False) == []


def test_nothing_solved_gives_no_margin() -> None:
    rows = [row("single:x", "a", ("x", 5, 0), solved=False), row("cascade", "a", solved=False)]
    assert margins(rows, net=True) == []
