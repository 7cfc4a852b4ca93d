"""A simulated market whose truth is known: provers with true rates and prices, outcomes by seed.

The outcome of an attempt depends on seed, theorem, prover and attempt number alone, so that
policies are compared on the same draws.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log

import numpy as np

from prover_arb.core.history import NO_HISTORY, History, PurchaseOutcome, TheoremHistory
from prover_arb.core.money import MICRO
from prover_arb.core.protocols import Policy
from prover_arb.core.purchases import Buy, Quote, State
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler.index.features import matrix
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.prior import RecordedTheorems
from prover_arb.scheduler.policies.index_policy import IndexPolicy

CENT = 10_000
WORTH = 100 * CENT
"""What a proof is worth, and may cost at most."""


@dataclass(frozen=True)
class SimulatedProver:
    """Succeeds with log odds skill + ease of the theorem; its functions take the theorem's
    number."""

    name: str
    skill: Callable[[int], float]
    quote: Callable[[int], int]
    """Micro-dollars; 0 while it is off the market."""
    share: Callable[[int], float] = lambda _: 1.0
    """What it invoices on average, as a share of its quote."""

    def rate(self, number: int, ease: float) -> float:
        return 1 / (1 + exp(-self.skill(number) - ease))


def steady(name: str, rate: float, quote: int, share: float = 1.0) -> SimulatedProver:
    """A prover that never changes, with success rate `rate` on a theorem of average difficulty."""
    return SimulatedProver(name, lambda _: log(rate / (1 - rate)), lambda _: quote, lambda _: share)


@dataclass(frozen=True)
class Task:
    number: int
    theorem: Theorem
    ease: float


def tasks(count: int, *, seed: int = 0, spread: float = 1.5) -> list[Task]:
    """Easy ones have short statements."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        ease = chance.gauss(0, spread)
        terms = max(1, round(8 - 2 * ease + chance.gauss(0, 1)))
        statement = ": " + " + ".join(f"{chance.randrange(9)} ^ 2" for _ in range(terms)) + " = 0"
        made.append(Task(number, Theorem(name=f"t{number}", statement=statement), ease))
    return made


def records(
    sellers: Sequence[SimulatedProver],
    count: int = 200,
    attempts: int = 20,
    *,
    claims: Mapping[str, float] | None = None,
    prices: Mapping[str, float] | None = None,
    seed: int = 99,
) -> RecordedTheorems:
    """What sellers did on other theorems, or claim to have done.

    `claims`: a success rate for every theorem; `prices`: a factor on recorded costs.
    """
    work = tasks(count, seed=seed)
    rng = np.random.default_rng(seed)
    rate = np.array([[s.rate(0, task.ease) for s in sellers] for task in work])
    cost = np.array([[s.quote(0) * s.share(0) / MICRO for s in sellers]] * count)
    for j, seller in enumerate(sellers):
        rate[:, j] = (claims or {}).get(seller.name, rate[:, j])
        cost[:, j] *= (prices or {}).get(seller.name, 1.0)
    panel = Panel(
        tuple(seller.name for seller in sellers),
        tuple(f"r{task.number}" for task in work),
        cost,
        np.full(rate.shape, attempts),
        rng.binomial(attempts, rate),
    )
    texts = [task.theorem.statement for task in work]
    return RecordedTheorems(panel, matrix(panel.theorems, texts))


def scheduled(
    known: RecordedTheorems | None, sellers: Sequence[SimulatedProver], attempts: int = 4
) -> IndexPolicy:
    """The policy that knows these records, or none."""
    return IndexPolicy(
        Learner(known or RecordedTheorems()),
        name="schedule",
        max_attempts={seller.name: attempts for seller in sellers},
    )


@dataclass
class Result:
    """Money in micro-dollars."""

    solved: int = 0
    spent: int = 0
    explored: int = 0
    bought: list[tuple[int, str, int, bool]] = field(default_factory=list)
    """(theorem, seller, cost, explores)"""
    net: list[int] = field(default_factory=list)
    """Per theorem: worth of the proof, if any, less what was spent."""
    history: History = field(default_factory=History)

    def share(self, seller: str, numbers: Iterable[int]) -> float:
        """Of the theorems `numbers`, those on which it sold at least once."""
        wanted = set(numbers)
        return len({n for n, name, _, _ in self.bought if name == seller and n in wanted}) / len(
            wanted
        )

    def asked_first(self, seller: str, numbers: Iterable[int]) -> float:
        """Of the theorems `numbers` that something was bought for, those it was asked first for."""
        firsts: dict[int, str] = {}
        for number, name, _, _ in self.bought:
            firsts.setdefault(number, name)
        names = [firsts[number] for number in numbers if number in firsts]
        return names.count(seller) / len(names)

    def counts(self) -> Counter[str]:
        return Counter(name for _, name, _, _ in self.bought)

    def regret(self, best: Result, numbers: slice = slice(None)) -> float:
        """Dollars that it made less than `best`."""
        return (sum(best.net[numbers]) - sum(self.net[numbers])) / MICRO


def play(
    policy: Policy,
    sellers: Sequence[SimulatedProver],
    work: Sequence[Task],
    *,
    seed: int = 0,
    learning: bool = True,
    worth: int = WORTH,
) -> Result:
    """Every theorem in turn; without `learning` the policy is told nothing of those before."""
    result = Result()
    by_name = {seller.name: seller for seller in sellers}
    for task in work:
        past: list[PurchaseOutcome] = []
        while True:
            offers = {s.name: s.quote(task.number) for s in sellers}
            state = State(
                theorem=task.theorem,
                budget=worth,
                past=tuple(past),
                quotes=tuple(
                    Quote(prover=name, worst_case=most) for name, most in offers.items() if most
                ),
                spendable=worth,
                history=result.history if learning else NO_HISTORY,
                seed=seed,
            )
            decision = policy.decide(state)
            if not isinstance(decision, Buy):
                break
            seller = by_name[decision.prover]
            number = sum(bought.prover == seller.name for bought in past)
            lots = random.Random(f"{seed}/{task.number}/{seller.name}/{number}")
            proved = lots.random() < seller.rate(task.number, task.ease)
            invoice = round(
                offers[seller.name] * seller.share(task.number) * exp(lots.gauss(0, 0.2))
            )
            cost = max(1, min(invoice, decision.budget))
            past.append(
                PurchaseOutcome(
                    prover=seller.name,
                    cost=cost,
                    status="proved" if proved else "nothing",
                    offered=decision.budget,
                )
            )
            result.bought.append((task.number, seller.name, cost, decision.explores))
            result.explored += cost * decision.explores
            if proved:
                break
        spent = sum(bought.cost for bought in past)
        proved = bool(past) and past[-1].status == "proved"
        result.spent += spent
        result.solved += proved
        result.net.append(worth * proved - spent)
        if past:
            result.history = result.history.after(
                TheoremHistory(
                    theorem=task.theorem.name, statement=task.theorem.statement, past=tuple(past)
                )
            )
    return result
