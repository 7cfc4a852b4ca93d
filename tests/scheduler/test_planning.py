"""A budget or a solve rate for a batch: what is planned, against markets small enough to search."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.purchases import Buy, Offer, Quote, State, Stop
from prover_arb.core.theorem import Theorem
from prover_arb.research.evaluation.objectives.batch_plan import (
    at_value,
    for_budget,
    for_rate,
    frontier,
)
from prover_arb.scheduler import at_value as policy_at
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.prior import RecordedTheorems
from prover_arb.scheduler.index.world import PSEUDO
from prover_arb.scheduler.planning.allocator import Allocator
from prover_arb.scheduler.planning.cells import recorded_cells, true_cells
from prover_arb.scheduler.planning.paths import NOBODY, paths_for
from prover_arb.scheduler.policies.index_policy import IndexPolicy
from tests.research.evaluation.synthetic_panel import random_panel


@st.composite
def panels(draw: st.DrawFn, theorems: int = 5, provers: int = 3) -> Panel:
    n, m = draw(st.integers(1, theorems)), draw(st.integers(1, provers))
    counts = st.integers(1, 12)
    attempts = np.array([[draw(counts) for _ in range(m)] for _ in range(n)])
    share = [[draw(st.floats(0, 1)) for _ in range(m)] for _ in range(n)]
    cost = [[draw(st.floats(0.1, 50)) for _ in range(m)] for _ in range(n)]
    return Panel(
        tuple(f"p{j}" for j in range(m)),
        tuple(f"t{i}" for i in range(n)),
        np.array(cost),
        attempts,
        np.round(np.array(share) * attempts).astype(np.int64),
    )


def uniform(panel: Panel, queries: int) -> Floats:
    return np.full((queries, len(panel)), 1 / len(panel))


def most_of(panel: Panel) -> Ints:
    return np.asarray(panel.attempts.max(axis=0))


def market(theorems: int) -> tuple[Panel, Panel]:
    """Recorded theorems, and others like them."""
    return random_panel(60, seed=1), random_panel(theorems, seed=2)


@given(panels(), st.lists(st.floats(0.01, 1e4), min_size=2, max_size=6))
def test_a_dearer_proof_is_never_bought_with_less(panel: Panel, values: list[float]) -> None:
    paths = paths_for(recorded_cells(panel), uniform(panel, 3), 1e4, most_of(panel))
    plans_at_values = [at_value(paths, value) for value in sorted(values)]
    for low, high in pairwise(plans_at_values):
        assert low.spend <= high.spend
        assert low.solved <= high.solved


@given(panels(), st.floats(0.01, 500), st.floats(0.01, 3))
def test_a_plan_keeps_its_budget_and_reaches_its_rate(
    panel: Panel, budget: float, wanted: float
) -> None:
    paths = paths_for(recorded_cells(panel), uniform(panel, 3), 1e4, most_of(panel))
    batch = frontier(paths)
    plan = for_budget(batch, budget)
    assert plan.spend <= budget * (1 + 1e-9)
    again = at_value(paths, plan.value)
    assert (again.spend, again.solved) == pytest.approx((plan.spend, plan.solved))
    more = batch.spend > budget * (1 + 1e-9)
    assert not more.any() or batch.spend[more].min() > plan.spend
    reached = for_rate(batch, wanted)
    if reached is None:
        assert batch.solved[-1] < wanted
    else:
        assert reached.solved >= wanted * (1 - 1e-9)
        cheaper = batch.spend < reached.spend * (1 - 1e-9)
        assert (batch.solved[cheaper] < wanted).all()


@given(panels())
def test_a_path_under_certainty_is_what_happens(panel: Panel) -> None:
    # What was sold once is certain the second time; a belief does not go so far.
    panel = replace(panel, attempts=panel.attempts + 1)
    paths = paths_for(recorded_cells(panel), np.eye(len(panel)), 1e3, most_of(panel))
    played = paths.played(true_cells(panel, "beta"))
    np.testing.assert_allclose(played.gain, paths.gain, atol=1e-9)
    np.testing.assert_allclose(played.cost, paths.cost, rtol=1e-9, atol=1e-9)


def every_plan(panel: Panel, theorem: int, most: int) -> list[tuple[float, float]]:
    """(solved, spend) of every order of up to `most` attempts of each prover on one theorem."""
    m = len(panel.provers)
    granted = set()
    for counts in product(range(most + 1), repeat=m):
        multiset = [j for j, count in enumerate(counts) for _ in range(count)]
        granted |= set(permutations(multiset))
    plans = []
    for order in granted:
        left, spend, failed = 1.0, 0.0, [0] * m
        for j in order:
            s, n = panel.successes[theorem, j], panel.attempts[theorem, j]
            chance = (s + PSEUDO) / (n + 2 * PSEUDO + failed[j])
            spend += left * panel.cost[theorem, j]
            left *= 1 - chance
            failed[j] += 1
        plans.append((1 - left, spend))
    return plans


@settings(max_examples=40, deadline=None)
@given(panels(theorems=3, provers=2))
def test_no_other_allocation_solves_more_for_the_money(panel: Panel) -> None:
    """Against every order of every number of attempts on every theorem, where rates are known."""
    most = 2
    limit = np.full(len(panel.provers), most)
    batch = frontier(paths_for(recorded_cells(panel), np.eye(len(panel)), 1e9, limit))
    plans = [every_plan(panel, i, most) for i in range(len(panel))]
    solved, spend = np.zeros(1), np.zeros(1)
    for objective in plans:
        more_solved, more_spend = np.array(objective).T
        solved = (solved[:, None] + more_solved).ravel()
        spend = (spend[:, None] + more_spend).ravel()
    for at in range(len(batch.value)):
        plan = batch.plan(at)
        rivals = solved[spend <= plan.spend * (1 + 1e-9)]
        assert rivals.max() <= plan.solved + 1e-9
        as_good = spend[solved >= plan.solved - 1e-12]
        assert as_good.min() >= plan.spend * (1 - 1e-9)


def test_every_theorem_is_bought_for_up_to_the_same_value_per_dollar() -> None:
    known, theorems = market(40)
    weights = np.random.default_rng(3).dirichlet(np.full(len(known), 0.05), size=len(theorems))
    paths = paths_for(recorded_cells(known), weights, 1e5, most_of(known))
    plan = for_budget(frontier(paths), 600.0)
    bought = paths.asking < plan.value
    ratio = np.divide(paths.cost, paths.gain, where=paths.gain > 0, out=np.zeros_like(paths.cost))
    next_one = np.argmin(bought, axis=1)
    rows = np.arange(len(paths))
    open_ = paths.prover[rows, next_one] != NOBODY
    # What comes next asks for at least the value, on every theorem; nothing bought asked for more.
    assert (ratio[rows, next_one][open_] >= plan.value * (1 - 1e-9)).all()
    assert ratio[bought].max() < plan.value
    assert len(set(bought.sum(axis=1).tolist())) > 3, "theorems differ in how far they go"


def test_a_budget_for_all_solves_more_than_equal_shares() -> None:
    _, theorems = market(60)
    paths = paths_for(recorded_cells(theorems), np.eye(len(theorems)), 1e5, most_of(theorems))
    shares = np.geomspace(20, 1_000, 12)
    prices = theorems.cost[np.arange(60)[:, None], np.maximum(paths.prover, 0)]
    for share in shares:
        fits = np.cumsum(prices, axis=1) <= share
        spend, solved = (paths.cost * fits).sum(), (paths.gain * fits).sum()
        assert for_budget(frontier(paths), spend).solved > solved


CENT = 10_000
THEOREM = Theorem(name="t", statement=": 1 = 1")


def asking(max_attempts: int = 3) -> IndexPolicy:
    panel = random_panel(40)
    dollars = Panel(
        panel.provers, panel.theorems, panel.cost / 100, panel.attempts, panel.successes
    )
    sold = dict.fromkeys(panel.provers, max_attempts)
    return IndexPolicy(Learner(RecordedTheorems(dollars)), name="schedule:x", max_attempts=sold)


def state(*past: str, off: str = "") -> State:
    return State(
        theorem=THEOREM,
        budget=10**9,
        past=tuple(PurchaseOutcome(prover=name, cost=2 * CENT, status="rejected") for name in past),
        quotes=tuple(
            Quote(prover=name, worst_case=100 * CENT) for name in ("cheap", "dear") if name != off
        ),
    )


@pytest.mark.parametrize("past", [(), ("cheap",), ("cheap", "cheap", "dear"), ("cheap",) * 3])
def test_an_offer_is_bought_from_its_value_on(past: tuple[str, ...]) -> None:
    policy = asking()
    stopped = policy_at(policy, 0).decide(state(*past))
    assert isinstance(stopped, Stop)
    offer = stopped.offer
    assert offer is not None
    assert offer.worst_case == 100 * CENT
    assert CENT < offer.expected < 60 * CENT
    bought = policy.at(offer.value).decide(state(*past))
    assert isinstance(bought, Buy)
    assert bought.prover == offer.prover
    assert isinstance(policy.at(offer.value - 1).decide(state(*past)), Stop)
    assert policy.at(5).name == policy.name


def test_there_is_no_offer_where_nothing_more_is_sold() -> None:
    sold_out = policy_at(asking(max_attempts=1), 0).decide(state("cheap", "dear"))
    assert isinstance(sold_out, Stop)
    assert sold_out.offer is None
    off = policy_at(asking(), 0).decide(state(off="cheap"))
    assert isinstance(off, Stop)
    assert off.offer is not None
    assert off.offer.prover == "dear"


@settings(deadline=None)
@given(
    askings=st.lists(st.lists(st.integers(1, 50), max_size=6), min_size=1, max_size=8),
    worst=st.integers(1, 40),
    money=st.integers(1, 500),
    at_once=st.integers(1, 4),
    target=st.none() | st.integers(1, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_batch_never_spends_more_and_the_best_goes_first(
    *, askings: list[list[int]], worst: int, money: int, at_once: int, target: int | None, seed: int
) -> None:
    """Theorems whose attempts ask for so much, each a proof with chance 1/4, in random order."""
    draw = np.random.default_rng(seed)
    queue = {f"t{i}": list(offered) for i, offered in enumerate(askings)}
    allocator = Allocator(money=money, target=target, at_once=at_once)

    def offer(name: str) -> Offer | None:
        rest = queue[name]
        if not rest:
            return None
        return Offer(prover="p", value=rest[0], expected=1 + worst // 4, worst_case=worst)

    spent = proved = 0
    waiting: dict[str, Offer] = {}
    for name in queue:
        allocator.enter(name, offer(name), spent=0, proved=False)
        if first := offer(name):
            waiting[name] = first
    in_hand: list[tuple[str, int, int]] = []
    while True:
        while grant := allocator.grant():
            assert target is None or proved < target
            assert waiting[grant.theorem].value == min(
                offered.value for offered in waiting.values()
            )
            del waiting[grant.theorem]
            in_hand.append((grant.theorem, grant.value, grant.allotment))
            assert spent + sum(allotment for *_, allotment in in_hand) <= money
            assert len(in_hand) <= at_once
        if not in_hand:
            break
        name, value, allotment = in_hand.pop(int(draw.integers(len(in_hand))))
        used, hit, tried = 0, False, False
        while queue[name] and queue[name][0] <= value and allotment > used and not hit:
            assert tried or allotment >= min(worst, 1 + worst // 4)
            queue[name].pop(0)
            tried = True
            used += int(draw.integers(min(worst, allotment - used) + 1))
            hit = bool(draw.random() < 0.25)
        spent, proved = spent + used, proved + hit
        allocator.back(name, offer(name), spent=used, proved=hit, tried=tried)
        if tried and not hit and (again := offer(name)):
            waiting[name] = again
    assert spent <= money
    assert allocator.left == money - spent
    assert allocator.proved == proved
    if target is not None and proved >= target:
        assert "as many theorems are proved" in allocator.why_over
    elif not any(queue.values()):
        assert "no theorem has a next attempt" in allocator.why_over or proved
