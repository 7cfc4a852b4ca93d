"""Log records: the ids they carry, and what they look like."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest

from prover_arb.core.logs import (
    LOGGER,
    JsonForm,
    StderrHandler,
    TextForm,
    current_ids,
    log_ids,
    record_of,
    with_ids,
    write_logs,
)

log = logging.getLogger(f"{LOGGER}.tested")


@pytest.fixture(autouse=True)
def _handlers_are_put_back() -> Iterator[None]:
    logger = logging.getLogger(LOGGER)
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


def test_records_carry_the_ids_of_the_context_they_are_logged_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def attempt(purchase: int) -> None:
        with log_ids(purchase=purchase):
            await asyncio.sleep(0)
            log.info("bought")

    async def main() -> None:
        with log_ids(run="r", theorem="t"):
            await asyncio.gather(attempt(1), attempt(2))
            log.info("both are there")

    write_logs(logging.INFO, JsonForm())
    asyncio.run(main())
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["message"] for line in lines] == ["bought", "bought", "both are there"]
    assert [line.get("purchase") for line in lines] == [1, 2, None]
    assert {(line["run"], line["theorem"], line["level"]) for line in lines} == {("r", "t", "INFO")}
    assert current_ids() == {}


def test_a_record_may_name_an_id_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs(logging.INFO, TextForm())
    with log_ids(run="r", purchase=1):
        log.info("this one is of %s", "another", extra=with_ids(purchase=2))
    assert capsys.readouterr().err.endswith(" INFO this one is of another [run=r purchase=2]\n")


def test_a_json_line_is_the_record_again() -> None:
    made = log.makeRecord(
        log.name, logging.WARNING, "file", 1, "so says %s \u202e", ("it",), None, extra=None
    )
    with log_ids(run="r"):
        line = JsonForm().format(made)
    assert line.isascii()
    again = record_of(line)
    assert again is not None
    assert (again.name, again.levelno) == (log.name, logging.WARNING)
    assert again.getMessage() == "so says it \u202e"
    assert JsonForm().format(again) == line


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Lean is ready",
        "{",
        "{}",
        '{"logger": 1}',
        '{"time": "x", "level": "INFO", "logger": "prover_arb", "message": "m"}',
        '{"time": "2026-01-01T00:00:00", "level": "LOUD", "logger": "prover_arb", "message": "m"}',
        '{"time": "2026-01-01T00:00:00", "level": "INFO", "logger": "other", "message": "m"}',
    ],
)
def test_other_lines_are_no_records(line: str) -> None:
    assert record_of(line) is None


def test_the_level_and_form_set_last_are_the_ones_in_force(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_logs(logging.DEBUG, JsonForm())
    write_logs(logging.WARNING, TextForm())
    log.info("not shown")
    log.warning("shown once")
    err = capsys.readouterr().err
    assert "not shown" not in err
    assert err.count("shown once") == 1
    assert [type(h) for h in logging.getLogger(LOGGER).handlers].count(StderrHandler) == 1
