"""Benchmark runs whose theorems share a budget, stop at a solve rate, or keep a deadline."""

from __future__ import annotations

import asyncio
import json
import math
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from arithmetic import CATALOG, Market, opened

from prover_arb.bench.batch import SOLD_OUT
from prover_arb.bench.prepare import PreparedRun, claim, prepare
from prover_arb.bench.result_rows import Row, read_rows
from prover_arb.bench.run_options import RunOptions
from prover_arb.bench.runner import Benchmark
from prover_arb.bench.runs import load_run
from prover_arb.bench.tables import objective_lines, plan_line
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import TOO_LATE
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.record_files import ledger_records
from prover_arb.core.theorem import Theorem
from prover_arb.errors import InputError, PolicyError, RunError
from prover_arb.scheduler.index.panel import panel_of
from prover_arb.scheduler.planning.times import seconds_for
from prover_arb.scheduler.policy_file import policy_file

LEFTS = [*range(2, 10), *range(20, 26), 500, 600, 5_000]
"""Left sides: 8 theorems for the cheapest seller, 6 for the next, 2 for the dearest, 1 for none."""


def write_problems(path: Path, lefts: list[int]) -> Path:
    rows = [
        {
            "name": f"t{n}",
            "split": "test",
            "formal_statement": f"theorem t{n} : {n} + 0 = {n} := by sorry",
        }
        for n in lefts
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    return write_problems(tmp_path / "problems.jsonl", LEFTS)


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Fitted on the ledger of a run that asked every seller about every theorem of another set."""
    tmp_path = tmp_path_factory.mktemp("known")
    lefts = [*range(1, 9), *range(30, 36), 700, 800, 7_000]
    ready = prepare(
        RunOptions(
            catalog=CATALOG,
            problems=write_problems(tmp_path / "known.jsonl", lefts),
            out=tmp_path / "run",
        )
    )
    with ready.folder.locked():
        claim(ready)
    asyncio.run(Benchmark(ready, opened, workers=4).run())
    records = ledger_records(ready.folder.ledger)
    panel = panel_of(records)
    times = seconds_for(panel, records, None)
    assert times is not None
    path = tmp_path / "policy.json"
    seconds = [float(each) for each in times.mean(axis=0)]
    written = policy_file(panel, seconds=seconds)
    path.write_text(written.model_dump_json())
    return f"schedule:{path}"


def begin(problems: Path, out: Path, **more: object) -> PreparedRun:
    options = RunOptions(catalog=CATALOG, problems=problems, out=out, **more)  # type: ignore[arg-type]
    # All sums with 0 have one form, so the fitted file knows them.
    ready = prepare(replace(options, known_theorems=True))
    with ready.folder.locked():
        claim(ready)
    return ready


def run(ready: PreparedRun, **more: object) -> list[Row]:
    plain = Benchmark(ready, opened, workers=1)
    asyncio.run(replace(plain, **more).run())  # type: ignore[arg-type]
    return read_rows(ready.folder.results)


def purchases(ready: PreparedRun) -> list[tuple[str, str, int]]:
    """(theorem, prover, micro-dollars) in the order in which they were bought."""
    with sqlite3.connect(ready.folder.ledger) as db:
        return list(
            db.execute(
                "SELECT theorem, prover, cost + verification_cost FROM purchases ORDER BY id"
            )
        )


def total(rows: list[Row]) -> int:
    return sum(row.total for row in rows)


@pytest.mark.parametrize("money", [500, 5_000, 12_000, 40_000])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_batch_keeps_its_budget_to_the_last_micro_dollar(
    problems: Path, policy: str, tmp_path: Path, money: int, workers: int
) -> None:
    ready = begin(problems, tmp_path / "run", policies=(policy,), batch_budget=money)
    rows = run(ready, workers=workers)
    assert len(rows) == len(LEFTS)
    assert total(rows) <= money
    assert total(rows) == sum(cost for *_, cost in purchases(ready))
    if money < 40_000:
        assert any("does not pay for" in row.why_stopped for row in rows)
    assert load_run(ready.folder.path).complete


def test_the_best_value_per_dollar_among_all_theorems_is_bought_first(
    problems: Path, policy: str, tmp_path: Path
) -> None:
    ready = begin(problems, tmp_path / "run", policies=(policy,), batch_budget=60_000)
    rows = run(ready)
    order = [prover for _, prover, _ in purchases(ready)]
    # All are alike at first: the cheapest seller on all of them, before anybody else on any.
    assert order == [
        *["flash"] * len(LEFTS),
        *["portfolio"] * (len(LEFTS) - 8),
        *["search"] * order.count("search"),
    ]
    assert order.count("search") == 3
    assert sum(row.solved for row in rows) == len(LEFTS) - 1
    assert all(row.stages.selling > 0 for row in rows)


def test_sharing_solves_more_than_equal_parts_of_the_same_money(
    problems: Path, policy: str, tmp_path: Path
) -> None:
    money = 17 * 900
    shared = begin(problems, tmp_path / "shared", policies=(policy,), batch_budget=money)
    equal = begin(problems, tmp_path / "equal", policies=(policy,), budget=money // 17)
    solved = [sum(row.solved for row in run(each)) for each in (shared, equal)]
    # $0.0009 for each does not pay for one attempt of the second seller.
    assert solved == [14, 8]
    assert total(read_rows(shared.folder.results)) <= money


@pytest.mark.parametrize("workers", [1, 3])
def test_a_batch_stops_at_the_solve_rate(
    problems: Path, policy: str, tmp_path: Path, workers: int
) -> None:
    ready = begin(problems, tmp_path / "run", policies=(policy,), target_rate=0.6)
    rows = run(ready, workers=workers)
    wanted = math.ceil(0.6 * len(LEFTS))
    solved = sum(row.solved for row in rows)
    assert wanted <= solved < wanted + workers
    assert {row.why_stopped for row in rows if not row.solved} == {
        "as many theorems are proved as were wanted"
    }
    everything = begin(problems, tmp_path / "all", policies=(policy,), target_rate=16 / 17)
    assert total(rows) < total(run(everything))
    (line,) = objective_lines(load_run(ready.folder.path))
    assert line == f"{policy}: {solved} of {wanted} wanted proofs"


def test_a_rate_out_of_reach_is_said_to_be(problems: Path, policy: str, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run", policies=(policy,), target_rate=1.0)
    rows = run(ready)
    assert sum(row.solved for row in rows) == len(LEFTS) - 1
    (line,) = objective_lines(load_run(ready.folder.path))
    assert line.startswith(f"{policy}: 16 of 17 wanted proofs; out of reach: {SOLD_OUT}")
    poor = begin(
        problems, tmp_path / "poor", policies=(policy,), target_rate=1.0, batch_budget=3_000
    )
    rows = run(poor)
    assert total(rows) <= 3_000
    lines = objective_lines(load_run(poor.folder.path))
    assert "of the batch's $0.003000 spent" in lines[0]
    assert "out of reach: the batch's money does not pay for another attempt" in lines[1]


def test_a_batch_that_was_stopped_goes_on_within_its_budget(
    problems: Path, policy: str, tmp_path: Path
) -> None:
    options = {"policies": (policy,), "batch_budget": 30_000}
    whole = begin(problems, tmp_path / "whole", **options)
    rows = run(whole)
    cut = begin(problems, tmp_path / "cut", **options)

    class Cut(Market):
        """Breaks down at its twenty-fifth purchase."""

        async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome:
            outcome = await super().prove(theorem, job)
            if len(purchases(cut)) >= 25:
                raise RunError("pulled out")
            return outcome

    @asynccontextmanager
    async def failing(ledger: Path) -> AsyncIterator[Market]:
        market = Cut(ledger)
        try:
            yield market
        finally:
            await market.close()

    with pytest.raises(RunError, match="pulled out"):
        run(cut, open_market=failing)
    before = purchases(cut)
    resumed = prepare(RunOptions(resume=cut.folder.path))
    assert resumed.config.batch_budget == 30_000
    again = run(resumed)
    assert purchases(cut)[: len(before)] == before
    assert purchases(cut) == purchases(whole)
    assert total(again) == total(rows) <= 30_000
    assert {row.theorem: row.status for row in again} == {row.theorem: row.status for row in rows}
    with pytest.raises(RunError, match="batch_budget: 30000 -> 40000"):
        prepare(RunOptions(resume=cut.folder.path, batch_budget=40_000))


def test_a_budget_per_theorem_still_holds_in_a_batch(
    problems: Path, policy: str, tmp_path: Path
) -> None:
    ready = begin(problems, tmp_path / "run", policies=(policy,), batch_budget=60_000, budget=2_500)
    rows = run(ready)
    assert max(row.total for row in rows) <= 2_500
    assert sum(row.solved for row in rows) >= 14


@pytest.mark.parametrize(
    ("wish", "error", "message"),
    [
        ({"policies": ("cascade",), "batch_budget": 5}, PolicyError, "'cascade' has no index"),
        ({"batch_budget": 5}, PolicyError, "'single:flash' has no index"),
        ({"batch_budget": 0}, InputError, "nothing can be bought for 0"),
        ({"target_rate": 1.5}, InputError, "--target-rate 1.5: expected"),
        ({"target_rate": math.nan}, InputError, "--target-rate nan: expected"),
        ({"batch_budget": 5, "run_budget": 9}, InputError, "--run-budget: .*--batch-budget"),
        ({"target_rate": 0.5, "max_parallel": 2}, InputError, "--max-parallel 2: .*--target-rate"),
        ({"deadline": -1.0}, InputError, "--deadline -1: expected"),
        ({"deadline": 1.0, "target_rate": 0.5}, InputError, "leave --batch-budget and"),
        ({"deadline": 1.0, "policies": ("cascade", "single:flash")}, InputError, "give one"),
        ({"deadline": 1.0, "policies": ("cascade",)}, PolicyError, "'cascade' has no index"),
    ],
)
def test_objectives_that_make_no_sense_are_refused(
    problems: Path, tmp_path: Path, wish: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        prepare(RunOptions(catalog=CATALOG, problems=problems, out=tmp_path / "run", **wish))  # type: ignore[arg-type]
    assert not (tmp_path / "run").exists()


def test_nothing_is_bought_after_the_deadline(problems: Path, policy: str, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run", policies=(policy,), deadline=1.6, limit=9)

    @asynccontextmanager
    async def slow(ledger: Path) -> AsyncIterator[Market]:
        market = Market(ledger, pause=1.0)
        try:
            yield market
        finally:
            await market.close()

    rows = run(ready, open_market=slow, workers=9)
    # One attempt of a second is in time, a second one is not.
    assert [row.status for row in rows if row.theorem != "t20"] == ["proved"] * 8
    late = next(row for row in rows if row.theorem == "t20")
    assert (late.status, late.why_stopped) == ("not_proved", TOO_LATE)
    assert [(p.prover, p.status) for p in late.purchases] == [
        ("flash", "nothing"),
        ("portfolio", "lost"),
    ]
    assert late.cost == 100
    assert late.wall_ms >= 1_600, "the time until it was called off is in it"


def test_a_deadline_is_planned_for_from_recorded_times(
    problems: Path, policy: str, tmp_path: Path
) -> None:
    ready = begin(problems, tmp_path / "run", policies=(policy,), deadline=60.0)
    assert ready.plan is not None
    # Attempts take milliseconds there: a minute is time enough to buy one after the other.
    assert ready.config.max_parallel == ready.plan.max_parallel == 1
    assert 10 < ready.plan.finish.solved < 17
    assert plan_line(ready.plan, 17).startswith("deadline: 1 in parallel; expected 1")
    raw = json.loads(Path(policy.removeprefix("schedule:")).read_text())
    path = tmp_path / "edited.json"
    policy = f"schedule:{path}"
    assert len(raw["seconds"]) == 3
    path.write_text(json.dumps({**raw, "seconds": dict.fromkeys(raw["seconds"], 20.0)}))
    options = RunOptions(catalog=CATALOG, problems=problems, policies=(policy,), deadline=25.0)
    planned = prepare(replace(options, known_theorems=True))
    assert planned.config.max_parallel > 1
    assert planned.plan is not None
    assert planned.plan.finish.waste > 0
    with pytest.raises(PolicyError, match="no prover's attempt takes 5 seconds or less"):
        prepare(RunOptions(catalog=CATALOG, problems=problems, policies=(policy,), deadline=5.0))
    path.write_text(json.dumps({**raw, "seconds": {}}))
    for without_times in [policy, "schedule"]:
        with pytest.raises(PolicyError, match="does not say how long attempts take"):
            prepare(
                RunOptions(
                    catalog=CATALOG, problems=problems, policies=(without_times,), deadline=5.0
                )
            )
    with pytest.raises(PolicyError, match="begins with nothing known"):
        prepare(
            RunOptions(catalog=CATALOG, problems=problems, policies=("schedule:-",), deadline=5.0)
        )


def test_a_ledger_tells_how_long_attempts_took(tmp_path: Path, problems: Path) -> None:
    ready = begin(problems, tmp_path / "run", policies=("single:flash",), limit=2)
    run(ready)
    (records,) = ledger_records(ready.folder.ledger)
    # A millisecond to sell, two to check.
    assert [row.seconds for row in records.rows.values()] == pytest.approx([0.003, 0.003])
    book = SqliteLedger(ready.folder.ledger)
    assert book.summarise(ready.config.run)[0].wall_ms == 2
    book.close()
