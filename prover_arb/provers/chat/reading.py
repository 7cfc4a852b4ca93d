"""Reads the body of an answer into a transcript: server-sent events, JSON, or lines of JSON.

The first bytes decide what the body is, because the labels that servers and proxies give are often
wrong.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from typing import Any

import httpx
from httpx_sse import EventSource, ServerSentEvent

from prover_arb.core.durable_files import numbered_lines
from prover_arb.errors import ProverBroken
from prover_arb.provers.chat.api_keys import Secret
from prover_arb.provers.chat.error_said import brief
from prover_arb.provers.chat.reply import Transcript, UnusableResponse
from prover_arb.provers.chat.unpacking import is_stream, unpacked

_DONE = frozenset({"[DONE]", "DONE"})
_LEFTOVERS_SECONDS = 0.2
"""How long to wait for the end of a finished stream, so that its connection can be kept."""
_LAST_WORDS_SECONDS = 5.0
"""How long to wait for the usage, or the end, after the last sample ended."""
_JSON = "application/json"
_STREAM = "text/event-stream"


async def read_into(
    transcript: Transcript,
    response: httpx.Response,
    *,
    longest: int,
    samples: int,
    secret: Secret,
) -> None:
    """Reads an answer of status 200 into `transcript`, which keeps what arrived before an error.

    Raises:
        ProverBroken: it is not an answer, so nothing is billed.
        UnusableResponse: it is an answer whose end is missing.
        TooLong, Unreadable: see `unpacked`.
    """
    encoding = response.headers.get("content-encoding", "")
    async with aclosing(unpacked(response.aiter_raw(), encoding, longest)) as chunks:
        begun, streams = b"", None
        async for chunk in chunks:
            begun += chunk
            streams = is_stream(begun)
            if streams is not None:
                break
        if streams:
            async with aclosing(_again(begun, chunks)) as body_again:
                await _read_events(transcript, body_again, samples)
            if not transcript.heard:
                raise ProverBroken(f"no events in the stream: {brief(begun, secret)}")
            return
        body = begun + b"".join([chunk async for chunk in chunks])
    label = (
        brief(response.headers.get("content-type", ""), secret).partition(";")[0].strip().lower()
    )
    if encoding.strip().lower() not in {"", "identity"}:
        label += f", said to be compressed with {brief(encoding, secret)},"
    _read_json(transcript, body.decode(errors="replace"), label, secret)


async def _again(begun: bytes, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Yields the whole stream, with an empty line at its end, which some servers leave out."""
    yield begun
    async for chunk in chunks:
        yield chunk
    yield b"\n\n"


async def _read_events(transcript: Transcript, body: AsyncIterator[bytes], samples: int) -> None:
    """Reads events until the stream ends or its answer is complete."""
    source = EventSource(httpx.Response(200, headers={"Content-Type": _STREAM}, content=body))
    loop = asyncio.get_running_loop()
    with suppress(TimeoutError):
        async with asyncio.timeout(None) as ending, aclosing(source.aiter_sse()) as events:
            async for event in events:
                _take(transcript, event)
                patience = _patience(transcript, samples)
                if patience is not None and (ending.when() is None or patience < 1):
                    ending.reschedule(loop.time() + patience)


def _patience(transcript: Transcript, samples: int) -> float | None:
    """Returns how long to wait for a stream's end; None if its answer has not ended."""
    if transcript.done or (transcript.ended(samples) and transcript.usage is not None):
        return _LEFTOVERS_SECONDS
    return _LAST_WORDS_SECONDS if transcript.ended(samples) else None


def _take(transcript: Transcript, event: ServerSentEvent) -> None:
    data = _object(event.data)
    if data is not None:
        transcript.add(data, event.event)
        return
    # Some servers leave out the empty lines between events.
    for line in event.data.split("\n"):
        data = _object(line)
        if data is not None:
            transcript.add(data, event.event)
        elif line.strip(' "').upper() in _DONE:
            transcript.done = True


def _read_json(transcript: Transcript, text: str, label: str, secret: Secret) -> None:
    """Reads an answer in one piece, or in lines of JSON."""
    whole = _object(text)
    data = whole if whole is not None else _first_object(text)
    lines = [_object(line) for _, line in numbered_lines(label, text)] if data is None else []
    if data is not None:
        transcript.add(data)
        transcript.done = True
    elif len(lines) > 1 and None not in lines[:-1]:
        for line in lines:
            if line is not None:  # the last one may be cut off
                transcript.add(line)
    elif text.lstrip().startswith("{") and '"choices"' in text:
        raise UnusableResponse(f"the answer was cut off: {brief(text, secret)}", "cut_off")
    elif not text.strip():
        what = "no events in the stream" if label == _STREAM else "an empty answer"
        raise ProverBroken(what)
    else:
        said = brief(text, secret)
        if label not in {_JSON, _STREAM}:
            raise ProverBroken(f"{label or 'something without a type'} instead of JSON: {said}")
        what = "not a JSON object" if _is_json(text) else "not JSON"
        raise ProverBroken(f"{what}: {said}")


def _object(text: str) -> Mapping[str, Any] | None:
    """Returns the JSON object in a text, also if it is the only item of a list."""
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    return data if isinstance(data, Mapping) else None


def _first_object(text: str) -> Mapping[str, Any] | None:
    """Returns the answer at the beginning of a text that continues with something else."""
    try:
        data, end = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return None
    goes_on = text.lstrip()[end:].lstrip().startswith("{")
    is_answer = isinstance(data, Mapping) and isinstance(data.get("choices"), list)
    return data if is_answer and not goes_on else None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
