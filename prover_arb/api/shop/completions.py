"""Requests and answers in the form of OpenAI's chat completions.

A token stands for a micro-dollar: a client whose catalog has prices of $0 in and $1 out per million
tokens pays exactly what the prover charges, and `max_tokens` is the budget.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import MAX_TEXT, Candidate, Theorem
from prover_arb.errors import InputError

MOST_CHOICES = 16

Finish = Literal["stop", "length"]
"""Why an answer ended, in OpenAI's words."""


Reader = Callable[[str], Theorem]
"""Returns the theorem that a message asks to prove; raises InputError if there is none."""


class _Given(BaseModel):
    """The base of what a client sends; fields that mean nothing to a prover are ignored."""

    model_config = ConfigDict(extra="ignore", use_attribute_docstrings=True)


class ChatPart(_Given):
    """A part of a message; parts that are not text are ignored."""

    type: str
    """`text` for text."""
    text: str = Field(default="", max_length=MAX_TEXT)
    """The text."""


class ChatMessage(_Given):
    """One message of the conversation."""

    role: str
    """Who says it; only the messages of the `user` are read."""
    content: str | list[ChatPart] | None = Field(default=None, max_length=MAX_TEXT)
    """What is said: text, or parts of it; the last theorem without a proof in it is bought."""

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(_Given):
    """What a stream should hold besides the answer."""

    include_usage: bool = False
    """Whether it should end with the usage."""


class ChatRequest(_Given):
    """A request for a chat completion; fields that mean nothing to a prover are ignored."""

    model: str
    """The model that is to answer, of those that `/v1/models` lists."""
    messages: list[ChatMessage] = Field(min_length=1, max_length=1_000)
    """The conversation; the last message of the user is read."""
    n: int | None = Field(default=None, ge=1, le=MOST_CHOICES, strict=True)
    """How many choices the answer has; 1 if absent."""
    max_tokens: int | None = Field(default=None, ge=1, strict=True)
    """The budget in tokens, each of which is a micro-dollar."""
    max_completion_tokens: int | None = Field(default=None, ge=1, strict=True)
    """The same; of both this one holds."""
    seed: int | None = Field(default=None, strict=True)
    """The random seed, for policies and provers that draw at random."""
    stream: bool | None = None
    """Whether the answer comes as server-sent events."""
    stream_options: StreamOptions | None = None
    """What a stream holds besides."""

    @property
    def usage_in_stream(self) -> bool:
        """Whether a stream should end with the usage."""
        return self.stream_options is not None and self.stream_options.include_usage

    @property
    def budget(self) -> int | None:
        """Micro-dollars for one choice, if the client set a limit."""
        return self.max_completion_tokens or self.max_tokens


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        kind = "invalid_request_error" if status < 500 else "server_error"
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


def read_request(body: bytes) -> ChatRequest:
    """Returns the request in a body; raises Refusal if it is none."""
    try:
        return ChatRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or None
        message = f"{where}: {first['msg']}" if where else first["msg"]
        raise Refusal(400, message, param=where) from None


def theorem_of(request: ChatRequest, read: Reader) -> Theorem:
    """Returns the theorem in the last message of the user; raises Refusal if there is none."""
    texts = [message.text for message in request.messages if message.role == "user"]
    if not texts:
        raise Refusal(400, "no message of the user", param="messages")
    try:
        return read(texts[-1])
    except InputError as error:
        raise Refusal(400, str(error), param="messages") from error


def no_model(name: str, known: Sequence[str]) -> Refusal:
    """Returns the refusal of a request for a model that is not sold here."""
    return Refusal(
        404,
        f"no model {name!r} here; there are: {', '.join(known)}",
        param="model",
        code="model_not_found",
    )


def model_object(name: str) -> dict[str, object]:
    """Returns what lists of models show of one."""
    return {"id": name, "object": "model", "created": 0, "owned_by": "prover_arb"}


def in_lean(candidate: Candidate, theorem: Theorem) -> str:
    """Returns a proof as a model would write it."""
    return f"```lean4\n{candidate.as_lean(theorem)}\n```"


def answer(attempt: Attempt, theorem: Theorem) -> str:
    """Returns the proof as a model would write it, or why there is none."""
    candidate = attempt.candidate
    if candidate is None:
        return f"No proof: {attempt.failure}."
    return in_lean(candidate, theorem)


def finish(attempt: Attempt) -> Finish:
    """Returns why an answer ended: `length` if the budget, which is its `max_tokens`, cut it."""
    return "length" if attempt.cut else "stop"


def usage(attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Returns the usage of an answer, with one token for each micro-dollar."""
    return usage_of(sum(attempt.cost for attempt in attempts))


def usage_of(total: int) -> dict[str, Any]:
    """Returns the usage that stands for so many micro-dollars."""
    return {"prompt_tokens": 0, "completion_tokens": total, "total_tokens": total}


def completion(
    model: str,
    answers: Sequence[tuple[str, Finish]],
    used: dict[str, Any],
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Returns a whole answer: a text for each choice, and why it ended.

    `more` are fields besides those that OpenAI's API has.
    """
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": text},
            "finish_reason": ended,
            "logprobs": None,
        }
        for index, (text, ended) in enumerate(answers)
    ]
    return {**_frame(model, "chat.completion"), "choices": choices, "usage": used, **(more or {})}


def events(
    model: str,
    answers: Sequence[tuple[str, Finish]],
    used: dict[str, Any],
    *,
    include_usage: bool,
    more: Mapping[str, Any] | None = None,
) -> Iterator[bytes]:
    """Yields the answer as server-sent events, with one event for each choice.

    `more` are fields of every event besides those that OpenAI's API has.
    """
    frame = {**_frame(model, "chat.completion.chunk"), **(more or {})}

    def chunk(index: int, delta: dict[str, str], ended: Finish | None) -> bytes:
        choice = {"index": index, "delta": delta, "finish_reason": ended, "logprobs": None}
        return event({**frame, "choices": [choice]})

    for index, (text, ended) in enumerate(answers):
        yield chunk(index, {"role": "assistant", "content": text}, None)
        yield chunk(index, {}, ended)
    if include_usage:
        yield event({**frame, "choices": [], "usage": used})
    yield b"data: [DONE]\n\n"


def event(data: dict[str, Any]) -> bytes:
    """Returns one server-sent event with JSON data."""
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _frame(model: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": model,
    }
