"""Benchmark runs on a small market: rows, resuming, refusing, and what the ledger says of it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from arithmetic import CATALOG, IDENTITY, Check, Ill, Market, opened
from filelock import FileLock

from prover_arb.bench.prepare import PreparedRun, claim, prepare
from prover_arb.bench.report import write_run_report
from prover_arb.bench.result_rows import read_rows
from prover_arb.bench.run_options import RunOptions
from prover_arb.bench.runner import Benchmark, OpenMarket, Watcher
from prover_arb.bench.runs import RunFolder, load_run
from prover_arb.bench.summary import summarise
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.cli.bench_report import close
from prover_arb.core.file_names import slug
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Certificate, Theorem
from prover_arb.errors import (
    InputError,
    LedgerError,
    PolicyError,
    ProblemError,
    RunError,
    WorkerDied,
    WorkerNotStarted,
)

STATEMENTS = {
    "small": ": 1 + 2 = 3",
    "medium": ": 20 + 30 = 50",
    "large": ": 300 * 3 = 900",
    "huge": ": 1000 * 1000 = 1000000",
    "wrong": ": 1 + 1 = 3",
    "nonsense": ": one = 1",
}


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    path = tmp_path / "problems.jsonl"
    rows = [
        {"name": n, "split": "test", "formal_statement": f"theorem {n} {s} := by sorry"}
        for n, s in STATEMENTS.items()
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def begin(problems: Path, out: Path, **more: object) -> PreparedRun:
    ready = prepare(RunOptions(catalog=CATALOG, problems=problems, out=out, **more))  # type: ignore[arg-type]
    with ready.folder.locked():
        claim(ready)
    return ready


def benchmark(ready: PreparedRun, **more: object) -> Benchmark:
    plain = Benchmark(ready, opened, workers=2)
    return replace(plain, **more)  # type: ignore[arg-type]


def totals(ready: PreparedRun) -> dict[str, tuple[int, int, int]]:
    """Attempts, cost and verification cost of each policy, from the ledger alone."""
    book = SqliteLedger(ready.folder.ledger)
    found: dict[str, tuple[int, int, int]] = {}
    for one in book.summarise(ready.config.run):
        before = found.get(one.policy, (0, 0, 0))
        now = (one.purchases, one.cost, one.verification_cost)
        found[one.policy] = (before[0] + now[0], before[1] + now[1], before[2] + now[2])
    book.close()
    return found


def nothing_paid_twice(ready: PreparedRun, whole: PreparedRun) -> None:
    """Asserts that an interrupted run bought what a whole one did, and paid for what it shows.

    What `schedule` buys follows from what it has learnt, and with two theorems at once from which
    of them ends first; so its purchases need not be the same, but each is paid once.
    """
    bought, wanted = totals(ready), totals(whole)
    learning = bought.pop("schedule")
    assert wanted.pop("schedule")
    assert bought == wanted
    rows = [row for row in read_rows(ready.folder.results) if row.policy == "schedule"]
    assert learning[1] == sum(row.cost for row in rows)
    assert learning[2] == sum(row.verification_cost for row in rows)
    assert learning[0] == sum(p.status != "lost" for row in rows for p in row.purchases)


def test_a_run_tries_every_policy_on_every_theorem(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run")
    asyncio.run(benchmark(ready).run())
    run = load_run(ready.folder.path)
    solved = {one.policy: one.solved for one in summarise(run.rows)}
    # By the shipped policy file a prover called search may not be worth its price here.
    assert solved.pop("schedule") in (2, 3)
    assert solved == {
        "single:flash": 1,
        "single:portfolio": 2,
        "single:search": 3,
        "cascade": 3,
    }
    assert run.complete
    assert [item.theorem for item in run.skipped] == ["nonsense"]
    assert "not a sum" in run.skipped[0].reason


class Patient(Market):
    """Holds back one theorem of one policy until another policy begins."""

    def __init__(self, ledger: Path, *, policy: str, theorem: str) -> None:
        super().__init__(ledger)
        self._held = (policy, theorem)
        self._others = asyncio.Event()

    async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome:
        if job.policy != self._held[0]:
            self._others.set()
        elif theorem.name == self._held[1]:
            async with asyncio.timeout(60):
                await self._others.wait()
        return await super().prove(theorem, job)


def test_the_last_theorem_of_a_policy_holds_up_no_other(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run", policies=("single:flash", "single:portfolio"))

    @asynccontextmanager
    async def patient(ledger: Path) -> AsyncIterator[Market]:
        market = Patient(ledger, policy="single:flash", theorem="wrong")
        try:
            yield market
        finally:
            await market.close()

    asyncio.run(benchmark(ready, open_market=patient).run())
    assert load_run(ready.folder.path).complete


def test_rows_carry_the_facts_a_reader_needs(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run", seed=7, budget=5_000)
    asyncio.run(benchmark(ready).run())
    row = next(
        r for r in read_rows(ready.folder.results) if (r.policy, r.theorem) == ("cascade", "medium")
    )
    assert row.statement_sha256 == ready.problems[1].theorem.digest
    assert (row.seed, row.budget, row.toolchain) == (7, 5_000, IDENTITY)
    assert row.kernels == ("python",)
    assert row.catalog_sha256 == ready.config.catalog_sha256
    assert row.data_sha256 == ready.config.data_sha256
    assert [p.prover for p in row.purchases] == ["flash", "portfolio"]
    assert (row.solver, row.cost) == ("portfolio", 1_100)
    path = ready.folder.path / row.certificate
    assert Certificate.model_validate_json(path.read_text()).theorem.name == "medium"


def test_every_total_is_in_the_ledger(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run")
    asyncio.run(benchmark(ready).run())
    shown = {
        one.policy: (one.attempts, one.cost, one.verification_cost)
        for one in summarise(read_rows(ready.folder.results))
    }
    assert shown == totals(ready)


def test_a_budget_for_the_whole_run_holds_and_outlives_the_program(
    problems: Path, tmp_path: Path
) -> None:
    policies = ("single:search", "cascade")
    ready = begin(
        problems,
        tmp_path / "run",
        policies=policies,
        budget=20_000,
        run_budget=30_000,
        max_parallel=2,
    )
    asyncio.run(benchmark(ready).run())
    rows = read_rows(ready.folder.results)
    spent = sum(row.total for row in rows)
    assert 20_000 < spent <= 30_000
    assert sum(cost + checks for _, cost, checks in totals(ready).values()) == spent
    assert "the run's budget is spent" in {row.why_stopped for row in rows}
    last = ready.folder.results.read_text().splitlines()
    ready.folder.results.write_text("".join(line + "\n" for line in last[:-1]))
    again = prepare(RunOptions(resume=ready.folder.path))
    assert (again.config.run_budget, again.config.max_parallel) == (30_000, 2)
    asyncio.run(benchmark(again).run())
    assert sum(row.total for row in read_rows(ready.folder.results)) == spent
    with pytest.raises(RunError, match="run_budget: 30000 -> 40000"):
        prepare(RunOptions(resume=ready.folder.path, run_budget=40_000))


def test_what_was_cancelled_stands_in_the_rows(problems: Path, tmp_path: Path) -> None:
    """Two at a time, the first proof finds the other seller still at it."""
    ready = begin(problems, tmp_path / "run", policies=("cascade",), max_parallel=3)

    @asynccontextmanager
    async def slow(ledger: Path) -> AsyncIterator[Market]:
        market = Market(ledger)
        market.provers[2]._pause = 0.2
        yield market
        await market.close()

    asyncio.run(benchmark(ready, open_market=slow).run())
    rows = {row.theorem: row for row in read_rows(ready.folder.results)}
    assert [p.status for p in rows["small"].purchases][::2] == ["proved", "cancelled"]
    (summary,) = summarise(rows.values())
    assert summary.cost == sum(summary.spent.values())
    assert totals(ready)["cascade"][0] == summary.attempts
    write_run_report(ready.folder)
    assert "cancelled" in ready.folder.results.read_text()
    assert ready.folder.report.stat().st_size > 10_000


def test_a_cancelled_run_goes_on_without_paying_twice(problems: Path, tmp_path: Path) -> None:
    whole = begin(problems, tmp_path / "whole")
    asyncio.run(benchmark(whole).run())
    ready = begin(problems, tmp_path / "run")

    @asynccontextmanager
    async def slow(ledger: Path) -> AsyncIterator[Market]:
        market = Market(ledger, pause=0.02)
        try:
            yield market
        finally:
            await market.close()

    async def stopped_after(rows: int) -> None:
        seen: list[object] = []
        enough = asyncio.Event()

        def added(row: object) -> None:
            seen.append(row)
            if len(seen) == rows:
                enough.set()

        task = asyncio.create_task(
            benchmark(ready, open_market=slow, watcher=Watcher(added=added)).run()
        )
        await enough.wait()
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    for rows in (2, 8, 13):
        asyncio.run(stopped_after(rows))
        assert not load_run(ready.folder.path).complete
        again = prepare(RunOptions(resume=ready.folder.path))
        ready = replace(ready, config=again.config)
    asyncio.run(benchmark(ready).run())
    assert load_run(ready.folder.path).complete
    nothing_paid_twice(ready, whole)
    rows = read_rows(ready.folder.results)
    assert len({(row.policy, row.theorem) for row in rows}) == len(rows) == 25


def wait_for_rows(path: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < deadline, "the run makes no progress"
        time.sleep(0.01)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_survives_signals(problems: Path, tmp_path: Path, how: signal.Signals) -> None:
    whole = begin(problems, tmp_path / "whole")
    asyncio.run(benchmark(whole).run())
    run = tmp_path / "run"
    program = str(Path(__file__).with_name("interruptible.py"))
    command = [sys.executable, program, str(problems), str(run)]
    folder = RunFolder(run)
    for rows in (1, 7):
        begun = subprocess.Popen([*command, "0.05"], stderr=subprocess.PIPE, text=True)
        try:
            wait_for_rows(folder.results, rows)
            begun.send_signal(how)
            _, said = begun.communicate(timeout=60)
        finally:
            begun.kill()
            begun.communicate()
        if how == signal.SIGKILL:
            assert begun.returncode == -signal.SIGKILL
        else:
            assert begun.returncode == 130, said
            assert f"prover-arb bench run --resume {run}" in " ".join(said.split())
            assert "Traceback" not in said
    last = subprocess.run([*command, "0"], capture_output=True, text=True, check=False, timeout=60)
    assert last.returncode == 0, last.stderr
    assert load_run(run).complete
    nothing_paid_twice(replace(whole, folder=folder, config=folder.read_config()), whole)


def test_a_row_that_was_cut_off_is_written_again(problems: Path, tmp_path: Path) -> None:
    # A policy that learns may buy more when it comes back to a theorem with what it learnt since.
    ready = begin(problems, tmp_path / "run", policies=("single:flash", "cascade"))
    asyncio.run(benchmark(ready).run())
    before, paid = read_rows(ready.folder.results), totals(ready)
    data = ready.folder.results.read_bytes()
    ready.folder.results.write_bytes(data[:-40])
    assert len(read_rows(ready.folder.results)) == len(before) - 1
    asyncio.run(benchmark(replace(ready, config=ready.folder.read_config())).run())
    after = read_rows(ready.folder.results)
    assert [r.total for r in after] == [r.total for r in before]
    assert totals(ready) == paid


def test_a_damaged_row_is_named(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run")
    asyncio.run(benchmark(ready).run())
    lines = ready.folder.results.read_text().splitlines(keepends=True)
    ready.folder.results.write_text("".join([lines[0], "{}\n", *lines[2:]]))
    with pytest.raises(RunError, match=r"results.jsonl:2: not a result row"):
        load_run(ready.folder.path)


def test_a_second_run_in_the_same_folder_is_refused(problems: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    begin(problems, out)
    with pytest.raises(RunError, match=f"holds a run already.*--resume {out}"):
        prepare(RunOptions(catalog=CATALOG, problems=problems, out=out))


def test_a_folder_with_other_files_is_refused(problems: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not empty"):
        prepare(RunOptions(catalog=CATALOG, problems=problems, out=tmp_path))
    with pytest.raises(RunError, match="cannot be used as a folder"):
        prepare(RunOptions(catalog=CATALOG, problems=problems, out=problems))


def test_two_processes_cannot_work_in_one_folder(problems: Path, tmp_path: Path) -> None:
    folder = begin(problems, tmp_path / "run").folder
    with (
        FileLock(folder.path / ".lock"),
        pytest.raises(RunError, match="another process"),
        folder.locked(),
    ):
        raise AssertionError("not reached")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"budget": 1}, "budget: 50000 -> 1"),
        ({"seed": 5}, "seed: 0 -> 5"),
        ({"limit": 2}, "limit: None -> 2"),
        ({"policies": ("cascade",)}, "policies: "),
        ({"profile": "mathlib"}, "profile: core -> mathlib"),
        ({"split": "test"}, "split: "),
    ],
)
def test_resuming_with_other_settings_names_them(
    problems: Path, tmp_path: Path, change: dict[str, object], named: str
) -> None:
    out = begin(problems, tmp_path / "run").folder.path
    with pytest.raises(RunError, match=named):
        prepare(RunOptions(resume=out, **change))  # type: ignore[arg-type]


def test_resuming_with_changed_problems_is_refused(problems: Path, tmp_path: Path) -> None:
    out = begin(problems, tmp_path / "run").folder.path
    problems.write_text(problems.read_text().replace("1 + 2", "2 + 1"))
    with pytest.raises(RunError, match="data_sha256: "):
        prepare(RunOptions(resume=out))


def test_resuming_as_it_was_begun_keeps_every_setting(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run", policies=("single:flash",), budget=77, limit=3)
    assert prepare(RunOptions(resume=ready.folder.path)).config == ready.config


def test_settings_that_an_earlier_version_wrote_are_read(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run", max_parallel=3)
    settings = json.loads(ready.folder.config.read_text())
    settings["abreast"] = settings.pop("max_parallel")
    ready.folder.config.write_text(json.dumps(settings))
    assert ready.folder.read_config() == ready.config
    assert prepare(RunOptions(resume=ready.folder.path)).config.max_parallel == 3


def test_resuming_with_another_toolchain_is_refused(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run")
    other = IDENTITY.model_copy(update={"lean": "0.0.1"})
    config = ready.config.model_copy(update={"toolchain": other})
    with pytest.raises(RunError, match=r"lean: 0.0.1 -> 0.0.0"):
        asyncio.run(benchmark(replace(ready, config=config)).run())


def test_resuming_where_no_run_is(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no run in this folder"):
        prepare(RunOptions(resume=tmp_path))
    (tmp_path / "config.json").write_text('{"run": 5}')
    with pytest.raises(RunError, match=r"config.json: run: "):
        prepare(RunOptions(resume=tmp_path))


@pytest.mark.parametrize(
    ("wish", "error", "message"),
    [
        ({"policies": ("single:oracle",)}, PolicyError, "flash, portfolio, search"),
        ({"policies": ("greedy",)}, PolicyError, "known forms"),
        ({"policies": ("cascade", " cascade")}, PolicyError, "given twice"),
        ({"split": "nope"}, ProblemError, "known splits: test"),
        ({"limit": 0}, ProblemError, "at least 1"),
        ({"catalog": Path("/nonexistent.toml")}, InputError, "nonexistent.toml"),
        ({"problems": Path("/nonexistent.jsonl")}, ProblemError, "nonexistent.jsonl"),
    ],
)
def test_wrong_wishes_are_refused_before_anything_starts(
    problems: Path, tmp_path: Path, wish: dict[str, object], error: type[Exception], message: str
) -> None:
    out = tmp_path / "run"
    with pytest.raises(error, match=message):
        prepare(replace(RunOptions(catalog=CATALOG, problems=problems, out=out), **wish))  # type: ignore[arg-type]
    assert not out.exists()


def test_a_failure_of_the_market_ends_the_run_as_itself(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run")

    @asynccontextmanager
    async def broken(ledger: Path) -> AsyncIterator[Market]:
        market = Market(ledger)
        await market.close()
        yield market

    with pytest.raises(LedgerError):
        asyncio.run(benchmark(ready, open_market=broken).run())


def ill(digits: str) -> OpenMarket:
    """A market whose oracle fails on what ends in these digits."""

    @asynccontextmanager
    async def open_market(ledger: Path) -> AsyncIterator[Market]:
        market = Market(ledger, oracle=Ill(digits))
        try:
            yield market
        finally:
            await market.close()

    return open_market


def test_what_the_oracle_failed_on_is_shown_apart(
    problems: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ready = begin(problems, tmp_path / "run", policies=("single:portfolio",))
    asyncio.run(benchmark(ready, open_market=ill("50")).run())
    done = write_run_report(ready.folder)
    rows = {row.theorem: row for row in done.rows}
    assert rows["medium"].status == "void"
    assert rows["medium"].purchases[-1].reason == "no file descriptor left"
    assert {rows[name].status for name in ("large", "huge")} == {"not_proved"}
    close(done)
    told = " ".join(capsys.readouterr().out.split())
    assert "1/4" in told
    assert "1 theorem could not be judged and counts for nothing: medium" in told
    assert "1 theorem could not be judged" in ready.folder.report.read_text()


def test_where_nothing_could_be_judged_the_benchmark_has_failed(
    problems: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "easy.jsonl").write_text("\n".join(problems.read_text().split("\n")[:2]))
    ready = begin(tmp_path / "easy.jsonl", tmp_path / "run", policies=("single:portfolio",))
    asyncio.run(benchmark(ready, open_market=ill("")).run())
    with pytest.raises(typer.Exit) as ended:
        close(write_run_report(ready.folder))
    assert ended.value.exit_code == 3
    reason = " ".join(capsys.readouterr().err.split())
    assert "nothing could be judged: the oracle failed" in reason
    assert "no file descriptor left" in reason


def test_the_report_stands_alone_and_links_certificates(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run")
    asyncio.run(benchmark(ready).run())
    write_run_report(ready.folder)
    page = ready.folder.report.read_text()
    for plot in ("plot-curve", "plot-money", "plot-map", "plot-stages"):
        assert f'id="{plot}"' in page
    assert page.count("plotly.js v") == 1
    assert "<script src=" not in page
    assert "<link" not in page
    assert 'href="certificates/cascade/medium.json"' in page
    assert ready.config.data_sha256 in page
    assert "not a sum" in page
    summary = json.loads(ready.folder.summary.read_text())
    assert (summary["complete"], summary["skipped"]) == (True, 1)
    *others, schedule = (p["solved"] for p in summary["policies"])
    assert others == [1, 2, 3, 3]
    # What the schedule gives up on depends on what its policy file has learnt.
    assert 2 <= schedule <= 3
    assert [m["policy"] for m in summary["margins"]] == [*["cascade"] * 2, *["schedule"] * 2]
    assert summary["clairvoyant"]["solved"] == 3
    assert "Knowing every outcome beforehand, 3 of 5" in page


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("single:flash", "single-flash"),
        ("cascade", "cascade"),
        ("amc12a_2002_p13", "amc12a_2002_p13"),
    ],
)
def test_plain_names_stay_readable_as_files(text: str, file: str) -> None:
    assert slug(text) == file


def test_names_never_share_a_file() -> None:
    names = ["h'", "h!", "cascade:flash=0.1", "cascade:flash=0,1", "../../x", "..", "Ä"]
    files = [slug(name) for name in names]
    assert len(set(files)) == len(names)
    assert not any("/" in file or file.startswith(".") for file in files)


def test_certificates_lie_inside_the_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.certificate("single:flash", "t").relative_to(tmp_path).parts == (
        "certificates", "single-flash", "t.json",
    )  # fmt: skip


def test_rows_that_cannot_be_read_are_counted_and_kept_in_the_run(tmp_path: Path) -> None:
    path = tmp_path / "problems.jsonl"
    rows = [
        {"name": "mathd-1", "formal_statement": "theorem small : 1 + 2 = 3 := by"},
        {"name": "gap", "formal_statement": "def k := sorry\ntheorem gap : k = 3 := by sorry"},
        {"name": "proved", "formal_statement": "theorem proved : 1 + 2 = 3 := rfl"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    ready = begin(path, tmp_path / "run", policies=("single:flash",))
    asyncio.run(benchmark(ready).run())
    done = write_run_report(ready.folder)
    assert (done.config.theorems, done.config.rows, done.config.unread) == (1, 3, 2)
    assert [each.kind for each in done.unread] == ["unprovable", "proved"]
    [row] = done.rows
    assert (row.theorem, row.title) == ("small", "mathd-1")
    summary = json.loads(ready.folder.summary.read_text())
    assert (summary["rows"], summary["unread"]) == (3, 2)
    assert summary["unread_by_kind"] == {"unprovable": 1, "proved": 1}
    page = ready.folder.report.read_text()
    assert "2 of 3 in the data set" in page
    assert "rests on `k`" in page
    assert "mathd-1" in page


def test_a_run_of_before_rows_were_counted_goes_on(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run", policies=("single:flash",))
    old = json.loads(ready.folder.config.read_text())
    del old["rows"], old["unread"]
    ready.folder.config.write_text(json.dumps(old))
    assert prepare(RunOptions(resume=tmp_path / "run")).config.rows == 0


class Fragile(Market):
    """Lean dies over the statements that mention these digits."""

    def __init__(self, ledger: Path, digits: str) -> None:
        super().__init__(ledger)
        self._digits = digits

    async def inspect(self, theorem: Theorem) -> Check:
        if self._digits in theorem.statement:
            raise WorkerDied("a Lean process ended: it trapped", cause="trap")
        return await super().inspect(theorem)


def fragile(digits: str) -> OpenMarket:
    """A market on which Lean dies over statements that mention these digits."""

    @asynccontextmanager
    async def open_market(ledger: Path) -> AsyncIterator[Market]:
        market = Fragile(ledger, digits)
        try:
            yield market
        finally:
            await market.close()

    return open_market


def test_a_statement_that_ends_lean_is_void_and_the_others_run(
    problems: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ready = begin(problems, tmp_path / "run", policies=("single:portfolio",))
    asyncio.run(benchmark(ready, open_market=fragile("50")).run())
    done = write_run_report(ready.folder)
    assert [item.theorem for item in done.not_judged] == ["medium"]
    assert done.not_judged[0].reason == "not judged: a Lean process ended: it trapped"
    assert "medium" not in {row.theorem for row in done.rows}
    assert done.rows
    assert done.complete
    assert "1 of them void" in " ".join(ready.folder.report.read_text().split())
    close(done)
    told = " ".join(capsys.readouterr().out.split())
    assert "statements are void, because Lean ended while it read them: medium" in told


def test_a_run_of_nothing_but_void_statements_has_failed(problems: Path, tmp_path: Path) -> None:
    ready = begin(problems, tmp_path / "run", policies=("single:portfolio",))
    asyncio.run(benchmark(ready, open_market=fragile("")).run())
    with pytest.raises(typer.Exit) as ended:
        close(write_run_report(ready.folder))
    assert ended.value.exit_code == 3


def test_a_lean_that_does_not_start_is_no_statements_doing(problems: Path, tmp_path: Path) -> None:
    class Missing(Market):
        async def inspect(self, theorem: Theorem) -> Check:
            raise WorkerNotStarted("Lean ended before it was ready")

    @asynccontextmanager
    async def missing(ledger: Path) -> AsyncIterator[Market]:
        market = Missing(ledger)
        yield market
        await market.close()

    ready = begin(problems, tmp_path / "run")
    with pytest.raises(WorkerNotStarted):
        asyncio.run(benchmark(ready, open_market=missing).run())
    assert not ready.folder.skipped.exists()
