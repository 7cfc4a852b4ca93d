"""The same API on Ray Serve: without Lean, and as it is sold."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from service_process import PROGRAMS, Server, free_port, serving

from tests.api.service.customers import when_ended
from tests.soundness.corpus import ROAD, Case, fields, wrong
from tests.soundness.poison import AFTER, POISON

pytestmark = pytest.mark.ray


def test_serve_proves_restarts_and_leaves_nothing_behind(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    program = str(PROGRAMS / "on_ray.py")
    port = free_port()
    with serving(sys.executable, program, str(port), str(ledger), port=port) as first:
        first.wait_for("/readyz", 300)
        response = first.client.post(
            "/v1/proofs",
            json={
                "theorem": {"statement": ": 1 = 1"},
                "budget_usd": "0.01",
                "policy": "single:null",
            },
            headers={"X-Request-Id": "mine-7"},
        )
        assert response.status_code == 202, response.text
        url = response.headers["location"]
        assert response.headers.get_list("x-request-id") == ["mine-7"]
        body = first.proof_when(url, "proved")
        assert body["cost_usd"] == "0.000002"
        _quotes_and_sells(first)
        too_large = first.client.post("/v1/verify", content=b"x" * 4_100_000)
        assert too_large.status_code == 413
        assert too_large.headers["content-type"] == "application/problem+json"
        assert first.client.get("/docs").status_code == 200
        family = psutil.Process(first.process.pid).children(recursive=True)
        assert first.stop(signal.SIGINT) == 0
        _, alive = psutil.wait_procs(family, timeout=60)
        assert not [process.name() for process in alive]
        _tells_of_the_order(first.log(), url.rpartition("/")[2])
    port = free_port()
    with serving(sys.executable, program, str(port), str(ledger), port=port) as second:
        second.wait_for("/healthz", 300)
        assert second.client.get(url).json() == body


def _quotes_and_sells(server: Server) -> None:
    terms = {"theorem": {"statement": ": 2 = 2"}, "budget_usd": "0.01", "policy": "single:null"}
    quote = server.client.post("/v1/quotes", json=terms).raise_for_status().json()
    assert quote["margin"] == 0.25
    order = server.client.post(
        "/v1/proofs", json={"quote": quote["id"]}, headers={"Prefer": "wait=30"}
    ).json()
    assert (order["status"], order["charged_usd"]) == ("proved", quote["price_usd"])
    [null] = server.client.get("/v1/market").json()["provers"]
    assert (null["prover"], null["attempts"], null["proved"]) == ("null", 4, 2)
    failed = server.client.post("/v1/quotes", json=terms | {"policy": "auction"})
    assert (failed.status_code, failed.json()["type"]) == (422, "/problems/bad-input")


def _tells_of_the_order(log: str, order: str) -> None:
    """The server's log has the order's way, from the replica and from the broker behind it.

    Every line of it is JSON, also what Ray Serve says and where the service is.
    """
    lines = [json.loads(line) for line in log.splitlines()]
    assert any("prover-arb serves http://127.0.0.1" in line["message"] for line in lines)
    steps = " / ".join(line["message"] for line in lines if line.get("order") == order)
    for step in ("is placed", "is worked on", "purchase 1 from null is judged", "is finished"):
        assert step in steps
    ids = {"order": order, "run": f"order-{order}", "theorem": "claim", "purchase": 1}
    ids["request"] = "mine-7"
    assert any(line.items() >= ids.items() for line in lines)


def test_a_taken_port_is_refused_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, str(PROGRAMS / "on_ray.py"), str(port), str(tmp_path / "l.sqlite")],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode != 0
    assert f"127.0.0.1:{port} cannot be served on" in ended.stderr
    assert "choose another --port" in ended.stderr


@pytest.mark.lean
class TestAsSold:
    """`prover-arb serve`, with two brokers and Lean behind it."""

    @pytest.fixture(scope="class")
    def server(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
        ledger = tmp_path_factory.mktemp("sold") / "ledger.sqlite"
        port = free_port()
        command = ["-m", "prover_arb.cli", "serve", "--port", str(port), "--ledger", str(ledger)]
        command += ["--workers", "2", "--brokers", "2", "--reserved", "1"]
        with serving(sys.executable, *command, port=port) as running:
            ready = running.wait_for("/readyz", 300).json()
            assert (ready["brokers"], ready["brokers_ready"]) == (2, 2)
            yield running

    def test_it_has_the_page_and_its_files(self, server: Server) -> None:
        page = server.client.get("/")
        assert (page.status_code, 'data-need-key="no"' in page.text) == (200, True)
        assert "script-src 'self'" in page.headers["content-security-policy"]
        types = {
            path: server.client.get(path).headers["content-type"].partition(";")[0]
            for path in re.findall(r'(?:src|href)="(page/[^"]+)"', page.text)
        }
        assert types["page/main.js"] == types["page/theme.js"] == "text/javascript"
        assert types["page/style.css"] == "text/css"

    def test_it_judges(self, server: Server) -> None:
        theorem = {"name": "t", "statement": "(a b : Nat) (h : a < b) : a + 1 ≤ b"}
        for text, status in [("omega", "proved"), ("rfl", "rejected"), ("sorry", "rejected")]:
            response = server.client.post(
                "/v1/verify",
                json={"theorem": theorem, "candidate": {"kind": "tactics", "text": text}},
            )
            assert response.status_code == 200, response.text
            assert response.json()["status"] == status

    def test_it_judges_the_corpus(self, server: Server) -> None:
        def verdict(case: Case) -> tuple[str, str | None]:
            response = server.client.post("/v1/verify", json=fields(case))
            assert response.status_code == 200, response.text
            body = response.json()
            return body["status"], body["reason"]

        with ThreadPoolExecutor(4) as threads:
            assert wrong(list(threads.map(verdict, ROAD))) == {}

    def test_the_poison_of_one_key_does_not_reach_another(self, server: Server) -> None:
        def verdict(key: str, theorem: dict[str, Any], candidate: dict[str, Any]) -> Any:
            body = {"theorem": theorem, "candidate": candidate}
            headers = {"Authorization": f"Bearer {key}"}
            return server.client.post("/v1/verify", json=body, headers=headers).json()["status"]

        for theorem, candidate in POISON:
            shown = theorem.model_dump(include={"name", "statement", "preamble"})
            verdict("first", shown, candidate.model_dump())
        said = [
            verdict("second", {"name": "target", "statement": s}, {"kind": kind, "text": text})
            for s, kind, text, _ in AFTER
        ]
        assert said == [expected for *_, expected in AFTER]

    def test_it_sells_a_proof(self, server: Server) -> None:
        response = server.client.post(
            "/v1/proofs",
            json={
                "theorem": {"statement": "(a b : Nat) (h : a < b) : a + 1 ≤ b"},
                "budget_usd": "0.05",
            },
        )
        assert response.status_code == 202, response.text
        body: Any = server.proof_when(
            response.headers["location"], "proved", "exhausted", "failed", seconds=120
        )
        assert body["status"] == "proved", body
        assert body["certificate"]
        assert 0 < float(str(body["spent_usd"])) <= 0.05
        lines = server.client.get(body["urls"]["events"]).text.splitlines()
        kinds = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
        assert (kinds[:3], kinds[-2:]) == (["queued", "running", "purchase"], ["verdict", "proved"])
        assert body["spent_usd"] in lines[-2] or body["spent_usd"] in lines[-3], lines[-4:]

    def test_it_fills_a_file_and_sells_a_batch(self, server: Server) -> None:
        """A proof is judged where it stands; a statement of the batch that says nothing fails."""
        text = (
            "@[simp] theorem even (n : Nat) : (n + n) % 2 = 0 := by\n  sorry -- easy\n\n"
            "theorem swap (p q : Prop) : p ∧ q → q ∧ p := sorry\n\n"
            "theorem not_so (n : Nat) : n < 5 := by sorry\n"
        )
        terms = {"budget_usd": "0.003", "policy": "single:flash"}
        file = server.client.post("/v1/files", json={"text": text} | terms).json()
        problems = ["(n : ℕ) : n + 0 = n", ": frobnicate 1 = 2", "(p : Prop) : p → p"]
        batch = server.client.post("/v1/batches", json={"problems": problems} | terms).json()
        file, batch = (when_ended(server.client, given) for given in (file, batch))
        assert [gap["status"] for gap in file["gaps"]] == ["filled", "filled", "not_proved"]
        assert file["text"].count("sorry") == 1
        assert 0 < float(file["spent_usd"]) <= 0.003
        proved = file["text"].partition("theorem not_so")[0]
        check = {
            "theorem": {"statement": ": (7 + 7) % 2 = 0", "preamble": proved},
            "candidate": {"kind": "tactics", "text": "exact even 7"},
        }
        assert server.client.post("/v1/verify", json=check).json()["status"] == "proved"
        lines = server.client.get(batch["urls"]["results"]).text.splitlines()
        results = [json.loads(line) for line in lines]
        assert [result["status"] for result in results] == ["proved", "failed", "proved"]
        assert results[1]["problem"]["type"] == "/problems/invalid-statement"
        assert "frobnicate" in results[1]["problem"]["detail"]
        assert results[1]["spent_usd"] == "0.000000"

    def test_a_running_order_is_cancelled_and_all_is_settled(self, server: Server) -> None:
        response = server.client.post(
            "/v1/proofs",
            json={
                "theorem": {"statement": "(a b c : ℕ) (h : 0 < a * b * c) : a ^ 5 + b ^ 5 ≠ c ^ 5"},
                "budget_usd": "1",
            },
        )
        url = response.json()["urls"]["get"]
        server.proof_when(url, "running", seconds=60)
        ended = server.client.post(f"{url}/cancel").json()
        assert ended["status"] in {"cancelled", "exhausted"}
        assert not {p["state"] for p in ended["purchases"]} & {"open", "delivered"}
        assert ended["charged_usd"] == ended["spent_usd"]

    def test_it_says_that_a_statement_is_false(self, server: Server) -> None:
        response = server.client.post(
            "/v1/proofs",
            json={
                "theorem": {"statement": "(a b : ℕ) : a - b + b = a"},
                "budget_usd": "0.05",
                "policy": "refute+cascade",
            },
        )
        assert response.status_code == 202, response.text
        body = server.proof_when(
            response.headers["location"], "refuted", "proved", "exhausted", "failed", seconds=120
        )
        assert body["status"] == "refuted", body
        assert (body["proof"], body["certificate"]) == (None, None)
        refutation: Any = body["refutation"]
        assert refutation["theorem"]["statement"] == ": ¬ (∀ (a b : ℕ), a - b + b = a)"
        assert "lean 4.35.0 (eb6cafb7290e)" in refutation["kernels"]

    def test_a_statement_that_means_nothing_is_refused_with_its_position(
        self, server: Server
    ) -> None:
        response = server.client.post(
            "/v1/proofs",
            json={"theorem": {"statement": ": frobnicate 1 = 2"}, "budget_usd": "0.05"},
        )
        assert response.status_code == 422, response.text
        body = response.json()
        assert body["type"] == "/problems/invalid-statement"
        assert "frobnicate" in body["detail"]
        assert [(e["field"], e["line"], e["column"]) for e in body["errors"]] == [
            ("theorem.statement", 1, 2)
        ]
