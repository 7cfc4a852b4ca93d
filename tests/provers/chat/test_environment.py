"""What the environment gets wrong about connections is told by the name of the variable."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from prover_arb.errors import InputError
from prover_arb.provers.chat.environment import certificates, check_proxies
from tests.provers.chat.served_models import always, completion, respond, serving
from tests.provers.chat.test_chat_prover import PROOF, bought, entry


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_are_not_there(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "gone"))
    with pytest.raises(InputError, match=rf"^{name}: there is no .*gone; correct the variable"):
        asyncio.run(bought(entry("http://127.0.0.1:9/v1")))


@pytest.mark.parametrize("content", ["", "not a certificate"])
def test_certificates_that_are_none(
    content: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bad.pem").write_text(content)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "bad.pem"))
    with pytest.raises(InputError, match=r"^SSL_CERT_FILE: no certificates that can be read"):
        certificates()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("socks4://user:pa55word@proxy:1080", "socks4 is no kind of proxy"),
        ("socks://proxy:1080", "socks is no kind of proxy"),
        ("ftp://proxy", "ftp is no kind of proxy"),
        ("http://", "no host"),
        ("http://user:pa55word@proxy:port", "no address of a proxy"),
        ("http://[::1", "no address of a proxy"),
    ],
)
@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "http_proxy"])
def test_a_proxy_that_cannot_be_used(name: str, value: str, said: str) -> None:
    with pytest.raises(InputError, match=rf"^{name}: ") as caught:
        check_proxies({name: value})
    assert said in str(caught.value)
    assert "pa55word" not in str(caught.value)


@pytest.mark.parametrize(
    "value", ["http://proxy:3128", "https://user:secret@proxy", "socks5://proxy:1080",
              "socks5h://[::1]:1080", "proxy:3128", "", " "]
)  # fmt: skip
def test_a_proxy_that_can_be_used(value: str) -> None:
    check_proxies({"ALL_PROXY": value, "HTTP_PROXY": value})


# httpcore leaves a connection to a proxy open whose SOCKS handshake fails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_proxy_for_socks_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seller is asked through it: it sees the first byte of SOCKS 5."""
    heard: list[bytes] = []

    async def main() -> None:
        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.read(1))
            writer.close()

        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
        async with serving(always(respond(completion(PROOF)))) as served:
            with pytest.raises(Exception, match="model: "):
                await bought(entry(served.url))
        server.close()

    asyncio.run(main())
    gc.collect()
    assert heard == [b"\x05"]
