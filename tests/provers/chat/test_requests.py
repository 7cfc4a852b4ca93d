"""What is sent to a seller is the catalog's to say, and a refusal says what to change in it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from prover_arb.errors import CatalogError, ProverRefused
from prover_arb.provers.catalog import load_catalog
from tests.provers.chat.served_models import always, completion, respond, serving
from tests.provers.chat.test_chat_prover import PROOF, bought, buy, entry

GOOD = always(respond(completion(PROOF)))


def sent(**fields: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Body and headers of the request of such a seller."""
    attempt, served = buy(GOOD, **fields)
    assert attempt.candidate is not None
    return served.requests[0], served.headers[0]


class TestShape:
    def test_parameters_are_left_out(self) -> None:
        usual, _ = sent(stream=True)
        body, _ = sent(
            stream=True, request={"omit": ["temperature", "top_p", "seed", "stream_options"]}
        )
        assert set(usual) - set(body) == {"temperature", "top_p", "seed", "stream_options"}
        assert set(body) < set(usual)

    def test_parameters_are_renamed(self) -> None:
        body, _ = sent(request={"rename": {"max_tokens": "max_completion_tokens", "seed": "rng"}})
        assert body["max_completion_tokens"] == 1000
        assert isinstance(body["rng"], int)
        assert not {"max_tokens", "seed"} & set(body)

    def test_more_is_sent(self) -> None:
        extra = {"reasoning_effort": "high", "provider": {"order": ["a"]}, "temperature": 1}
        body, headers = sent(request={"extra_body": extra, "headers": {"X-Title": "prover_arb"}})
        assert body["reasoning_effort"] == "high"
        assert body["provider"] == {"order": ["a"]}
        assert body["temperature"] == 1
        assert headers["x-title"] == "prover_arb"

    def test_the_system_message_takes_the_role_that_the_seller_knows(self) -> None:
        usual, _ = sent()
        system, question = (one["content"] for one in usual["messages"])
        body, _ = sent(request={"system_role": "developer"})
        assert [one["role"] for one in body["messages"]] == ["developer", "user"]
        body, _ = sent(request={"system_role": "user"})
        (only,) = body["messages"]
        assert only == {"role": "user", "content": f"{system}\n\n{question}"}

    def test_a_query_stands_behind_the_address(self) -> None:
        attempt, served = buy(GOOD, request={"query": {"api-version": "2026-01 preview"}})
        assert attempt.candidate is not None
        assert served.paths == ["/v1/chat/completions?api-version=2026-01+preview"]

    def test_the_key_goes_where_the_seller_wants_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("A_KEY", "sk-1234")
        _, headers = sent(key_env="A_KEY", request={"key_header": "api-key"})
        assert headers["api-key"] == "sk-1234"
        assert "authorization" not in headers
        _, headers = sent(key_env="A_KEY")
        assert headers["authorization"] == "Bearer sk-1234"

    @pytest.mark.parametrize(
        "path", ["", "/", "//", "/chat/completions", "/chat/completions/", "/completions"]
    )
    def test_the_address_may_be_given_in_full(self, path: str) -> None:
        async def main() -> str:
            async with serving(GOOD) as served:
                await bought(entry(f" {served.url}{path} "))
                return served.paths[0]

        assert asyncio.run(main()) == "/v1/chat/completions"


CATALOG = """
version = "1"
[verification]
price_per_cpu_hour = "0.05"
[provers.m]
kind = "chat"
endpoint = "http://127.0.0.1:9/v1"
model = "m"
price = {{ prompt = "1", completion = "1" }}
request = {{ {} }}
"""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ('omit = ["temprature"]', r"request\.omit: .*'temprature' is never sent; .*temperature"),
        ('omit = ["messages"]', r"request\.omit: .*the question itself"),
        ('rename = { tokens = "n" }', r"request\.rename: .*'tokens' is never sent"),
        ('rename = { seed = "n" }', r"request\.rename: .*'seed' cannot become 'n'"),
        ('rename = { seed = "a", top_p = "a" }', r"request\.rename: .*the same name"),
        ('omit = ["seed"], rename = { seed = "a" }', r"request: .*left out and renamed"),
        ("extra_body = { n = 9 }", r"request\.extra_body: .*the field samples"),
        ("extra_body = { max_tokens = 9 }", r"request\.extra_body: .*sampling\.max_tokens"),
        ("extra_body = { day = 2026-11-26 }", r"request\.extra_body: .*'day' is a date"),
        ("extra_body = { x = nan }", r"request\.extra_body: .*JSON does not have"),
        ('headers = { Authorization = "x" }', r"request\.headers: .*key_env or key_file"),
        ('headers = { Host = "x" }', r"request\.headers: .*by the program itself"),
        ('headers = { "X Y" = "x" }', r"request\.headers: .*name of a header"),
        ('headers = { X = "caf\u00e9" }', r"request\.headers: .*ASCII"),
        ('key_header = ""', r"request\.key_header: .*name of a header"),
        ('omitted = ["seed"]', r"request\.omitted: Extra inputs"),
    ],
)
def test_a_shape_that_cannot_be_sent_is_refused(tmp_path: Path, fields: str, said: str) -> None:
    (tmp_path / "c.toml").write_text(CATALOG.format(fields))
    with pytest.raises(CatalogError, match=said):
        load_catalog(tmp_path / "c.toml")


def refusing(status: int, message: str, param: str | None = None) -> bytes:
    body = {"error": {"message": message, "type": "invalid_request_error", "param": param}}
    return respond(json.dumps(body), status=f"{status} No")


def advised(response: bytes, **fields: Any) -> str:
    with pytest.raises(ProverRefused) as caught:
        buy(always(response), **{"stream": True, "samples": 2} | fields)
    return str(caught.value)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' "
            "instead.",
            'request.rename = { max_tokens = "max_completion_tokens" }',
        ),
        ("Unknown parameter: 'seed'.", 'request.omit = ["seed"]'),
        ("`temperature` and `top_p` cannot both be specified.", 'request.omit = ["top_p"]'),
        (
            "Unsupported value: 'temperature' does not support 0.7 with this model. Only the "
            "default (1) value is supported.",
            'request.omit = ["temperature"]',
        ),
        ("stream_options: Extra inputs are not permitted", 'request.omit = ["stream_options"]'),
        (
            "max_tokens is too large: 1000. This model supports at most 512 completion tokens.",
            "sampling.max_tokens = 512",
        ),
        (
            "This model's maximum context length is 900 tokens. However, you requested 1200 tokens "
            "(200 in the messages, 1000 in the completion).",
            "sampling.max_tokens = 700",
        ),
        ("Invalid value for 'model'", "provers.model.model"),
        ("'n' must be 1", "provers.model.samples = 1"),
        ("This model does not support 'stream'.", "provers.model.stream = false"),
        ("System role not supported", 'request.system_role = "user"'),
    ],
)
def test_a_refusal_says_which_line_to_change(message: str, line: str) -> None:
    said = advised(refusing(400, message))
    assert message.rstrip(".") in said
    assert f"in the catalog: {line if 'provers.' in line else f'provers.model.{line}'}" in said


def test_the_parameter_may_stand_in_a_field_of_its_own() -> None:
    said = advised(refusing(400, "It is not supported.", "top_p"))
    assert said.endswith('provers.model.request.omit = ["top_p"]')
    loc = {"detail": [{"loc": ["body", "seed"], "msg": "extra fields not permitted"}]}
    said = advised(respond(json.dumps(loc), status="422 No"))
    assert said.endswith('provers.model.request.omit = ["seed"]')


def test_what_the_catalog_added_or_renamed_is_named_as_it_stands_there() -> None:
    shape = {"extra_body": {"reasoning_effort": "max"}, "rename": {"seed": "rng"}}
    said = advised(refusing(400, "Invalid 'reasoning_effort'"), request=shape)
    assert said.endswith("provers.model.request.extra_body")
    said = advised(refusing(400, "Unknown parameter 'rng'"), request=shape)
    assert said.endswith('provers.model.request.omit = ["seed"]')


@pytest.mark.parametrize(
    ("status", "message"),
    [(400, "The model is not a chat model"), (401, "no 'seed'"), (400, "I dislike prompts")],
)
def test_a_refusal_about_nothing_in_the_catalog_stands_alone(status: int, message: str) -> None:
    assert advised(refusing(status, message)) == f"model: HTTP {status}: {message}"


def test_an_address_without_the_version_is_told() -> None:
    async def main() -> tuple[str, str]:
        missing = always(respond('{"detail": "Not Found"}', status="404 Not Found"))
        async with serving(missing) as served:
            base = served.url.removesuffix("/v1")
            with pytest.raises(ProverRefused) as caught:
                await bought(entry(base))
            with pytest.raises(ProverRefused) as with_version:
                await bought(entry(served.url))
            return f"{caught.value}", f"{with_version.value}"

    without, with_version = asyncio.run(main())
    assert 'provers.model.endpoint = "http://127.0.0.1:' in without
    assert without.endswith('/v1"')
    assert with_version.endswith("check in the catalog: provers.model.endpoint")


def test_a_model_that_is_not_there_is_no_matter_of_the_address() -> None:
    said = advised(refusing(404, "The model `m` does not exist"))
    assert said == "model: HTTP 404: The model `m` does not exist"
