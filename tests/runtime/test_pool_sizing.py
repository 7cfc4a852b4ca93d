"""How many workers are wanted, and how an operator says the bounds."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from prover_arb.core.worker_bounds import PATIENCE_SECONDS, Workers
from prover_arb.errors import InputError
from prover_arb.runtime.pool_sizing import PoolLoad, workers_wanted

BOUNDS = Workers(least=2, most=8)
LONG = PATIENCE_SECONDS


@pytest.mark.parametrize(
    ("load", "wanted"),
    [
        pytest.param(PoolLoad(members=2), 2, id="nothing to do"),
        pytest.param(PoolLoad(members=2, waiting=9, waited_seconds=LONG / 2), 2, id="a moment"),
        pytest.param(PoolLoad(members=2, waiting=1, waited_seconds=LONG), 3, id="one waits"),
        pytest.param(PoolLoad(members=2, waiting=9, waited_seconds=LONG), 4, id="many wait"),
        pytest.param(
            PoolLoad(members=2, joining=2, waiting=9, waited_seconds=LONG), 4, id="two are coming"
        ),
        pytest.param(
            PoolLoad(members=4, joining=1, waiting=1, waited_seconds=LONG), 5, id="one is coming"
        ),
        pytest.param(
            PoolLoad(members=4, not_ready=3, waiting=3, waited_seconds=LONG), 4, id="they come back"
        ),
        pytest.param(PoolLoad(members=6, waiting=99, waited_seconds=LONG), 8, id="up to the most"),
        pytest.param(PoolLoad(members=8, waiting=99, waited_seconds=LONG), 8, id="never more"),
        pytest.param(
            PoolLoad(members=2, waiting=9, waited_seconds=LONG, may_start=False), 2, id="it failed"
        ),
        pytest.param(PoolLoad(members=1), 2, id="one was lost"),
        pytest.param(PoolLoad(members=1, joining=1), 2, id="one is replaced"),
        pytest.param(PoolLoad(members=1, may_start=False), 1, id="not replaced at once again"),
        pytest.param(PoolLoad(members=0, waiting=5, waited_seconds=9), 2, id="all were lost"),
        pytest.param(PoolLoad(members=6, spare=3), 3, id="three were not needed"),
        pytest.param(PoolLoad(members=6, spare=6), 2, id="down to the least"),
        pytest.param(PoolLoad(members=2, spare=2), 2, id="never fewer"),
        pytest.param(PoolLoad(members=3, joining=3, spare=1), 2, id="no start goes on"),
        pytest.param(PoolLoad(members=3, joining=3), 6, id="starts go on within a period"),
        pytest.param(PoolLoad(members=6, spare=3, waiting=1), 6, id="somebody came just now"),
        pytest.param(PoolLoad(members=6, spare=3, may_start=False), 3, id="ends despite a failure"),
    ],
)
def test_as_many_as_wait_within_the_bounds(load: PoolLoad, wanted: int) -> None:
    assert workers_wanted(load, BOUNDS) == wanted


def test_exactly_so_many_is_never_changed() -> None:
    four = Workers.parse("4")
    for load in (
        PoolLoad(members=4, waiting=99, waited_seconds=99.0),
        PoolLoad(members=4, spare=4),
    ):
        assert workers_wanted(load, four) == 4


@pytest.mark.parametrize(("text", "least", "most"), [("4", 4, 4), ("2..8", 2, 8), (" 1..1 ", 1, 1)])
def test_a_number_or_two_bounds(text: str, least: int, most: int) -> None:
    workers = Workers.parse(text)
    assert (workers.least, workers.most) == (least, most)
    assert workers.elastic == (least != most)
    assert Workers.parse(str(workers)) == workers


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("8..2", r"8\.\.2: the fewest workers come first.*write 2\.\.8"),
        ("0..3", "at least 1 worker"),
        ("0", "at least 1 worker"),
        ("a..b", "'a..b' is no number of workers; write a number, such as 4"),
        ("-2", "is no number of workers"),
        ("2..", "is no number of workers"),
        ("2...8", "is no number of workers"),
        ("1_000", "is no number of workers"),
        ("\u0664", "is no number of workers"),
        ("", "is no number of workers"),
        ("9999999", "is no number of workers"),
    ],
)
def test_anything_else_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(InputError, match=f"--workers: .*{why}"):
        Workers.parse(text)


def test_a_configuration_says_it_as_a_command_line_does() -> None:
    read = TypeAdapter(Workers).validate_python
    assert read(3) == Workers(least=3, most=3)
    assert read("2..8") == read({"least": 2, "most": 8}) == BOUNDS
    assert read({"least": 2, "most": 8, "idle_seconds": 300}).idle_seconds == 300
    for wrong in (True, 2.0, None, [2, 8], {"least": 8, "most": 2}, {"most": 2}):
        with pytest.raises(ValidationError):
            read(wrong)


def test_brokers_divide_the_bounds() -> None:
    parts = [Workers.parse("3..8").part(index, 3) for index in range(3)]
    assert [str(part) for part in parts] == ["1..3", "1..3", "1..2"]
