"""Policies on simulated markets whose provers sell slices, against the same provers that do not."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from prover_arb.core.history import History, PurchaseOutcome, TheoremHistory
from prover_arb.core.protocols import Policy
from prover_arb.core.purchases import Buy, Quote, State
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler import make_policy
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.index.prior import RecordedTheorems
from prover_arb.scheduler.index.reslicing import resliced
from prover_arb.scheduler.policies.index_policy import IndexPolicy
from prover_arb.scheduler.policy_file import policy_file

SLICES = (40, 60, 300, 600)
WHOLE = sum(SLICES)
WORTH = 4_000
"""What a proof is worth: less than what an attempt costs that hardly ever succeeds."""


@dataclass(frozen=True)
class Worker:
    """A prover whose proof of theorem i comes after `times[i]` micro-dollars of work, if at all."""

    name: str
    times: Sequence[int | None]
    slices: tuple[int, ...]
    """None of its own if it sells whole attempts, of `whole`."""
    whole: int
    max_attempts: int = 1

    def quote(self, index: int) -> Quote:
        if not self.slices:
            return Quote(prover=self.name, worst_case=self.whole)
        worst = sum(self.slices[index : index + 2])
        return Quote(prover=self.name, worst_case=worst, slice=index, slices=self.slices)

    def outcome(self, theorem: int, index: int, budget: int) -> PurchaseOutcome:
        begins = sum(self.slices[:index])
        ends = begins + self.slices[index] if self.slices else self.whole
        time = self.times[theorem]
        proved = time is not None and time <= min(ends, begins + budget)
        cost = min(budget, (time if proved and time is not None else ends) - begins)
        return PurchaseOutcome(
            prover=self.name,
            cost=max(1, cost),
            status="proved" if proved else "nothing",
            offered=budget,
            slice=index if self.slices else None,
        )


@dataclass
class Result:
    solved: int = 0
    spent: int = 0
    history: History = field(default_factory=History)


def theorem(number: int) -> Theorem:
    return Theorem(name=f"t{number}", statement=f": {number} + {number * 7 % 11} = 0")


def play(policy: Policy, workers: Sequence[Worker], count: int) -> Result:
    result = Result()
    for number in range(count):
        past: list[PurchaseOutcome] = []
        while True:
            quotes = []
            for worker in workers:
                bought = [b for b in past if b.prover == worker.name]
                over = bool(bought) and len(bought) == max(1, len(worker.slices))
                quotes.append(worker.quote(0 if over else len(bought)))
            decision = policy.decide(
                State(
                    theorem=theorem(number),
                    budget=WORTH,
                    past=tuple(past),
                    quotes=tuple(quotes),
                    spendable=WORTH,
                    history=result.history,
                )
            )
            if not isinstance(decision, Buy):
                break
            worker = next(w for w in workers if w.name == decision.prover)
            index = sum(b.prover == worker.name for b in past)
            past.append(worker.outcome(number, index, decision.budget))
            if past[-1].status == "proved":
                result.solved += 1
                break
        result.spent += sum(bought.cost for bought in past)
        if past:
            ended = TheoremHistory(
                theorem=theorem(number).name, statement=theorem(number).statement, past=tuple(past)
            )
            result.history = result.history.after(ended)
    return result


def market(count: int, *, seed: int, slices: bool) -> list[Worker]:
    """Proofs come early, and failing is long: one in fifty comes after the first tenth."""
    chance = random.Random(seed)
    early = [chance.randint(5, 95) if chance.random() < 0.5 else None for _ in range(count)]
    late = [chance.randint(100, WHOLE) if chance.random() < 0.02 else None for _ in range(count)]
    times = [a or b for a, b in zip(early, late, strict=True)]
    cheap = [chance.randint(2, 20) if chance.random() < 0.2 else None for _ in range(count)]
    return [
        Worker("cheap", cheap, (), 20),
        Worker("patient", times, SLICES if slices else (), WHOLE),
    ]


def scheduled() -> IndexPolicy:
    return IndexPolicy(Learner(RecordedTheorems()), name="schedule")


@pytest.mark.parametrize("seed", [1, 2])
def test_where_failing_is_long_slices_make_the_schedule_cheaper(seed: int) -> None:
    count = 90
    whole = play(scheduled(), market(count, seed=seed, slices=False), count)
    sliced = play(scheduled(), market(count, seed=seed, slices=True), count)
    assert sliced.solved >= 0.95 * whole.solved
    assert sliced.spent <= 0.6 * whole.spent


@pytest.mark.parametrize(
    "text", ["single:patient", "cascade", "cascade:cheap=0.000015,patient=0.001"]
)
def test_other_policies_buy_the_same_in_slices(text: str) -> None:
    count = 60
    spent = []
    for slices in (False, True):
        workers = market(count, seed=4, slices=slices)
        result = play(make_policy(text, workers), workers, count)
        spent.append((result.solved, result.spent))
    assert spent[0] == spent[1]


def test_a_whole_attempt_of_the_past_is_read_as_the_slices_it_would_have_been() -> None:
    def whole(cost: int, status: str) -> PurchaseOutcome:
        return PurchaseOutcome.model_validate(
            {"prover": "patient", "cost": cost, "status": status, "offered": WHOLE}
        )

    other = PurchaseOutcome(prover="cheap", cost=9, status="nothing")
    for cost, status, parts in [
        (30, "proved", [(0, 30, "proved")]),
        (40, "nothing", [(0, 40, "nothing")]),
        (150, "proved", [(0, 40, "nothing"), (1, 60, "nothing"), (2, 50, "proved")]),
        (1_200, "rejected", [(0, 40, "nothing"), (1, 60, "nothing"), (2, 300, "nothing"),
                             (3, 800, "rejected")]),
    ]:  # fmt: skip
        history = TheoremHistory(theorem="t", past=(other, whole(cost, status)))
        cut = resliced(history, {"patient": SLICES}).past
        assert cut[0] is other
        assert [(b.slice, b.cost, b.status) for b in cut[1:]] == parts
        assert sum(b.cost for b in cut) == cost + other.cost
        assert resliced(history, {"another": SLICES}) is history


def file_policy(workers: Sequence[Worker], history: History) -> Callable[[], IndexPolicy]:
    file = policy_file(None, learnt=history.since(0))
    return lambda: IndexPolicy(Learner(RecordedTheorems(), file.learnt), name="schedule")


def test_what_was_learnt_of_whole_attempts_serves_where_slices_are_sold() -> None:
    """A file of before gives the policy a better start than none, and nearly that of a new one."""
    count = 80
    before = {s: market(120, seed=7, slices=s) for s in (False, True)}
    now = market(count, seed=8, slices=True)
    learnt = {s: play(make_policy("cascade", w), w, 120).history for s, w in before.items()}
    old, new = (play(file_policy(now, learnt[s])(), now, count) for s in (False, True))
    unknown = play(scheduled(), now, count)
    assert old.spent <= unknown.spent
    assert old.spent <= 1.1 * new.spent
    assert old.solved >= 0.95 * new.solved


def test_a_barren_slice_is_bought_for_the_sake_of_the_one_after_it() -> None:
    """Nothing is found in the first slice, nearly everything in the second."""
    count = 120
    chance = random.Random(5)
    times = [chance.randint(41, 100) if chance.random() < 0.8 else None for _ in range(count)]
    dear = [chance.randint(300, 900) if chance.random() < 0.5 else None for _ in range(count)]
    workers = [Worker("dear", dear, (), 900), Worker("patient", times, SLICES, WHOLE)]
    result = play(scheduled(), workers, count)
    first = [ended.past[0].prover for ended in result.history.since(count // 2)]
    assert first.count("patient") >= 0.9 * len(first)
    assert result.solved >= 0.9 * sum(bool(a or b) for a, b in zip(times, dear, strict=True))
