"""Quotes, the orders that accept them, and what those are charged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from service_process import local_server
from sqlalchemy import update

from prover_arb.api.service.calibration import calibration
from prover_arb.api.service.database.database import Database, now, sqlite_url
from prover_arb.api.service.database.schema import ORDERS, QUOTES
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.service_app import orders_file
from prover_arb.api.service.usd import dollars
from prover_arb.core.money import MICRO, MicroUSD
from prover_arb.core.plan import Plan, PlannedPurchase
from tests.api.service.test_api import problem

MARGIN_PPM = 100_000
QUOTES_PER_KEY = 25
WAIT = {"Prefer": "wait=30"}


def micro(amount: str) -> int:
    return int(Decimal(amount) * MICRO)


class Market:
    """A server with keys; `null` proves at its third attempt, and `portfolio` proves nothing."""

    def __init__(self, clients: dict[str, httpx.Client], database: Database) -> None:
        self.clients = clients
        self.database = database

    def ask(self, policy: str, *, key: str = "ada", **fields: Any) -> httpx.Response:
        body = {"theorem": {"statement": ": 1 = 1"}, "budget_usd": "0.01", "policy": policy}
        return self.clients[key].post("/v1/quotes", json=body | fields)

    def quote(self, policy: str, *, key: str = "ada", **fields: Any) -> dict[str, Any]:
        response = self.ask(policy, key=key, **fields)
        assert response.status_code == 201, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def accept(self, quote: str, *, key: str = "ada", **fields: Any) -> httpx.Response:
        return self.clients[key].post("/v1/proofs", json={"quote": quote} | fields, headers=WAIT)

    def ended(self, quote: str, **fields: Any) -> dict[str, Any]:
        response = self.accept(quote, **fields)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    ledger = tmp_path_factory.mktemp("quotes") / "ledger.sqlite"
    database = Database(sqlite_url(orders_file(ledger)))
    store = KeyStore(database)
    secrets = {
        "ada": store.create_now("ada")[0],
        "bob": store.create_now("bob")[0],
        "poor": store.create_now("poor", budget=MicroUSD(1_000))[0],
        "eager": store.create_now("eager")[0],
        "saver": store.create_now("saver")[0],
        "old": store.create_now("old")[0],
    }
    limits = json.dumps({"quotes_per_key": QUOTES_PER_KEY})
    with ExitStack() as stack:
        stack.callback(database.close)
        server = stack.enter_context(local_server(ledger, limits, "", str(MARGIN_PPM)))
        server.wait_for("/readyz", 60)
        yield Market(server.clients_of(secrets, stack), database)


class TestPlan:
    def test_later_steps_are_paid_only_if_earlier_ones_fail(self) -> None:
        def step(chance: float, cost: int) -> PlannedPurchase:
            return PlannedPurchase(
                product="p", chance=chance, cost=MicroUSD(cost), worst_case=MicroUSD(2 * cost)
            )

        steps = (step(0.5, 10), step(0.5, 20))
        plan = Plan(budget=MicroUSD(100), purchases=steps, why_stopped="nothing is sold")
        assert plan.probability == 0.75
        assert (plan.expected_cost, plan.worst_cost) == (20, 60)
        endless = plan.model_copy(update={"unplanned": True})
        assert endless.probability == 0.75
        assert (endless.expected_cost, endless.worst_cost) == (20 + 70 // 4 + 1, 100)


class TestQuote:
    def test_the_price_bears_the_risk_and_the_margin(self, market: Market) -> None:
        for policy in ("cascade", "schedule", "single:portfolio", "refute+single:portfolio"):
            response = market.ask(policy)
            if policy.startswith("refute+"):
                problem(response, 422, "unknown-policy")  # nobody sells refutations here
                continue
            quote = response.json()
            assert 0 < quote["probability"] < 1
            expected, worst = micro(quote["expected_cost_usd"]), micro(quote["worst_cost_usd"])
            assert 0 < expected <= worst <= micro(quote["budget_usd"])
            fair = expected / quote["probability"] * (1 + quote["margin"])
            assert 0 <= micro(quote["price_usd"]) - fair < 1.000001
            assert quote["margin"] == MARGIN_PPM / MICRO
            assert quote["valid_until"] > now()
            url = f"/v1/quotes/{quote['id']}"
            assert market.clients["ada"].get(url).json() == quote

    def test_the_plan_is_what_is_bought_if_everything_fails(self, market: Market) -> None:
        quote = market.quote("single:portfolio")
        planned = [m[1] for line in quote["plan"] if (m := re.match(r"Step \d+: ([^,]+),", line))]
        bought = market.ended(quote["id"])["purchases"]
        assert planned == [f"{p['prover']}#{p['slice'] + 1}" for p in bought]
        assert len(planned) > 1

    def test_more_money_makes_a_proof_likelier(self, market: Market) -> None:
        budgets = ["0.00002", "0.00008", "0.01"]
        chances = [
            market.quote("single:portfolio", budget_usd=amount)["probability"] for amount in budgets
        ]
        assert chances == sorted(set(chances))

    def test_what_cannot_be_quoted(self, market: Market) -> None:
        problem(market.ask("auction"), 422, "bad-input")
        problem(market.ask("schedule:/etc/passwd"), 422, "unknown-policy")
        problem(
            market.ask("cascade", theorem={"statement": ": nonsense"}), 422, "invalid-statement"
        )
        problem(market.ask("cascade", budget_usd="0"), 422, "bad-budget")

    def test_a_key_has_so_many_valid_quotes(self, market: Market) -> None:
        first, *_ = [market.quote("single:portfolio", key="eager") for _ in range(QUOTES_PER_KEY)]
        response = market.ask("single:portfolio", key="eager")
        problem(response, 429, "too-many-quotes")
        assert int(response.headers["retry-after"]) > 0
        market.ended(first["id"], key="eager")
        market.quote("single:portfolio", key="eager")


class TestSettlement:
    def test_a_proof_costs_the_quoted_price(self, market: Market) -> None:
        quote = market.quote("single:null")
        order = market.ended(quote["id"], metadata={"from": "quote"})
        assert (order["status"], order["settlement"]) == ("proved", "pay-on-proof")
        assert order["charged_usd"] == order["price_usd"] == quote["price_usd"]
        assert order["spent_usd"] == "0.000003"
        for field in ("theorem", "policy", "seed", "deadline", "budget_usd", "margin"):
            assert order[field] == quote[field]
        assert (order["quote"], order["metadata"]) == (quote["id"], {"from": "quote"})

    def test_without_a_proof_nothing_is_charged(self, market: Market) -> None:
        order = market.ended(market.quote("single:portfolio")["id"])
        assert order["status"] == "exhausted"
        assert micro(order["spent_usd"]) > 0
        assert order["charged_usd"] == "0.000000"

    def test_cost_and_margin_are_charged_up_to_the_budget(self, market: Market) -> None:
        """A tenth of three micro-dollars is rounded up to a whole one."""
        quote = market.quote("single:null")
        order = market.ended(quote["id"], settlement="cost-plus")
        assert (order["spent_usd"], order["charged_usd"]) == ("0.000003", "0.000004")
        assert order["price_usd"] is None
        tight = market.quote("single:null", budget_usd="0.000003")
        order = market.ended(tight["id"], settlement="cost-plus")
        assert (order["spent_usd"], order["charged_usd"]) == ("0.000003", "0.000003")

    def test_a_keys_budget_covers_what_may_be_charged(self, market: Market) -> None:
        """A price below the key's budget is covered, whatever we may spend; a budget is not."""
        quote = market.quote("single:null", key="poor", budget_usd="0.002")
        assert micro(quote["price_usd"]) > 0
        refused = market.accept(quote["id"], key="poor", settlement="cost-plus")
        problem(refused, 402, "key-budget-spent")
        cheap = market.quote("single:portfolio", key="poor")
        assert micro(cheap["price_usd"]) <= 1_000 < micro(cheap["budget_usd"])
        assert market.ended(cheap["id"], key="poor")["charged_usd"] == "0.000000"


class TestCalibration:
    def test_bins_hold_each_quote_once(self) -> None:
        """Nine of ten at 0.9 were proved, and both at 1.0; elsewhere nothing is known."""
        bins = calibration([(0.9, k > 0) for k in range(10)] + [(1.0, True)] * 2 + [(0.0, False)])
        assert [(b.low, b.high) for b in bins] == [(k / 10, (k + 1) / 10) for k in range(10)]
        assert [b.count for b in bins] == [1] + [0] * 8 + [12]
        last, empty = bins[-1], bins[5]
        assert (last.proved, last.share) == (11, 11 / 12)
        assert last.quoted == pytest.approx(11 / 12)
        assert last.interval == pytest.approx((0.6461, 0.9851), abs=1e-4)
        assert (empty.quoted, empty.share, empty.interval) == (None, None, (0.0, 1.0))

    def test_orders_that_ended_are_counted(self, market: Market) -> None:
        def counts() -> tuple[int, int]:
            answer = market.clients["ada"].get("/v1/quotes/calibration").json()
            assert answer["count"] == sum(b["count"] for b in answer["bins"])
            return answer["count"], sum(b["proved"] for b in answer["bins"])

        count, proved = counts()
        market.quote("single:null")
        assert counts() == (count, proved)
        market.ended(market.quote("single:null")["id"])
        market.ended(market.quote("single:portfolio")["id"])
        assert counts() == (count + 2, proved + 1)
        stuck = market.quote("single:null", theorem={"statement": ": stuck"})["id"]
        order = market.clients["ada"].post("/v1/proofs", json={"quote": stuck}).json()
        ended = market.clients["ada"].post(order["urls"]["cancel"]).json()
        assert (ended["status"], ended["charged_usd"]) == ("cancelled", "0.000000")
        assert counts() == (count + 2, proved + 1)


class TestMarket:
    def test_prices_and_sales(self, market: Market) -> None:
        """Each order of `null` buys three attempts at a micro-dollar, and the last is a proof."""

        def figures() -> dict[str, Any]:
            answer = market.clients["ada"].get("/v1/market").json()
            assert [p["prover"] for p in answer["provers"]] == ["null", "portfolio"]
            return {p["prover"]: p for p in answer["provers"]}

        market.ended(market.quote("single:null")["id"])
        before = figures()
        market.ended(market.quote("single:null")["id"])
        sliced = market.ended(market.quote("single:portfolio")["id"])["purchases"]
        after = figures()
        null, portfolio = after["null"], after["portfolio"]
        assert null["price_usd"] == "0.000001"
        assert null["attempts"] - before["null"]["attempts"] == 3
        assert null["proved"] - before["null"]["proved"] == 1
        assert null["solve_rate"] == pytest.approx(1 / 3)
        assert null["cost_per_solved_usd"] == "0.000003"
        assert portfolio["attempts"] - before["portfolio"]["attempts"] == 1
        assert len(sliced) == len(portfolio["slices_usd"])
        assert micro(portfolio["price_usd"]) == sum(map(micro, portfolio["slices_usd"]))
        assert (portfolio["proved"], portfolio["solve_rate"]) == (0, 0.0)
        assert portfolio["cost_per_solved_usd"] is None

    @pytest.mark.parametrize("days", ["0", "-1", "366", "soon"])
    def test_days_that_are_none(self, market: Market, days: str) -> None:
        answer = market.clients["ada"].get("/v1/market", params={"days": days})
        assert problem(answer, 422, "invalid-request")["errors"][0]["field"] == "days"


class TestSpending:
    def test_a_day_sums_the_orders_of_one_key(self, market: Market) -> None:
        """Orders of another key count for that key, and those that are open for nobody."""
        places = [
            market.ended(quote["id"], key="saver", settlement=settlement)
            for quote, settlement in (
                (market.quote("single:null", key="saver"), "cost-plus"),
                (market.quote("single:portfolio", key="saver"), "pay-on-proof"),
            )
        ]
        market.ended(market.quote("single:null")["id"])
        stuck = market.quote("single:null", key="saver", theorem={"statement": ": stuck"})["id"]
        saver = market.clients["saver"]
        cancel = saver.post("/v1/proofs", json={"quote": stuck}).json()["urls"]["cancel"]
        answer = saver.get("/v1/spending", params={"days": 1}).json()
        saver.post(cancel)
        spent, charged = (
            sum(micro(order[field]) for order in places) for field in ("spent_usd", "charged_usd")
        )
        assert spent > charged > 0, "what found no proof is not paid"
        expected = {
            "orders": 2,
            "proved": 1,
            "spent_usd": dollars(spent),
            "charged_usd": dollars(charged),
            "margin_usd": dollars(charged - spent),
        }
        assert expected["margin_usd"].startswith("-0.0")
        assert answer["total"] == expected
        assert answer["days"] == [expected | {"day": answer["since"]}]

    def test_each_day_by_itself(self, market: Market) -> None:
        """An order that ended yesterday is moved there; one of last month is not counted."""
        days = [now()[:10]]
        for back in (1, 40):
            order = market.ended(market.quote("single:null", key="old")["id"], key="old")
            ended = datetime.now(UTC) - timedelta(days=back)
            days.insert(0, ended.date().isoformat())
            change = update(ORDERS).where(ORDERS.c.id == order["id"])
            market.database.write_now(
                lambda db, change=change, ended=ended: db.execute(
                    change.values(finished_at=ended.isoformat(timespec="milliseconds"))
                )
            )
        market.ended(market.quote("single:null", key="old")["id"], key="old")
        answer = market.clients["old"].get("/v1/spending").json()
        assert [(day["day"], day["orders"]) for day in answer["days"]] == [
            (day, 1) for day in days[1:]
        ]
        assert answer["total"]["orders"] == 2

    @pytest.mark.parametrize("days", ["0", "366", "all"])
    def test_days_that_are_none(self, market: Market, days: str) -> None:
        answer = market.clients["ada"].get("/v1/spending", params={"days": days})
        assert problem(answer, 422, "invalid-request")["errors"][0]["field"] == "days"


class TestAccepting:
    def test_once(self, market: Market) -> None:
        """Of many who accept at once, one gets the order; the others learn why they do not."""
        quote = market.quote("single:null")["id"]
        with ThreadPoolExecutor(6) as threads:
            answers = [*threads.map(lambda _: market.accept(quote), range(6))]
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [200] + [409] * 5
        problem(market.accept(quote), 409, "quote-used")

    def test_repeated_with_an_idempotency_key(self, market: Market) -> None:
        quote = market.quote("single:null")["id"]
        client, key = market.clients["ada"], {"Idempotency-Key": "accept-1"}
        first, again = (
            client.post("/v1/proofs", json={"quote": quote}, headers=WAIT | key).json()
            for _ in range(2)
        )
        assert first["id"] == again["id"]

    def test_a_quote_of_nobody_and_of_somebody_else(self, market: Market) -> None:
        foreign = market.quote("single:null", key="bob")["id"]
        for quote in (foreign, "0" * 24):
            detail = f"There is no quote {quote!r}"
            assert problem(market.accept(quote), 404, "unknown-quote")["detail"] == detail
            answer = market.clients["ada"].get(f"/v1/quotes/{quote}")
            assert problem(answer, 404, "unknown-quote")["detail"] == detail

    def test_an_expired_quote(self, market: Market) -> None:
        quote = market.quote("single:null")["id"]
        earlier = update(QUOTES).where(QUOTES.c.id == quote).values(valid_until=now())
        market.database.write_now(lambda db: db.execute(earlier))
        problem(market.accept(quote), 410, "quote-expired")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"quote": "0" * 24, "theorem": {"statement": ": 1 = 1"}}, "theorem"),
            ({"quote": "0" * 24, "seed": 1}, "seed"),
            ({"quote": "0" * 24, "policy": "cascade"}, "policy"),
            ({"quote": "mine"}, "quote"),
            ({"quote": None, "budget_usd": "0.01"}, "theorem"),
            (
                {
                    "theorem": {"statement": ": 1 = 1"},
                    "budget_usd": "0.01",
                    "settlement": "pay-on-proof",
                },
                "settlement",
            ),
        ],
    )
    def test_fields_at_fault_are_named(
        self, market: Market, body: dict[str, Any], field: str
    ) -> None:
        answer = market.clients["ada"].post("/v1/proofs", json=body)
        errors = problem(answer, 422, "invalid-request")["errors"]
        assert [error["field"] for error in errors] == [field]
