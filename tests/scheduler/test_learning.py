"""The policy learns on markets whose truth is known: sellers that are new, change, or lie."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from prover_arb.core.history import History, PurchaseOutcome, TheoremHistory
from prover_arb.core.purchases import State, Stop
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.index.prior import GUESSED, RecordedTheorems
from prover_arb.scheduler.index.reliability import (
    ASSUMED,
    ASSUMED_OF_NEW,
    FORGET,
    GRID,
    RECENT,
    RECENT_OF_NEW,
    ReliabilityPosterior,
)
from prover_arb.scheduler.index.table import logit, sigmoid
from tests.scheduler.simulated_market import (
    CENT,
    Result,
    SimulatedProver,
    play,
    records,
    scheduled,
    steady,
    tasks,
)

FIVE = [
    steady("a", 0.3, 2 * CENT),
    steady("b", 0.6, 10 * CENT),
    steady("c", 0.8, 40 * CENT),
    steady("d", 0.15, 8 * CENT),
    steady("e", 0.5, 4 * CENT, share=0.3),
]
WORK = tasks(400, seed=1)
TWO = [steady("a", 0.3, 2 * CENT), steady("b", 0.6, 10 * CENT)]
SHORT = tasks(240, seed=2)
HALF = 120
LATER = range(150, 240)
SEEDS = (0, 1)


@cache
def cold(seed: int, learning: bool = True) -> Result:
    """Begun without any records."""
    return play(scheduled(None, FIVE), FIVE, WORK, seed=seed, learning=learning)


@cache
def oracle(seed: int) -> Result:
    """Knows the true rates and costs from ample records, and need not learn."""
    return play(scheduled(records(FIVE, 300, 200), FIVE), FIVE, WORK, seed=seed, learning=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_learning_beats_not_learning_and_comes_near_to_knowing(seed: int) -> None:
    taught, untaught, best = cold(seed), cold(seed, learning=False), oracle(seed)
    assert taught.solved > untaught.solved
    assert taught.spent < 0.9 * untaught.spent
    assert taught.regret(best) < 0.4 * untaught.regret(best)
    # Of what the oracle makes, not two percent are lost, the learning included.
    assert taught.regret(best) < 0.02 * sum(best.net) / 1e6


def test_what_exploring_costs_falls_as_sellers_become_known() -> None:
    shares = []
    for part in (range(100), range(300, 400)):
        bought = [
            purchase for seed in SEEDS for purchase in cold(seed).bought if purchase[0] in part
        ]
        spent = sum(cost for _, _, cost, _ in bought)
        shares.append(sum(cost for _, _, cost, explores in bought if explores) / spent)
    assert shares[0] > 0.15
    assert shares[1] < 0.6 * shares[0]


def test_a_cold_start_goes_from_cheap_sellers_to_dear_ones() -> None:
    first = [name for number, name, _, explores in cold(0, False).bought if not explores]
    assert first.count("a") > len(first) / 3
    policy = scheduled(None, FIVE, attempts=1)
    ladder = play(policy, [s for s in FIVE if s.name != "c"], WORK[:30], learning=False)
    for number in {purchase[0] for purchase in ladder.bought if not purchase[3]}:
        steps = [name for n, name, _, explores in ladder.bought if n == number and not explores]
        assert steps == sorted(steps, key=["a", "e", "d", "b"].index)


def test_same_seed_and_same_memory_give_the_same_decisions() -> None:
    again = play(scheduled(None, FIVE), FIVE, WORK[:150], seed=0)
    assert again.bought == [each for each in cold(0).bought if each[0] < 150]
    other = play(scheduled(None, FIVE), FIVE, WORK[:150], seed=1)
    assert other.bought != again.bought


def test_an_index_is_a_function_of_the_memory_however_it_came_about() -> None:
    log = cold(0).history.since(0)
    theorem = Theorem(name="asked", statement=": 3 ^ 2 + 1 = 0")
    step, whole = Learner(records(FIVE)), Learner(records(FIVE))
    history, kept = History(), []
    for finished in log[:70]:
        history = history.after(finished)
        kept.append(history)
        step.after(history)
    forecasts = whole.after(History(log[:70])).attempt_forecasts(theorem, (), CENT, seed=3)
    assert step.after(history).attempt_forecasts(theorem, (), CENT, seed=3) == forecasts
    # An earlier memory still stands for what was known then, though more was learnt since.
    early = Learner(records(FIVE)).after(History(log[:20])).attempt_forecasts(theorem, (), CENT)
    assert step.after(kept[19]).attempt_forecasts(theorem, (), CENT) == early
    assert step.after(History(log[:20])).attempt_forecasts(theorem, (), CENT) == early
    assert early != step.after(history).attempt_forecasts(theorem, (), CENT)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seller_that_claims_rates_it_does_not_have_loses_its_place(seed: int) -> None:
    market = [*TWO, steady("liar", 0.1, 4 * CENT)]
    lie = records(market, claims={"liar": 0.9})
    best = play(scheduled(records(market), market), market, SHORT, seed=seed, learning=False)
    taught = play(scheduled(lie, market), market, SHORT, seed=seed)
    fooled = play(scheduled(lie, market), market, SHORT, seed=seed, learning=False)
    assert fooled.share("liar", LATER) > 0.7
    assert taught.share("liar", LATER) < 0.2
    # $5 against an oracle, once and for all; without learning it is a few cents a theorem for ever.
    assert taught.regret(best) < 5
    assert fooled.regret(best) > 12
    assert taught.regret(best, slice(150, 240)) < 1.5


def test_a_seller_that_invoices_its_maximum_loses_its_place() -> None:
    """Its records say a tenth of what it quotes."""
    market = [*TWO, steady("pad", 0.5, 12 * CENT)]
    lie = records(market, prices={"pad": 0.1})
    best = play(scheduled(records(market), market), market, SHORT, learning=False)
    taught = play(scheduled(lie, market), market, SHORT)
    fooled = play(scheduled(lie, market), market, SHORT, learning=False)
    assert fooled.counts()["pad"] > 3 * taught.counts()["pad"]
    assert taught.regret(best) < 3
    assert fooled.regret(best) > 8


@pytest.mark.parametrize("known", [True, False], ids=["recorded", "new"])
@pytest.mark.parametrize("quietly", [False, True], ids=["quoted", "invoiced"])
def test_a_seller_that_triples_its_price_loses_its_place(known: bool, quietly: bool) -> None:
    if quietly:
        riser = SimulatedProver(
            "riser", lambda _: 0.0, lambda _: 9 * CENT, lambda i: 1 / 3 if i < HALF else 1.0
        )
    else:
        riser = SimulatedProver("riser", lambda _: 0.0, lambda i: (3 if i < HALF else 9) * CENT)
    market = [riser, steady("other", 0.5, 5 * CENT)]
    policy = scheduled(records(market) if known else None, market)
    result = play(policy, market, SHORT)
    assert result.asked_first("riser", range(60, HALF)) > 0.8
    assert result.asked_first("riser", LATER) < 0.2


@pytest.mark.parametrize("known", [True, False], ids=["recorded", "new"])
def test_a_seller_that_becomes_cheap_wins_the_place(known: bool) -> None:
    faller = SimulatedProver("faller", lambda _: 0.0, lambda i: (15 if i < HALF else 2) * CENT)
    market = [faller, steady("other", 0.5, 5 * CENT)]
    result = play(scheduled(records(market) if known else None, market), market, SHORT)
    assert result.asked_first("faller", range(60, HALF)) < 0.1
    assert result.asked_first("faller", LATER) > 0.9


@pytest.mark.parametrize("known", [True, False], ids=["recorded", "new"])
def test_sellers_appear_and_disappear(known: bool) -> None:
    comer = SimulatedProver("comer", lambda _: 1.0, lambda i: 3 * CENT if i >= HALF else 0)
    goer = SimulatedProver("goer", lambda _: 1.0, lambda i: 3 * CENT if i < HALF else 0)
    other = steady("other", 0.4, 6 * CENT)
    policy = scheduled(records([goer, other]) if known else None, [comer, goer, other])
    result = play(policy, [comer, goer, other], SHORT)
    assert result.share("goer", range(60, HALF)) > 0.9
    assert result.share("goer", range(HALF, 240)) == 0
    assert result.share("comer", range(HALF)) == 0
    assert result.share("comer", LATER) > 0.9


def test_an_untried_cell_is_what_is_believed_and_a_tried_one_its_record() -> None:
    log = cold(0).history.since(0)[:40]
    index = Learner(records(FIVE)).after(History(log))
    before = Learner(records(FIVE)).after(History(log[:-1]))
    table, last = index.table, log[-1]
    assert table.theorems[-1] == last.theorem
    for j, name in enumerate(table.provers):
        tried = [past for past in last.past if past.prover == name]
        proofs = sum(past.status == "proved" for past in tried)
        both, wins = table.total[j, -1], table.wins[j, -1]
        assert both == pytest.approx(len(tried) + GUESSED)
        guess = (wins - proofs) / GUESSED
        assert 0 < guess < 1
        assert table.rate[j, -1] == pytest.approx((proofs + GUESSED * guess) / both)
    # What was believed of those not tried depends on how it went: a proof by one speaks for others.
    theorem = Theorem(name=last.theorem, statement=last.statement or "")
    prior = before.forecast(theorem, ()).chance
    failed = tuple(
        PurchaseOutcome(prover="a", cost=2 * CENT, status="nothing", offered=2 * CENT)
        for _ in range(3)
    )
    hard = TheoremHistory(theorem="t", statement=theorem.statement, past=failed)
    proved = failed[0].model_copy(update={"status": "proved"})
    easy = TheoremHistory(theorem="t", statement=theorem.statement, past=(proved,))
    rates = [
        Learner(records(FIVE)).after(History([*log[:-1], history])).table.rate[:, -1]
        for history in (hard, easy)
    ]
    b = before.columns["b"]
    assert rates[0][b] < prior[b] < rates[1][b]


def test_the_level_of_prices_is_the_documented_mean() -> None:
    reliability = ReliabilityPosterior(np.array([True, True, False]))
    for expected, paid in ((1.0, 3.0), (2.0, 5.0)):
        for prover in (0, 2):
            reliability.invoiced(prover, expected, paid)
    with_records, without = (
        (assumed * 1.5 + recent * 3 + 5) / (assumed * 1.5 + recent * 1 + 2)
        for assumed, recent in ((ASSUMED, RECENT), (ASSUMED_OF_NEW, RECENT_OF_NEW))
    )
    assert reliability.level == pytest.approx([with_records, 1.0, without])


def test_what_a_seller_is_follows_bayes_and_is_forgotten_slowly() -> None:
    reliability = ReliabilityPosterior(np.array([False]))
    prior = -0.5 * (GRID / 2) ** 2
    log = prior.copy()
    for chance, proved in ((0.3, True), (0.6, True), (0.5, False)):
        reliability.judged(0, chance, proved)
        rate = sigmoid(logit(np.array(chance)) + GRID)
        log = prior + FORGET * (log - prior) + np.log(rate if proved else 1 - rate)
    mass = np.exp(log) / np.exp(log).sum()
    assert reliability.belief.mean[0] == pytest.approx(float(mass @ GRID), abs=1e-6)


def test_draws_do_not_depend_on_who_else_sells() -> None:
    one, two = (
        ReliabilityPosterior(np.array([False])),
        ReliabilityPosterior(np.array([False, True])),
    )
    alone = one.belief.draw(7, "digest", ("p",))
    together = two.belief.draw(7, "digest", ("p", "q"))
    assert alone[0] == together[0]
    draws = [one.belief.draw(seed, "digest", ("p",))[0] for seed in range(400)]
    # Half of a standard normal, twice as wide.
    assert np.mean(draws) == pytest.approx(2 / np.sqrt(2 * np.pi), rel=0.15)
    assert min(draws) == 0


def test_verdicts_that_could_not_be_given_are_held_against_nobody() -> None:
    void = PurchaseOutcome(prover="a", cost=2 * CENT, status="void", offered=2 * CENT)
    theorem = Theorem(name="asked", statement=": 1 = 0")
    learner = Learner(RecordedTheorems())
    nothing = TheoremHistory(theorem="t", past=(void,) * 20)
    rows = learner.after(History([nothing]), ["a"]).table
    assert rows.total[0, -1] == GUESSED
    chance = learner.after(History([nothing]), ["a"]).forecast(theorem, ()).chance
    assert chance == pytest.approx(
        learner.after(History(), ["a"]).forecast(theorem, ()).chance, rel=0.05
    )


def test_where_nobody_sells_nothing_is_bought() -> None:
    theorem = Theorem(name="asked", statement=": 1 = 0")
    state = State(theorem=theorem, budget=CENT, past=(), quotes=())
    assert isinstance(scheduled(None, []).decide(state), Stop)
    assert isinstance(scheduled(records(TWO, 20), TWO).decide(state), Stop)


def test_memories_share_their_beginning_and_never_change() -> None:
    def ended(name: str) -> TheoremHistory:
        return TheoremHistory(theorem=name, past=())

    empty = History()
    first = empty.after(ended("a"))
    left, right = first.after(ended("b")), first.after(ended("c"))
    assert [history.theorem for history in left.since(0)] == ["a", "b"]
    assert [history.theorem for history in right.since(0)] == ["a", "c"]
    assert (len(empty), len(first)) == (0, 1)
    assert left.extends(first)
    assert not right.extends(left)
    assert [history.theorem for history in left.since(1)] == ["b"]
