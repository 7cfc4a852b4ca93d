"""Cancelled in the middle of a request, a model is paid for what it had done by then."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from prover_arb.core.purchases import Attempt, AttemptCancelled
from prover_arb.provers.chat.chat_prover import ChatProvers
from prover_arb.provers.chat.model_config import PricedModel
from tests.provers.chat.served_models import Answer, Served, always, delta, event, respond, serving
from tests.provers.chat.test_chat_prover import FAST, THEOREM, USED, entry, hang, worst

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def stalling(*events: Any) -> Answer:
    """The beginning of a stream that never goes on."""

    async def answer(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        writer.write(HEAD + b"".join(event(e) for e in events))
        await writer.drain()
        await hang(writer, request)

    return answer


def cancelled(answer: Answer, *, budget: int = 10**6, **fields: Any) -> tuple[Attempt, Served]:
    """What is invoiced when the purchase is cancelled a while after the request was there."""

    async def main() -> tuple[Attempt, Served]:
        async with serving(answer) as served:
            sellers = ChatProvers([PricedModel(name="model", entry=entry(served.url, **fields))])
            (seller,) = sellers.provers
            task = asyncio.create_task(seller.attempt(THEOREM, number=0, budget=budget, seed=0))
            while not served.requests:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)

            async def stopped() -> Attempt:
                task.cancel()
                with pytest.raises(AttemptCancelled) as caught:
                    await task
                return caught.value.attempt

            attempt = await stopped()
            await sellers.close()
            return attempt, served

    return asyncio.run(main())


def bound(text: int) -> int:
    """Micro-dollars for the prompt at most and `text` bytes of an answer."""
    return worst(sampling={"max_tokens": 1}) - 10 + 10 * text


def test_a_stream_is_paid_its_prompt_and_what_had_arrived() -> None:
    attempt, _ = cancelled(stalling(delta("have h : "), delta("ℕ")), stream=True)
    assert (attempt.candidate, attempt.failure) == (None, "cancelled")
    assert attempt.usage is not None
    assert attempt.usage.estimated
    assert attempt.usage.completion == len("have h : ℕ".encode())
    assert attempt.cost == bound(12) < worst()
    assert attempt.wall_ms >= 90


def test_reasoning_that_streams_by_is_paid_too() -> None:
    thought = {"choices": [{"delta": {"role": "assistant", "reasoning_content": "12345678"}}]}
    attempt, _ = cancelled(stalling(thought), stream=True)
    assert attempt.cost == bound(8)


def test_a_usage_that_had_come_is_what_is_paid() -> None:
    attempt, _ = cancelled(stalling(delta("omega"), USED), stream=True)
    assert attempt.usage is not None
    assert not attempt.usage.estimated
    assert attempt.cost == 700


def test_before_its_first_word_a_stream_is_paid_its_prompt() -> None:
    attempt, _ = cancelled(hang, stream=True)
    assert attempt.cost == bound(0)


def test_an_answer_in_one_piece_is_paid_its_upper_bound() -> None:
    attempt, _ = cancelled(hang)
    assert attempt.usage is not None
    assert attempt.usage.estimated
    assert attempt.cost == worst()


def test_no_more_than_agreed_is_paid() -> None:
    attempt, served = cancelled(
        stalling(delta("x" * 5_000)), stream=True, budget=worst(sampling={"max_tokens": 7})
    )
    assert served.requests[0]["max_tokens"] == 7
    assert attempt.cost == worst(sampling={"max_tokens": 7})


async def _unbilled(sellers: ChatProvers, ready: asyncio.Event, number: int = 0) -> None:
    """Cancel an attempt when `ready` says so; nothing is invoiced."""
    task = asyncio.create_task(
        sellers.provers[0].attempt(THEOREM, number=number, budget=10**6, seed=0)
    )
    await ready.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert not isinstance(caught.value, AttemptCancelled)


def test_waiting_for_its_turn_costs_nothing() -> None:
    async def main() -> int:
        async with serving(hang) as served:
            offer = entry(served.url, limits={"concurrency": 1})
            sellers = ChatProvers([PricedModel(name="m", entry=offer)])
            first = asyncio.create_task(
                sellers.provers[0].attempt(THEOREM, number=0, budget=10**6, seed=0)
            )
            while not served.requests:
                await asyncio.sleep(0.01)
            ready = asyncio.Event()
            ready.set()
            await _unbilled(sellers, ready, number=1)
            first.cancel()
            await asyncio.wait([first])
            await sellers.close()
            return len(served.requests)

    assert asyncio.run(main()) == 1


def test_a_refusal_before_a_pause_costs_nothing() -> None:
    """Cancelled between a 429 and the next try: nothing was sold."""

    async def main() -> None:
        asked = asyncio.Event()
        busy = always(respond("", status="429 Busy", headers="Retry-After: 5\r\n"))

        async def answer(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
            await busy(writer, request)
            asked.set()

        async with serving(answer) as served:
            offer = entry(served.url, limits={**FAST, "retries": 3})
            sellers = ChatProvers([PricedModel(name="m", entry=offer)])
            await _unbilled(sellers, asked)
            await sellers.close()

    asyncio.run(main())


# httpcore leaves a connection open whose TLS handshake is cancelled: its backend catches Exception.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_that_never_stands_costs_nothing() -> None:
    """The server takes the connection and never answers the TLS handshake."""

    async def main() -> None:
        connected = asyncio.Event()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connected.set()
            try:
                await asyncio.sleep(5)
            finally:
                writer.transport.abort()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        sellers = ChatProvers(
            [PricedModel(name="m", entry=entry(f"https://127.0.0.1:{port}/v1", stream=True))]
        )
        await _unbilled(sellers, connected)
        await sellers.close()
        server.close()

    asyncio.run(main())
    gc.collect()
