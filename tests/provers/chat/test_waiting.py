"""However a seller says that it is busy, it is left alone for as long as it asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate

import pytest

from prover_arb.provers.chat.waiting import asked_wait


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 7 "}, 7),
        ({"retry-after": "1.25"}, 1.25),
        ({"retry-after": "7s"}, 7),
        ({"retry-after": "2m30s"}, 150),
        ({"retry-after": "1h"}, 3600),
        ({"retry-after": "0"}, 0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"retry-after": "9" * 400}, 1e9),
        ({"x-ratelimit-reset-requests": "6m0s"}, 360),
        ({"x-ratelimit-reset-requests": "120ms"}, 0.12),
        ({"x-ratelimit-reset": "9"}, 9),
        ({"ratelimit-reset": "9"}, 9),
        ({"x-ratelimit-reset-requests": "2s", "x-ratelimit-reset-tokens": "5s"}, 5),
        (
            {
                "x-ratelimit-reset-requests": "2s",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "5s",
                "x-ratelimit-remaining-tokens": "900",
            },
            2,
        ),
    ],
)
def test_seconds_are_read(headers: dict[str, str], seconds: float) -> None:
    assert asked_wait(headers) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "written",
    [
        lambda then: {"retry-after": formatdate(then, usegmt=True)},
        lambda then: {"x-ratelimit-reset": str(round(then))},
        lambda then: {"x-ratelimit-reset": str(round(then * 1000))},
        lambda then: {
            "anthropic-ratelimit-requests-reset": time.strftime(
                "%Y-%m-%dT%H:%M:%SZ", time.gmtime(then)
            )
        },
    ],
)
def test_points_in_time_are_read(written: Callable[[float], dict[str, str]]) -> None:
    found = asked_wait(written(time.time() + 900))
    assert found is not None
    assert 600 < found <= 901


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "-1",
        "\u00b2",
        "1,5",
        "nan",
        "inf",
        "Wed, 99 Foo 2026 99:99:99 GMT",
        "Thu, 01 Jan 99999 00:00:00 GMT",
        "Thu, 26 Nov 2026 10:00:00 +9999",
        "26 Nov",
        "\x00",
    ],
)
def test_nonsense_is_no_wait(text: str) -> None:
    assert asked_wait({"retry-after": text}) is None
