"""Several answers for one purchase, over the chat API and the older one, streamed or not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.purchases import Attempt, Usage
from prover_arb.errors import CatalogError
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.chat.families import family, names
from prover_arb.provers.chat.model_config import PricedModel
from prover_arb.provers.pricing import TokenPrices
from prover_arb.scheduler import SingleProver
from tests.broker.test_loop import Market, Seller
from tests.provers.chat.served_models import always, respond, serving
from tests.provers.chat.test_cancel import cancelled, stalling
from tests.provers.chat.test_chat_prover import THEOREM, bought, buy, entry, streamed, worst

FENCED = "```lean4\n{}\n```"
USAGE = {"prompt_tokens": 100, "completion_tokens": 150}


def answering(*texts: str, stream: bool = False, api: str = "chat", **more: Any) -> bytes:
    """A response with these samples; streamed, they come a letter at a time in turn."""
    chat = api == "chat"
    if not stream:
        choices = [
            {"index": i, "message": {"role": "assistant", "content": text}}
            if chat
            else {"index": i, "text": text, "finish_reason": "stop"}
            for i, text in enumerate(texts)
        ]
        return respond(json.dumps({"model": "m", "choices": choices, "usage": USAGE} | more))
    events: list[Any] = [
        {"choices": [{"index": i, **({"delta": {"content": c}} if chat else {"text": c})}]}
        for n in range(max(map(len, texts)))
        for i, text in enumerate(texts)
        if (c := text[n : n + 1])
    ]
    ends = [
        {"choices": [{"index": i, "delta": {}, "text": "", "finish_reason": "stop"}]}
        for i in range(len(texts))
    ]
    return streamed(*events, *ends, {"choices": [], "usage": USAGE})


@pytest.mark.parametrize("api", ["chat", "completions"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("samples", [1, 3])
def test_every_way_of_asking_brings_the_samples(api: str, stream: bool, samples: int) -> None:
    texts = [FENCED.format(t) for t in ("omega", "simp", "linarith")][:samples]
    answer = always(answering(*texts, stream=stream, api=api))
    attempt, served = buy(answer, samples=samples, stream=stream, api=api)
    assert attempt.candidate is not None
    found = [one.text for one in (attempt.candidate, *attempt.others)]
    assert found == ["omega", "simp", "linarith"][:samples]
    assert attempt.cost == 100 * 2 + 150 * 10
    assert attempt.usage == Usage(prompt=100, completion=150)
    (request,) = served.requests
    assert request.get("n") == (None if samples == 1 else 3)
    assert ("prompt" in request, "messages" in request) == (api != "chat", api == "chat")
    shown = request["prompt"] if api == "completions" else request["messages"][-1]["content"]
    assert "a + 1 ≤ b" in shown
    (path,) = served.paths
    assert path == ("/v1/chat/completions" if api == "chat" else "/v1/completions")


@pytest.mark.parametrize("name", names())
def test_every_family_can_be_asked_with_one_text(name: str) -> None:
    asked = family(name)
    messages = asked.messages(THEOREM)
    text = asked.prompt([*messages, {"role": "assistant", "content": "said"}, *messages[-1:]])
    assert all(message["content"] in text for message in messages)
    assert text.index("said") > text.index(messages[-1]["content"])
    assert "{{" not in text
    offer = entry("http://localhost/v1", api="completions", family=name)
    assert offer.prompt_bound(messages) >= len(asked.prompt(messages).encode())


def test_the_same_sample_twice_is_one_candidate_and_prose_is_none() -> None:
    texts = [FENCED.format("omega"), "I give up.", FENCED.format("omega"), FENCED.format("simp")]
    attempt, _ = buy(always(answering(*texts)), samples=4)
    assert attempt.candidate is not None
    assert [attempt.candidate.text, *(c.text for c in attempt.others)] == ["omega", "simp"]


def test_more_samples_than_were_asked_for_are_left_out() -> None:
    texts = [FENCED.format("omega"), FENCED.format("simp")]
    attempt, _ = buy(always(answering(*texts)), samples=1)
    assert attempt.others == ()


def test_samples_out_of_order_are_put_in_order() -> None:
    choices = [{"index": 1, "message": {"content": "by simp"}}, {"message": {"content": "by rfl"}}]
    choices[1]["index"] = 0
    attempt, _ = buy(always(answering("", choices=choices)), samples=2)
    assert attempt.candidate is not None
    assert attempt.candidate.text == "rfl"


def test_of_a_stream_cut_short_the_whole_samples_are_kept() -> None:
    whole = answering(FENCED.format("omega"), FENCED.format("linarith [sq_nonneg a]"), stream=True)
    _, _, body = whole.partition(b"\r\n\r\n")
    events = body.split(b"\n\n")
    ends = next(i for i, one in enumerate(events) if b'"index": 0, "delta": {}, ' in one)
    lost = [i for i, one in enumerate(events) if b'"index": 1' in one][-6:]
    used = next(one for one in events if b"usage" in one)
    keep = b"\n\n".join([used, *(events[i] for i in range(ends + 1) if i not in lost), b""])
    attempt, _ = buy(always(respond(keep, kind="text/event-stream")), samples=2, stream=True)
    assert attempt.candidate is not None
    assert (attempt.candidate.text, attempt.others) == ("omega", ())
    assert attempt.cost == 1_700


def test_without_any_proof_in_them_the_samples_are_paid() -> None:
    attempt, _ = buy(always(answering("no", "never")), samples=2)
    assert (attempt.candidate, attempt.others, attempt.cost) == (None, (), 1_700)
    assert attempt.failure == "no Lean code in the answer: no"


class TestMoney:
    def test_the_worst_case_counts_every_sample(self) -> None:
        assert worst(samples=4) - worst() == 3 * 1000 * 10
        quote = PricedModel(name="m", entry=entry("http://h/v1", samples=4)).quote(THEOREM)
        assert quote.candidates == 4

    def test_the_budget_is_shared_by_the_samples(self) -> None:
        async def main() -> tuple[Attempt, int]:
            async with serving(always(answering("no", usage=None))) as served:
                attempt = await bought(
                    entry(served.url, samples=4), budget=worst(samples=4) - 4 * 500 * 10
                )
                return attempt, served.requests[0]["max_tokens"]

        attempt, longest = asyncio.run(main())
        assert longest == 500
        assert attempt.cost == worst(samples=4) - 20_000
        assert attempt.usage is not None
        assert attempt.usage.completion == 2_000

    def test_cancelled_all_samples_that_streamed_by_are_paid(self) -> None:
        begun = [{"choices": [{"index": i, "text": "abcd"}]} for i in range(3)]
        attempt, _ = cancelled(stalling(*begun), stream=True, samples=3, api="completions")
        assert attempt.usage is not None
        assert attempt.usage.completion == 12

    @given(
        prices=st.tuples(*[st.integers(0, 10**8)] * 3),
        budget=st.integers(0, 10**7),
        longest=st.integers(1, 10**5),
        samples=st.integers(1, 128),
        api=st.sampled_from(["chat", "completions"]),
    )
    def test_the_bound_never_breaks_the_budget(
        self,
        prices: tuple[int, int, int],
        budget: int,
        longest: int,
        samples: int,
        api: str,
    ) -> None:
        prompt, answer, cached = prices
        offer = entry(
            "http://localhost/v1",
            price=TokenPrices(prompt=prompt, completion=answer, cached=cached),
            sampling={"max_tokens": longest},
            samples=samples,
            api=api,
        )
        messages = offer.asking.messages(THEOREM)
        tokens = offer.affordable_tokens(messages, budget)
        assert 0 <= tokens <= longest
        usage = offer.bound(messages, tokens)
        assert usage.completion == tokens * samples
        assert tokens == 0 or offer.price.charge(usage) <= budget


class Many(Seller):
    """Sells several texts at once."""

    def __init__(self, *texts: str) -> None:
        super().__init__("many", *texts)
        self._texts = texts

    async def attempt(self, *args: Any, **kwargs: Any) -> Attempt:
        found = await super().attempt(*args, **kwargs)
        others = tuple(
            found.candidate.model_copy(update={"text": text})
            for text in self._texts[1:]
            if found.candidate is not None
        )
        return found.model_copy(update={"others": others})


class TestJudging:
    """Worked through by the broker, with a real ledger and the judge of its tests."""

    def test_samples_are_judged_in_order_until_one_is_a_proof(self, tmp_path: Path) -> None:
        market = Market(tmp_path, Many("bad", "void", "good", "bad"))
        outcome = market.prove(SingleProver("many"))
        assert outcome.status == "proved"
        assert outcome.certificate is not None
        assert outcome.certificate.candidate.text == "good"
        (purchase,) = market.ledger.purchases(run="r")
        assert purchase == outcome.purchases[0]
        assert purchase.candidate is not None
        assert purchase.candidate.text == "good"
        assert [(s.candidate.text, s.verdict and s.verdict.status) for s in purchase.samples] == [
            ("bad", "rejected"), ("void", "void"), ("good", "proved"), ("bad", None),
        ]  # fmt: skip
        # 5 for each check, the void one as well: what the oracle tries again is its own affair
        assert (purchase.cost, purchase.verification_cost) == (10, 5 + 5 + 5)
        (totals,) = market.ledger.summarise("r")
        assert (totals.purchases, totals.proved) == (1, 1)

    def test_without_a_proof_the_first_rejection_counts(self, tmp_path: Path) -> None:
        outcome = Market(tmp_path, Many("void", "bad", "slow")).prove(SingleProver("many"))
        (purchase,) = outcome.purchases
        assert purchase.verdict is not None
        assert (purchase.verdict.status, purchase.verdict.reason) == (
            "rejected",
            "elaboration_error",
        )
        assert purchase.candidate is not None
        assert purchase.candidate.text == "bad"

    def test_checks_end_with_the_money(self, tmp_path: Path) -> None:
        """A micro-dollar for a microsecond; the first check takes all that is left."""
        market = Market(tmp_path, Many("slow", "good"), price=3_600_000)
        outcome = market.prove(SingleProver("many"), budget=1_000)
        (purchase,) = outcome.purchases
        assert [s.verdict is None for s in purchase.samples] == [False, True]
        assert outcome.cost + outcome.verification_cost == 1_000

    def test_what_was_delivered_is_judged_by_the_next_program(self, tmp_path: Path) -> None:
        market = Market(tmp_path, Many("bad", "good"))
        opened = market.ledger.reserve(
            run="r", theorem=THEOREM, policy="single:many", prover="many", reserved=100
        )
        selling = Many("bad", "good").attempt(THEOREM, number=0, budget=9, seed=0)
        market.ledger.deliver(opened, asyncio.run(selling))
        market.ledger.close()
        again = SqliteLedger(tmp_path / "ledger.db")
        (purchase,) = again.recover("r")
        assert [s.candidate.text for s in purchase.samples] == ["bad", "good"]
        assert {s.verdict for s in purchase.samples} == {None}


CATALOG = """
version = "1"
[verification]
price_per_cpu_hour = "0.05"
[provers.m]
kind = "chat"
endpoint = "http://127.0.0.1:9/v1"
model = "m"
price = {{ prompt = "1", completion = "1" }}
{}
"""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("samples = 0", r"provers\.m\.samples: .*greater than or equal to 1"),
        ("samples = 1000", r"provers\.m\.samples: .*128"),
        ('api = "responses"', r"provers\.m\.api: .*'chat' or 'completions'"),
    ],
)
def test_a_catalog_with_nonsense_is_refused(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "c.toml").write_text(CATALOG.format(line))
    with pytest.raises(CatalogError, match=said):
        load_catalog(tmp_path / "c.toml")
