"""Policies are pure: a state in, a decision out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.purchases import Bid, Buy, Pending, Quote, State, Stop
from prover_arb.core.theorem import Theorem
from prover_arb.errors import PolicyError
from prover_arb.scheduler import Auction, SingleProver, ThresholdCascade, make_policy

THEOREM = Theorem(name="t", statement=": 1 + 1 = 2")
WORST = {"flash": 100, "portfolio": 2_000, "search": 16_000}


class Seller:
    """Only what a policy is built from."""

    def __init__(self, name: str, max_attempts: int) -> None:
        self.name = name
        self.max_attempts = max_attempts


def state(
    *past: PurchaseOutcome, budget: int = 50_000, provers: tuple[str, ...] = tuple(WORST)
) -> State:
    return State(
        theorem=THEOREM,
        budget=budget,
        past=past,
        quotes=tuple(Quote(prover=name, worst_case=WORST[name]) for name in provers),
    )


def nothing(prover: str, cost: int) -> PurchaseOutcome:
    return PurchaseOutcome(prover=prover, cost=cost, status="nothing")


def test_single_buys_its_worst_case_once() -> None:
    policy = SingleProver("portfolio")
    assert policy.decide(state()) == Buy(prover="portfolio", budget=2_000)
    assert isinstance(policy.decide(state(nothing("portfolio", 5))), Stop)


def test_single_never_asks_for_more_than_is_left() -> None:
    assert SingleProver("search").decide(state(budget=700)) == Buy(prover="search", budget=700)


def test_single_stops_when_its_prover_gives_no_quote() -> None:
    assert isinstance(SingleProver("search").decide(state(provers=("flash",))), Stop)


def test_a_seller_of_many_attempts_is_asked_again() -> None:
    policy = SingleProver("flash", max_attempts=3)
    two = (nothing("flash", 40), nothing("flash", 40))
    assert policy.decide(state(*two)) == Buy(prover="flash", budget=100)
    assert isinstance(policy.decide(state(*two, nothing("flash", 40))), Stop)


def test_a_later_attempt_is_bought_whole_or_not_at_all() -> None:
    policy = SingleProver("flash", max_attempts=3)
    assert isinstance(policy.decide(state(nothing("flash", 40), budget=139)), Stop)
    assert isinstance(policy.decide(state(nothing("flash", 40), budget=140)), Buy)


def test_cascade_goes_down_its_thresholds_in_their_order() -> None:
    policy = ThresholdCascade({"portfolio": 1_500, "flash": 60})
    assert policy.decide(state()) == Buy(prover="portfolio", budget=1_500)
    after = state(nothing("portfolio", 900))
    assert policy.decide(after) == Buy(prover="flash", budget=60)
    done = state(nothing("portfolio", 900), nothing("flash", 60))
    assert isinstance(policy.decide(done), Stop)


def test_cascade_counts_verification_against_the_threshold() -> None:
    policy = ThresholdCascade({"flash": 250, "search": 20_000}, max_attempts={"flash": 9})
    rejected = PurchaseOutcome(prover="flash", cost=149, status="rejected")
    assert policy.decide(state(rejected)) == Buy(prover="flash", budget=100)
    rejected = PurchaseOutcome(prover="flash", cost=151, status="rejected")
    assert policy.decide(state(rejected)) == Buy(prover="search", budget=16_000)


def test_cascade_cuts_no_later_slice_short_for_its_threshold() -> None:
    """What a policy before it bought whole can be recalled; the budget may still cut it."""

    def decide(threshold: int, budget: int) -> Buy | Stop:
        slices = (Quote(prover="search", worst_case=300, slice=1, slices=(100, 200, 400)),)
        first = PurchaseOutcome(prover="search", cost=100, status="nothing", slice=0)
        given = State(theorem=THEOREM, budget=budget, past=(first,), quotes=slices)
        return ThresholdCascade({"search": threshold}).decide(given)

    assert decide(400, 5_000) == Buy(prover="search", budget=300)
    assert isinstance(decide(399, 5_000), Stop)
    assert decide(400, 350) == Buy(prover="search", budget=250)


def test_cascade_with_a_zero_threshold_skips_that_prover() -> None:
    policy = ThresholdCascade({"flash": 0, "search": 20_000})
    assert policy.decide(state()) == Buy(prover="search", budget=16_000)


def test_cascade_passes_over_a_prover_without_a_quote() -> None:
    policy = ThresholdCascade({"flash": 100, "search": 20_000})
    assert policy.decide(state(provers=("search",))) == Buy(prover="search", budget=16_000)


def test_cascade_without_thresholds_asks_the_cheapest_first() -> None:
    policy = make_policy("cascade", ["search", "flash", "portfolio"])
    past: list[PurchaseOutcome] = []
    order = []
    while isinstance(decision := policy.decide(state(*past)), Buy):
        order.append(decision.prover)
        past.append(nothing(decision.prover, 10))
    assert order == ["flash", "portfolio", "search"]


def flying(prover: str, reserved: int) -> Pending:
    return Pending(prover=prover, reserved=reserved)


def beside(
    *pending: Pending, past: tuple[PurchaseOutcome, ...] = (), budget: int = 50_000
) -> State:
    return state(*past, budget=budget).model_copy(update={"pending": pending})


def test_what_is_in_flight_is_an_attempt_and_is_spent() -> None:
    policy = SingleProver("flash", max_attempts=3)
    assert policy.decide(beside(flying("flash", 100))) == Buy(prover="flash", budget=100)
    assert isinstance(policy.decide(beside(*[flying("flash", 100)] * 3)), Stop)
    assert isinstance(policy.decide(beside(flying("search", 49_950))), Buy)
    assert policy.decide(beside(flying("search", 49_950))) == Buy(prover="flash", budget=50)
    whole_or_none = beside(flying("search", 49_950), past=(nothing("flash", 0),))
    assert isinstance(policy.decide(whole_or_none), Stop)


def test_cascade_counts_what_is_in_flight_against_its_threshold() -> None:
    policy = ThresholdCascade({"flash": 250, "search": 20_000}, max_attempts={"flash": 9})
    assert policy.decide(beside(flying("flash", 100))) == Buy(prover="flash", budget=100)
    assert policy.decide(beside(*[flying("flash", 100)] * 2)) == Buy(prover="search", budget=16_000)
    all_of_it = beside(*[flying("flash", 100)] * 2, flying("search", 16_000))
    assert isinstance(policy.decide(all_of_it), Stop)


def test_an_auction_does_not_sell_what_is_sold_out_in_flight() -> None:
    bids = tuple(Bid(prover=name, price=1, quality=0.5) for name in ("flash", "search"))
    waiting = beside(flying("flash", 100)).model_copy(update={"bids": bids, "spendable": 1_000})
    sold = Auction(1_000).decide(waiting)
    assert isinstance(sold, Buy)
    assert sold.prover == "search"


@given(
    thresholds=st.dictionaries(st.sampled_from(sorted(WORST)), st.integers(0, 30_000)),
    costs=st.lists(st.integers(0, 20_000), max_size=20),
    budget=st.integers(0, 60_000),
    attempts=st.integers(1, 5),
)
def test_cascade_keeps_every_threshold_and_the_budget(
    thresholds: dict[str, int], costs: list[int], budget: int, attempts: int
) -> None:
    """Whatever sellers charge within what they were given, no threshold is overrun."""
    policy = ThresholdCascade(thresholds, max_attempts=dict.fromkeys(WORST, attempts))
    past: list[PurchaseOutcome] = []
    for cost in costs:
        decision = policy.decide(state(*past, budget=budget))
        if isinstance(decision, Stop):
            break
        assert 0 < decision.budget <= WORST[decision.prover]
        past.append(nothing(decision.prover, min(cost, decision.budget)))
    assert sum(p.cost for p in past) <= budget
    for prover in WORST:
        mine = [p for p in past if p.prover == prover]
        assert sum(p.cost for p in mine) <= thresholds.get(prover, 0)
        assert len(mine) <= attempts


@pytest.mark.parametrize(
    "text",
    [
        "single:flash",
        "cascade",
        "cascade:flash=0.0001,portfolio=0.002,search=0.02",
        "cascade:search=1,flash=0",
        "cascade:flash=1000,search=0.000001",
    ],
)
def test_a_policy_is_named_by_a_text_that_makes_it_again(text: str) -> None:
    policy = make_policy(text, WORST)
    assert policy.name == text
    assert make_policy(policy.name, WORST).name == text


def test_spaces_do_not_matter() -> None:
    policy = make_policy(" cascade: flash = 0.00010, search = $0.02 ", WORST)
    assert policy.name == "cascade:flash=0.0001,search=0.02"


def test_sellers_say_how_many_attempts_they_sell() -> None:
    policy = make_policy("single:flash", [Seller("flash", 2)])
    assert isinstance(policy.decide(state(nothing("flash", 1))), Buy)
    assert isinstance(policy.decide(state(nothing("flash", 1), nothing("flash", 1))), Stop)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "known forms: single:PROVER"),
        ("greedy", "unknown policy 'greedy'"),
        ("single", "known forms"),
        ("single:", "known forms"),
        ("single:flish", "known provers: flash, portfolio, search"),
        ("cascade:", "PROVER=DOLLARS"),
        ("cascade:flash", "PROVER=DOLLARS"),
        ("cascade:flash=0.1,", "PROVER=DOLLARS"),
        ("cascade:flish=0.1", "unknown prover 'flish'"),
        ("cascade:flash=0.1,flash=0.2", "two thresholds"),
        ("cascade:flash=lots", "threshold of flash: 'lots' is not an amount"),
        ("cascade:flash=-1", "negative"),
        ("cascade:flash=0.0000001", "finer than a micro-dollar"),
    ],
)
def test_a_bad_policy_text_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        make_policy(text, WORST)
