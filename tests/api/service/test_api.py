"""What the API answers, on a real server over loopback."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from service_process import Server, local_server

THEOREM = {"statement": ": 1 + 1 = 2"}


def order(server: Server, **fields: Any) -> str:
    body = {"theorem": THEOREM, "budget_usd": "0.001", "policy": "single:null"} | fields
    response = server.client.post("/v1/proofs", json=body)
    assert response.status_code == 202, response.text
    answer = response.json()
    assert response.headers["location"] == answer["urls"]["get"] == f"/v1/proofs/{answer['id']}"
    return str(answer["urls"]["get"])


def problem(response: Any, status: int, slug: str) -> dict[str, Any]:
    """The problem document of an answer, after checking what every one must have."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert set(body) == {"type", "title", "status", "detail", "instance", "errors"}
    assert body["type"] == f"/problems/{slug}"
    assert body["status"] == status
    assert body["instance"] == response.request.url.path
    assert body["title"]
    assert body["detail"]
    return body


class TestProofs:
    def test_a_proof_is_bought(self, server: Server) -> None:
        body = server.proof_when(order(server), "proved")
        assert body["cost_usd"] == "0.000003"
        assert body["verification_cost_usd"] == "0.000000"
        assert body["spent_usd"] == "0.000003"
        assert body["budget_usd"] == "0.001000"
        assert body["proof"] == {"kind": "tactics", "text": "null 2"}
        assert body["theorem"] == {
            "name": "claim",
            "statement": ": 1 + 1 = 2",
            "preamble": "",
            "profile": "core",
        }
        certificate: Any = body["certificate"]
        assert certificate["candidate"] == body["proof"]
        purchases: Any = body["purchases"]
        assert [p["state"] for p in purchases] == ["judged"] * 3
        assert [p["verdict"]["status"] for p in purchases] == ["rejected", "rejected", "proved"]
        assert body["finished_at"]
        assert body["problem"] is None

    def test_without_money_there_is_no_proof(self, server: Server) -> None:
        body = server.proof_when(order(server, budget_usd=0.000002), "exhausted")
        assert body["proof"] is None
        assert body["certificate"] is None
        assert body["why_stopped"]
        assert float(str(body["spent_usd"])) <= 0.000002

    @pytest.mark.parametrize("budget", ["0.05", 0.05, "$0.05", 1, 1e-6])
    def test_budgets_are_text_or_numbers(self, server: Server, budget: object) -> None:
        body = server.client.get(order(server, budget_usd=budget)).json()
        assert float(body["budget_usd"]) == float(str(budget).removeprefix("$"))

    def test_a_sum_of_floats_is_rounded_down(self, server: Server) -> None:
        assert 0.1 + 0.2 != 0.3
        body = server.client.get(order(server, budget_usd=0.1 + 0.2)).json()
        assert body["budget_usd"] == "0.300000"

    def test_an_invalid_statement_is_refused_at_once(self, server: Server) -> None:
        response = server.client.post(
            "/v1/proofs", json={"theorem": {"statement": ": nonsense"}, "budget_usd": 1}
        )
        body = problem(response, 422, "invalid-statement")
        assert "nonsense" in body["detail"]
        [error] = body["errors"]
        assert (error["field"], error["line"], error["column"]) == ("theorem.statement", 1, 2)

    def test_a_market_that_fails_says_so(self, server: Server) -> None:
        body = server.proof_when(order(server, theorem={"statement": ": trouble"}), "failed")
        why: Any = body["problem"]
        assert why["type"] == "/problems/market-failed"
        assert "confused" in why["detail"]

    def test_a_defect_ends_the_order(self, server: Server) -> None:
        body = server.proof_when(order(server, theorem={"statement": ": flaw"}), "failed")
        why: Any = body["problem"]
        assert (why["type"], why["status"]) == ("/problems/market-failed", 500)

    def test_many_orders_at_once(self, server: Server) -> None:
        urls = [order(server, theorem={"statement": f": {n} = {n}"}) for n in range(30)]
        assert len(set(urls)) == 30
        for url in urls:
            assert server.proof_when(url, "proved", "failed")["status"] == "proved"

    def test_the_same_theorem_twice_is_two_orders(self, server: Server) -> None:
        for url in (order(server), order(server)):
            assert server.proof_when(url, "proved")["cost_usd"] == "0.000003"


class TestVerify:
    def test_a_verdict_comes_back(self, server: Server) -> None:
        for text, status in [("null 2", "proved"), ("null 7", "rejected")]:
            response = server.client.post(
                "/v1/verify",
                json={"theorem": THEOREM, "candidate": {"kind": "tactics", "text": text}},
            )
            assert response.status_code == 200
            assert response.json()["status"] == status

    def test_limits_are_checked(self, server: Server) -> None:
        response = server.client.post(
            "/v1/verify",
            json={
                "theorem": THEOREM,
                "candidate": {"kind": "tactics", "text": "rfl"},
                "limits": {"wall_ms": -1},
            },
        )
        body = problem(response, 422, "invalid-request")
        assert [e["field"] for e in body["errors"]] == ["limits.wall_ms"]


class TestProblems:
    def test_unknown_order(self, server: Server) -> None:
        body = problem(server.client.get("/v1/proofs/nope"), 404, "unknown-order")
        assert "nope" in body["detail"]

    @pytest.mark.parametrize(
        "budget",
        [
            *(-1, "-0.01", "lots", "", None, True, [], {}, "1e99", 2_000_000, "0.0000001"),
            *(0, "0", 1e-7, "1_000", "٣", "1,5", 1e300),
        ],
    )
    def test_bad_budgets(self, server: Server, budget: object) -> None:
        response = server.client.post(
            "/v1/proofs", json={"theorem": THEOREM, "budget_usd": budget, "policy": "single:null"}
        )
        body = problem(response, 422, "bad-budget")
        assert [e["field"] for e in body["errors"]] == ["budget_usd"]
        assert body["errors"][0]["pointer"] == "#/budget_usd"
        assert body["detail"].count("budget_usd") == 1

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
    def test_budgets_that_are_no_amounts(self, server: Server, number: str) -> None:
        content = json.dumps({"theorem": THEOREM, "budget_usd": 0}).replace(" 0}", f" {number}}}")
        response = server.client.post(
            "/v1/proofs", content=content, headers={"Content-Type": "application/json"}
        )
        problem(response, 422, "bad-budget")

    def test_a_statement_that_rests_on_a_gap_is_not_taken(self, server: Server) -> None:
        gap = {"name": "t", "statement": ": k = 2", "preamble": "def k : ℕ := sorry"}
        response = server.client.post("/v1/proofs", json={"theorem": gap, "budget_usd": "0.01"})
        body = problem(response, 422, "bad-input")
        assert "rests on `k`" in body["detail"]
        assert [e["field"] for e in body["errors"]] == ["theorem"]

    def test_unknown_policy_lists_what_there_is(self, server: Server) -> None:
        for policy in ("single:nobody", "yolo"):
            response = server.client.post(
                "/v1/proofs", json={"theorem": THEOREM, "budget_usd": 1, "policy": policy}
            )
            body = problem(response, 422, "unknown-policy")
            assert policy in body["detail"]
            assert "known" in body["detail"]
            assert [e["field"] for e in body["errors"]] == ["policy"]

    def test_unsupported_profile(self, server: Server) -> None:
        for path, more in [
            ("/v1/proofs", {"budget_usd": 1}),
            ("/v1/verify", {"candidate": {"kind": "term", "text": "rfl"}}),
        ]:
            response = server.client.post(
                path, json={"theorem": THEOREM | {"profile": "mathlib"}} | more
            )
            body = problem(response, 422, "unsupported-profile")
            assert "core" in body["detail"]
            assert [e["field"] for e in body["errors"]] == ["theorem.profile"]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"theorem": {}}, "theorem.statement"),
            ({"theorem": {"statement": ""}}, "theorem.statement"),
            ({"theorem": {"statement": ": x", "name": "not a name"}}, "theorem.name"),
            ({"theorem": {"statement": ": x", "proof": "rfl"}}, "theorem.proof"),
            ({"theorem": {"statement": ": x", "profile": "coq"}}, "theorem.profile"),
            ({"theorem": ": x"}, "theorem"),
            ({"seed": "a"}, "seed"),
            ({"seed": -1}, "seed"),
            ({"polcy": "cascade"}, "polcy"),
        ],
    )
    def test_fields_at_fault_are_named(
        self, server: Server, change: dict[str, Any], field: str
    ) -> None:
        response = server.client.post(
            "/v1/proofs", json={"theorem": THEOREM, "budget_usd": "0.05"} | change
        )
        body = problem(response, 422, "invalid-request")
        assert [e["field"] for e in body["errors"]] == [field]
        assert body["errors"][0]["pointer"] == "#/" + field.replace(".", "/")

    def test_malformed_json(self, server: Server) -> None:
        response = server.client.post(
            "/v1/proofs", content=b'{"theorem": ', headers={"Content-Type": "application/json"}
        )
        problem(response, 400, "malformed-json")

    def test_text_that_is_not_unicode(self, server: Server) -> None:
        content = b'{"theorem": {"statement": ": \\ud800"}, "budget_usd": 1}'
        response = server.client.post(
            "/v1/proofs", content=content, headers={"Content-Type": "application/json"}
        )
        problem(response, 422, "invalid-request")

    @pytest.mark.parametrize("chunked", [False, True])
    def test_large_bodies_are_refused(self, server: Server, chunked: bool) -> None:
        large = b'{"theorem": "' + b"x" * 4_100_000 + b'"}'
        content: Any = (large[i : i + 65536] for i in range(0, len(large), 65536))
        response = server.client.post("/v1/verify", content=content if chunked else large)
        problem(response, 413, "request-too-large")

    def test_a_defect_of_ours(self, server: Server) -> None:
        response = server.client.post(
            "/v1/proofs", json={"theorem": {"statement": ": defect"}, "budget_usd": 1}
        )
        assert response.status_code == 500
        assert response.headers["content-type"] == "application/problem+json"
        body = response.json()
        assert (body["type"], body["status"]) == ("about:blank", 500)
        assert "ZeroDivision" not in response.text
        assert server.client.get("/healthz").status_code == 200

    def test_unknown_paths_and_methods(self, server: Server) -> None:
        for response in (server.client.get("/v2/proofs"), server.client.delete("/v1/verify")):
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["type"] == "about:blank"
            assert response.json()["status"] == response.status_code
            assert response.status_code in (404, 405)

    def test_types_can_be_looked_up(self, server: Server) -> None:
        response = server.client.get("/problems/bad-budget")
        assert response.json()["status"] == 422
        assert server.client.get("/problems/unheard-of").status_code == 404


class TestOperation:
    def test_docs_and_schema(self, server: Server) -> None:
        assert server.client.get("/docs").status_code == 200
        schema = server.client.get("/openapi.json").json()
        assert {"/v1/verify", "/v1/proofs", "/v1/proofs/{order_id}"} <= set(schema["paths"])
        refused = schema["paths"]["/v1/proofs"]["post"]["responses"]["422"]["content"]
        assert "application/problem+json" in refused

    def test_ready_names_the_kernel(self, server: Server) -> None:
        ready = server.client.get("/readyz").json()
        assert 1 <= ready.pop("workers_ready") <= 3  # the others join while it serves
        assert ready == {
            "status": "ready",
            "lean": "none",
            "profiles": ["core"],
            "workers": 3,
            "brokers": 1,
            "brokers_ready": 1,
        }

    def test_without_lean_it_lives_but_is_not_ready(self, tmp_path: Path) -> None:
        with local_server(tmp_path / "ledger.sqlite", mood="barren") as barren:
            assert barren.client.get("/healthz").status_code == 200
            response = barren.client.get("/readyz")
            body = problem(response, 503, "not-ready")
            assert "nowhere to be found" in body["detail"]
            assert response.headers["retry-after"]
            refused = barren.client.post(
                "/v1/proofs", json={"theorem": THEOREM, "budget_usd": "0.01"}
            )
            problem(refused, 503, "not-ready")

    def test_a_replay_of_records_is_not_served(self, tmp_path: Path) -> None:
        with local_server(tmp_path / "ledger.sqlite", mood="replay") as server:
            deadline = time.monotonic() + 30
            while "proves nothing" not in (said := server.client.get("/readyz").text):
                assert time.monotonic() < deadline, said
                time.sleep(0.05)
            candidate = {"kind": "tactics", "text": "recorded attempt 0 of null"}
            for path, body in (
                ("/v1/verify", {"theorem": {"name": "claim"} | THEOREM, "candidate": candidate}),
                ("/v1/proofs", {"theorem": {"name": "claim"} | THEOREM, "budget_usd": "0.01"}),
            ):
                problem(server.client.post(path, json=body), 503, "not-ready")
            assert "recorded attempts" in server.client.get("/readyz").json()["detail"]


class TestRestart:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
    def test_orders_outlive_the_server(self, tmp_path: Path, number: signal.Signals) -> None:
        """One finished order is still there, the interrupted one goes on, nothing is paid twice."""
        ledger = tmp_path / "ledger.sqlite"
        with local_server(ledger, mood="slow") as first:
            first.wait_for("/readyz", 30)
            finished = order(first)
            before = first.proof_when(finished, "proved")
            interrupted = order(first, theorem={"statement": ": 2 = 2"})
            while not first.client.get(interrupted).json()["purchases"]:
                pass
            first.stop(number)
        with sqlite3.connect(ledger) as book:
            (paid,) = book.execute("SELECT sum(cost) FROM purchases").fetchone()
        assert paid < 6
        with local_server(ledger, mood="slow") as second:
            assert second.client.get(finished).json() == before
            after = second.proof_when(interrupted, "proved")
            assert after["cost_usd"] == "0.000003"
            assert second.client.get(finished).json() == before
