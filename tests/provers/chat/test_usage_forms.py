"""Whatever a seller calls its tokens, what is paid is what it bills."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from prover_arb.core.purchases import Usage
from prover_arb.provers.chat.usage_forms import merged, usage_of
from prover_arb.provers.pricing import TokenPrices
from tests.provers.chat.served_models import always, completion, delta, event, respond
from tests.provers.chat.test_chat_prover import PROOF, buy

PRICES = TokenPrices(prompt=1_000_000, completion=2_000_000, cached=100_000)


def used(prompt: int, completion: int, *, cached: int = 0, reasoning: int = 0) -> Usage:
    return Usage(prompt=prompt, completion=completion, cached=cached, reasoning=reasoning)


FORMS: dict[str, tuple[dict[str, Any], Usage]] = {
    "OpenAI": (
        {
            "prompt_tokens": 200,
            "completion_tokens": 70,
            "total_tokens": 270,
            "prompt_tokens_details": {"cached_tokens": 128, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 40},
        },
        used(200, 70, cached=128, reasoning=40),
    ),
    "xAI: reasoning beside the completion": (
        {
            "prompt_tokens": 200,
            "completion_tokens": 70,
            "total_tokens": 1270,
            "completion_tokens_details": {"reasoning_tokens": 1000},
        },
        used(200, 1070, reasoning=1000),
    ),
    "Gemini: reasoning in the total only": (
        {"prompt_tokens": 200, "completion_tokens": 70, "total_tokens": 1270},
        used(200, 1070, reasoning=1000),
    ),
    "more reasoning than completion, no total": (
        {
            "prompt_tokens": 200,
            "completion_tokens": 70,
            "completion_tokens_details": {"reasoning_tokens": 300},
        },
        used(200, 370, reasoning=300),
    ),
    "reasoning beside the details": (
        {"prompt_tokens": 200, "completion_tokens": 70, "reasoning_tokens": 30},
        used(200, 70, reasoning=30),
    ),
    "DeepSeek's cache": (
        {
            "prompt_tokens": 200,
            "completion_tokens": 70,
            "prompt_cache_hit_tokens": 192,
            "prompt_cache_miss_tokens": 8,
        },
        used(200, 70, cached=192),
    ),
    "DeepSeek's cache alone": (
        {"completion_tokens": 70, "prompt_cache_hit_tokens": 192, "prompt_cache_miss_tokens": 8},
        used(200, 70, cached=192),
    ),
    "Moonshot's cache": (
        {"prompt_tokens": 200, "completion_tokens": 70, "cached_tokens": 100},
        used(200, 70, cached=100),
    ),
    "Anthropic's names": (
        {
            "input_tokens": 20,
            "output_tokens": 70,
            "cache_read_input_tokens": 150,
            "cache_creation_input_tokens": 30,
        },
        used(200, 70, cached=150),
    ),
    "Anthropic's cache in OpenAI's prompt": (
        {
            "prompt_tokens": 200,
            "completion_tokens": 70,
            "total_tokens": 270,
            "cache_read_input_tokens": 150,
        },
        used(200, 70, cached=150),
    ),
    "Anthropic's cache beside OpenAI's prompt": (
        {
            "prompt_tokens": 160,
            "completion_tokens": 70,
            "total_tokens": 270,
            "cache_read_input_tokens": 40,
        },
        used(200, 70, cached=40),
    ),
    "the Responses API": (
        {
            "input_tokens": 200,
            "input_tokens_details": {"cached_tokens": 50},
            "output_tokens": 70,
            "output_tokens_details": {"reasoning_tokens": 20},
            "total_tokens": 270,
        },
        used(200, 70, cached=50, reasoning=20),
    ),
    "floats": ({"prompt_tokens": 200.0, "completion_tokens": 70.0}, used(200, 70)),
    "a fraction of a token": ({"prompt_tokens": 199.5, "completion_tokens": 69.1}, used(200, 70)),
    "texts": ({"prompt_tokens": "200", "completion_tokens": "70.0"}, used(200, 70)),
    "nulls": (
        {
            "prompt_tokens": 200,
            "completion_tokens": 70,
            "total_tokens": None,
            "prompt_tokens_details": None,
            "completion_tokens_details": {"reasoning_tokens": None},
            "cached_tokens": None,
        },
        used(200, 70),
    ),
    "no completion": ({"prompt_tokens": 200, "total_tokens": 270}, used(200, 70)),
    "no prompt": ({"completion_tokens": 70, "total_tokens": 270}, used(200, 70)),
    "a total too small": (
        {"prompt_tokens": 200, "completion_tokens": 70, "total_tokens": 10},
        used(200, 70),
    ),
    "details that are no numbers": (
        {"prompt_tokens": 200, "completion_tokens": 70, "prompt_tokens_details": "none"},
        used(200, 70),
    ),
}


@pytest.mark.parametrize(("said", "meant"), FORMS.values(), ids=FORMS)
def test_every_form_is_read_and_paid(said: dict[str, Any], meant: Usage) -> None:
    assert usage_of(said) == meant
    attempt, _ = buy(always(respond(completion(PROOF, usage=said))), price=PRICES)
    fresh = meant.prompt - meant.cached
    assert attempt.usage == meant
    assert attempt.cost == -(-(10 * fresh + meant.cached + 20 * meant.completion) // 10)


@pytest.mark.parametrize(
    "said",
    [
        [],
        {"prompt_tokens": True, "completion_tokens": 5},
        {"prompt_tokens": 5, "completion_tokens": float("nan")},
        {"prompt_tokens": 5, "total_tokens": 3},
        {"prompt_tokens": 10**10, "completion_tokens": 5},
    ],
)
def test_what_makes_no_sense_is_no_usage(said: object) -> None:
    assert usage_of(said) is None


def test_the_usage_of_a_stream_only_grows() -> None:
    """Sellers repeat it, send it in parts, and end with zeros."""
    said = [
        {"prompt_tokens": 9, "completion_tokens": 1},
        None,
        {"completion_tokens": 5, "total_tokens": 14},
        {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    ]
    so_far: dict[str, Any] = {}
    for one in said:
        so_far = merged(so_far, one)
    assert usage_of(so_far) == used(9, 5)
    assert usage_of(merged({}, {"prompt_tokens": 7, "completion_tokens": 0})) == used(7, 0)


IN_STREAMS = {
    "in the last event": [
        {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 50}}
    ],
    "in the choice": [
        {
            "choices": [
                {
                    "delta": {},
                    "finish_reason": "stop",
                    "usage": {"prompt_tokens": 100, "completion_tokens": 50},
                }
            ]
        }
    ],
    "under x_groq": [
        {
            "choices": [{"delta": {}, "finish_reason": "stop"}],
            "x_groq": {"usage": {"prompt_tokens": 100, "completion_tokens": 50}},
        }
    ],
    "in two parts": [
        {"choices": [], "usage": {"prompt_tokens": 100}},
        {"choices": [], "usage": {"completion_tokens": 50}},
    ],
}


@pytest.mark.parametrize("last", IN_STREAMS.values(), ids=IN_STREAMS)
def test_a_usage_is_found_wherever_a_stream_has_it(last: list[Any]) -> None:
    body = b"".join(event(e) for e in (delta(PROOF, "stop"), *last, "[DONE]"))
    attempt, _ = buy(always(respond(body, kind="text/event-stream")), stream=True, price=PRICES)
    assert attempt.usage == used(100, 50)
    assert attempt.cost == 200


def test_a_usage_that_ends_in_the_error_is_paid() -> None:
    """An error in the middle, and the bill behind it."""
    bill = {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 50}}
    parts = (delta("```lean4\n"), {"error": {"message": "overloaded", "code": 529}}, bill)
    body = b"".join(event(e) for e in parts)
    attempt, served = buy(
        always(respond(body, kind="text/event-stream")), stream=True, price=PRICES
    )
    assert (attempt.cost, attempt.fault) == (200, "error_in_stream")
    assert "overloaded" in attempt.failure
    assert len(served.requests) == 1


def test_an_error_that_comes_with_a_bill_is_paid() -> None:
    said = {"error": {"message": "no"}, "usage": {"prompt_tokens": 100, "completion_tokens": 50}}
    attempt, _ = buy(always(respond(json.dumps(said))), price=PRICES)
    assert (attempt.cost, attempt.fault) == (200, "error_in_stream")


async def slow_usage(writer: asyncio.StreamWriter, _request: dict[str, Any]) -> None:
    """The usage comes half a second after the answer ended."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    writer.write(event(delta(PROOF, "stop")))
    await writer.drain()
    await asyncio.sleep(0.5)
    writer.write(event(IN_STREAMS["in the last event"][0]))
    writer.close()


def test_a_usage_that_comes_late_is_waited_for() -> None:
    attempt, _ = buy(slow_usage, stream=True, price=PRICES)
    assert attempt.cost == 200
