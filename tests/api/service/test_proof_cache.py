"""Known proofs answer orders for the same statement, and are judged again."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, get_args

import pytest
from service_process import PROGRAMS, free_port, serving

from prover_arb.api.service.cache_options import CacheOptions, CacheScope
from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.known_proofs import KnownProofs
from prover_arb.api.service.orders import OrderTerms, new_order
from prover_arb.api.service.service_app import orders_file
from prover_arb.broker.loop import Inspection
from prover_arb.core.money import MICRO, MicroUSD
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity
from tests.cli.test_cli import call
from tests.conftest import Lean

pytestmark = pytest.mark.lean

CATALOG = """\
version = "cache"
verification = { price_per_cpu_hour = "0.05" }

[provers.flash]
kind = "flash"
price_per_cpu_hour = "0.10"
limits = { heartbeats = 10_000, max_cpu_seconds = 1 }
"""

SPACED = "(n : ℕ) : n + 0 = n"
SAME = "(n : Nat) : HAdd.hAdd n 0 = n"
FALSE = "(n : ℕ) : n + 1 = n"


class Cached:
    """A server with Lean whose cache answers a key's own orders, at a price."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.ledger = folder / "ledger.sqlite"
        self.orders = orders_file(self.ledger)
        (folder / "catalog.toml").write_text(CATALOG)
        with closing(Database(sqlite_url(self.orders))) as opened:
            store = KeyStore(opened)
            self.keys = {name: store.create_now(name)[0] for name in ("ada", "bob")}
        port = free_port()
        command = [str(PROGRAMS / "with_lean.py"), str(port), str(self.ledger)]
        cache = json.dumps({"price": 25})
        self.server = stack.enter_context(
            serving(sys.executable, *command, str(folder / "catalog.toml"), "0", cache, port=port)
        )
        self.server.wait_for("/readyz", 300)

    def prove(self, key: str, statement: str, status: str = "proved") -> Any:
        body = {"theorem": {"statement": statement}, "budget_usd": "0.01", "policy": "single:flash"}
        headers = {"X-Api-Key": self.keys[key], "Prefer": "wait=60"}
        order = self.server.client.post("/v1/proofs", json=body, headers=headers).json()
        assert order["status"] == status, order
        return order

    def poison(self, candidate: Candidate, statement_sha256: str | None = None) -> None:
        """Puts a candidate into the cache, in place of proofs or under another statement."""
        with closing(sqlite3.connect(self.orders, timeout=30)) as db, db:
            text = candidate.model_dump_json()
            if statement_sha256 is None:
                db.execute("UPDATE known_proofs SET candidate = ?", (text,))
                return
            db.execute(
                "INSERT INTO known_proofs (statement_sha256, toolchain_sha256, tenant, order_id,"
                " candidate, created_at) SELECT ?, toolchain_sha256, tenant, order_id, ?, 'now'"
                " FROM known_proofs LIMIT 1",
                (statement_sha256, text),
            )


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cached]:
    with ExitStack() as stack:
        yield Cached(stack, tmp_path_factory.mktemp("cache"))


def provers(order: Any) -> list[tuple[str, str]]:
    return [(p["prover"], (p["verdict"] or {"status": ""})["status"]) for p in order["purchases"]]


def micro(dollars: str) -> int:
    return round(float(dollars) * MICRO)


def test_a_known_proof_answers_its_own_key(cached: Cached) -> None:
    first = cached.prove("ada", SPACED)
    assert (first["cached"], provers(first)) == (False, [("flash", "proved")])
    again = cached.prove("ada", SAME)
    assert (again["cached"], provers(again)) == (True, [("cache", "proved")])
    assert again["cost_usd"] == "0.000000"
    assert micro(again["verification_cost_usd"]) > 0
    assert micro(again["charged_usd"]) == micro(again["spent_usd"]) + 25
    assert again["certificate"]["asked"]["statement"] == first["certificate"]["asked"]["statement"]
    events = cached.server.client.get(
        again["urls"]["events"], headers={"X-Api-Key": cached.keys["ada"]}
    ).text
    assert '"prover": "cache"' in events
    told = call("ledger", "totals", cached.ledger, "--by", "prover", "--json").stdout
    totals = {row["name"]: row for row in map(json.loads, told.splitlines())}
    assert totals["cache"]["spent"] == micro(again["spent_usd"])


def test_a_poisoned_entry_proves_nothing(cached: Cached, lean: Lean) -> None:
    cached.prove("ada", SPACED)
    cached.poison(Candidate(kind="tactics", text="sorry"))
    order = cached.prove("ada", SPACED)
    assert (order["cached"], provers(order)) == (
        False,
        [("cache", "rejected"), ("flash", "proved")],
    )
    assert micro(order["charged_usd"]) == micro(order["spent_usd"])
    assert cached.prove("ada", SPACED)["cached"]
    # A proof of something else, under a statement that is false.
    false = Theorem(name="claim", statement=FALSE)
    check = lean.run(lean.oracle.inspect(false, Limits()))
    proof = Candidate.model_validate(order["proof"])
    cached.poison(proof, check.statement_sha256)
    refused = cached.prove("ada", FALSE, "exhausted")
    assert provers(refused)[0] == ("cache", "rejected")
    assert (refused["proof"], refused["certificate"]) == (None, None)


def test_another_key_has_it_only_if_the_operator_shares(cached: Cached, lean: Lean) -> None:
    order = cached.prove("bob", SPACED)
    assert (order["cached"], provers(order)) == (False, [("flash", "proved")])
    asking = new_order(
        OrderTerms(theorem=Theorem(name="claim", statement=SAME), policy="p", budget=MicroUSD(1)),
        tenant="carol",
        customer="carol",
        created_at="",
        request_id="",
        idempotency_key=None,
        price=None,
        margin_ppm=0,
    )
    with closing(Database(sqlite_url(cached.orders))) as opened:
        found: dict[str, Candidate | None] = {
            scope: lean.run(
                KnownProofs(opened, CacheOptions(scope=scope)).find(asking, Asked(lean))
            )
            for scope in get_args(CacheScope)
        }
    assert found == {"off": None, "own": None, "shared": Candidate(**order["proof"])}


class Asked:
    """The part of a market that the cache asks, on the Lean of these tests."""

    def __init__(self, lean: Lean) -> None:
        self._oracle = lean.oracle

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> Inspection:
        return await self._oracle.inspect(theorem, Limits(), customer=customer)

    async def identity(self) -> ToolchainIdentity:
        return await self._oracle.identity()
