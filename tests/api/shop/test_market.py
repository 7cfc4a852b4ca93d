"""A market over real sockets: sellers in one process, broker and oracle in another."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from prover_arb.core.job import ProofJob
from prover_arb.core.outcome import Outcome
from prover_arb.core.theorem import Theorem
from prover_arb.oracle.options import OracleOptions
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime.local_worker import LocalWorkerFactory
from prover_arb.runtime.marketplace import LocalMarketplace

RUN = "from prover_arb.cli import main; main()"

PROVABLE = [
    Theorem(name="easy", statement="(a b : ℕ) (h : a < b) : a + 1 ≤ b"),
    Theorem(name="harder", statement="(a b : ℝ) (h : a ^ 2 + b ^ 2 = 2) : a * b ≤ 1"),
]

SELLER = """
[provers.{name}]
kind = "chat"
endpoint = "{url}"
model = "{name}"
price = {{ prompt = "0", completion = "1" }}
sampling = {{ max_tokens = {worst} }}
key_file = "{keys}"
max_attempts = 1
limits = {{ retries = 0, connect_seconds = 2, failures_in_a_row = 100 }}
"""


@contextmanager
def selling(keys: Path) -> Iterator[str]:
    """Our own sellers for sale, in a process of their own; gives the address."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "provers", "serve", "flash", "portfolio",
         "--port", "0", "--keys", str(keys)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        found = re.search(r"http://\S+", said)
        assert found, said + process.stderr.read()
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=60)[1]
    assert process.returncode == 130, rest
    assert "Traceback" not in rest


def catalog_of(tmp_path: Path, url: str, keys: Path) -> Path:
    theorem = Theorem(name="t", statement="True")
    worst = {s.name: s.quote(theorem).worst_case for s in load_catalog().priced_provers()}
    text = 'version = "1"\n[verification]\nprice_per_cpu_hour = "0.05"\n'
    for name in ("flash", "portfolio"):
        text += SELLER.format(name=name, url=url, worst=worst[name], keys=keys)
    path = tmp_path / "over_http.toml"
    path.write_text(text)
    return path


async def buy(market: LocalMarketplace, run: str, policy: str = "cascade") -> list[Outcome]:
    return [
        await market.prove(t, ProofJob(policy=policy, budget=20_000, run=run)) for t in PROVABLE
    ]


@pytest.mark.lean
def test_proofs_are_bought_over_http_and_judged_here(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("sk-of-the-test\n")

    async def main() -> None:
        with selling(keys) as url:
            factory = LocalWorkerFactory(
                catalog=load_catalog(catalog_of(tmp_path, url, keys)),
                options=OracleOptions(one_kernel=True),
            )
            market = await LocalMarketplace.create(factory, ledger=tmp_path / "l.db", workers=1)
            bought = await buy(market, "over http")
        for outcome in bought:
            assert outcome.status == "proved"
            assert outcome.certificate is not None
            sales = [p for p in outcome.purchases if p.state == "judged"]
            tokens = [p.usage.completion for p in sales if p.usage]
            assert [p.cost for p in sales] == tokens, "a token is a micro-dollar"
            assert all(p.usage and not p.usage.estimated and p.cost > 0 for p in sales)
        easy, harder = bought
        assert [p.prover for p in easy.purchases] == ["flash"]
        assert [p.prover for p in harder.purchases] == ["flash", "portfolio"]
        gone = await buy(market, "nobody sells")
        assert {(o.status, o.cost) for o in gone} == {("not_proved", 0)}
        assert {p.state for o in gone for p in o.purchases} == {"lost"}
        await market.close()

    asyncio.run(main())


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
