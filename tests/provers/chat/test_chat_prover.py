"""Buying from models on real sockets, good sellers and bad ones."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.core.purchases import Attempt, Usage
from prover_arb.core.theorem import Theorem
from prover_arb.errors import Fault, ProverBroken, ProverError, ProverRefused, ProverUnreachable
from prover_arb.provers.chat.chat_prover import ChatProvers
from prover_arb.provers.chat.families import family, names
from prover_arb.provers.chat.model_config import ChatConfig, PricedModel
from prover_arb.provers.pricing import TokenPrices
from tests.provers.chat.served_models import (
    Answer,
    Served,
    always,
    completion,
    delta,
    event,
    respond,
    serving,
)

THEOREM = Theorem(name="target", statement="(a b : ℕ) (h : a < b) : a + 1 ≤ b")
PROOF = "```lean4\nomega\n```"
DOLLAR = 1_000_000

FAST = {"silence_seconds": 5, "total_seconds": 5, "retries": 0, "max_answer_bytes": 100_000}


def entry(url: str, *, limits: dict[str, Any] | None = None, **fields: Any) -> ChatConfig:
    given = {
        "endpoint": url,
        "model": "m",
        "price": TokenPrices(prompt=2 * DOLLAR, completion=10 * DOLLAR),
        "stream": False,
        "sampling": {"max_tokens": 1000},
        "limits": FAST | (limits or {}),
    }
    return ChatConfig.model_validate(given | fields)


async def bought(offer: ChatConfig, *, budget: int = 10**6, number: int = 0) -> Attempt:
    sellers = ChatProvers([PricedModel(name="model", entry=offer)])
    try:
        return await sellers.provers[0].attempt(THEOREM, number=number, budget=budget, seed=0)
    finally:
        await sellers.close()


def buy(answer: Answer, **fields: Any) -> tuple[Attempt, Served]:
    """One attempt of a seller that answers so."""

    async def main() -> tuple[Attempt, Served]:
        async with serving(answer) as served:
            return await bought(entry(served.url, **fields)), served

    return asyncio.run(main())


def worst(url: str = "http://localhost/v1", **fields: Any) -> int:
    return PricedModel(name="model", entry=entry(url, **fields)).quote(THEOREM).worst_case


def streamed(*events: Any, done: bool = True) -> bytes:
    body = b"".join(event(e) for e in events) + (event("[DONE]") if done else b"")
    return respond(body, kind="text/event-stream; charset=utf-8")


USED = {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 50}}
WHOLE = [delta("```lean4\n"), delta("omega\n"), delta("```", "stop")]


class TestGoodSellers:
    def test_a_plain_answer_is_paid_by_its_usage(self) -> None:
        attempt, served = buy(always(respond(completion(PROOF))))
        assert attempt.candidate is not None
        assert (attempt.candidate.kind, attempt.candidate.text) == ("tactics", "omega")
        assert attempt.cost == 100 * 2 + 50 * 10
        assert attempt.usage == Usage(prompt=100, completion=50)
        (request,) = served.requests
        assert request["model"] == "m"
        assert request["max_tokens"] == 1000
        assert "a + 1 ≤ b" in request["messages"][-1]["content"]

    def test_a_streamed_answer_is_the_same(self) -> None:
        attempt, served = buy(always(streamed(*WHOLE, USED)), stream=True)
        assert attempt.candidate is not None
        assert attempt.candidate.text == "omega"
        assert attempt.cost == 700
        assert served.requests[0]["stream_options"] == {"include_usage": True}

    def test_a_stream_may_end_without_saying_so(self) -> None:
        attempt, _ = buy(always(streamed(*WHOLE, USED, done=False)), stream=True)
        assert attempt.candidate is not None

    def test_cached_tokens_have_their_price(self) -> None:
        usage = {
            "prompt_tokens": 100,
            "completion_tokens": 50,
            "prompt_tokens_details": {"cached_tokens": 60},
            "completion_tokens_details": {"reasoning_tokens": 20},
        }
        prices = TokenPrices(prompt=2 * DOLLAR, completion=10 * DOLLAR, cached=DOLLAR // 2)
        attempt, _ = buy(always(respond(completion(PROOF, usage=usage))), price=prices)
        assert attempt.cost == 40 * 2 + 30 + 500
        assert attempt.usage == Usage(prompt=100, cached=60, completion=50, reasoning=20)

    def test_the_key_is_sent_and_told_nobody(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        monkeypatch.setenv("A_KEY", "sk-secret")
        (tmp_path / "key").write_text("sk-secret\n")
        for where in ({"key_env": "A_KEY"}, {"key_file": tmp_path / "key"}):
            attempt, served = buy(always(respond(completion(PROOF))), **where)
            assert served.headers[0]["authorization"] == "Bearer sk-secret"
            assert "sk-secret" not in attempt.model_dump_json()
            assert "sk-secret" not in entry("http://localhost/v1", **where).model_dump_json()
        assert "sk-secret" not in caplog.text

    def test_other_attempts_are_drawn_with_other_seeds(self) -> None:
        async def main() -> list[int]:
            async with serving(always(respond(completion(PROOF)))) as served:
                for number in (0, 1, 0):
                    await bought(entry(served.url), number=number)
                return [request["seed"] for request in served.requests]

        first, second, again = asyncio.run(main())
        assert first == again != second

    @pytest.mark.parametrize("name", names())
    def test_every_family_shows_the_whole_theorem(self, name: str) -> None:
        theorem = THEOREM.model_copy(update={"preamble": "def f (n : ℕ) := n"})
        text = family(name).messages(theorem)[-1]["content"]
        shown = f"import Mathlib\n\ndef f (n : ℕ) := n\n\ntheorem target {THEOREM.statement} := by"
        assert shown in text
        attempt, _ = buy(always(respond(completion(PROOF))), family=name)
        assert attempt.candidate is not None


class TestMoney:
    def test_the_longest_answer_is_what_the_budget_pays(self) -> None:
        async def main() -> tuple[Attempt, int]:
            async with serving(always(respond(completion(PROOF, usage=None)))) as served:
                attempt = await bought(entry(served.url), budget=worst() - 5_000)
                return attempt, served.requests[0]["max_tokens"]

        attempt, longest = asyncio.run(main())
        assert longest == 500
        assert attempt.cost == worst() - 5_000
        assert attempt.usage is not None
        assert attempt.usage.estimated

    def test_a_budget_below_the_prompt_buys_nothing(self) -> None:
        async def main() -> tuple[Attempt, Served]:
            async with serving(always(respond(completion(PROOF)))) as served:
                return await bought(entry(served.url), budget=100), served

        attempt, served = asyncio.run(main())
        assert (attempt.cost, attempt.failure) == (0, "the budget buys no answer")
        assert served.requests == []

    @pytest.mark.parametrize(
        "usage",
        [
            None,
            {},
            "free",
            {"prompt_tokens": -100, "completion_tokens": 50},
            {"prompt_tokens": 100, "completion_tokens": True},
            {"prompt_tokens": 100},
            {"prompt_tokens": float("inf"), "completion_tokens": 5},
            {"prompt_tokens": "many", "completion_tokens": 5},
            {"prompt_tokens": 10**12, "completion_tokens": 5},
            {
                "prompt_tokens": 5,
                "completion_tokens": 5,
                "prompt_tokens_details": {"cached_tokens": 9},
            },
        ],
    )
    def test_without_a_usage_the_upper_bound_is_paid(self, usage: Any) -> None:
        attempt, _ = buy(always(respond(completion(PROOF, usage=usage))))
        assert attempt.candidate is not None
        assert attempt.cost == worst()
        assert attempt.usage is not None
        assert attempt.usage.estimated

    def test_no_more_is_paid_than_was_agreed(self) -> None:
        usage = {"prompt_tokens": 10**6, "completion_tokens": 10**6}

        async def main() -> Attempt:
            async with serving(always(respond(completion(PROOF, usage=usage)))) as served:
                return await bought(entry(served.url), budget=5_000)

        attempt = asyncio.run(main())
        assert (attempt.cost, attempt.overrun) == (5_000, 12_000_000 - 5_000)

    @given(
        prices=st.tuples(*[st.integers(0, 10**8)] * 3),
        budget=st.integers(0, 10**7),
        longest=st.integers(1, 10**5),
    )
    def test_the_bound_never_breaks_the_budget(
        self, prices: tuple[int, int, int], budget: int, longest: int
    ) -> None:
        prompt, completion_price, cached = prices
        offer = entry(
            "http://localhost/v1",
            price=TokenPrices(prompt=prompt, completion=completion_price, cached=cached),
            sampling={"max_tokens": longest},
        )
        messages = offer.asking.messages(THEOREM)
        tokens = offer.affordable_tokens(messages, budget)
        assert 0 <= tokens <= longest
        bound = offer.bound(messages, tokens)
        for cached_tokens in (0, bound.prompt):
            usage = bound.model_copy(update={"cached": cached_tokens})
            assert tokens == 0 or offer.price.charge(usage) <= budget
            assert offer.price.charge(usage) <= offer.worst_case(messages)


async def hang(writer: asyncio.StreamWriter, _request: dict[str, Any]) -> None:
    await asyncio.sleep(30)


async def endless(writer: asyncio.StreamWriter, _request: dict[str, Any]) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    while not writer.is_closing():
        writer.write(event(delta("and then ")))
        await writer.drain()
        await asyncio.sleep(0)


async def dripping(writer: asyncio.StreamWriter, _request: dict[str, Any]) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    while not writer.is_closing():
        writer.write(event(delta(".")))
        await writer.drain()
        await asyncio.sleep(0.05)


def cut(response: bytes, keep: int) -> Answer:
    """The beginning of a response, and a closed connection."""

    async def answer(writer: asyncio.StreamWriter, _request: dict[str, Any]) -> None:
        writer.write(response[:keep])
        await writer.drain()
        writer.close()

    return answer


NEGATIVE = {"prompt_tokens": 100, "completion_tokens": -50}
CUT = streamed(*WHOLE[:2], done=False)

BILLED: list[tuple[str, Answer, dict[str, Any], str, Fault, int | None]] = [
    ("empty choices", always(respond(json.dumps({"choices": [], "usage": USED["usage"]}))), {},
     "without choices", "no_choices", 700),
    ("no choices, no usage", always(respond("{}")), {}, "without choices", "no_choices", None),
    ("choices that are none", always(respond('{"choices": ["x", 7, null]}')), {}, "without choices",
     "no_choices", None),
    ("a null answer", always(respond(completion(None))), {}, "it is empty", "no_proof", 700),  # type: ignore[arg-type]
    ("prose", always(respond(completion("I give up."))), {}, "no Lean code", "no_proof", 700),
    ("prose, negative usage", always(respond(completion("No.", usage=NEGATIVE))), {},
     "no Lean code", "no_proof", None),
    ("another model", always(respond(completion(PROOF, model="cheap"))), {}, "another model",
     "other_model", 700),
    ("a stream without choices", always(streamed(USED)), {"stream": True}, "without choices",
     "no_choices", 700),
    ("a stream cut between events", always(streamed(*WHOLE[:2], done=False)), {"stream": True},
     "cut off", "cut_off", None),
    ("a stream cut in an event", cut(CUT, len(CUT) - 20), {"stream": True}, "cut off", "cut_off",
     None),
    ("a stream cut after its usage", always(streamed(WHOLE[0], USED, done=False)),
     {"stream": True}, "cut off", "cut_off", 700),
    ("a body cut short", cut(respond(completion(PROOF)), 150), {}, "cut off", "cut_off", None),
    ("an error in the stream", always(streamed(WHOLE[0], {"error": {"message": "GPU"}})),
     {"stream": True}, "an error in the stream", "error_in_stream", None),
    ("no answer", hang, {"limits": {"silence_seconds": 0.2}}, "in time", "too_late", None),
    ("an endless stream", endless, {"stream": True}, "above 100,000 bytes", "too_long", None),
    ("a dripping stream", dripping, {"stream": True, "limits": {"total_seconds": 0.4}},
     "in time", "too_late", None),
    ("ten megabytes", always(respond(completion("x" * 10_000_000))), {}, "above 100,000",
     "too_long", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "fields", "failure", "fault", "cost"),
    [row[1:] for row in BILLED],
    ids=[row[0] for row in BILLED],
)
def test_a_useless_answer_is_billed(
    answer: Answer, fields: dict[str, Any], failure: str, fault: Fault, cost: int | None
) -> None:
    attempt, served = buy(answer, **fields)
    assert attempt.candidate is None
    assert failure in attempt.failure
    assert attempt.fault == fault
    assert attempt.usage is not None
    assert attempt.usage.estimated == (cost is None)
    assert attempt.cost == (worst() if cost is None else cost)
    assert len(served.requests) == 1, "what may have been sold is not bought again"


HTML = "<html><body>Welcome to nginx!</body></html>"

UNBILLED: list[tuple[str, Answer, dict[str, Any], type[ProverError], str]] = [
    ("HTML", always(respond(HTML, kind="text/html")), {}, ProverBroken, "text/html .*nginx"),
    ("HTML that claims to be JSON", always(respond(HTML)), {}, ProverBroken, "not JSON"),
    ("a JSON list", always(respond("[]")), {}, ProverBroken, "not a JSON object"),
    ("nested to death", always(respond("[" * 90_000)), {}, ProverBroken, "not JSON"),
    ("an empty stream", always(respond("\n\n", kind="text/event-stream")), {"stream": True},
     ProverBroken, "no events"),
    ("a key refused", always(respond('{"error": {"message": "bad key"}}', status="401 No")), {},
     ProverRefused, "HTTP 401: bad key"),
    ("no such model", always(respond('{"error": {"message": "no m"}}', status="404 No")), {},
     ProverRefused, "HTTP 404: no m"),
    ("a redirect", always(respond("", status="307 Moved", headers="Location: http://evil.example/\r\n")),
     {}, ProverBroken, "HTTP 307"),
    ("compressed", always(respond(b"x", headers="Content-Encoding: gzip\r\n")), {}, ProverBroken,
     "compressed"),
    ("a broken server", always(respond("oops", status="500 No")), {}, ProverUnreachable,
     "500: oops"),
    ("not HTTP", always(b"\x00\x01\x02 nonsense\r\n\r\n"), {}, ProverUnreachable, "lost"),
    ("hanging up", cut(b"", 0), {}, ProverUnreachable, "the connection was lost"),
    ("too busy", always(respond("", status="429 Busy", headers="Retry-After: 3600\r\n")),
     {"limits": {"retries": 3}}, ProverUnreachable, "asks to wait 3600 s"),
    ("no key in the environment", always(b""), {"key_env": "NO_SUCH_KEY_HERE"}, ProverRefused,
     "NO_SUCH_KEY_HERE"),
    ("no key file", always(b""), {"key_file": "/nowhere/key"}, ProverRefused, "/nowhere/key"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "fields", "error", "said"), [r[1:] for r in UNBILLED], ids=[r[0] for r in UNBILLED]
)
def test_no_answer_is_an_error_and_not_billed(
    answer: Answer, fields: dict[str, Any], error: type[ProverError], said: str
) -> None:
    with pytest.raises(ProverError, match=said) as caught:
        buy(answer, **fields)
    assert type(caught.value) is error
    assert str(caught.value).startswith("model: ")


def test_nobody_listens() -> None:
    with pytest.raises(ProverUnreachable, match="no connection"):
        asyncio.run(bought(entry("http://127.0.0.1:9/v1")))


def test_an_unknown_certificate_is_not_trusted(tmp_path: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    async def main() -> None:
        async with serving(always(respond(completion(PROOF))), tls=context) as served:
            with pytest.raises(ProverUnreachable, match=r"(?i)certificate"):
                await bought(entry(served.url))
            assert served.requests == []

    asyncio.run(main())


def in_turn(*responses: bytes) -> Answer:
    """One response after another, the last one for ever."""
    left = list(responses)

    async def answer(writer: asyncio.StreamWriter, _request: dict[str, Any]) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return answer


class TestManners:
    @pytest.mark.parametrize("status", ["429 Busy", "500 No", "503 No"])
    def test_a_seller_is_asked_again_when_it_said_to(self, status: str) -> None:
        busy = respond("", status=status, headers="Retry-After: 0\r\n")
        attempt, served = buy(in_turn(busy, respond(completion(PROOF))), limits={"retries": 1})
        assert attempt.candidate is not None
        assert len(served.requests) == 2

    def test_the_wait_it_asks_for_is_kept(self) -> None:
        busy = respond("", status="429 Busy", headers="Retry-After: 1\r\n")
        attempt, _ = buy(in_turn(busy, respond(completion(PROOF))), limits={"retries": 1})
        assert attempt.wall_ms >= 1000

    def test_retries_end(self) -> None:
        async def main() -> int:
            busy = respond("", status="503 No", headers="Retry-After: 0\r\n")
            async with serving(always(busy)) as served:
                with pytest.raises(ProverUnreachable, match="503"):
                    await bought(entry(served.url, limits={"retries": 2}))
                return len(served.requests)

        assert asyncio.run(main()) == 3

    def test_no_more_requests_at_once_than_agreed(self) -> None:
        async def slow(writer: asyncio.StreamWriter, _request: dict[str, Any]) -> None:
            await asyncio.sleep(0.02)
            writer.write(respond(completion(PROOF)))

        async def main() -> Served:
            async with serving(slow) as served:
                offers = [
                    PricedModel(name=f"m{n}", entry=entry(served.url, limits={"concurrency": n}))
                    for n in (3, 9)
                ]
                sellers = ChatProvers(offers)
                await asyncio.gather(
                    *(p.attempt(THEOREM, number=i, budget=10**6, seed=0)
                      for i in range(10) for p in sellers.provers)
                )  # fmt: skip
                await sellers.close()
                return served

        served = asyncio.run(main())
        assert (served.most_at_once, len(served.requests)) == (3, 20)
        assert served.connections == 3, "connections are used again"

    @pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
    def test_one_purchase_after_another_uses_one_connection(self, stream: bool) -> None:
        response = streamed(*WHOLE, USED) if stream else respond(completion(PROOF))

        async def main() -> Served:
            async with serving(always(response)) as served:
                offer = PricedModel(name="m", entry=entry(served.url, stream=stream))
                sellers = ChatProvers([offer])
                for number in range(5):
                    await sellers.provers[0].attempt(THEOREM, number=number, budget=10**6, seed=0)
                await sellers.close()
                return served

        served = asyncio.run(main())
        assert (len(served.requests), served.connections) == (5, 1)

    def test_a_stream_that_is_done_and_stays_open_is_an_answer(self) -> None:
        async def lingering(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
            writer.write(head + b"".join(event(e) for e in (*WHOLE, USED)) + event("[DONE]"))
            await hang(writer, request)

        attempt, _ = buy(lingering, stream=True)
        assert attempt.candidate is not None
        assert attempt.cost == 700

    def test_a_dead_seller_leaves_the_market_and_comes_back(self) -> None:
        answers = [respond("", status="500 No")] * 2 + [respond(completion(PROOF))]
        limits = {"failures_in_a_row": 2, "rest_seconds": 0.3}

        async def main() -> int:
            async with serving(in_turn(*answers)) as served:
                sellers = ChatProvers(
                    [PricedModel(name="m", entry=entry(served.url, limits=limits))]
                )

                async def once() -> Attempt:
                    return await sellers.provers[0].attempt(THEOREM, number=0, budget=10**6, seed=0)

                for said in ("500", "500", "off the market", "off the market"):
                    with pytest.raises(ProverUnreachable, match=said):
                        await once()
                asked = len(served.requests)
                await asyncio.sleep(0.4)
                assert (await once()).candidate is not None
                await sellers.close()
                return asked

        assert asyncio.run(main()) == 2

    def test_a_cancelled_purchase_frees_its_place(self) -> None:
        async def main() -> Attempt:
            async with serving(in_turn_hanging()) as served:
                offer = entry(served.url, limits={"concurrency": 1})
                sellers = ChatProvers([PricedModel(name="m", entry=offer)])

                async def ask() -> Attempt:
                    seller = sellers.provers[0]
                    return await seller.attempt(THEOREM, number=0, budget=10**6, seed=0)

                task = asyncio.create_task(ask())
                while not served.requests:
                    await asyncio.sleep(0.01)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                attempt = await ask()
                await sellers.close()
                return attempt

        assert asyncio.run(main()).candidate is not None


def in_turn_hanging() -> Answer:
    """Hangs the first time and answers the second."""
    asked = 0

    async def answer(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            await hang(writer, request)
        writer.write(respond(completion(PROOF)))

    return answer
