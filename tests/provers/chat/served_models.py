"""A seller on a real socket that answers with whatever bytes a test wants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

Answer = Callable[[asyncio.StreamWriter, dict[str, Any]], Awaitable[None]]

USAGE = {"prompt_tokens": 100, "completion_tokens": 50}


@dataclass
class Served:
    """A running server: where it is, and what it was asked."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    most_at_once: int = 0
    connections: int = 0
    at_once: int = 0


@asynccontextmanager
async def serving(answer: Answer, *, tls: SSLContext | None = None) -> AsyncIterator[Served]:
    """Every request is read whole and handed to `answer`; connections stay open in between."""
    served = Served()
    connections = set[asyncio.Task[None] | None]()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        connections.add(asyncio.current_task())
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().split("\r\n")
                pairs = (line.split(":", 1) for line in lines if ":" in line)
                headers = {name.lower(): value.strip() for name, value in pairs}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                served.headers.append(headers)
                served.paths.append(first.split(" ")[1])
                served.requests.append(json.loads(body or b"{}"))
                served.at_once += 1
                served.most_at_once = max(served.most_at_once, served.at_once)
                try:
                    await answer(writer, served.requests[-1])
                    await writer.drain()
                finally:
                    served.at_once -= 1
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except asyncio.CancelledError:  # the server ends while the connection is open
            writer.transport.abort()
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    served.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1"
    try:
        yield served
    finally:
        server.close()
        open_connections = [task for task in connections if task is not None and not task.done()]
        for task in open_connections:
            task.cancel()
        await asyncio.gather(*open_connections)
        await asyncio.sleep(0)  # in which what was aborted is closed


def respond(
    body: bytes | str,
    *,
    status: str = "200 OK",
    kind: str = "application/json",
    headers: str = "",
) -> bytes:
    """A whole HTTP response."""
    data = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n"
    return f"{head}{headers}\r\n".encode() + data


def completion(text: str, *, usage: Any = USAGE, model: str = "m") -> str:
    """A chat completion as JSON; without usage where that is None."""
    data: dict[str, Any] = {
        "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}}],
    }
    return json.dumps(data if usage is None else data | {"usage": usage})


def event(data: Any) -> bytes:
    """One server-sent event."""
    return f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()


def delta(text: str, finish: str | None = None) -> dict[str, Any]:
    return {"model": "m", "choices": [{"delta": {"content": text}, "finish_reason": finish}]}


def always(response: bytes) -> Answer:
    """The same bytes every time."""

    async def answer(writer: asyncio.StreamWriter, _request: dict[str, Any]) -> None:
        writer.write(response)

    return answer
