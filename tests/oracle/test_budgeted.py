"""The one retry: what is tried again, what is not, and what of it all is billed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from prover_arb.core.theorem import Candidate, Limits, Theorem, Verdict
from prover_arb.errors import OracleError, ToolchainError, WorkerNotStarted
from prover_arb.oracle.budgeted import Finding, with_one_retry
from prover_arb.oracle.clock import GRACE_MS, Clock
from prover_arb.oracle.verification import Verification

PROVED = Verdict(status="proved")
CRASHED = Verdict(status="rejected", reason="memory", detail="it ended the process")
WRONG = Verdict(status="rejected", reason="wrong_statement")
LATE = Verdict(status="rejected", reason="timeout", detail="no verdict within 4000 ms")
UNSURE = Finding(CRASHED, certain=False)
FAILED = OracleError("a process was lost")


def tried(*outcomes: Finding | Exception, wall_ms: int = 60_000) -> tuple[Verdict, list[bool]]:
    """The verdict, and of every try whether it had to be on new processes."""
    left: Iterator[Finding | Exception] = iter(outcomes)
    seen = []

    async def work(check: Verification) -> Finding:
        seen.append(check.fresh)
        check.usage.cpu_us += 7
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    limits = Limits(wall_ms=wall_ms)
    theorem, candidate = Theorem(name="t", statement=": True"), Candidate(kind="term", text="x")
    check = Verification(theorem, candidate, limits, Clock(wall_ms))
    verdict = asyncio.run(with_one_retry(work, check))
    assert check.usage.cpu_us == 7 * len(seen)
    return verdict, seen


@pytest.mark.parametrize("verdict", [PROVED, WRONG, CRASHED])
def test_what_is_certain_is_final(verdict: Verdict) -> None:
    assert tried(Finding(verdict)) == (verdict, [False])


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (UNSURE, Finding(PROVED), PROVED),
        (UNSURE, Finding(WRONG), WRONG),
        (UNSURE, UNSURE, CRASHED),
        (FAILED, Finding(PROVED), PROVED),
        (WorkerNotStarted("no memory"), Finding(WRONG), WRONG),
        # The oracle failed on the second try: what the first one saw stands.
        (UNSURE, FAILED, CRASHED),
        # The second try had no more than the time that was left.
        (UNSURE, Finding(LATE), CRASHED),
        (FAILED, Finding(LATE), LATE),
    ],
)
def test_what_is_not_is_tried_once_more_on_new_processes(
    first: Finding | Exception, second: Finding | Exception, verdict: Verdict
) -> None:
    assert tried(first, second) == (verdict, [False, True])


def test_one_process_in_doubt_is_put_back_and_the_others_stay() -> None:
    doubtful = Finding(WRONG, certain=False, suspect="elaborator")
    assert tried(doubtful, Finding(PROVED)) == (PROVED, [False, False])


def test_an_oracle_that_fails_twice_is_void() -> None:
    verdict, tries = tried(FAILED, FAILED)
    assert (verdict.status, verdict.detail, tries) == ("void", "a process was lost", [False, True])


def test_a_missing_toolchain_is_no_verdict() -> None:
    with pytest.raises(ToolchainError):
        tried(ToolchainError("no Lean here"))


def test_there_is_no_second_try_without_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clock, "left_ms", 0)
    assert tried(UNSURE) == (CRASHED, [False])


class TestClock:
    def test_it_runs_to_the_limit_and_the_grace(self) -> None:
        left = Clock(1_000).left_ms
        assert 1_000 < left < 1_000 + GRACE_MS

    def test_waiting_for_others_does_not_count(self) -> None:
        async def main() -> None:
            clock = Clock(100)
            with clock.stopped():
                await asyncio.sleep(0.2)
            assert clock.elapsed_ms < 150

        asyncio.run(main())

    def test_what_does_not_come_in_time_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def main() -> None:
            clock = Clock(100)
            assert await clock.bound(asyncio.sleep(0, "there")) == "there"
            monkeypatch.setattr(Clock, "left_ms", 1)
            with pytest.raises(OracleError, match="ready in time"):
                await clock.bound(asyncio.sleep(30))

        asyncio.run(main())
