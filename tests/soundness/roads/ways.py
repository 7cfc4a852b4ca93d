"""The roads: each takes cases and returns what was said of them, in their order."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prover_arb.core.theorem import Limits, Verdict
from prover_arb.oracle.certificate import issue
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verifier import open_oracle
from tests.api.service.service_process import Server, free_port, serving
from tests.provers.chat.served_models import completion, respond
from tests.provers.chat.served_models import serving as serving_model
from tests.soundness.roads.cases import Answer, Case, Cases

CATALOG = """
version = "roads"
[verification]
price_per_cpu_hour = "0.04"
[provers.model]
kind = "chat"
endpoint = "{url}"
model = "m"
family = "instruct"
price = {{ prompt = "1.00", completion = "2.00" }}
sampling = {{ max_tokens = 4000 }}
max_attempts = 1
"""
TURN = 40
"""Requests of one customer after another."""
PROGRAM = [sys.executable, "-m", "prover_arb.cli"]
SECONDS = 3_600


Road = Callable[[Cases, int], list[Answer]]
"""From cases, and how many are judged at a time, to what was said of each."""


def _of(verdict: Verdict) -> Answer:
    return Answer(verdict.status, verdict.reason, verdict.detail, verdict.cpu_us)


def in_process(cases: Cases, workers: int) -> list[Verdict]:
    """The oracle of this process, with so many elaborators, which are given that many at a time."""

    async def judge() -> list[Verdict]:
        turns = asyncio.Semaphore(workers)
        async with open_oracle(ensure("core"), size=workers) as (_, oracle):

            async def verdict(case: Case) -> Verdict:
                async with turns:
                    return await oracle.verify(case.theorem, case.candidate)

            return await asyncio.gather(*map(verdict, cases))

    return asyncio.run(judge())


def worker(cases: Cases, workers: int) -> list[Answer]:
    """One elaborator, one case after another."""
    del workers
    return [_of(verdict) for verdict in in_process(cases, 1)]


def pool(cases: Cases, workers: int) -> list[Answer]:
    """Several elaborators at a time."""
    return [_of(verdict) for verdict in in_process(cases, max(2, workers))]


def batch(cases: Cases, workers: int) -> list[Answer]:
    """The command line."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("\n".join(json.dumps(case.fields) for case in cases))
        file.flush()
        command = [*PROGRAM, "verify", "--batch", file.name, "--workers", str(workers)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode not in {0, 3}:
        raise RuntimeError(f"the command line ended with {done.returncode}: {done.stderr}")
    return [_answer(json.loads(line)) for line in done.stdout.split("\n") if line]


def ray(cases: Cases, workers: int) -> list[Answer]:
    """The oracle in a process of a local Ray."""
    from prover_arb.provers.catalog import load_catalog  # noqa: PLC0415
    from prover_arb.runtime.local_worker import LocalWorkerFactory  # noqa: PLC0415
    from prover_arb.runtime.ray_market import RayMarketplace  # noqa: PLC0415

    async def judge(ledger: Path) -> list[Answer]:
        factory, turns = LocalWorkerFactory(load_catalog()), asyncio.Semaphore(workers)
        async with RayMarketplace.opened(factory, ledger=ledger, workers=workers) as market:

            async def answer(case: Case) -> Answer:
                async with turns:
                    return _of(await market.verify(case.theorem, case.candidate))

            return await asyncio.gather(*map(answer, cases))

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(judge(Path(folder) / "ledger.sqlite"))


def http(cases: Cases, workers: int) -> list[Answer]:
    """`POST /v1/verify`, where two customers take turns."""

    def answer(numbered: tuple[int, Case]) -> Answer:
        number, case = numbered
        headers = {"Authorization": f"Bearer {number // TURN % 2}"}
        response = server.client.post("/v1/verify", json=case.fields, headers=headers, timeout=120)
        if response.status_code == 200:
            return _answer(response.json())
        return Answer("void", detail=f"{response.status_code} {response.text}")

    with _served(workers) as server, ThreadPoolExecutor(workers) as threads:
        return list(threads.map(answer, enumerate(cases)))


def proofs(cases: Cases, workers: int) -> list[Answer]:
    """`POST /v1/proofs`, where a model sells the candidates; no model sells a refutation."""

    async def sell(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        *_, number = re.findall(r"-- case (\d+)", request["messages"][-1]["content"])
        writer.write(respond(completion(_as_file(cases[int(number)]))))

    async def ask() -> list[Answer]:
        turns = asyncio.Semaphore(workers)

        async def answer(server: Server, number: int) -> Answer:
            async with turns:
                return await asyncio.to_thread(_ordered, server, cases[number], number)

        async with serving_model(sell) as model:
            with tempfile.NamedTemporaryFile("w", suffix=".toml") as catalog:
                catalog.write(CATALOG.format(url=model.url))
                catalog.flush()
                with _served(workers, "--catalog", catalog.name) as server:
                    return await asyncio.gather(*(answer(server, i) for i in range(len(cases))))

    return asyncio.run(ask())


def _ordered(server: Server, case: Case, number: int) -> Answer:
    """What becomes of an order of a proof of a case's statement."""
    if case.candidate.kind == "refutation":
        return Answer("refuted" if case.expected else "rejected")
    theorem = {**case.fields["theorem"], "preamble": f"{case.theorem.preamble}\n-- case {number}"}
    response = server.client.post("/v1/proofs", json={"theorem": theorem, "budget_usd": "0.05"})
    if response.status_code == 422:
        return Answer("rejected", detail=response.text)
    url = response.raise_for_status().headers["location"]
    ends = ("proved", "exhausted", "refuted", "failed")
    order: Any = server.proof_when(url, *ends, seconds=120)
    status = order["status"]
    if status == "failed":
        invalid = order["problem"]["type"] == "/problems/invalid-statement"
        status = "invalid_statement" if invalid else "void"
    verdicts = [purchase["verdict"] or {} for purchase in order["purchases"]]
    detail = "; ".join(f"{v.get('reason')} {v.get('detail')}" for v in verdicts)
    return Answer(status, detail=detail, cpu_us=sum(v.get("cpu_us", 0) for v in verdicts))


def certificate(cases: Cases, workers: int) -> list[Answer]:
    """Certificates of what one elaborator has proved, judged again by the command line."""
    verdicts = in_process(cases, 1)

    def again(case: Case, verdict: Verdict) -> Answer:
        if verdict.status != "proved":
            return _of(verdict)
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            file.write(issue(case.theorem, case.candidate, verdict, Limits()).model_dump_json())
            file.flush()
            command = [*PROGRAM, "verify", "--certificate", file.name]
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        if done.returncode == 0:
            return _of(verdict)
        return Answer("void", detail=f"it does not hold: {done.stdout} {done.stderr}")

    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(again, cases, verdicts))


ROADS: dict[str, Road] = {
    "worker": worker, "pool": pool, "batch": batch, "ray": ray, "http": http, "proofs": proofs,
    "certificate": certificate,
}  # fmt: skip


def _answer(row: dict[str, Any]) -> Answer:
    return Answer(row["status"], row["reason"], row["detail"], row["cpu_us"])


def _as_file(case: Case) -> str:
    """A candidate as a model gives it."""
    text, opening = case.candidate.text, f"theorem {case.theorem.name} {case.theorem.statement}"
    if case.candidate.kind == "term":
        text = f"{opening} :=\n{textwrap.indent(text, '  ')}"
    elif case.candidate.kind == "tactics":
        text = f"{opening} := by\n{textwrap.indent(text, '  ')}"
    return f"```lean4\n{text}\n```"


@contextmanager
def _served(workers: int, *more: str) -> Iterator[Server]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        ledger = str(Path(folder) / "ledger.sqlite")
        options = ["--port", str(port), "--workers", str(workers), "--ledger", ledger, *more]
        with serving(*PROGRAM, "serve", *options, port=port) as server:
            server.wait_for("/readyz", 300)
            yield server
