"""A language model that can be killed: an OpenAI-compatible API on loopback. model.py PORT SEED."""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

_BLOCK = re.compile(r"```lean4?\n(.*?)```", re.DOTALL)


async def complete(request: Request) -> StreamingResponse:
    """Answers the theorem with a proof whose number is drawn at random, in a few pieces."""
    body = await request.json()
    [theorem] = _BLOCK.findall(body["messages"][-1]["content"])
    answer = theorem.replace("sorry", f"null {random.randint(0, 4)}")
    text = f"```lean4\n{answer}```"
    cuts = [text[start : start + 30] for start in range(0, len(text), 30)]

    async def pieces() -> AsyncIterator[bytes]:
        for piece in cuts:
            yield _event(body["model"], {"content": piece}, None)
            await asyncio.sleep(0.03)
        yield _event(body["model"], {}, "stop")
        usage = {"prompt_tokens": len(theorem), "completion_tokens": len(cuts) * 8}
        end = {"model": body["model"], "choices": [], "usage": usage}
        yield f"data: {json.dumps(end)}\n\ndata: [DONE]\n\n".encode()

    return StreamingResponse(pieces(), media_type="text/event-stream")


def _event(model: str, delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'model': model, 'choices': [choice]})}\n\n".encode()


if __name__ == "__main__":
    random.seed(int(sys.argv[2]))
    application = Starlette(routes=[Route("/v1/chat/completions", complete, methods=["POST"])])
    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
