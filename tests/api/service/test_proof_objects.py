"""Orders as objects: repeated, waited for, listed, cancelled and followed."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse
from service_process import Server

from tests.api.service.test_api import THEOREM, problem

ORDER = {"theorem": THEOREM, "budget_usd": "0.001", "policy": "single:null"}


def place(server: Server, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
    return server.client.post("/v1/proofs", json=ORDER | fields, headers=headers)


def events(server: Server, url: str, last: str = "") -> list[ServerSentEvent]:
    headers = {"Last-Event-ID": last} if last else {}
    with connect_sse(server.client, "GET", f"{url}/events", headers=headers) as stream:
        return list(stream.iter_sse())


class TestIdempotency:
    def test_the_same_key_and_body_give_the_same_order(self, server: Server) -> None:
        """Also when all of them come at once: one order is bought."""
        key = {"Idempotency-Key": "once"}
        with ThreadPoolExecutor(8) as threads:
            answers = [*threads.map(lambda _: place(server, key), range(8))]
        [order_id] = {answer.json()["id"] for answer in answers}
        assert place(server).json()["id"] != order_id
        problem(place(server, key, seed=1), 422, "idempotency-key-reused")

    @pytest.mark.parametrize("key", ["", "x" * 256, "two words"])
    def test_a_key_that_is_none(self, server: Server, key: str) -> None:
        body = problem(place(server, {"Idempotency-Key": key}), 422, "invalid-request")
        assert [e["field"] for e in body["errors"]] == ["idempotency-key"]


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "https://localhost/", "http://[::1]:8000/"])
def test_no_webhook_goes_into_our_network(server: Server, url: str) -> None:
    refused = problem(place(server, webhook=url), 422, "webhook-refused")
    assert [e["field"] for e in refused["errors"]] == ["webhook"]


class TestWait:
    def test_the_answer_is_the_end(self, server: Server) -> None:
        response = place(server, {"Prefer": "respond-async, wait=30"})
        assert response.status_code == 200
        assert response.headers["preference-applied"] == "wait=30"
        body = response.json()
        assert (body["status"], body["object"]) == ("proved", "proof")
        assert body["started_at"] <= body["finished_at"]

    def test_a_wait_that_is_too_short(self, server: Server) -> None:
        response = place(server, {"Prefer": "wait=1"}, theorem={"statement": ": stuck"})
        assert response.status_code == 202
        assert response.json()["status"] == "running"
        server.client.post(response.json()["urls"]["cancel"])


class TestList:
    def test_pages_hold_every_order_once(self, server: Server) -> None:
        made = [place(server, metadata={"set": "pages"}).json()["id"] for _ in range(7)]
        seen: list[str] = []
        query: dict[str, Any] = {"metadata": "set:pages", "limit": 3}
        while True:
            page = server.client.get("/v1/proofs", params=query).json()
            seen += [order["id"] for order in page["data"]]
            assert page["has_more"] == (page["next_after"] is not None)
            if not page["has_more"]:
                break
            query["after"] = page["next_after"]
        assert seen == made[::-1]

    def test_filters(self, server: Server) -> None:
        first = place(server, {"Prefer": "wait=30"}, metadata={"set": "f", "a": "b:c"}).json()
        second = place(
            server, {"Prefer": "wait=30"}, metadata={"set": "f"}, budget_usd="0.000001"
        ).json()

        def listed(**query: Any) -> list[str]:
            answer = server.client.get("/v1/proofs", params={"metadata": "set:f"} | query)
            return [order["id"] for order in answer.raise_for_status().json()["data"]]

        assert listed() == [second["id"], first["id"]]
        assert listed(status="exhausted") == [second["id"]]
        assert listed(status=["exhausted", "proved"]) == [second["id"], first["id"]]
        assert listed(metadata=["set:f", "a:b:c"]) == [first["id"]]
        assert listed(created_after=second["created_at"])[0] == second["id"]
        assert listed(created_before=first["created_at"]) == []

    @pytest.mark.parametrize("after", ["0" * 24, "nowhere", "", "' OR 1=1", "\x00"])
    def test_a_cursor_from_nowhere(self, server: Server, after: str) -> None:
        response = server.client.get("/v1/proofs", params={"after": after})
        problem(response, 400, "bad-cursor")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("limit", "0"),
            ("limit", "many"),
            ("limit", "1_0"),
            ("limit", "+10"),
            ("status", "done"),
            ("created_after", "yesterday"),
            ("created_after", "2026-11-26T00:00:00"),
            ("metadata", "nocolon"),
            ("metadata", "a:\x00"),
        ],
    )
    def test_bad_filters(self, server: Server, field: str, value: str) -> None:
        body = problem(
            server.client.get("/v1/proofs", params={field: value}), 422, "invalid-request"
        )
        assert body["errors"][0]["field"].partition(".")[0] == field


class TestSlices:
    def test_purchases_and_events_name_their_slice(self, server: Server) -> None:
        wait = {"Prefer": "wait=30"}
        bought = place(server, wait, policy="single:portfolio", budget_usd="0.01").json()
        slices = [purchase["slice"] for purchase in bought["purchases"]]
        assert len(slices) > 1
        assert slices == [*range(len(slices))]
        steps = events(server, bought["urls"]["get"])
        assert [e.json()["slice"] for e in steps if e.event == "purchase"] == slices
        whole = place(server, wait).json()["purchases"]
        assert [purchase["slice"] for purchase in whole] == [None] * 3


class TestCancel:
    def test_a_running_order_ends(self, server: Server) -> None:
        order = place(server, theorem={"statement": ": stuck"}).json()
        server.proof_when(order["urls"]["get"], "running")
        ended = server.client.post(order["urls"]["cancel"]).json()
        assert ended["status"] == "cancelled"
        assert [p["state"] for p in ended["purchases"]] == ["lost"]
        assert ended["spent_usd"] == "0.000000"
        again = server.client.post(order["urls"]["cancel"]).json()
        assert again == ended
        problem(server.client.get(order["urls"]["certificate"]), 404, "no-certificate")

    def test_an_order_that_ended_stays_as_it_is(self, server: Server) -> None:
        order = place(server, {"Prefer": "wait=30"}).json()
        assert server.client.post(order["urls"]["cancel"]).json() == order

    def test_races_end_in_one_state(self, server: Server) -> None:
        """Cancelled or proved: what the order says, its events and its purchases agree."""

        def race(number: int) -> None:
            statement = f": slow = {number}" if number % 2 else f": {number} = {number}"
            order = place(server, theorem={"statement": statement}).json()
            time.sleep(number * 0.04)
            server.client.post(order["urls"]["cancel"])
            ended = server.proof_when(order["urls"]["get"], "cancelled", "proved")
            proved = [
                p for p in ended["purchases"] if p["verdict"] and p["verdict"]["status"] == "proved"
            ]
            assert (ended["status"] == "proved") == bool(proved), ended
            kinds = [event.event for event in events(server, order["urls"]["get"])]
            assert kinds[-1] == ended["status"]
            assert len({"cancelled", "proved"} & {*kinds}) == 1
            assert ended["spent_usd"] == ended["charged_usd"]

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(race, range(18)))


class TestEvents:
    def test_they_tell_what_was_bought(self, server: Server) -> None:
        order = place(server, theorem={"statement": ": slow"}).json()
        told = events(server, order["urls"]["get"])
        assert [event.event for event in told] == [
            *("queued", "running"),
            *("purchase", "delivery", "verdict") * 3,
            "proved",
        ]
        assert [event.id for event in told] == [str(n + 1) for n in range(len(told))]
        data = [json.loads(event.data) for event in told]
        assert [d["status"] for d in data if "reason" in d] == ["rejected", "rejected", "proved"]
        costs = [d["spent_usd"] for d in data]
        assert costs == sorted(costs)
        ended = server.proof_when(order["urls"]["get"], "proved")
        assert costs[-1] == ended["spent_usd"] == "0.000003"

    def test_a_stream_goes_on_after_the_last_event_read(self, server: Server) -> None:
        url = place(server, {"Prefer": "wait=30"}).json()["urls"]["get"]
        whole = [(e.id, e.event, e.data) for e in events(server, url)]
        for n in (1, 5, len(whole) - 1):
            rest = [(e.id, e.event, e.data) for e in events(server, url, last=str(n))]
            assert rest == whole[n:]
        assert events(server, url, last=str(len(whole))) == []

    @pytest.mark.parametrize("last", ["-1", "x", "9" * 30])
    def test_an_event_from_nowhere(self, server: Server, last: str) -> None:
        url = place(server).json()["urls"]["events"]
        problem(server.client.get(url, headers={"Last-Event-ID": last}), 400, "bad-cursor")


def test_the_certificate_alone(server: Server) -> None:
    order = place(server, {"Prefer": "wait=30"}).json()
    assert server.client.get(order["urls"]["certificate"]).json() == order["certificate"]


def test_a_deadline_ends_an_order(server: Server) -> None:
    order = place(
        server, {"Prefer": "wait=30"}, theorem={"statement": ": stuck"}, deadline=1
    ).json()
    assert (order["status"], order["deadline"]) == ("exhausted", 1)
    assert "deadline" in order["why_stopped"]


class TestBatch:
    def test_verdicts_come_in_order_as_they_are_judged(self, server: Server) -> None:
        items = [
            {"theorem": THEOREM, "candidate": {"kind": "tactics", "text": f"null {n % 4}"}}
            for n in range(40)
        ]
        with server.client.stream("POST", "/v1/verify/batch", json={"items": items}) as response:
            assert response.headers["content-type"].startswith("application/x-ndjson")
            lines = [json.loads(line) for line in response.iter_lines()]
        assert [line["index"] for line in lines] == [*range(40)]
        proved = [line["index"] for line in lines if line["verdict"]["status"] == "proved"]
        assert proved == [*range(2, 40, 4)]

    def test_a_wrong_item_is_named(self, server: Server) -> None:
        good = {"theorem": THEOREM, "candidate": {"kind": "term", "text": "rfl"}}
        bad = good | {"candidate": {"kind": "poem", "text": ""}}
        response = server.client.post("/v1/verify/batch", json={"items": [good, bad]})
        body = problem(response, 422, "invalid-request")
        assert [e["field"] for e in body["errors"]] == ["items.1.candidate.kind"]


class TestBodies:
    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
    def test_other_content_types(self, server: Server, kind: str) -> None:
        content = json.dumps(ORDER).encode()
        response = server.client.post("/v1/proofs", content=content, headers={"Content-Type": kind})
        problem(response, 415, "wrong-content-type")

    @pytest.mark.parametrize(
        "content",
        [b"[" * 100_000, b'{"theorem": ' * 50_000, b'{"a": "\xff"}', b"\x80", b"\xff\xfe{"],
    )
    def test_json_that_cannot_be_read(self, server: Server, content: bytes) -> None:
        for path in ("/v1/proofs", "/v1/verify", "/v1/verify/batch"):
            response = server.client.post(
                path, content=content, headers={"Content-Type": "application/json"}
            )
            problem(response, 400, "malformed-json")


class TestOperation:
    def test_head(self, server: Server) -> None:
        for path in ("/healthz", "/readyz"):
            response = server.client.head(path)
            assert (response.status_code, response.content) == (200, b"")

    def test_the_documentation_needs_no_other_server(self, server: Server) -> None:
        page = server.client.get("/docs").text
        assert "://" not in page.replace("http://www.w3.org", "")
        for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
            assert f"/docs/assets/{asset}" in page
            assert len(server.client.get(f"/docs/assets/{asset}").content) > 50_000

    def test_request_ids(self, server: Server) -> None:
        assert server.client.get("/healthz").headers["x-request-id"]
        given = server.client.get("/v1/nothing", headers={"X-Request-Id": "mine-1"})
        assert given.headers["x-request-id"] == "mine-1"
        forged = server.client.get("/healthz", headers={"X-Request-Id": "a b"})
        assert forged.headers["x-request-id"] != "a b"

    def test_metrics_count_what_happened(self, server: Server) -> None:
        def figures() -> dict[str, float]:
            lines = server.client.get("/metrics").text.splitlines()
            pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
            return {name: float(value) for name, _, value in pairs}

        # The server is ready when its first worker is; the others join later.
        deadline = time.monotonic() + 60
        while (before := figures())['prover_arb_workers{state="ready"}'] < 3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        place(server, {"Prefer": "wait=30"})
        server.client.post(
            "/v1/verify", json={"theorem": THEOREM, "candidate": {"kind": "term", "text": "x"}}
        )
        after = figures()

        def more(name: str) -> float:
            return round(after[name] - before.get(name, 0), 7)

        assert more('prover_arb_attempts_total{prover="null"}') == 3
        rejected = 'reason="elaboration_error",source="attempt",status="rejected"'
        assert more(f"prover_arb_verdicts_total{{{rejected}}}") == 2
        assert more('prover_arb_orders_total{status="proved"}') == 1
        assert more("prover_arb_spent_usd_total") == 0.000003
        assert more("prover_arb_verify_overhead_seconds_count") == 1
        assert after['prover_arb_workers{state="ready"}'] == 3
        assert after['prover_arb_queue_depth{what="orders_queued"}'] == 0
