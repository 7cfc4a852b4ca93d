"""A key that cannot be sent is refused by the name of its place; no key is ever written down."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import logging
import ssl
import sys
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import trustme

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import Broker
from prover_arb.core.proof_job import ProofJob
from prover_arb.errors import CatalogError, ProverError, ProverRefused
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.chat.api_keys import HIDDEN, KeyUnusable, Secret, read_secret
from prover_arb.provers.chat.call import said_of
from prover_arb.provers.chat.chat_prover import ChatProvers
from prover_arb.provers.chat.model_config import PricedModel
from prover_arb.scheduler import SingleProver
from tests.provers.chat.served_models import (
    Answer,
    always,
    completion,
    delta,
    event,
    respond,
    serving,
)
from tests.provers.chat.test_chat_prover import PROOF, THEOREM, cut, entry, hang
from tests.provers.chat.test_repair import Strict

CANARY = "sk-canary-0123456789abcdefghijklmnopqrstuv/+="

BAD_KEYS = {
    "two lines": "sk-zq1\nsk-zq2",
    "Windows lines": "sk-zq1\r\nsk-zq2",
    "a list of variables": "# mine\nOPENAI_API_KEY=sk-zq1\nOTHER=sk-zq2",
    "a smart quote": "\u201csk-zq1\u201d",
    "an apostrophe in it": "sk-z\u2019q1",
    "a zero-width space": "sk-zq1\u200b",
    "a zero-width space inside": "sk\u200b-zq1",
    "a space inside": "sk zq1",
    "Bearer before it": "Bearer sk-zq1",
    "a tab inside": "sk\tzq1",
    "a no-break space": "sk-zq1\u00a0",
    "an accent": "sk-\u00e9ne",
    "a control character": "sk-\x07zq1",
    "a NUL": "sk-\x00zq1",
    "quotation marks": '"sk-zq1"',
    "apostrophes": "'sk-zq1'",
    "a whole book": "sk-" + "x" * 9_000,
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_key_that_cannot_be_sent_is_refused_by_the_name_of_its_place(
    key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key.txt"
    file.write_bytes(key.encode())
    with pytest.raises(KeyUnusable) as in_file:
        read_secret(None, file)
    said = [str(in_file.value)]
    assert str(file) in said[0]
    if "\x00" not in key:
        monkeypatch.setenv("MY_KEY", key)
        with pytest.raises(KeyUnusable) as in_variable:
            read_secret("MY_KEY", None)
        said.append(str(in_variable.value))
        assert "the environment variable MY_KEY" in said[1]
    assert not any(part in one for one in said for part in ("sk-", "zq", "xxx"))


@pytest.mark.parametrize("around", ["{}", "{}\n", " {} ", "{}\r\n", "\ufeff{}\n", "\n\n{}\n"])
def test_space_around_a_key_is_no_part_of_it(around: str, tmp_path: Path) -> None:
    file = tmp_path / "key.txt"
    file.write_bytes(around.format("sk-one").encode())
    found = read_secret(None, file)
    assert found.header("Authorization") == {"Authorization": "Bearer sk-one"}
    assert "sk-one" not in repr(found)


def test_a_key_that_is_not_there_is_missing(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for env, file, said in [
        ("NO_SUCH_KEY", None, "set the environment variable NO_SUCH_KEY"),
        (None, tmp_path / "none", "none cannot be read: No such file"),
        (None, tmp_path, "cannot be read: Is a directory"),
        (None, tmp_path / "empty", "empty is empty"),
        (None, tmp_path / "binary", "is not text in UTF-8"),
    ]:
        with pytest.raises(ProverRefused, match=said):
            read_secret(env, file)
    assert read_secret(None, None).header("Authorization") == {}


def test_a_catalog_with_a_bad_key_is_refused_before_anything_is_bought(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "c.toml").write_text(
        'version = "1"\n[verification]\nprice_per_cpu_hour = "0.05"\n[provers.m]\nkind = "chat"\n'
        'endpoint = "http://127.0.0.1:9/v1"\nmodel = "m"\nkey_env = "MY_KEY"\n'
        'price = { prompt = "1", completion = "1" }\n'
    )
    catalog = load_catalog(tmp_path / "c.toml")
    catalog.require_usable_keys()  # a missing one may never be needed
    monkeypatch.setenv("MY_KEY", "sk-\u2019one")
    with pytest.raises(CatalogError, match=r"c\.toml: provers\.m\.key_env: .*MY_KEY.*U\+2019"):
        catalog.require_usable_keys()


@pytest.mark.parametrize(
    "form",
    [
        CANARY,
        f"Bearer {CANARY}",
        quote(CANARY, safe=""),
        base64.b64encode(CANARY.encode()).decode(),
    ],
)
def test_every_form_of_a_key_is_scrubbed(form: str) -> None:
    said = Secret(CANARY).scrubbed(f"before {form} after")
    assert HIDDEN in said
    assert "canary" not in said
    assert said.startswith("before ")
    assert said.endswith(" after")


def test_the_words_of_a_library_are_not_handed_on() -> None:
    """httpx quotes the header that it cannot send."""

    async def main() -> httpx.LocalProtocolError:
        async with serving(always(b"")) as served, httpx.AsyncClient() as client:
            with pytest.raises(httpx.LocalProtocolError) as caught:
                await client.get(served.url, headers={"Authorization": f"Bearer {CANARY}\n"})
            return caught.value

    error = asyncio.run(main())
    assert "canary" in str(error)
    assert said_of(error) == "the request cannot be written as HTTP"


def error(text: str) -> str:
    return json.dumps({"error": {"message": f"bad key {text}", "param": text, "code": text}})


async def buying(folder: Path, offer: Any) -> None:
    """Two purchases of such a seller by a broker, with all that it writes in `folder`."""
    sellers = ChatProvers([PricedModel(name="model", entry=offer)])
    ledger = SqliteLedger(folder / "ledger.db")
    broker = Broker(oracle=Strict(), provers=sellers.provers, ledger=ledger, verification_price=0)
    policy = SingleProver("model", max_attempts=2)
    outcome = await broker.prove(
        THEOREM, policy, ProofJob(policy=policy.name, budget=10**6, run="r")
    )
    (folder / "outcome.json").write_text(outcome.model_dump_json())
    print(outcome, file=sys.stderr)
    try:
        await sellers.provers[0].attempt(THEOREM, number=0, budget=10**6, seed=0)  # type: ignore[union-attr]
    except ProverError:  # a caller may print it with all that led to it
        traceback.print_exc()
    await sellers.close()
    ledger.close()


@pytest.mark.parametrize(
    "name",
    ["httpx", "httpcore.http11", "httpcore.http2", "hpack.hpack", "hpack.table", "h2.stream"],
)
def test_libraries_that_log_headers_are_kept_quiet(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a user switches on for everything."""
    _everything_is_logged(caplog)
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)


def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "prover_arb")


def _written(
    folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> bool:
    """Whether something was written, none of which is a key or a piece of one."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    captured = capfd.readouterr()
    texts = [*files.values(), caplog.text.encode(), captured.out.encode(), captured.err.encode()]
    pieces = (b"canary", b"0123456789", b"abcdefgh", base64.b64encode(CANARY.encode())[:20])
    for text in texts:
        assert not any(piece in text for piece in pieces), text[:2_000]
    return len(files) >= 2 and bool(captured.err)


ECHOES: dict[str, bytes] = {
    "401": respond(error(CANARY), status="401 No"),
    "400": respond(error(CANARY), status="400 No"),
    "400, plain": respond(CANARY, status="400 No", kind="text/plain"),
    "400, at the cut of the message": respond("x" * 190 + CANARY, status="400 No"),
    "400, as a parameter": respond(
        json.dumps({"error": {"message": f"'temperature' {CANARY}"}}), status="400 No"
    ),
    "404": respond(error(CANARY), status="404 No"),
    "429": respond(error(CANARY), status="429 No", headers="Retry-After: 900\r\n"),
    "500": respond(error(CANARY), status="500 No"),
    "503, packed": respond(gzip.compress(error(CANARY).encode()), status="503 No"),
    "the reason of the status": respond("{}", status=f"403 {CANARY}"),
    "a redirect": respond("", status="302 No", headers=f"Location: http://x/{quote(CANARY)}\r\n"),
    "a header": respond("{}", status="403 No", headers=f"X-Key: {CANARY}\r\n"),
    "HTML": respond(f"<p>{CANARY}</p>", kind="text/html"),
    "no JSON": respond(f"{{{CANARY}"),
    "a list": respond(json.dumps([CANARY])),
    "status 200": respond(error(CANARY)),
    "status 200, escaped": respond(
        error("".join(f"\\u{ord(c):04x}" for c in CANARY)).replace("\\\\u", "\\u")
    ),
    "a cut answer": respond(f'{{"choices": [{{"message": {{"content": "{CANARY}'),
    "a model's name": respond(completion(PROOF, model=CANARY)),
    "an answer": respond(completion(f"The key is {CANARY}.")),
    "a proof": respond(completion(f"```lean4\n-- {CANARY}\nomega\n```")),
    "a proof that is wrong": respond(completion(f"```lean4\nexact {CANARY}\n```")),
    "a refusal": respond(
        json.dumps({"model": "m", "choices": [{"message": {"content": None, "refusal": CANARY}}]})
    ),
    "reasoning": respond(
        json.dumps({"model": "m", "choices": [{"message": {"content": "", "reasoning": CANARY}}]})
    ),
    "a tool": respond(
        json.dumps(
            {
                "model": "m",
                "choices": [
                    {"message": {"tool_calls": [{"function": {"arguments": f'"{CANARY}"'}}]}}
                ],
            }
        )
    ),
    "a stream, split": respond(
        b"".join(event(delta(part)) for part in (CANARY[:9], CANARY[9:])) + event("[DONE]"),
        kind="text/event-stream",
    ),
    "an error in a stream": respond(
        event(delta("```lean4")) + event({"error": {"message": CANARY}}), kind="text/event-stream"
    ),
    "no events": respond(f"data: {CANARY}\n\n", kind="text/event-stream"),
    "no HTTP": f"{CANARY}\r\n\r\n".encode(),
    "half a head": f"HTTP/1.1 200 OK\r\nX: {CANARY}".encode(),
    "a bad length": f"HTTP/1.1 200 OK\r\nContent-Length: {CANARY}\r\n\r\n".encode(),
    "an encoding": respond(b"\x00\x01\x02\x03\x04", headers=f"Content-Encoding: br, {CANARY}\r\n"),
    "a type": respond("{", kind=CANARY),
}

PATHS: dict[str, Answer] = {title: always(response) for title, response in ECHOES.items()} | {
    "hanging up": cut(b"", 0),
    "cut in the body": cut(respond(completion(CANARY)), 120),
    "silence": hang,
}


@pytest.mark.parametrize("answer", PATHS.values(), ids=PATHS)
def test_no_way_of_failing_writes_a_key(
    answer: Answer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MY_KEY", CANARY)
    limits = {"silence_seconds": 0.2, "total_seconds": 1, "longest_wait_seconds": 1}

    async def main() -> None:
        async with serving(answer) as served:
            fields: dict[str, Any] = {"stream": True, "limits": limits, "key_env": "MY_KEY"}
            await buying(tmp_path, entry(served.url, **fields))
            assert served.headers[0]["authorization"] == f"Bearer {CANARY}", "it was asked with it"

    _everything_is_logged(caplog)
    asyncio.run(main())
    assert _written(tmp_path, caplog, capfd)


@pytest.mark.parametrize("kind", ["nobody", "a stranger's certificate", "a proxy"])
def test_no_way_of_not_connecting_writes_a_key(
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MY_KEY", CANARY)

    async def main() -> None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
        async with (
            serving(always(b""), tls=tls) as stranger,
            serving(always(respond(CANARY, status=f"502 {CANARY}"))) as proxy,
        ):
            url = {"nobody": "http://127.0.0.1:9/v1", "a proxy": "http://seller.invalid/v1"}
            if kind == "a proxy":
                host = proxy.url.removeprefix("http://").removesuffix("/v1")
                monkeypatch.setenv("HTTP_PROXY", f"http://user:{CANARY.replace('/', '')}@{host}")
            await buying(tmp_path, entry(url.get(kind, stranger.url), key_env="MY_KEY"))

    _everything_is_logged(caplog)
    asyncio.run(main())
    assert _written(tmp_path, caplog, capfd)
