"""The Python client against a real server on loopback, over good and bad connections."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from service_process import Server, free_port
from unsteady import unsteady

from prover_arb import Candidate, InputError, Theorem
from prover_arb.client import ApiError, AsyncClient, Client, Event, ServerUnreachable

RIGHT, WRONG = "null 2", "null 0"


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(str(server.client.base_url)) as open_client:
        yield open_client


class TestVerify:
    def test_a_proof_and_another(self, client: Client) -> None:
        assert client.verify(": 1 = 1", RIGHT).status == "proved"
        verdict = client.verify(
            Theorem(name="t", statement=": 1 = 1"), Candidate(kind="tactics", text=WRONG)
        )
        assert (verdict.status, verdict.reason) == ("rejected", "elaboration_error")

    def test_more_than_a_request_holds(self, client: Client) -> None:
        """The verdicts are in the order of the pairs, across two requests."""
        pairs = [(": 1 = 1", RIGHT if n % 3 == 0 else WRONG) for n in range(1_002)]
        statuses = [verdict.status for verdict in client.verify_many(pairs)]
        assert statuses == ["proved" if n % 3 == 0 else "rejected" for n in range(1_002)]
        assert [*client.verify_many([])] == []


class TestBatch:
    def test_theorems_of_every_kind(self, client: Client) -> None:
        row = {"name": "row", "formal_statement": "theorem row : 3 = 3 := by sorry"}
        problems = [": 1 = 1", Theorem(name="two", statement=": 2 = 2"), row]
        batch = client.batch(
            problems,
            budget_usd=Decimal("0.001"),
            theorem_budget_usd=Decimal("0.0001"),
            policy="single:null",
            metadata={"a": "batch"},
            wait=None,
        )
        assert batch.ended
        assert (batch.counts["total"], batch.counts["proved"]) == (3, 3)
        assert batch.spent_usd == Decimal("0.000009")
        results = [*client.batch_results(batch.id)]
        assert [result.theorem.name for result in results] == ["claim", "two", "row"]
        assert all(result.proof for result in results)
        assert client.batch_of(batch.id) == batch
        assert client.batches(limit=1).data == (batch,)
        assert client.cancel_batch(batch.id) == batch

    def test_a_problem_file(self, client: Client, tmp_path: Path) -> None:
        lean = tmp_path / "two.lean"
        lean.write_text("theorem a : 1 = 1 := by sorry\n\ntheorem b : 2 = 2 := by sorry\n")
        rows = tmp_path / "one.jsonl.gz"
        rows.write_bytes(gzip.compress(b'{"name": "c", "statement": ": 1 = 1"}\n{"x": 1}\n'))

        async def main() -> None:
            async with AsyncClient(str(client._http.base_url)) as asynchronous:
                batch = await asynchronous.batch(
                    lean, budget_usd="0.001", policy="single:null", wait=30
                )
                lines = [result async for result in asynchronous.batch_results(batch.id)]
                assert [(line.line, line.theorem.name) for line in lines] == [(1, "a"), (3, "b")]
                assert {line.status for line in lines} == {"proved"}
                assert await asynchronous.batch_of(batch.id) == batch
                assert (await asynchronous.batches(limit=1)).data == (batch,)
                assert await asynchronous.cancel_batch(batch.id) == batch
                with pytest.raises(ApiError, match="line 2: no field holds a theorem"):
                    await asynchronous.batch(rows, budget_usd="0.001")

        asyncio.run(main())
        skipping = client.batch(rows, budget_usd="0.001", policy="single:null", skip_unread=True)
        assert [row.line for row in skipping.skipped] == [2]
        with pytest.raises(InputError, match="metadata"):
            client.batch(lean, budget_usd="0.001", metadata={"a": "b"})


def test_a_file_is_filled(client: Client) -> None:
    text = "theorem a : 1 = 1 := by sorry\n\ntheorem b : 2 = 2 := by sorry\n"
    terms = {"budget_usd": Decimal("0.001"), "policy": "single:null"}
    file = client.fill(text, theorem_budget_usd=0.0001, **terms)
    assert (file.status, file.filled, file.left) == ("filled", 2, 0)
    assert file.text == text.replace("sorry", "null 2")
    assert file.spent_usd == Decimal("0.000006")
    assert [gap.certificate is not None for gap in file.gaps] == [True, True]
    assert client.cancel_file(file.id) == file

    async def main() -> None:
        async with AsyncClient(str(client._http.base_url)) as asynchronous:
            stuck = await asynchronous.fill(text.replace("1 = 1", "stuck"), wait=0, **terms)
            assert not stuck.ended
            assert (await asynchronous.cancel_file(stuck.id)).status == "cancelled"
            assert (await asynchronous.file_of(stuck.id)).ended

    asyncio.run(main())


class TestProve:
    def test_it_waits_until_the_end(self, client: Client) -> None:
        proof = client.prove(
            ": 1 = 1", budget_usd=Decimal("0.001"), policy="single:null", metadata={"a": "client"}
        )
        assert proof.status == "proved"
        assert proof.spent_usd == Decimal("0.000003")
        assert [p.verdict.status for p in proof.purchases if p.verdict][-1] == "proved"
        assert proof.certificate is not None
        assert client.certificate(proof.id) == proof.certificate
        assert client.proof(proof.id) == proof
        page = client.proofs(metadata=["a:client"], status=["proved", "failed"])
        assert [summary.id for summary in page.data] == [proof.id]
        assert not page.has_more

    def test_a_wait_that_ends_before_the_order_does_and_cancelling(self, client: Client) -> None:
        proof = client.prove(": stuck", budget_usd="0.001", policy="single:null", wait=0.2)
        assert not proof.ended
        assert client.cancel(proof.id).status == "cancelled"
        assert client.cancel(proof.id).status == "cancelled"

    def test_a_quote_is_accepted_once(self, client: Client) -> None:
        quote = client.quote(": 1 = 1", budget_usd="0.001", policy="single:null")
        assert (quote.budget_usd, quote.policy) == (Decimal("0.001"), "single:null")
        assert quote.plan
        proof = client.accept(quote.id, settlement="cost-plus")
        assert (proof.status, proof.policy) == ("proved", "single:null")
        with pytest.raises(ApiError) as caught:
            client.accept(quote.id, settlement="cost-plus")
        assert caught.value.kind == "quote-used"

    def test_the_market(self, client: Client) -> None:
        client.prove(": 1 = 1", budget_usd="0.001", policy="single:null")
        [null] = [prover for prover in client.market(days=1).provers if prover.prover == "null"]
        assert null.price_usd == Decimal("0.000001")
        assert null.solve_rate == null.proved / null.attempts > 0

    def test_events_until_the_end_and_after_one(self, client: Client) -> None:
        proof = client.prove(": slow", budget_usd="0.001", policy="single:null", wait=0)
        events = [*client.events(proof.id)]
        assert [event.number for event in events] == [*range(1, len(events) + 1)]
        assert events[-1].kind == "proved"
        assert events[-1].is_last
        assert [*client.events(proof.id, after=events[2].number)] == events[3:]


def test_the_asynchronous_client_does_the_same(server: Server) -> None:
    async def work() -> None:
        async with AsyncClient(str(server.client.base_url)) as client:
            verdict, proof = await asyncio.gather(
                client.verify(": 1 = 1", RIGHT),
                client.prove(": slow", budget_usd="0.001", policy="single:null"),
            )
            assert (verdict.status, proof.status) == ("proved", "proved")
            pairs = [(": 1 = 1", RIGHT), (": 1 = 1", WRONG)]
            assert [v.status async for v in client.verify_many(pairs)] == ["proved", "rejected"]
            assert [e.kind async for e in client.events(proof.id)][-1] == "proved"
            assert (await client.proof(proof.id)).certificate == await client.certificate(proof.id)
            assert (await client.cancel(proof.id)).status == "proved"
            assert proof.id in [summary.id for summary in (await client.proofs()).data]
            with pytest.raises(ApiError) as caught:
                await client.proof("0" * 24)
            assert caught.value.kind == "unknown-order"

    asyncio.run(work())


class TestErrors:
    def test_a_problem_document_is_an_error_with_its_fields(self, client: Client) -> None:
        with pytest.raises(ApiError, match="nonsense") as caught:
            client.prove(": nonsense", budget_usd="0.001")
        error = caught.value
        assert (error.status, error.kind) == (422, "invalid-statement")
        assert (error.title, error.instance) == ("Lean does not accept the statement", "/v1/proofs")
        assert [(e["field"], e["line"]) for e in error.errors] == [("theorem.statement", 1)]
        assert error.request_id
        assert error.is_ours

    def test_an_idempotency_key_for_another_order(self, client: Client) -> None:
        first = client.prove(": 1 = 1", budget_usd="0.001", idempotency_key="client-1")
        assert client.prove(": 1 = 1", budget_usd="0.001", idempotency_key="client-1") == first
        with pytest.raises(ApiError) as caught:
            client.prove(": 1 = 1", budget_usd="0.002", idempotency_key="client-1")
        assert caught.value.kind == "idempotency-key-reused"

    def test_a_server_that_is_another(self, server: Server) -> None:
        with (
            Client(f"http://127.0.0.1:{server.port}/docs/") as client,
            pytest.raises(ApiError, match="Not Found") as caught,
        ):
            client.proof("0" * 24)
        assert (caught.value.status, caught.value.type) == (404, "about:blank")

    def test_no_server(self) -> None:
        with (
            Client(f"http://127.0.0.1:{free_port()}", retries=0) as client,
            pytest.raises(ServerUnreachable, match=r"127\.0\.0\.1:\d+ cannot be reached"),
        ):
            client.verify(": 1 = 1", RIGHT)

    @pytest.mark.parametrize(
        ("server", "key", "message"),
        [
            ("", None, "no server is named; .* PROVER_ARB_SERVER"),
            ("ftp://x", None, "'ftp://x' is no address such as"),
            ("localhost:8000", None, "'localhost:8000' is no address such as"),
            ("http://[::1", None, "is no address"),
            ("http://x", "two words", "api_key, or PROVER_ARB_API_KEY"),
            ("http://x", "ключ", "api_key, or PROVER_ARB_API_KEY"),
        ],
    )
    def test_settings_that_cannot_be_used(
        self, server: str, key: str | None, message: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PROVER_ARB_SERVER", raising=False)
        with pytest.raises(InputError, match=message):
            Client(server, api_key=key)


class TestBadConnections:
    def test_a_request_whose_answer_is_lost_is_sent_again_and_orders_once(
        self, server: Server
    ) -> None:
        with unsteady(server.port, 0, 40) as proxy, Client(proxy.url) as client:
            proof = client.prove(
                ": 1 = 1", budget_usd="0.001", policy="single:null", metadata={"line": "bad"}
            )
            assert proof.status == "proved"
            assert proxy.connections == 3
            assert [p.id for p in client.proofs(metadata=["line:bad"]).data] == [proof.id]

    def test_events_go_on_where_they_broke_off(self, server: Server) -> None:
        with Client(str(server.client.base_url)) as steady:
            proof = steady.prove(": slow", budget_usd="0.001", policy="single:null")
            expected = [*steady.events(proof.id)]
        with unsteady(server.port, 700, 500) as proxy, Client(proxy.url) as client:
            assert [*client.events(proof.id)] == expected
            assert proxy.connections == 3

    def test_so_does_the_asynchronous_client(self, server: Server) -> None:
        async def events(url: str) -> list[Event]:
            async with AsyncClient(url) as client:
                proof = await client.prove(": 1 = 1", budget_usd="0.001", policy="single:null")
                return [event async for event in client.events(proof.id)]

        with unsteady(server.port, 40, 6_000, 500) as proxy:
            found = asyncio.run(events(proxy.url))
        assert [event.number for event in found] == [*range(1, len(found) + 1)]
        assert found[-1].kind == "proved"
        assert proxy.connections > 2
