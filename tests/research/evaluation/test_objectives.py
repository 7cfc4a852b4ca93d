"""Objectives on recorded theorems: planned without seeing them, spent as on line, told plainly."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from prover_arb.cli.app import app
from prover_arb.core.purchases import Offer
from prover_arb.research.evaluation.objectives.batch_plan import for_rate, frontier
from prover_arb.research.evaluation.objectives.deadline_outcomes import deadline_outcomes
from prover_arb.research.evaluation.objectives.held_out_plan import (
    Fold,
    held_out,
    planned_paths,
    rollouts_in_truth,
)
from prover_arb.research.evaluation.objectives.shared_budget import BatchSimulation
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.planning.allocator import Allocator
from prover_arb.scheduler.planning.paths import NOBODY, Paths
from tests.research.evaluation.synthetic_panel import random_panel, write_records

MARKET = random_panel(60)


@pytest.fixture(scope="module")
def parts() -> list[Fold]:
    return held_out(MARKET, None, count=5, seed=0)


@pytest.fixture(scope="module")
def plans(parts: list[Fold]) -> Paths:
    return planned_paths(parts, 1e5)


@pytest.fixture(scope="module")
def bought(parts: list[Fold]) -> Paths:
    return rollouts_in_truth(MARKET, parts, 1e5, "independent")


@pytest.fixture(scope="module")
def batch(plans: Paths, bought: Paths) -> BatchSimulation:
    return BatchSimulation(MARKET, plans, bought, draws=100, seed=3)


def test_every_theorem_is_planned_by_the_others(parts: list[Fold]) -> None:
    assert sorted(np.concatenate([part.held for part in parts])) == list(range(60))
    for part in parts:
        assert not set(part.held) & set(part.rows)
        np.testing.assert_allclose(part.weights.sum(axis=1), 1)


def test_a_plan_sees_nothing_of_its_theorem_and_a_course_no_price_before_it_is_paid(
    parts: list[Fold],
) -> None:
    held = parts[0].held
    changed = MARKET.cost.copy()
    changed[held, 1] *= 7
    successes = MARKET.successes.copy()
    successes[held] = MARKET.attempts[held] - successes[held]
    other = replace(MARKET, cost=changed, successes=successes)
    there = held_out(other, None, count=5, seed=0)
    mixed = [*there[:1], *parts[1:]]
    before, after = planned_paths(parts, 1e4), planned_paths(mixed, 1e4)
    np.testing.assert_array_equal(before.prover, after.prover)
    np.testing.assert_allclose(before.cost, after.cost)
    whole = rollouts_in_truth(MARKET, parts, 1e4, "independent")
    two = rollouts_in_truth(other, mixed, 1e4, "independent")
    differ = 0
    for i in held:
        a, b = whole.prover[i], two.prover[i]
        first = int(np.argmax(a == 1))
        assert (a == 1).any()
        np.testing.assert_array_equal(a[: first + 1], b[: first + 1])
        np.testing.assert_allclose(whole.asking[i, : first + 1], two.asking[i, : first + 1])
        width = min(len(a), len(b))
        differ += not np.array_equal(whole.asking[i, :width], two.asking[i, :width])
    assert differ == len(held), "a price that was paid does change what comes after"


@pytest.mark.parametrize("budget", [100.0, 400.0, 2_000.0])
def test_a_shared_budget_is_kept_and_used(batch: BatchSimulation, budget: float) -> None:
    outcome = batch.spent(budget)
    assert outcome.plan.spend <= budget
    assert outcome.shared.spend <= budget
    # What is left over is less than the dearest attempt.
    assert outcome.shared.spend > budget - MARKET.cost.max()
    assert outcome.refitted.spend <= budget
    assert outcome.equal_as_many > outcome.shared.spend
    # Planned for these theorems by their like: near, and not by chance exactly so.
    assert outcome.fixed.spend == pytest.approx(budget, rel=0.6)
    assert outcome.shared.solved == pytest.approx(outcome.plan.solved, rel=0.4)


def test_sharing_is_what_the_allocator_does(plans: Paths, bought: Paths) -> None:
    """The quick count of a draw against the allocator itself, theorem by theorem."""
    batch = BatchSimulation(MARKET, plans, bought, draws=4, seed=9)
    wanted = 30
    spends = []
    for proof in batch._proof:
        allocator = Allocator(money=None, target=wanted, at_once=1)
        at = dict.fromkeys(range(60), 0)

        def offer(i: int, at: dict[int, int] = at) -> Offer | None:
            if at[i] >= bought.prover.shape[1] or bought.prover[i, at[i]] == NOBODY:
                return None
            value = int(bought.asking[i, at[i]] * 1e6)
            return Offer(prover="p", value=value, expected=1, worst_case=1)

        for i in at:
            allocator.enter(str(i), offer(i), spent=0, proved=False)
        spend = 0.0
        while grant := allocator.grant():
            i = int(grant.theorem)
            spend += MARKET.cost[i, bought.prover[i, at[i]]]
            hit = at[i] == proof[i]
            at[i] += 1
            allocator.back(grant.theorem, offer(i), spent=1, proved=bool(hit), tried=True)
        assert allocator.reached
        spends.append(spend)
    outcome = batch.reached(wanted / 60)
    assert outcome.shared.spend == pytest.approx(np.mean(spends))
    assert outcome.shared.solved == wanted


def test_more_is_wanted_at_more_cost_and_equal_parts_cost_most(batch: BatchSimulation) -> None:
    outcomes = [batch.reached(rate) for rate in (0.4, 0.6, 0.8)]
    spends = [outcome.shared.spend for outcome in outcomes]
    assert spends == sorted(spends)
    for outcome in outcomes:
        assert outcome.shared.reached == 1
        assert outcome.plan is not None
        assert outcome.equal > outcome.shared.spend
    assert batch.reached(0.9999).shared.reached < 1


def test_deadlines_are_bought_with_attempts_in_parallel() -> None:
    parts = held_out(MARKET, None, count=3, seed=0)
    plan = for_rate(frontier(planned_paths(parts, 1e5)), 36)
    assert plan is not None
    seconds = MARKET.cost.copy()
    deadlines = [4.0, 8.0, 16.0, 32.0, 1e4]
    outcomes = deadline_outcomes(
        MARKET, parts, seconds,
        deadlines=deadlines, solved=36, least=plan.value, world="independent",
    )  # fmt: skip
    last = outcomes[-1]
    assert last.plan is not None
    assert last.alone is not None
    assert last.plan.max_parallel == 1
    assert last.plan.finish.cost <= plan.spend * (1 + 1e-9)
    costs = [outcome.plan.finish.cost for outcome in outcomes if outcome.plan is not None]
    assert costs == sorted(costs, reverse=True)
    assert any(outcome.alone is None and outcome.plan is not None for outcome in outcomes)
    hasty = next(outcome for outcome in outcomes if outcome.plan is not None)
    assert hasty.plan is not None
    assert hasty.truth is not None
    assert hasty.plan.max_parallel > 1
    assert hasty.truth.waste > 0
    assert hasty.truth.solved == pytest.approx(36, rel=0.25)
    for outcome in outcomes:
        if outcome.alone_truth is not None:
            assert outcome.alone_truth.waste == 0


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["schedule", *map(str, arguments)])
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return write_records(random_panel(40), tmp_path / "records")


def test_the_study_on_the_command_line(records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    given = (
        "objectives", "--records", records, "--seconds-per-unit", 0.5, "--draws", 20,
        "--rates", "0.5,0.7", "--deadlines", "80,20,40", "--rate-by-deadline", 0.6, "--folds", 2,
    )  # fmt: skip
    code, text, err = run(*given, "--json", "--out", out)
    assert code == 0, err
    data = json.loads(text)
    assert [row["rate"] for row in data["objectives"]["rates"]] == [0.5, 0.7]
    assert [row["deadline"] for row in data["deadlines"]["deadlines"]] == [20, 40, 80]
    spent = data["objectives"]["budgets"][1]
    assert spent["shared"]["spend"] <= spent["budget"]
    page = (out / "objectives.html").read_text()
    assert 'id="plot-objectives-frontier"' in page
    assert 'id="plot-objectives-deadlines"' in page
    assert "<script src=" not in page
    header, *rows = (out / "objectives-deadlines.csv").read_text().splitlines()
    assert header == "deadline,one_at_a_time,in_parallel,max_parallel"
    assert len(rows) == 3
    again = run(*given, "--json")
    assert again[1] == text, "the same seeds give the same figures"
    code, text, err = run(*given)
    assert code == 0, err
    assert "times are assumed: 0.5 s for each unit of cost" in text


def test_without_times_there_are_no_deadlines(records: Path) -> None:
    code, text, err = run("objectives", "--records", records, "--rates", "0.5", "--draws", 20)
    assert code == 0, err
    assert "no deadlines: the records hold no times" in text


def test_recorded_times_are_used_and_written_into_a_policy_file(tmp_path: Path) -> None:
    market: Panel = random_panel(30)
    folder = write_records(market, tmp_path / "records")
    for j, path in enumerate(sorted(folder.glob("*.jsonl"))):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_text(
            "".join(json.dumps({**row, "mean_seconds": 2.5 * (j + 1)}) + "\n" for row in rows)
        )
    policy = tmp_path / "policy.json"
    code, _, err = run("fit", policy, "--records", folder, "--dollars", 1)
    assert code == 0, err
    assert json.loads(policy.read_text())["seconds"] == {"cheap": 2.5, "dear": 5.0}
    code, _, err = run("fit", policy, "--records", folder, "--dollars", 1, "--seconds-per-unit", 1)
    assert code == 2
    assert "the records themselves say" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--deadlines", "5"), "do not say how long attempts take"),
        (("--rates", "1.2"), "a solve rate of 1.2: expected between 0 and 1"),
        (("--rates", "0.5,much"), "--rates: '0.5,much': expected numbers with commas"),
        (("--budgets", "-3"), "--budgets: '-3': expected positive numbers"),
        (("--rates", "0.9999"), "out of reach: beliefs expect"),
        (("--folds", "50"), "50 folds of 40 theorems"),
        (("--provers", "nobody"), "no records of 'nobody'"),
    ],
)
def test_bad_questions_are_refused(records: Path, options: tuple[str, str], said: str) -> None:
    code, _, err = run("objectives", "--records", records, *options)
    assert code == 2
    assert said in err


@pytest.mark.parametrize(
    ("given", "said"),
    [("0", "not a positive"), ("NaN", "not a positive"), ('"2"', "not a positive")],
)
def test_bad_times_are_refused_with_file_and_line(tmp_path: Path, given: str, said: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(
        '{"id": "a", "mean_cost": 1, "attempts": [1], "mean_seconds": 3}\n'
        f'{{"id": "b", "mean_cost": 1, "attempts": [1], "mean_seconds": {given}}}\n'
    )
    code, _, err = run("objectives", "--records", tmp_path)
    assert code == 2
    assert f"{path}:2: mean_seconds: " in err.replace("\n", "")
    assert said in err
