"""The market over HTTP is the market in this process, and a prover that dies leaves it for a while.

Provers sell in processes of their own, over real sockets; broker and oracle are here.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from openai import NOT_GIVEN, AsyncOpenAI

from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import Theorem
from prover_arb.oracle.options import OracleOptions
from prover_arb.provers.catalog import Catalog, load_catalog
from prover_arb.provers.chat.families import lean_text
from prover_arb.provers.prover_config import ProverConfig
from prover_arb.runtime.local_worker import LocalWorkerFactory
from prover_arb.runtime.marketplace import LocalMarketplace

RUN = "from prover_arb.cli import main; main()"

POLICY = "cascade:portfolio=0.01,flash=0.001"

REST_SECONDS = 10
"""How long the buyer leaves a prover alone that failed twice in a row."""

PROVER = """
[provers.{name}]
kind = "chat"
endpoint = "{url}"
model = "{name}"
price = {{ prompt = "0", completion = "1" }}
sampling = {{ max_tokens = {worst_case} }}
key_file = "{keys}"
max_attempts = 1
limits = {{ retries = 0, connect_seconds = 2, failures_in_a_row = 2, rest_seconds = {rest} }}
"""


FALSE = Theorem(name="nobody_proves_it", statement=": ∀ n : ℕ, n < 5")
LONG = Theorem(
    name="nobody_proves_it_soon",
    statement="(x y z : ℝ) (h : x * y * z = 1) (k : 0 < x) (l : 0 < y) : "
    "x ^ 4 + y ^ 4 + z ^ 4 < x * y * z * (x + y + z)",
)
"""Failing takes `flash` several times as long as three micro-dollars pay for."""


def easy(number: int) -> Theorem:
    """Every prover proves it, long before its processor time is used up."""
    return Theorem(name=f"easy_{number}", statement="(a b : ℕ) (h : a < b) : a + 1 ≤ b")


class Served:
    """One prover for sale, in a process of its own; once it has an address it keeps that."""

    def __init__(self, name: str, keys: Path) -> None:
        self.name = name
        self.url = ""
        self._keys = keys
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        port = str(urlsplit(self.url).port or 0)
        self._process = subprocess.Popen(
            [sys.executable, "-c", RUN, "provers", "serve", self.name,
             "--port", port, "--keys", str(self._keys)],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        address = re.search(r"http://\S+", line)
        assert address, line + self._process.stderr.read()
        self.url = address[0]

    def kill(self) -> None:
        """As a machine that loses power: no request is answered, nothing is put away."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()

    def stop(self) -> None:
        """Ends it as Ctrl-C does; one that was killed has ended."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            errors = self._process.communicate(timeout=60)[1]
            assert self._process.returncode == 130, errors
            assert "Traceback" not in errors


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, Served]]:
    keys = tmp_path / "keys"
    keys.touch(mode=0o600)
    keys.write_text("sk-of-the-test\n")
    with ExitStack() as stack:
        provers = {name: Served(name, keys) for name in ("flash", "portfolio")}
        for prover in provers.values():
            prover.start()
            stack.callback(prover.stop)
        yield provers


def over_http(served: dict[str, Served], folder: Path) -> Catalog:
    """The served provers, with the worst cases of the shipped price list."""
    shipped = load_catalog()
    quotes = {p.name: p.quote(easy(1)).worst_case for p in shipped.priced_provers()}
    text = 'version = "1"\n[verification]\nprice_per_cpu_hour = "0.05"\n'
    for name, prover in served.items():
        text += PROVER.format(
            name=name,
            url=prover.url,
            worst_case=quotes[name],
            keys=folder / "keys",
            rest=REST_SECONDS,
        )
    path = folder / "over_http.toml"
    path.write_text(text)
    return load_catalog(path)


def sold_whole() -> Catalog:
    """The shipped provers; over HTTP, too, an attempt is sold whole."""
    shipped = load_catalog()
    whole = {
        name: entry.model_copy(update={"slices": ()}) if isinstance(entry, ProverConfig) else entry
        for name, entry in shipped.entries.items()
    }
    return shipped.model_copy(update={"entries": whole})


@asynccontextmanager
async def market_of(catalog: Catalog, ledger: Path) -> AsyncIterator[LocalMarketplace]:
    factory = LocalWorkerFactory(catalog=catalog, options=OracleOptions(one_kernel=True))
    market = await LocalMarketplace.create(factory, ledger=ledger, workers=1)
    try:
        yield market
    finally:
        await market.close()


async def buy(market: LocalMarketplace, *theorems: Theorem) -> list[Outcome]:
    job = ProofJob(policy=POLICY, budget=20_000, run="r")
    return [await market.prove(theorem, job) for theorem in theorems]


def traded(outcome: Outcome) -> list[tuple[object, ...]]:
    """All of a theorem's purchases that no clock has a say in."""
    return [(p.prover, p.number, p.reserved, p.state, p.candidate) for p in outcome.purchases]


def bought_of(outcome: Outcome) -> list[tuple[str, str]]:
    return [(p.prover, p.state) for p in outcome.purchases]


@pytest.mark.lean
def test_the_market_over_http_is_the_one_in_process(
    served: dict[str, Served], tmp_path: Path
) -> None:
    theorems = [easy(1), FALSE]

    async def main() -> None:
        async with market_of(sold_whole(), tmp_path / "in-process.sqlite") as market:
            in_process = await buy(market, *theorems)
        async with market_of(over_http(served, tmp_path), tmp_path / "http.sqlite") as market:
            elsewhere = await buy(market, *theorems)
            for here, there in zip(in_process, elsewhere, strict=True):
                assert traded(here) == traded(there)
                assert here.status == there.status
                assert all(_paid_by_tokens(purchase) for purchase in there.purchases)
            assert [outcome.status for outcome in elsewhere] == ["proved", "not_proved"]
            assert elsewhere[0].certificate is not None
            assert bought_of(elsewhere[0]) == [("portfolio", "judged")]
            assert bought_of(elsewhere[1]) == [("portfolio", "judged"), ("flash", "judged")]
            await _a_budget_cuts_an_answer(served["flash"])
            await _portfolio_dies_and_returns(market, served["portfolio"])
        served["flash"].kill()
        served["portfolio"].kill()
        async with market_of(over_http(served, tmp_path), tmp_path / "gone.sqlite") as market:
            (gone,) = await buy(market, easy(1))
        assert (gone.status, gone.cost) == ("not_proved", 0)
        assert {p.state for p in gone.purchases} == {"lost"}

    asyncio.run(main())


async def _a_budget_cuts_an_answer(flash: Served) -> None:
    """An answer that the client's budget ended is cut by its length; a whole one is not."""
    messages: list[Any] = [{"role": "user", "content": lean_text(LONG)}]
    async with AsyncOpenAI(base_url=flash.url, api_key="sk-of-the-test") as client:
        ends = []
        for budget in (3, NOT_GIVEN):
            reply = await client.chat.completions.create(
                model="flash", messages=messages, n=2, max_tokens=budget
            )
            ends.append([choice.finish_reason for choice in reply.choices])
            assert len({choice.message.content for choice in reply.choices}) == 1
            assert reply.usage is not None
            if budget == 3:
                assert reply.usage.completion_tokens <= 3, "two choices, paid for once"
    assert ends == [["length", "length"], ["stop", "stop"]]


async def _portfolio_dies_and_returns(market: LocalMarketplace, portfolio: Served) -> None:
    """While it is away the others sell, and nothing is paid to it; then it sells again."""
    portfolio.kill()
    away = await buy(market, easy(2), easy(3), easy(4))
    for outcome in away:
        assert outcome.status == "proved"
        assert bought_of(outcome) == [("portfolio", "lost"), ("flash", "judged")]
        assert outcome.cost == outcome.purchases[1].cost
    assert "off the market" in away[2].purchases[0].failure, "two failures in a row are enough"
    portfolio.start()
    await asyncio.sleep(REST_SECONDS)
    (back,) = await buy(market, easy(5))
    assert (back.status, bought_of(back)) == ("proved", [("portfolio", "judged")])


def _paid_by_tokens(purchase: Purchase) -> bool:
    usage = purchase.usage
    return usage is not None and not usage.estimated and usage.completion == purchase.cost > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "no local prover 'nobody' in the catalog; there are: flash"),
        (["flash", "--host", "0.0.0.0"], "say who may buy with --keys"),
        (["flash", "--per-minute", "0"], "--per-minute"),
        (["flash", "--latency-ms", "-1"], "--latency-ms"),
        (["flash", "--keys", "/nowhere"], "--keys /nowhere: cannot be read"),
        (["flash", "--host", "203.0.113.1", "--keys", __file__], "cannot be served on"),
    ],
)
def test_what_cannot_be_sold_is_told(arguments: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, "provers", "serve", *arguments, "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
