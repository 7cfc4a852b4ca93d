"""The cascade that training theorems recommend: what it is fitted on, and how it is compared."""

from __future__ import annotations

from itertools import permutations

import pytest
from test_summary import row

from prover_arb.bench.best_cascade import fitted_cascade, one_per_theorem
from prover_arb.bench.equal_solve_rate import comparisons
from prover_arb.core.history import PurchaseOutcome, TheoremHistory
from prover_arb.core.purchases import Quote, State, Stop
from prover_arb.core.theorem import Theorem
from prover_arb.errors import PolicyError
from prover_arb.scheduler import make_policy, policy_file
from prover_arb.scheduler.policies import parse
from prover_arb.scheduler.policies.threshold_cascade import ThresholdCascade
from prover_arb.scheduler.policy_file import usual_cost


def tried(theorem: str, **attempts: list[int]) -> TheoremHistory:
    """A theorem with what each prover's attempts cost; a positive cost is that of a proof."""
    past = [
        PurchaseOutcome(prover=prover, cost=abs(cost), status="proved" if cost > 0 else "nothing")
        for prover, costs in attempts.items()
        for cost in costs
    ]
    return TheoremHistory(theorem=theorem, statement=f": {theorem}", past=tuple(past))


TRAINING = [
    *(tried(f"e{i}", cheap=[1 + i % 3], dear=[100], useless=[-40]) for i in range(12)),
    *(tried(f"h{i}", cheap=[-50, -50], dear=[100], useless=[-40]) for i in range(6)),
]
"""The cheap prover is done within 3 or not at all; the dear one proves everything."""


def test_a_cheap_prover_is_stopped_where_it_stops_being_worth_it() -> None:
    # By hand: beyond 3 the cheap prover only fails, and the useless one always does.
    assert fitted_cascade(TRAINING) == {"cheap": 3, "dear": 100}


def test_theorems_that_not_every_prover_was_tried_on_do_not_count() -> None:
    partly = [tried(f"p{i}", dear=[1]) for i in range(50)]
    assert fitted_cascade([*TRAINING, *partly]) == {"cheap": 3, "dear": 100}
    assert fitted_cascade([*partly[:1], tried("q", cheap=[1])]) is None
    assert fitted_cascade([tried("q", cheap=[-1], dear=[-1])]) is None
    assert fitted_cascade([]) is None


def test_the_order_of_the_records_does_not_matter() -> None:
    for order in permutations(("cheap", "dear", "useless")):
        turned = [
            history.model_copy(
                update={"past": tuple(sorted(history.past, key=lambda b: order.index(b.prover)))}
            )
            for history in TRAINING
        ]
        assert fitted_cascade(turned) == {"cheap": 3, "dear": 100}


def test_histories_of_one_theorem_are_joined() -> None:
    finished = {
        ("run", "single:cheap", "t"): tried("t", cheap=[-50, -50]),
        ("run", "single:dear", "t"): tried("t", dear=[100]),
        ("run", "single:dear", "u"): tried("u", dear=[7]),
        ("run", "cascade", "t"): tried("t", cheap=[-50], dear=[100]),
        ("another", "cascade", "t"): tried("t", dear=[9]),
    }
    assert one_per_theorem(finished) == [
        tried("t", cheap=[-50, -50], dear=[100]),
        tried("u", dear=[7]),
        tried("t", dear=[9]),
    ]


OFFERED = (30, 70, 60)
"""The worst cases of the three slices that `sliced` sells: each may run into the next one."""


def in_slices(theorem: str, cheap: int, proved_in: int | None) -> TheoremHistory:
    """A theorem that a prover of slices of 10, 20 and 50 proves in one of them, or in none."""
    last = len(OFFERED) - 1 if proved_in is None else proved_in
    slices = [
        PurchaseOutcome(
            prover="sliced",
            cost=(10, 20, 50)[index],
            status="proved" if index == proved_in else "nothing",
            offered=OFFERED[index],
            slice=index,
        )
        for index in range(last + 1)
    ]
    history = tried(theorem, cheap=[cheap])
    return history.model_copy(update={"past": (*history.past, *slices)})


def test_a_fitted_cascade_buys_whole_slices_as_they_are_on_record() -> None:
    learnt = [
        *(in_slices(f"e{i}", 2, 0) for i in range(4)),
        *(in_slices(f"m{i}", -4, 1) for i in range(9)),
        *(in_slices(f"h{i}", -4, None) for i in range(3)),
    ]
    thresholds = fitted_cascade(learnt)
    assert thresholds is not None
    # Two slices: the second one's worst case beside what the first one took. A third would be
    # bought only with 30 + 60.
    assert thresholds == {"cheap": 2, "sliced": 10 + 70}
    cascade = ThresholdCascade(thresholds)
    for history in learnt:
        recorded = [b for b in history.past if b.prover == "sliced"]
        past = [b for b in history.past if b.prover == "cheap"]
        while len(past) <= len(recorded):
            index = len(past) - 1
            quotes = (Quote(prover="sliced", worst_case=OFFERED[index], slice=index),)
            theorem = Theorem(name="t", statement=": True")
            state = State(theorem=theorem, budget=1_000, past=tuple(past), quotes=quotes)
            decision = cascade.decide(state)
            if isinstance(decision, Stop):
                break
            assert decision.budget == OFFERED[index]
            past.append(recorded[index])
        assert [b.slice for b in past[1:]] == [b.slice for b in recorded][:2]


def test_the_fitted_cascade_is_what_policies_are_compared_with() -> None:
    prices = {"single:a": 100, "cascade": 60, "cascade:best": 80, "schedule": 40}
    rows = [row(policy, t, ("a", price, 0)) for policy, price in prices.items() for t in "xyz"]
    found = {comparison.policy: comparison for comparison in comparisons(rows)}
    best = found["schedule"].against_best_cascade
    assert best is not None
    assert (best.reference, best.ratio) == ("cascade:best", pytest.approx(0.5))
    assert found["cascade"].against_best_cascade is None


def test_the_package_recommends_a_cascade_where_its_provers_are_sold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = policy_file.policy_file(None, learnt=TRAINING, cascade={"cheap": 3, "dear": 100})
    monkeypatch.setattr(parse, "shipped_policy", lambda: file)
    policy = make_policy("cascade:best", ["dear", "cheap", "other"])
    assert policy.name == "cascade:best"
    assert parse.recommends_cascade(["dear", "cheap"])
    assert not parse.recommends_cascade(["dear"])
    with pytest.raises(PolicyError, match="knows a cascade of cheap, dear; sold here: dear"):
        make_policy("cascade:best", ["dear"])


def test_what_a_theorem_costs_is_what_its_cheapest_prover_took() -> None:
    learnt = [tried("a", cheap=[-2, 3], dear=[100]), tried("b", cheap=[-4], dear=[50])]
    assert usual_cost(policy_file.policy_file(None, learnt=learnt)) == (5 + 50) / 2
    assert usual_cost(policy_file.policy_file(None, learnt=[tried("c", cheap=[-4, -4])])) == 8
