"""What came over the wire, read: plain answers and streamed ones, and what they say was used.

Nothing here trusts the seller: every shape that is not an answer is an exception, and none other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prover_arb.core.purchases import Usage
from prover_arb.errors import Fault, SellerBroken

DONE = b"data: [DONE]"

_SAID = frozenset({"content", "reasoning_content", "reasoning", "text"})
"""Where the pieces of a stream stand that a model is paid for."""

_MOST_TOKENS = 10**9
"""A usage above it is no usage."""


class Spoiled(Exception):
    """An answer that cannot be used and is billed all the same: by `usage`, or by its bound."""

    def __init__(self, message: str, fault: Fault, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.fault = fault
        self.usage = usage


@dataclass(frozen=True)
class Reply:
    """One answer of a model."""

    texts: tuple[str, ...]
    """One for each sample that was drawn, in the model's order."""
    usage: Usage | None
    """None where the seller did not say, or said something impossible."""
    model: str
    """The model that answered, as the seller says; may be empty."""


@dataclass(frozen=True)
class Begun:
    """The beginning of a streamed answer."""

    size: int
    """Bytes of text, reasoning included; no fewer than the tokens they were."""
    usage: Usage | None


def begun(body: bytes) -> Begun:
    """What a stream says up to where it was left; never fails."""
    size, usage = 0, None
    for data in _events(body):
        usage = usage_of(data.get("usage")) or usage
        for choice in _choices(data).values():
            delta = choice.get("delta")
            fields = delta if isinstance(delta, dict) else choice
            parts = [text for name, text in fields.items() if name in _SAID]
            size += sum(len(part.encode()) for part in parts if isinstance(part, str))
    return Begun(size, usage)


def read_plain(body: bytes) -> Reply:
    """A completion, of the chat API or the older one.

    Raises:
        SellerBroken: not the JSON of one.
        Spoiled: one without an answer.
    """
    data = _object(body)
    usage = usage_of(data.get("usage"))
    choices = _choices(data)
    if not choices:
        raise Spoiled("an answer without choices", "no_choices", usage)
    texts = [_text(choice, "message") for _, choice in sorted(choices.items())]
    return Reply(tuple(texts), usage, _model(data))


def read_stream(body: bytes) -> Reply:
    """A streamed completion; of several samples, those that are complete.

    Raises:
        SellerBroken: no event of one in it.
        Spoiled: cut off before its end, an error in the middle, or no answer in it.
    """
    texts: dict[int, list[str]] = {}
    finished: set[int] = set()
    usage, model, events = None, "", 0
    for data in _events(body):
        events += 1
        if "error" in data:
            said = brief(data["error"])
            raise Spoiled(f"an error in the stream: {said}", "error_in_stream", usage)
        usage = usage_of(data.get("usage")) or usage
        model = model or _model(data)
        for index, choice in _choices(data).items():
            texts.setdefault(index, []).append(_text(choice, "delta"))
            if isinstance(choice.get("finish_reason"), str):
                finished.add(index)
    if not events:
        raise SellerBroken(f"no events in the stream: {brief(body)}")
    if DONE in body:
        finished.update(texts)
    elif not finished:
        raise Spoiled("the stream was cut off", "cut_off", usage)
    if not texts:
        raise Spoiled("a stream without choices", "no_choices", usage)
    whole = tuple("".join(texts[index]) for index in sorted(finished))
    return Reply(whole, usage, model)


def usage_of(data: object) -> Usage | None:
    """Tokens as invoiced; None for a usage that is missing, negative or contradicts itself."""
    if not isinstance(data, dict):
        return None
    prompt, completion = _count(data, "prompt_tokens"), _count(data, "completion_tokens")
    cached = _count(data.get("prompt_tokens_details"), "cached_tokens", absent=0)
    reasoning = _count(data.get("completion_tokens_details"), "reasoning_tokens", absent=0)
    if prompt is None or completion is None or cached is None or reasoning is None:
        return None
    if cached > prompt:
        return None
    return Usage(prompt=prompt, cached=cached, completion=completion, reasoning=reasoning)


def error_of(body: bytes) -> str:
    """What a refusal says, in a few words."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return brief(body)
    if not isinstance(data, dict):
        return brief(body)
    error = data.get("error", data.get("message", data.get("detail", data)))
    return brief(error.get("message", error) if isinstance(error, dict) else error)


def brief(said: object) -> str:
    """The beginning of what somebody said, on one line."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:600]).split())
    return line[:200]


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise SellerBroken(f"not JSON: {brief(body)}") from None
    if not isinstance(data, dict):
        raise SellerBroken(f"not a JSON object: {brief(body)}")
    return data


def _events(body: bytes) -> Iterator[dict[str, Any]]:
    for line in body.splitlines():
        data = line.removeprefix(b"data:").strip()
        if not line.startswith(b"data:") or not data or data == b"[DONE]":
            continue
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            # A cut in the middle of an event; that the end is missing is seen by who reads on.
            continue
        if isinstance(event, dict):
            yield event


def _choices(data: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """By their index; the place in the list where it is missing."""
    choices = data.get("choices")
    found: dict[int, dict[str, Any]] = {}
    for place, choice in enumerate(choices if isinstance(choices, list) else []):
        if isinstance(choice, dict):
            index = choice.get("index", place)
            known = isinstance(index, int) and not isinstance(index, bool)
            found.setdefault(index if known else place, choice)
    return found


def _text(choice: Mapping[str, Any], holder: str) -> str:
    """What a choice says: in a message or delta, or of the older API, in itself."""
    message = choice.get(holder)
    text = message.get("content") if isinstance(message, dict) else choice.get("text")
    return text if isinstance(text, str) else ""


def _model(data: Mapping[str, Any]) -> str:
    model = data.get("model")
    return model if isinstance(model, str) else ""


def _count(data: object, name: str, *, absent: int | None = None) -> int | None:
    if data is None and absent is not None:
        return absent
    value = data.get(name, absent) if isinstance(data, dict) else None
    if value is None:
        return absent
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value <= _MOST_TOKENS else None
