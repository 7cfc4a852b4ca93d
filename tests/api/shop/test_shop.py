"""Our sellers over HTTP, bought from with OpenAI's own client on real sockets."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import httpx
import openai
import pytest
import uvicorn
from openai import AsyncOpenAI, OpenAI

from prover_arb.api.shop.attempt_service import AttemptService
from prover_arb.api.shop.completions import answer
from prover_arb.api.shop.shop_app import create_shop
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import InputError
from prover_arb.problems import theorem_of_message
from prover_arb.provers.chat.answers import extract
from prover_arb.provers.chat.chat_prover import ChatProvers
from prover_arb.provers.chat.families import lean_text, names
from prover_arb.provers.chat.model_config import ChatConfig, PricedModel
from prover_arb.provers.pricing import TokenPrices
from prover_arb.runtime.null_market import NullProver, NullWorkerFactory

THEOREM = Theorem(name="target", statement="(a b : ℕ) (h : a < b) : a + 1 ≤ b")
ASKED = [{"role": "user", "content": lean_text(THEOREM)}]
KEY = "sk-shop"
OTHER_KEY = "sk-other"


@asynccontextmanager
async def shop(
    *,
    seconds: float = 0.0,
    at_once: int = 8,
    workers: int = 1,
    per_minute: int | None = None,
    latency_ms: int = 0,
    factory: NullWorkerFactory | None = None,
) -> AsyncIterator[tuple[str, AsyncOpenAI]]:
    """A shop whose one seller goes through the motions, and a client with a key."""
    service = AttemptService(
        factory or NullWorkerFactory(seconds=seconds),
        ["null"],
        workers=workers,
        at_once=at_once,
        read=lambda message: theorem_of_message(message, "core"),
        per_minute=per_minute,
    )
    await service.open()
    app = create_shop(service, keys=[OTHER_KEY, KEY], latency_ms=latency_ms)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        try:
            async with AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
                yield url, client
        finally:
            server.should_exit = True
            await task


Visit = Callable[[str, AsyncOpenAI], Awaitable[None]]


def visit(work: Visit, **how: float) -> None:
    async def main() -> None:
        async with shop(**how) as (url, client):  # type: ignore[arg-type]
            await work(url, client)

    asyncio.run(main())


def test_the_sellers_are_models() -> None:
    async def work(_url: str, client: AsyncOpenAI) -> None:
        assert [model.id async for model in client.models.list()] == ["null"]
        assert (await client.models.retrieve("null")).owned_by == "prover_arb"
        with pytest.raises(openai.NotFoundError):
            await client.models.retrieve("nobody")

    visit(work)


def test_an_attempt_is_a_chat_completion() -> None:
    async def work(_url: str, client: AsyncOpenAI) -> None:
        reply = await client.chat.completions.create(model="null", messages=ASKED, n=2)  # type: ignore[arg-type]
        texts = [choice.message.content or "" for choice in reply.choices]
        found = [extract(text, THEOREM) for text in texts]
        assert found == [Candidate(kind="tactics", text=f"null {i}") for i in (0, 1)]
        assert reply.usage is not None
        assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (0, 2)

    visit(work)


class _AlwaysAlike(NullWorkerFactory):
    """Sells a prover that gives the same answer whenever it is asked, so one attempt is offered."""

    def provers(self) -> Sequence[NullProver]:
        return [NullProver("null", max_attempts=1, deterministic=True)]


def test_a_prover_that_answers_always_alike_is_paid_once_for_several_choices() -> None:
    async def main() -> None:
        async with shop(factory=_AlwaysAlike()) as (_url, client):
            reply = await client.chat.completions.create(model="null", messages=ASKED, n=3)  # type: ignore[arg-type]
            texts = [choice.message.content or "" for choice in reply.choices]
            assert [extract(text, THEOREM) for text in texts] == [
                Candidate(kind="tactics", text="null 0")
            ] * 3
            assert {choice.finish_reason for choice in reply.choices} == {"stop"}
            assert reply.usage is not None
            assert reply.usage.completion_tokens == 1

    asyncio.run(main())


def test_it_is_the_same_streamed() -> None:
    async def work(_url: str, client: AsyncOpenAI) -> None:
        stream = await client.chat.completions.create(
            model="null",
            messages=ASKED,  # type: ignore[arg-type]
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert extract(text, THEOREM) == Candidate(kind="tactics", text="null 0")
        assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
        assert chunks[-1].usage is not None
        assert chunks[-1].usage.completion_tokens == 1

    visit(work)


def test_several_choices_come_in_one_stream() -> None:
    async def work(_url: str, client: AsyncOpenAI) -> None:
        stream = await client.chat.completions.create(
            model="null",
            messages=ASKED,  # type: ignore[arg-type]
            n=3,
            stream=True,
        )
        texts = ["", "", ""]
        async for chunk in stream:
            assert chunk.usage is None, "not asked for"
            for choice in chunk.choices:
                texts[choice.index] += choice.delta.content or ""
        found = [extract(text, THEOREM) for text in texts]
        assert found == [Candidate(kind="tactics", text=f"null {i}") for i in range(3)]

    visit(work)


def test_the_client_that_does_not_wait_for_its_answers_buys_too() -> None:
    async def work(url: str, _client: AsyncOpenAI) -> None:
        def buy() -> str | None:
            with OpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
                assert [model.id for model in client.models.list()] == ["null"]
                reply = client.chat.completions.create(model="null", messages=ASKED)  # type: ignore[arg-type]
                return reply.choices[0].message.content

        text = await asyncio.to_thread(buy)
        assert extract(text or "", THEOREM) == Candidate(kind="tactics", text="null 0")

    visit(work)


def test_only_customers_with_a_key_are_served() -> None:
    async def work(url: str, client: AsyncOpenAI) -> None:
        for key in ("sk-wrong", "sk", ""):
            with pytest.raises(openai.AuthenticationError, match="API key"):
                await client.with_options(api_key=key or "-").models.list()
        async with httpx.AsyncClient() as plain:
            assert (await plain.get(f"{url}/models")).status_code == 401
            refused = await plain.post(f"{url}/chat/completions", content=b"{}")
            assert refused.status_code == 401

    visit(work)


def test_who_comes_when_all_are_busy_is_told_when_to_come_back() -> None:
    async def work(_url: str, client: AsyncOpenAI) -> None:
        async def one() -> str:
            try:
                await client.chat.completions.create(model="null", messages=ASKED)  # type: ignore[arg-type]
            except openai.RateLimitError as error:
                return f"busy for {error.response.headers['retry-after']} s"
            return "served"

        outcomes = await asyncio.gather(*(one() for _ in range(6)))
        assert sorted(outcomes) == ["busy for 2 s"] * 4 + ["served"] * 2
        assert await one() == "served", "places are free again"

    visit(work, seconds=0.3, at_once=2, workers=2)


def test_the_clients_own_patience_is_enough_where_all_are_busy() -> None:
    async def work(_url: str, client: AsyncOpenAI) -> None:
        buy = client.with_options(max_retries=2).chat.completions.with_raw_response.create
        replies = await asyncio.gather(*(buy(model="null", messages=ASKED) for _ in range(2)))  # type: ignore[arg-type]
        assert [reply.status_code for reply in replies] == [200, 200]
        assert sorted(reply.retries_taken > 0 for reply in replies) == [False, True]

    visit(work, seconds=0.3, at_once=1)


def test_a_buyer_gets_so_many_requests_a_minute() -> None:
    async def work(url: str, client: AsyncOpenAI) -> None:
        async def buy(buyer: AsyncOpenAI) -> None:
            await buyer.chat.completions.create(model="null", messages=ASKED)  # type: ignore[arg-type]

        wrong = [{"role": "user", "content": "no theorem"}]
        with pytest.raises(openai.BadRequestError):
            await client.chat.completions.create(model="null", messages=wrong)  # type: ignore[arg-type]
        for _ in range(3):
            await buy(client)
        for _ in range(2):
            with pytest.raises(openai.RateLimitError, match="more than 3 requests") as caught:
                await buy(client)
            assert 50 <= int(caught.value.response.headers["retry-after"]) <= 60
        await buy(client.with_options(api_key=OTHER_KEY))
        assert [model.id async for model in client.models.list()] == ["null"], "asking is free"

    visit(work, per_minute=3)


def test_every_answer_takes_its_time_from_a_seller_far_away() -> None:
    async def work(url: str, client: AsyncOpenAI) -> None:
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}) as plain:
            asked = {"model": "null", "messages": ASKED}
            for request in (
                plain.build_request("GET", f"{url}/models"),
                plain.build_request("POST", f"{url}/chat/completions", json=asked),
                plain.build_request("POST", f"{url}/chat/completions", json=asked | {"stream": 1}),
                plain.build_request("POST", f"{url}/chat/completions", json={}),
                plain.build_request("GET", f"{url}/nothing"),
            ):
                started = time.monotonic()
                await plain.send(request)
                assert time.monotonic() - started >= 0.15

    visit(work, latency_ms=150)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"not json", 400, "JSON"),
        (b"[]", 400, "an object"),
        (b'{"model": "null"}', 400, "messages"),
        (b'{"model": "null", "messages": []}', 400, "messages"),
        (b'{"model": "nobody", "messages": [{"role": "user", "content": "hi"}]}', 404, "null"),
        (b'{"model": "null", "messages": [{"role": "user", "content": "hi"}]}', 400, "no theorem"),
        (b'{"model": "null", "messages": [{"role": "system", "content": "hi"}]}', 400, "the user"),
        (b'{"model": "null", "messages": [{"role": "user", "content": "x"}], "n": 99}', 400, "n: "),
        (b'{"model": "null", "messages": [{"role": "user", "content": "x"}], "max_tokens": -1}',
         400, "max_tokens: "),
        (b'{"model": "null", "messages": [{"role": "user", "content": 5}]}', 400, "content"),
        (b" " * 4_000_001, 413, "4,000,000 bytes"),
    ],
)  # fmt: skip
def test_a_bad_request_is_told_what_is_wrong(body: bytes, status: int, said: str) -> None:
    async def work(url: str, _client: AsyncOpenAI) -> None:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(headers=headers) as plain:
            reply = await plain.post(f"{url}/chat/completions", content=body)
            assert reply.status_code == status
            assert said in reply.json()["error"]["message"]
            assert (await plain.get(f"{url}/nothing")).json()["error"]["message"]

    visit(work)


def test_a_seller_that_is_not_in_the_catalog_cannot_be_served() -> None:
    with pytest.raises(InputError, match="no local prover 'nobody' in the catalog; there are: nul"):
        AttemptService(
            NullWorkerFactory(), ["nobody"], workers=1, at_once=1, read=lambda _: THEOREM
        )


@pytest.mark.parametrize("family", names())
@pytest.mark.parametrize("stream", [True, False])
def test_our_own_buyer_buys_what_the_seller_sold(
    family: str, stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_KEY", KEY)

    async def work(url: str, _client: AsyncOpenAI) -> None:
        entry = ChatConfig.model_validate(
            {
                "endpoint": url,
                "model": "null",
                "family": family,
                "stream": stream,
                "price": TokenPrices(prompt=0, completion=1_000_000),
                "key_env": "SHOP_KEY",
                "sampling": {"max_tokens": 5},
            }
        )
        sellers = ChatProvers([PricedModel(name="m", entry=entry)])
        attempt = await sellers.provers[0].attempt(THEOREM, number=0, budget=5, seed=0)
        await sellers.close()
        assert attempt.candidate == Candidate(kind="tactics", text="null 0")
        assert attempt.cost == 1

    visit(work)


@pytest.mark.parametrize(
    "candidate",
    [
        Candidate(kind="tactics", text="omega"),
        Candidate(kind="tactics", text="have k : a < b := by\n  exact h\nomega"),
        Candidate(kind="term", text="h"),
        Candidate(kind="file", text="theorem lemma_of_it : True := trivial\n\ntheorem target := h"),
    ],
)
def test_every_candidate_survives_the_way(candidate: Candidate) -> None:
    text = answer(Attempt(prover="p", candidate=candidate, cost=0), THEOREM)
    assert extract(text, THEOREM) == candidate


def test_what_was_not_found_is_no_candidate() -> None:
    text = answer(Attempt(prover="p", candidate=None, cost=3, failure="nothing found"), THEOREM)
    assert text == "No proof: nothing found."
    assert extract(text, THEOREM) is None


def test_the_theorem_is_read_as_it_was_written() -> None:
    theorem = THEOREM.model_copy(update={"preamble": "def f (n : ℕ) := n"})
    assert (
        theorem_of_message(f"Please:\n\n```lean4\n{lean_text(theorem)}\n```\nThanks", "core")
        == theorem
    )
