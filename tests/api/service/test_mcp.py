"""The tools for agents: the SDK's own client over stdio, over HTTP, and over a market here."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from mcp import Client, StdioServerParameters
from service_process import Server, free_port

from prover_arb.api.mcp_server.brokers import LocalBroker
from prover_arb.api.mcp_server.tools import make_server
from prover_arb.core.money import MicroUSD
from prover_arb.runtime import open_market_of
from prover_arb.runtime.null_market import NullWorkerFactory

BY_NULL = {"policy": "single:null", "budget_usd": "0.001"}
COMMAND = [sys.executable, "-m", "prover_arb.cli"]


def at(server: Server) -> list[str]:
    return ["--server", f"http://127.0.0.1:{server.port}", "mcp"]


def with_client(target: Any, work: Callable[[Client], Awaitable[None]]) -> None:
    async def main() -> None:
        async with Client(target) as client:
            await work(client)

    asyncio.run(main())


async def answer(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return dict(result.structured_content or {})


async def error(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return "".join(getattr(part, "text", "") for part in result.content)


async def use_all(client: Client) -> None:
    """What every server does, wherever it has the work done."""
    verdict = await answer(client, "verify", statement=": 1 = 1", proof="null 2")
    assert verdict["status"] == "proved"
    verdict = await answer(client, "verify", statement=": 1 = 1", proof="null 0")
    assert (verdict["status"], verdict["reason"]) == ("rejected", "elaboration_error")
    stated = "theorem easy : 1 = 1 := by sorry"
    bought = await answer(client, "prove", statement=stated, preamble="def a := 1", **BY_NULL)
    assert bought["status"] == "proved"
    assert bought["proof"] == "def a := 1\n\ntheorem easy : 1 = 1 := by\n  null 2"
    assert bought["spent_usd"] == "0.000003"
    few = BY_NULL | {"budget_usd": "0.000001"}
    bought = await answer(client, "prove", statement=": 1 = 1", **few)
    assert bought["proof"] is None
    assert bought["why_stopped"]
    assert "above $0.05" in await error(client, "prove", statement=": 1 = 1", budget_usd="1")
    assert "budget_usd: 'lots'" in await error(client, "prove", statement=": 1", budget_usd="lots")
    assert "never closed" in await error(client, "verify", statement=": 1 /- 1", proof="x")
    unknown = await error(client, "prove", statement=": 1 = 1", policy="single:nobody")
    assert "nobody" in unknown


def test_stdio_with_a_service(server: Server) -> None:
    async def work(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"verify", "prove", "quote", "market"}
        for tool in tools.values():
            assert tool.description
            assert all(f.get("description") for f in tool.input_schema["properties"].values())
        await use_all(client)
        assert "nonsense" in await error(client, "prove", statement=": nonsense", **BY_NULL)
        quote = await answer(client, "quote", statement=": 1 = 1", **BY_NULL)
        assert quote["plan"]
        sellers = (await answer(client, "market"))["sellers"]
        [null] = [seller for seller in sellers if seller["name"] == "null"]
        assert null["most_usd"] == "0.000001"
        assert 0 < null["solve_rate"] < 1

    command, *arguments = [*COMMAND, *at(server)]
    with_client(StdioServerParameters(command=command, args=arguments, env={**os.environ}), work)


def test_a_call_that_the_agent_gives_up_cancels_its_order(server: Server) -> None:
    theorem = "theorem given_up : stuck := by sorry"

    def order() -> dict[str, Any] | None:
        page = server.client.get("/v1/proofs", params={"limit": 1}).json()["data"]
        return page[0] if page and page[0]["theorem"]["name"] == "given_up" else None

    async def work(client: Client) -> None:
        call = asyncio.create_task(answer(client, "prove", statement=theorem, **BY_NULL))
        while (placed := await asyncio.to_thread(order)) is None:
            assert not call.done()
            await asyncio.sleep(0.05)
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call
        await asyncio.to_thread(server.proof_when, placed["urls"]["get"], "cancelled", seconds=20)

    command, *arguments = [*COMMAND, *at(server)]
    with_client(StdioServerParameters(command=command, args=arguments, env={**os.environ}), work)


def test_streamable_http_with_a_service(server: Server) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/mcp"
    with subprocess.Popen([*COMMAND, *at(server), "--http", str(port)]) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    # A page that has our address resolved under its own name is refused.
                    refused = httpx.post(url, json={}, headers={"Host": "evil.example"})
                    break
                except httpx.TransportError:
                    assert process.poll() is None
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            assert refused.status_code == 421
            with_client(url, use_all)
        finally:
            process.terminate()


def test_a_market_in_this_process(tmp_path: Path) -> None:
    """The market is opened when it is first needed, and once."""
    opened = []

    def open_market() -> Any:
        opened.append(1)
        factory = NullWorkerFactory(proves=2)
        return open_market_of(factory, ledger=tmp_path / "l.sqlite", ray=False, workers=1)

    async def work(client: Client) -> None:
        assert {tool.name for tool in (await client.list_tools()).tools} == {
            "verify",
            "prove",
            "market",
        }
        sellers = (await answer(client, "market", statement=": 1 = 1"))["sellers"]
        assert {seller["name"] for seller in sellers} >= {"flash", "portfolio"}
        assert all(float(seller["most_usd"]) > 0 for seller in sellers)
        assert not opened
        await use_all(client)
        assert opened == [1]

    async def main() -> None:
        made = make_server(LocalBroker(open_market), most=MicroUSD(50_000))
        async with Client(made) as client:
            await work(client)

    asyncio.run(main())
