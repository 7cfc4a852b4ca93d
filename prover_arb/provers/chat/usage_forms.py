"""Reads the usage that a model reports, in every form that providers use.

Forms differ in the names of their fields, in whether reasoning is counted among the completion
tokens (OpenAI) or beside them (xAI, Gemini), and in whether cached tokens are counted among the
prompt tokens (OpenAI, DeepSeek, Moonshot) or beside them (Anthropic). `total_tokens`, which every
provider computes from what it bills, shows which of them holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from prover_arb.core.purchases import Usage

_PROMPT = ("prompt_tokens", "input_tokens")
_COMPLETION = ("completion_tokens", "output_tokens")
_PROMPT_DETAILS = ("prompt_tokens_details", "input_tokens_details")
_COMPLETION_DETAILS = ("completion_tokens_details", "output_tokens_details")
_CACHED = ("prompt_cache_hit_tokens", "cached_tokens", "cached_prompt_tokens")
_CACHED_BESIDE = ("cache_read_input_tokens", "cache_creation_input_tokens")
_MOST_TOKENS = 10**9
"""A larger usage is not believed."""


def usage_of(data: object) -> Usage | None:
    """Returns the tokens of a usage; None if it is missing, negative or contradictory."""
    if not isinstance(data, Mapping):
        return None
    total = _count(data, "total_tokens")
    prompt, completion = _first(data, _PROMPT), _first(data, _COMPLETION)
    if prompt is None:
        hit, miss = (
            _count(data, "prompt_cache_hit_tokens"),
            _count(data, "prompt_cache_miss_tokens"),
        )
        prompt = hit + miss if hit is not None and miss is not None else None
    if total is not None and (prompt is None) != (completion is None):
        prompt = total - (completion or 0) if prompt is None else prompt
        completion = total - prompt if completion is None else completion
    if prompt is None or completion is None or min(prompt, completion) < 0:
        return None
    cached = _cached(data)
    beside = sum(_count(data, name) or 0 for name in _CACHED_BESIDE)
    if beside and _is_beside(data, beside, prompt=prompt, completion=completion, total=total):
        prompt += beside
    reasoning = _reasoning(data)
    hidden = 0 if total is None else total - prompt - completion
    if hidden > 0:  # what only the total counts is reasoning, billed like the answer
        completion, reasoning = completion + hidden, max(reasoning, hidden)
    elif reasoning > completion:
        completion += reasoning
    if cached > prompt or max(prompt, completion) > _MOST_TOKENS:
        return None
    return Usage(prompt=prompt, cached=cached, completion=completion, reasoning=reasoning)


def merged(before: Mapping[str, Any], said: object) -> dict[str, Any]:
    """Returns the usage of a stream so far, with that of the next event; values are never removed.

    Some providers repeat a growing usage in every event, some send its parts one after the other,
    and some end with a usage of zeros.
    """
    if not isinstance(said, Mapping):
        return dict(before)
    new = {
        name: value
        for name, value in said.items()
        if value is not None and (value or not before.get(name))
    }
    return {**before, **new}


def usage_in(data: Mapping[str, Any]) -> object:
    """Returns the usage in an answer or an event, in any of the places where providers put it."""
    places = [data, data.get("x_groq")]
    choices = data.get("choices")
    places += choices[:1] if isinstance(choices, list) else []
    usages = (place.get("usage") for place in places if isinstance(place, Mapping))
    return next((usage for usage in usages if isinstance(usage, Mapping)), None)


def _is_beside(
    data: Mapping[str, Any], beside: int, *, prompt: int, completion: int, total: int | None
) -> bool:
    """Returns whether the tokens that Anthropic names apart are not among the prompt tokens."""
    if total is not None and total in (prompt + completion, prompt + completion + beside):
        return total == prompt + completion + beside
    return "prompt_tokens" not in data or beside > prompt


def _cached(data: Mapping[str, Any]) -> int:
    """Returns the cached prompt tokens, from the field that has them."""
    counts = [_count(data, name) for name in (*_CACHED, _CACHED_BESIDE[0])]
    counts += [_count(data.get(details), "cached_tokens") for details in _PROMPT_DETAILS]
    return max((count for count in counts if count is not None and count >= 0), default=0)


def _reasoning(data: Mapping[str, Any]) -> int:
    counts = [_count(data.get(details), "reasoning_tokens") for details in _COMPLETION_DETAILS]
    counts.append(_count(data, "reasoning_tokens"))
    return max((count for count in counts if count is not None and count >= 0), default=0)


def _first(data: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((count for name in names if (count := _count(data, name)) is not None), None)


def _count(data: object, name: str) -> int | None:
    """Returns a number of tokens, rounded up, from a number or its text; None for anything else."""
    value = data.get(name) if isinstance(data, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, int):
        return value
    try:
        number = float(value)
    except ValueError:
        return None
    return math.ceil(number) if math.isfinite(number) else None
