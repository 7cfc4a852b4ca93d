"""The answers of the chat routes, as the OpenAPI document describes them, and examples of them."""

from __future__ import annotations

from typing import Any, Literal

from prover_arb.api.service.orders import OrderStatus
from prover_arb.api.service.shapes import Shape
from prover_arb.api.service.usd import Dollars


class ModelOut(Shape):
    """A model that is sold here: the broker with a policy."""

    id: str
    """The name by which a request asks for it."""
    object: Literal["model"]
    """The kind of this object."""
    created: int
    """Always 0; OpenAI's API has seconds since 1970 here."""
    owned_by: str
    """Always `prover_arb`."""


class ModelList(Shape):
    """The models that are sold here."""

    object: Literal["list"]
    """The kind of this object."""
    data: list[ModelOut]
    """The models: the default policy, and one for each policy that has a name of its own."""


class ChatReply(Shape):
    """The message that answers."""

    role: Literal["assistant"]
    """Who says it."""
    content: str
    """A proof that the oracle accepted, in a Lean code block; or a line that begins with
    `No proof:` and has no code block."""


class ChatChoice(Shape):
    """One choice; all choices are the same proof."""

    index: int
    """Its number, from 0."""
    message: ChatReply
    """The answer."""
    finish_reason: Literal["stop", "length"]
    """Why it ended."""
    logprobs: None
    """Always null."""


class ChatUsage(Shape):
    """The bill, in tokens that are a micro-dollar each."""

    prompt_tokens: int
    """Always 0."""
    completion_tokens: int
    """Micro-dollars that are charged."""
    total_tokens: int
    """The same."""


class ChatOrder(Shape):
    """The order that bought the answer."""

    order: str
    """Its id; `/v1/proofs/{id}` has all that was bought."""
    status: OrderStatus
    """How it ended."""
    certificate: str | None
    """The path of the certificate of the proof, or of the negation; null if there is none."""
    spent_usd: Dollars
    """What provers and the oracle were paid, in dollars."""
    charged_usd: Dollars
    """What is charged, in dollars."""


class ChatCompletion(Shape):
    """A chat completion in OpenAI's form."""

    id: str
    """Names the answer."""
    object: Literal["chat.completion"]
    """The kind of this object."""
    created: int
    """When it was made, in seconds since 1970."""
    model: str
    """The model that was asked."""
    choices: list[ChatChoice]
    """As many as were asked for."""
    usage: ChatUsage
    """What it costs."""
    prover_arb: ChatOrder
    """The order that bought it, which OpenAI's API does not have."""


class ChatErrorBody(Shape):
    """What is wrong with a request."""

    message: str
    """What is wrong, and what to do."""
    type: Literal["invalid_request_error", "server_error"]
    """Whether the client or the server is at fault."""
    param: str | None
    """The field at fault, if one is."""
    code: str | None
    """OpenAI's code where it has one; otherwise the last part of the `type` of the problem."""


class ChatError(Shape):
    """The body of an error answer in OpenAI's form."""

    error: ChatErrorBody
    """What is wrong."""


_TASK = "Prove it:\n```lean4\ntheorem easy (n : ℕ) : n + 0 = n := by sorry\n```"

CHAT_REQUEST: dict[str, Any] = {
    "model": "prover-arb",
    "max_tokens": 50_000,
    "messages": [{"role": "user", "content": _TASK}],
}

MODEL_EXAMPLE: dict[str, Any] = {
    "id": "prover-arb",
    "object": "model",
    "created": 0,
    "owned_by": "prover_arb",
}

MODELS_EXAMPLE: dict[str, Any] = {"object": "list", "data": [MODEL_EXAMPLE]}

CHAT_EXAMPLE: dict[str, Any] = {
    "id": "chatcmpl-5f0c1e7a9b3d4c2e8f6a7b105f0c1e7a",
    "object": "chat.completion",
    "created": 1795726801,
    "model": "prover-arb",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "```lean4\ntheorem easy (n : ℕ) : n + 0 = n := by\n  simp\n```",
            },
            "finish_reason": "stop",
            "logprobs": None,
        }
    ],
    "usage": {"prompt_tokens": 0, "completion_tokens": 120, "total_tokens": 120},
    "prover_arb": {
        "order": "5f0c1e7a9b3d4c2e8f6a7b10",
        "status": "proved",
        "certificate": "/v1/proofs/5f0c1e7a9b3d4c2e8f6a7b10/certificate",
        "spent_usd": "0.000120",
        "charged_usd": "0.000120",
    },
}

STREAM_EXAMPLE = (
    'data: {"id": "chatcmpl-5f0c", "object": "chat.completion.chunk", "created": 1795726801, '
    '"model": "prover-arb", "choices": [{"index": 0, "delta": {"role": "assistant", "content": '
    '"..."}, "finish_reason": null, "logprobs": null}]}\n\ndata: [DONE]\n\n'
)
