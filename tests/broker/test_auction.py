"""Procurement by auction: a real broker and ledger, sellers and an oracle that need no Lean."""

from __future__ import annotations

import asyncio
import random
import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.core.auction_rule import trust
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Attempt, Bid, SalesRecord
from prover_arb.core.theorem import Theorem
from prover_arb.errors import PolicyError
from prover_arb.provers.catalog import load_catalog
from prover_arb.scheduler import Auction, make_policy
from tests.broker.test_loop import Market, Sale, Seller

THEOREM = Theorem(name="t", statement=": 1 + 1 = 2")


class Bidder(Seller):
    """A seller who bids the same for everything; `price` is what its attempt comes to."""

    def __init__(
        self, name: str, *sales: Sale, bid: int, quality: float, price: int | None = None
    ) -> None:
        super().__init__(name, *sales, price=bid if price is None else price)
        self._bid = Bid(prover=name, price=bid, quality=quality)
        self.records: list[SalesRecord] = []

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        self.records.append(record)
        return self._bid


def stream(market: Market, theorems: int, *, value: int, budget: int = 100_000) -> list[Outcome]:
    """Buy one theorem after another."""
    return [
        asyncio.run(
            market.broker.prove(
                Theorem(name=f"t{i}", statement=f": {i} = {i}"),
                Auction(value),
                ProofJob(policy="auction", budget=budget, run="r"),
            )
        )
        for i in range(theorems)
    ]


def test_the_best_offer_sells_and_is_paid_by_the_second(tmp_path: Path) -> None:
    good = Bidder("good", "good", bid=100, quality=0.5, price=70)
    cheap = Bidder("cheap", "good", bid=10, quality=0.25)
    market = Market(tmp_path, cheap, good, cpu_us=0)
    outcome = market.prove(Auction(4_000), budget=100_000)
    (purchase,) = outcome.purchases
    # scores: good 4000/2 - 100 = 1900, cheap 4000/4 - 10 = 990; for a proof 4000 - 990
    assert (purchase.prover, purchase.cost, purchase.invoice) == ("good", 3_010, 70)
    assert purchase.terms is not None
    assert (purchase.terms.value, purchase.terms.customer_surplus, purchase.terms.trust) == (
        4_000,
        990,
        1.0,
    )
    assert purchase.terms.bid == Bid(prover="good", price=100, quality=0.5)
    assert (outcome.cost, outcome.forfeited) == (3_010, 0)
    (total,) = market.ledger.summarise("r")
    assert (total.cost, total.forfeits) == (3_010, 0)
    assert cheap.asked == []


def test_without_a_rival_the_customer_keeps_nothing(tmp_path: Path) -> None:
    market = Market(tmp_path, Bidder("only", "good", bid=5, quality=1.0))
    assert market.prove(Auction(300), budget=1_000).cost == 300


def test_nothing_is_bought_that_is_not_worth_its_price(tmp_path: Path) -> None:
    seller = Bidder("dear", "good", bid=501, quality=0.5)
    outcome = Market(tmp_path, seller).prove(Auction(1_000), budget=100_000)
    assert (outcome.status, seller.asked) == ("not_proved", [])
    assert outcome.why_stopped == "no prover's offer is worth its price"


def test_a_sold_out_winner_leaves_the_floor_to_the_next(tmp_path: Path) -> None:
    first = Bidder("first", 3, bid=3, quality=0.9)
    second = Bidder("second", "good", bid=3, quality=0.8)
    outcome = Market(tmp_path, first, second).prove(Auction(1_000), budget=100_000)
    assert [p.prover for p in outcome.purchases] == ["first", "second"]
    assert outcome.status == "proved"
    lost, won = outcome.purchases
    assert (lost.cost, lost.forfeit) == (0, 797)
    assert (won.cost, won.forfeit) == (1_000, 0)
    assert (outcome.cost, outcome.forfeited) == (1_000, 797)


def test_sellers_hear_their_own_record(tmp_path: Path) -> None:
    seller = Bidder("flash", "good", "bad", bid=7, quality=0.75, price=4)
    other = Bidder("other", 1, bid=1, quality=0.0)
    market = Market(tmp_path, seller, other)
    stream(market, 2, value=100)
    asyncio.run(
        market.broker.prove(
            THEOREM, Auction(100), ProofJob(policy="auction", budget=1_000, run="another run")
        )
    )
    expected = SalesRecord(prover="flash", sales=2, proofs=2, claimed=1.5, invoices=8)
    assert expected in seller.records
    assert other.records[-1] == SalesRecord(prover="other")


def test_what_the_oracle_could_not_judge_is_held_against_nobody(tmp_path: Path) -> None:
    seller = Bidder("flash", "void", bid=7, quality=0.9)
    market = Market(tmp_path, seller, Bidder("other", "good", bid=1, quality=0.1), cpu_us=0)
    for outcome in stream(market, 3, value=100):
        void = outcome.purchases[0]
        assert (void.prover, void.cost, void.forfeit) == ("flash", 7, 0)
    assert "flash" not in market.ledger.records()


class Fair(Bidder):
    """Proves the share `true` of the theorems, the same ones whatever it claims."""

    def __init__(self, name: str, true: float, claim: float) -> None:
        super().__init__(name, "good", bid=40, quality=claim)
        self._true = true

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        luck = random.Random(f"{self.name} {theorem.name}").random()
        self._sales = ("good",) if luck < self._true else ("bad",)
        return await super().attempt(theorem, number=number, budget=budget, seed=seed)


def test_who_overstates_is_believed_less_and_earns_less(tmp_path: Path) -> None:
    """One seller proves a fifth of what it sells, and in another world claims to prove it all."""
    profit, first = {}, {}
    for claim in (0.2, 1.0):
        (tmp_path / str(claim)).mkdir()
        sellers = Fair("tempted", 0.2, claim), Fair("honest", 0.5, 0.5)
        market = Market(tmp_path / str(claim), *sellers, cpu_us=0)
        outcomes = stream(market, 120, value=1_000)
        first[claim] = [outcome.purchases[0].prover for outcome in outcomes]
        profit[claim] = sum(
            purchase.cost - purchase.forfeit - purchase.invoice
            for purchase in market.ledger.purchases(run="r")
            if purchase.prover == "tempted"
        )
    assert set(first[0.2]) == {"honest"}
    assert first[1.0][0] == "tempted"
    assert set(first[1.0][-40:]) == {"honest"}
    told = {name: trust(r.proofs, r.claimed) for name, r in market.ledger.records().items()}
    assert told["tempted"] < 0.5 < told["honest"]
    assert profit[1.0] < profit[0.2]


def test_who_pads_its_compute_loses_to_who_does_not(tmp_path: Path) -> None:
    padded = Bidder("padded", "good", bid=80, quality=0.5)
    lean = Bidder("lean", "good", bid=40, quality=0.5)
    outcomes = stream(Market(tmp_path, padded, lean), 5, value=1_000)
    assert {outcome.purchases[0].prover for outcome in outcomes} == {"lean"}
    # the customer keeps what the padded offer would have given: 500 - 80
    assert {outcome.cost for outcome in outcomes} == {1_000 - 420}


@settings(max_examples=60, deadline=None)
@given(
    bids=st.lists(st.tuples(st.integers(0, 3_000), st.floats(0, 1)), min_size=1, max_size=4),
    value=st.integers(0, 20_000),
    budget=st.integers(0, 20_000),
    good=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_the_budget_binds_and_nobody_expects_less_than_its_bid(
    bids: list[tuple[int, float]], value: int, budget: int, good: list[bool]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sellers = [
            Bidder(f"s{i}", "good" if good[i] else "bad", bid=bid, quality=quality)
            for i, (bid, quality) in enumerate(bids)
        ]
        outcome = Market(Path(folder), *sellers).prove(Auction(value), budget=budget)
        assert outcome.cost + outcome.verification_cost <= budget
        for purchase in outcome.purchases:
            assert purchase.terms is not None
            terms, proved = purchase.terms, good[int(purchase.prover[1:])]
            # exactly what the rule expects at the claimed quality, up to a micro-dollar of rounding
            expected = Fraction(terms.bid.quality) * terms.value - terms.customer_surplus
            assert expected >= terms.bid.price
            assert (purchase.cost, purchase.forfeit) == (
                (terms.value - terms.customer_surplus, 0) if proved else (0, terms.customer_surplus)
            )


@pytest.mark.parametrize("text", ["auction", "auction:0.02"])
def test_the_policy_reads_its_own_name(text: str) -> None:
    assert make_policy(text, ["flash"]).name == text


@pytest.mark.parametrize("text", ["auction:", "auction:-1", "auction:0", "auction:much"])
def test_a_value_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(PolicyError, match="value of a proof"):
        make_policy(text, ["flash"])


def test_listed_sellers_bid_what_they_have_seen_of_themselves() -> None:
    (seller, *_) = load_catalog().priced_provers()
    new = seller.bid(THEOREM, SalesRecord(prover=seller.name))
    assert (new.price, new.quality) == (seller.entry.worst_case, seller.entry.quality)
    record = SalesRecord(prover=seller.name, sales=96, proofs=96, claimed=40.0, invoices=96)
    seasoned = seller.bid(THEOREM, record)
    assert seasoned.quality == pytest.approx((4 * new.quality + 96) / 100)
    assert seasoned.price == -(-(4 * new.price + 96) // 100)
