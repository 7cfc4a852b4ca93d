"""Answers as they come over the wire: streams of every make, packed, mislabelled, and errors."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from typing import Any

import pytest

from prover_arb.errors import ProverError, ProverRefused, ProverUnreachable
from tests.provers.chat.served_models import (
    USAGE,
    Answer,
    always,
    completion,
    delta,
    respond,
    serving,
)
from tests.provers.chat.test_chat_prover import PROOF, bought, buy, entry, hang, in_turn, worst

BILL = {"choices": [], "usage": USAGE}
STREAM = "text/event-stream"
PLAIN = completion(PROOF).encode()


def lines(*events: Any, prefix: str = "data: ", end: str = "\n\n", done: str = "[DONE]") -> bytes:
    """Events in a spelling of one's own."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in events]
    return "".join(prefix + text + end for text in [*texts, *([done] if done else [])]).encode()


WHOLE = (delta("```lean4\nome"), delta("ga\n```"), delta("", "stop"), BILL)
UNFINISHED = (delta("```lean4\nome"), delta("ga\n```"), BILL)

STREAMS = {
    "no space behind the colon": lines(*WHOLE, prefix="data:"),
    "no space, no end announced": lines(*UNFINISHED, prefix="data:"),
    "no end announced, nothing said at the end": lines(*UNFINISHED, done=""),
    "network line ends": lines(*WHOLE, end="\r\n\r\n"),
    "old line ends": lines(*WHOLE, end="\r\r"),
    "a byte order mark": b"\xef\xbb\xbf" + lines(*WHOLE),
    "comments": b": ready\n\n" + lines(*WHOLE).replace(b"data", b": ping\n\ndata", 2),
    "other fields": b"retry: 10\nid: 1\n" + lines(*WHOLE, prefix="event: chunk\nid: 7\ndata: "),
    "no empty lines between": lines(*WHOLE, end="\n"),
    "no line end at the end": lines(*WHOLE).rstrip(b"\n"),
    "data over several lines": b"".join(
        b"".join(b"data: " + line + b"\n" for line in json.dumps(e, indent=1).encode().split(b"\n"))
        + b"\n"
        for e in WHOLE
    ),
    "without the last word": lines(*WHOLE, done=""),
    "another last word": lines(*WHOLE, done='"[done]"'),
    "null errors in every event": lines(*({**one, "error": None} for one in WHOLE)),
    "usage in every event": lines(*({**one, "usage": USAGE} for one in WHOLE)),
    "lines of JSON": lines(*WHOLE, prefix="", end="\n", done=""),
    "lines of JSON, one with a line separator in its text": lines(
        *(json.dumps(e, ensure_ascii=False) for e in (delta("So\u2028it is.\n"), *WHOLE)),
        prefix="",
        end="\n",
        done="",
    ),
    "a letter at a time": lines(*(delta(c) for c in PROOF), delta("", "stop"), BILL),
    "the whole message again": lines(
        *WHOLE[:2],
        {"choices": [{"delta": {}, "message": {"content": PROOF}, "finish_reason": "stop"}]},
        BILL,
    ),
    "halves of a character": lines(
        delta("It is \ud835"), delta("\udcdd.\n" + PROOF), delta("", "stop"), BILL
    ),
}


@pytest.mark.parametrize("body", STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("asked", [True, False], ids=["asked for", "unasked"])
def test_a_stream_is_read(body: bytes, asked: bool) -> None:
    attempt, _ = buy(always(respond(body, kind=STREAM)), stream=asked)
    assert attempt.candidate is not None
    assert attempt.candidate.text == "omega"
    assert attempt.cost == 700
    assert attempt.fault is None


BODIES = {
    "as text": respond(PLAIN, kind="text/plain; charset=utf-8"),
    "as a stream": respond(PLAIN, kind=STREAM),
    "as bytes": respond(PLAIN, kind="application/octet-stream"),
    "as HTML": respond(PLAIN, kind="text/html"),
    "as some JSON": respond(PLAIN, kind="application/problem+json"),
    "a stream as JSON": respond(lines(*WHOLE)),
    "a stream as text": respond(lines(*WHOLE), kind="text/plain"),
    "without a type": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PLAIN) + PLAIN,
    "a byte order mark": respond(b"\xef\xbb\xbf" + PLAIN),
    "space before it": respond(b" \n\n" + PLAIN),
    "in a list": respond(b"[" + PLAIN + b"]"),
    "with something behind it": respond(PLAIN + b"\n\ndata: [DONE]\n"),
    "under another status of success": respond(PLAIN, status="201 Created"),
    "gzip": respond(gzip.compress(PLAIN), headers="Content-Encoding: gzip\r\n"),
    "gzip, untold": respond(gzip.compress(PLAIN)),
    "gzip, said and not done": respond(PLAIN, headers="Content-Encoding: gzip\r\n"),
    "deflate": respond(zlib.compress(PLAIN), headers="Content-Encoding: deflate\r\n"),
    "deflate without a header": respond(
        zlib.compress(PLAIN, wbits=-15), headers="Content-Encoding: deflate\r\n"
    ),
    "brotli, said and not done": respond(PLAIN, headers="Content-Encoding: br\r\n"),
    "a packed stream": respond(
        gzip.compress(lines(*WHOLE)), kind=STREAM, headers="Content-Encoding: gzip\r\n"
    ),
    "raw line breaks in its texts": respond(PLAIN.replace(b"\\n", b"\n")),
    "bytes that are no UTF-8": respond(PLAIN.replace(b"omega", b"-- \xff\\n  omega")),
}


@pytest.mark.parametrize("response", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_body_is_what_it_is_not_what_it_is_labelled(response: bytes, stream: bool) -> None:
    attempt, _ = buy(always(response), stream=stream)
    assert attempt.candidate is not None
    assert attempt.candidate.text.endswith("omega")
    assert attempt.cost == 700


UNREADABLE = {
    "brotli": respond(b"\x1b\x30\x00\xf8" * 9, headers="Content-Encoding: br\r\n"),
    "zstd": respond(b"\x28\xb5\x2f\xfd" * 9, headers="Content-Encoding: zstd\r\n"),
    "damaged": respond(gzip.compress(PLAIN)[:20] + b"\xff" * 40),
}


@pytest.mark.parametrize("response", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_nobody_can_unpack_is_paid_its_bound(response: bytes) -> None:
    attempt, served = buy(always(response))
    assert (attempt.fault, attempt.cost) == ("unreadable", worst())
    assert len(served.requests) == 1


def test_a_small_answer_does_not_unpack_into_a_huge_one() -> None:
    bomb = respond(gzip.compress(b"{" + b" " * 50_000_000))
    attempt, _ = buy(always(bomb))
    assert (attempt.fault, attempt.cost) == ("too_long", worst())


def message(**fields: Any) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", **fields}, "finish_reason": "stop"}
    return respond(json.dumps({"model": "m", "choices": [choice], "usage": USAGE}))


MESSAGES = {
    "a list of parts": message(content=[{"type": "text", "text": PROOF}]),
    "parts of a text": message(
        content=[{"type": "text", "text": PROOF[:12]}, {"type": "text", "text": PROOF[12:]}]
    ),
    "reasoning and text": message(
        content=[
            {"type": "thinking", "thinking": [{"type": "text", "text": "```lean4\nsimp\n```"}]},
            {"type": "text", "text": PROOF},
        ]
    ),
    "texts in a list": message(content=[PROOF]),
    "an object": message(content={"type": "output_text", "text": PROOF}),
    "reasoning in a field": message(content=PROOF, reasoning_content="```lean4\nsimp\n```"),
    "reasoning in two fields": message(content=PROOF, reasoning="x", reasoning_content="x"),
    "nothing but reasoning_content": message(content=None, reasoning_content=PROOF),
    "nothing but reasoning": message(content="", reasoning=f"I think:\n{PROOF}"),
    "a tool": message(
        content=None,
        tool_calls=[{"function": {"name": "submit", "arguments": json.dumps({"proof": "omega"})}}],
    ),
    "a function": message(
        content=None, function_call={"name": "submit", "arguments": json.dumps({"p": PROOF})}
    ),
    "no refusal": message(content=PROOF, refusal=None),
}


@pytest.mark.parametrize("response", MESSAGES.values(), ids=MESSAGES)
def test_the_answer_is_found_in_every_field(response: bytes) -> None:
    attempt, _ = buy(always(response))
    assert attempt.candidate is not None
    assert attempt.candidate.text == "omega"
    assert attempt.cost == 700


def test_a_tool_whose_arguments_stream_by_is_read() -> None:
    arguments = json.dumps({"proof": "by omega"})
    parts = [
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": c}}]}}]}
        for c in arguments
    ]
    attempt, _ = buy(always(respond(lines(*parts, WHOLE[2], BILL), kind=STREAM)), stream=True)
    assert attempt.candidate is not None
    assert attempt.candidate.text == "omega"


def test_choices_with_the_same_index_are_different_samples() -> None:
    choices = [
        {"index": 0, "message": {"content": f"```lean4\n{tactic}\n```"}}
        for tactic in ("simp", "omega")
    ]
    answer = respond(json.dumps({"model": "m", "choices": choices, "usage": USAGE}))
    attempt, _ = buy(always(answer), samples=2)
    assert attempt.candidate is not None
    assert [attempt.candidate.text, *(c.text for c in attempt.others)] == ["simp", "omega"]


INSTEAD = {
    "the model refuses": (
        message(content=None, refusal="I must not."),
        "refuses to answer: I must",
    ),
    "an empty tool": (
        message(content=None, tool_calls=[{"function": {"name": "f", "arguments": "{}"}}]),
        "it calls a tool with {}",
    ),
    "a filter": (
        respond(
            json.dumps(
                {
                    "model": "m",
                    "choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}],
                    "usage": USAGE,
                }
            )
        ),
        "the provider's filter held it back",
    ),
    "thoughts without code": (message(content=None, reasoning="Hm."), "reasoning only: Hm."),
}


@pytest.mark.parametrize(("response", "said"), INSTEAD.values(), ids=INSTEAD)
def test_the_purchase_says_what_came(response: bytes, said: str) -> None:
    attempt, _ = buy(always(response))
    assert (attempt.candidate, attempt.fault, attempt.cost) == (None, "no_proof", 700)
    assert said in attempt.failure


@pytest.mark.parametrize("reason", ["length", "max_tokens", "MAX_TOKENS"])
def test_an_answer_out_of_tokens_is_told_apart(reason: str) -> None:
    cut = {
        "model": "m",
        "choices": [{"message": {"content": "```lean4\nhave h : 1"}, "finish_reason": reason}],
        "usage": USAGE,
    }
    attempt, _ = buy(always(respond(json.dumps(cut))))
    assert (attempt.candidate, attempt.fault, attempt.cost) == (None, "out_of_tokens", 700)
    assert "max_tokens = 1000" in attempt.failure
    cut["choices"][0]["message"]["content"] = f"{PROOF}\nAnd now I go on to"  # type: ignore[index]
    attempt, _ = buy(always(respond(json.dumps(cut))))
    assert attempt.candidate is not None, "what is whole is kept"


def broken_off(*events: Any) -> Answer:
    """A stream whose connection breaks after these events."""

    async def answer(writer: asyncio.StreamWriter, _request: dict[str, Any]) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {STREAM}\r\nContent-Length: 9999\r\n\r\n"
        writer.write(head.encode() + lines(*events, done=""))
        await writer.drain()
        writer.close()

    return answer


def test_a_proof_that_came_before_the_stream_broke_is_kept() -> None:
    attempt, _ = buy(broken_off(delta(f"{PROOF}\nThis wor")), stream=True)
    assert attempt.candidate is not None
    assert attempt.candidate.text == "omega"
    assert attempt.cost == worst(), "its bill is not known"
    attempt, _ = buy(broken_off(*WHOLE), stream=True)
    assert (attempt.candidate is not None, attempt.cost) == (True, 700)
    attempt, _ = buy(broken_off(delta("```lean4\nome")), stream=True)
    assert (attempt.candidate, attempt.fault) == (None, "cut_off")


def test_a_stream_without_an_end_is_an_answer_once_it_has_its_bill() -> None:
    """Neither `[DONE]` nor the end of the connection is waited for."""

    async def lingering(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {STREAM}\r\n\r\n".encode()
        writer.write(head + lines(*WHOLE, done=""))
        await writer.drain()
        await hang(writer, request)

    attempt, _ = buy(lingering, stream=True)
    assert attempt.candidate is not None
    assert attempt.cost == 700


ERRORS: dict[str, tuple[Any, type[ProverError]]] = {
    "overloaded": ({"error": {"message": "overloaded", "code": 529}}, ProverUnreachable),
    "a code in words": ({"error": {"message": "no", "code": "server_error"}}, ProverUnreachable),
    "a text": ({"error": "something broke"}, ProverUnreachable),
    "a key refused": ({"error": {"message": "bad key", "code": 401}}, ProverRefused),
    "a code as text": ({"error": {"message": "bad model", "code": "404"}}, ProverRefused),
    "vLLM's": ({"object": "error", "message": "bad", "code": 400}, ProverRefused),
    "FastAPI's": ({"detail": "Not ready"}, ProverUnreachable),
    "in a list": ([{"error": {"message": "bad", "code": 400}}], ProverRefused),
}


@pytest.mark.parametrize(("said", "error"), ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_an_error_under_status_200_costs_nothing(
    said: Any, error: type[ProverError], stream: bool
) -> None:
    body = respond(lines(said), kind=STREAM) if stream else respond(json.dumps(said))
    with pytest.raises(error):
        buy(always(body), stream=stream)


def test_an_error_under_status_200_is_asked_again() -> None:
    error = respond(json.dumps({"error": {"message": "busy", "code": 503}}))
    attempt, served = buy(in_turn(error, respond(PLAIN)), limits={"retries": 1})
    assert (attempt.cost, len(served.requests)) == (700, 2)


def test_an_account_without_money_is_not_asked_again() -> None:
    said = {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}

    async def main() -> int:
        busy = always(respond(json.dumps(said), status="429 Too Many Requests"))
        async with serving(busy) as served:
            with pytest.raises(ProverRefused, match="quota"):
                await bought(entry(served.url, limits={"retries": 3}))
            return len(served.requests)

    assert asyncio.run(main()) == 1
