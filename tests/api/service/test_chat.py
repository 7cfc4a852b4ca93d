"""The broker as a model: OpenAI's own client against a real server, and errors in OpenAI's form."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletion as OpenAICompletion
from service_process import Server, local_server

from prover_arb import Candidate, Theorem
from prover_arb.api.service.chat_models import ChatCompletion, ChatError, ModelList
from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.service_app import orders_file
from prover_arb.client import Client
from prover_arb.core.money import MicroUSD
from prover_arb.provers.chat.answers import extract
from prover_arb.provers.chat.families import lean_text
from tests.api.shop.test_shop import shop

THEOREM = Theorem(name="target", statement=": 1 + 1 = 2")
PROOF = Candidate(kind="tactics", text="null 2")
BY_NULL = "prover-arb:single:null"


@pytest.fixture(scope="module")
def chat(server: Server) -> Iterator[OpenAI]:
    with OpenAI(base_url=v1(server), api_key="any", max_retries=0) as client:
        yield client


def v1(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/v1"


def ask(client: OpenAI, theorem: Theorem = THEOREM, model: str = BY_NULL, **how: Any) -> Any:
    messages: Any = [{"role": "user", "content": lean_text(theorem)}]
    return client.chat.completions.create(model=model, messages=messages, **how)


def extra(reply: OpenAICompletion) -> dict[str, Any]:
    """The field that OpenAI's API does not have."""
    return dict((reply.model_extra or {})["prover_arb"])


def test_a_prover_is_replaced_by_changing_one_url(server: Server) -> None:
    """The same program asks a shop that sells one prover, and the broker; only the latter judges,
    and buys until the proof is one."""

    def pipeline(url: str, key: str) -> tuple[Candidate | None, int]:
        with OpenAI(base_url=url, api_key=key) as client:
            model = next(iter(client.models.list())).id
            reply = ask(client, model=model, max_tokens=1_000)
            return extract(reply.choices[0].message.content, THEOREM), reply.usage.total_tokens

    async def main() -> tuple[Candidate | None, int]:
        async with shop() as (url, client):
            return await asyncio.to_thread(pipeline, url, client.api_key)

    assert asyncio.run(main()) == (Candidate(kind="tactics", text="null 0"), 1)
    assert pipeline(v1(server), "any") == (PROOF, 3)


def test_answers_are_as_documented(server: Server) -> None:
    """Nothing is in them that the document does not have."""
    body = {"model": BY_NULL, "messages": [{"role": "user", "content": lean_text(THEOREM)}]}
    answer = server.client.post("/v1/chat/completions", json=body)
    assert ChatCompletion.model_validate(answer.json()).choices[0].message.content
    assert ModelList.model_validate(server.client.get("/v1/models").json()).data
    wrong = server.client.post("/v1/chat/completions", json=body | {"n": 0})
    assert ChatError.model_validate(wrong.json()).error.param == "n"


class TestAnswers:
    def test_models(self, chat: OpenAI) -> None:
        names = [model.id for model in chat.models.list()]
        assert names == [
            "prover-arb",
            "prover-arb:cascade",
            "prover-arb:schedule",
            "prover-arb:auction",
        ]
        assert chat.models.retrieve("prover-arb").owned_by == "prover_arb"

    def test_a_proof_its_bill_and_its_certificate(self, chat: OpenAI, server: Server) -> None:
        reply = ask(chat, n=2)
        assert [extract(c.message.content, THEOREM) for c in reply.choices] == [PROOF] * 2
        assert {choice.finish_reason for choice in reply.choices} == {"stop"}
        usage = reply.usage
        assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (0, 3, 3)
        said = extra(reply)
        assert said["status"] == "proved"
        assert said["charged_usd"] == "0.000003"
        assert said["certificate"] == f"/v1/proofs/{said['order']}/certificate"
        with Client(str(server.client.base_url)) as client:
            certificate = client.certificate(said["order"])
        assert (certificate.theorem, certificate.candidate) == (THEOREM, PROOF)

    @pytest.mark.parametrize(
        "bound",
        [
            {"max_tokens": 2},
            {"max_completion_tokens": 2},
            {"extra_headers": {"X-Budget-Usd": "0.000002"}},
            {"max_tokens": 2, "extra_headers": {"X-Budget-Usd": "1"}},
        ],
    )
    def test_the_budget_holds_and_without_a_proof_there_is_none(
        self, chat: OpenAI, bound: dict[str, Any]
    ) -> None:
        reply = ask(chat, **bound)
        text = reply.choices[0].message.content
        assert text.startswith("No proof: ")
        assert "```" not in text
        assert reply.usage.total_tokens == 2
        assert extra(reply) == {
            "order": extra(reply)["order"],
            "status": "exhausted",
            "certificate": None,
            "spent_usd": "0.000002",
            "charged_usd": "0.000002",
        }

    def test_a_stream(self, chat: OpenAI) -> None:
        chunks = [*ask(chat, stream=True, stream_options={"include_usage": True})]
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert extract(text, THEOREM) == PROOF
        assert chunks[-1].usage.total_tokens == 3
        assert chunks[-1].model_extra["prover_arb"]["status"] == "proved"

    def test_a_client_that_goes_away_buys_no_more(self, chat: OpenAI, server: Server) -> None:
        theorem = Theorem(name="left", statement=": stuck")
        with pytest.raises(openai.APITimeoutError):
            ask(chat, theorem, timeout=0.5)
        [order] = server.client.get("/v1/proofs", params={"limit": 1}).json()["data"]
        assert order["theorem"]["name"] == "left"
        server.proof_when(order["urls"]["get"], "cancelled", seconds=20)


class TestErrors:
    @pytest.mark.parametrize(
        ("request_fields", "status", "param", "message"),
        [
            ({"model": "gpt"}, 404, "model", "'gpt'"),
            ({"model": "prover-arb:no"}, 404, "model", "'no'"),
            ({"model": "prover-arb:schedule:/x"}, 404, "model", "known here"),
            ({"messages": []}, 400, "messages", "messages"),
            ({"messages": [{"role": "user", "content": "hi"}]}, 400, "messages", "theorem"),
            ({"messages": [{"role": "system", "content": "x"}]}, 400, "messages", "user"),
            ({"max_tokens": 0}, 400, "max_tokens", "max_tokens"),
            ({"max_tokens": 10**15}, 400, "max_tokens", "max_tokens"),
            ({"max_tokens": "1_000"}, 400, "max_tokens", "max_tokens"),
            ({"n": "1_0"}, 400, "n", "valid integer"),
            ({"seed": "1_0"}, 400, "seed", "valid integer"),
            ({"max_completion_tokens": True}, 400, "max_completion_tokens", "valid integer"),
            ({"extra_headers": {"X-Budget-Usd": "lots"}}, 400, "X-Budget-Usd", "lots"),
        ],
    )
    def test_what_cannot_be_used_is_named(
        self, chat: OpenAI, request_fields: dict[str, Any], status: int, param: str, message: str
    ) -> None:
        fields: dict[str, Any] = {
            "model": BY_NULL,
            "messages": [{"role": "user", "content": lean_text(THEOREM)}],
        }
        with pytest.raises(openai.APIStatusError, match=message) as caught:
            chat.chat.completions.create(**fields | request_fields)
        error = caught.value
        assert (error.status_code, error.param) == (status, param)
        assert error.code == ("model_not_found" if param == "model" else None)
        assert error.type == "invalid_request_error"

    @pytest.mark.parametrize(
        ("statement", "status", "code"),
        [(": nonsense", 422, "invalid-statement"), (": trouble", 500, "market-failed")],
    )
    def test_errors_of_the_service(
        self, chat: OpenAI, statement: str, status: int, code: str
    ) -> None:
        with pytest.raises(openai.APIStatusError) as caught:
            ask(chat, Theorem(name="t", statement=statement))
        assert (caught.value.status_code, caught.value.code) == (status, code)

    @pytest.mark.parametrize(
        ("content", "kind", "status"),
        [
            (b"{nope", "application/json", 400),
            (b"{}", "text/plain", 415),
            (b" " * 4_000_001, "application/json", 413),
        ],
    )
    def test_bodies_that_are_none(
        self, server: Server, content: bytes, kind: str, status: int
    ) -> None:
        answer = server.client.post(
            "/v1/chat/completions", content=content, headers={"content-type": kind}
        )
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_keys_and_their_budgets(tmp_path_factory: pytest.TempPathFactory) -> None:
    ledger = tmp_path_factory.mktemp("chat-keys") / "ledger.sqlite"
    database = Database(sqlite_url(orders_file(ledger)))
    secret, _ = KeyStore(database).create_now("ada", budget=MicroUSD(100))
    database.close()
    with local_server(ledger) as server:
        server.wait_for("/readyz", 60)
        url = v1(server)
        with OpenAI(base_url=url, api_key="wrong", max_retries=0) as stranger:
            with pytest.raises(openai.AuthenticationError) as refused:
                ask(stranger)
            assert refused.value.code == "invalid_api_key"
            with pytest.raises(openai.AuthenticationError):
                stranger.models.list()
        with OpenAI(base_url=url, api_key=secret, max_retries=0) as ada:
            assert extra(ask(ada, max_tokens=10))["status"] == "proved"
            with pytest.raises(openai.APIStatusError) as spent:
                ask(ada, max_tokens=1_000)
            assert (spent.value.status_code, spent.value.code) == (402, "insufficient_quota")
