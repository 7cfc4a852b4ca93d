"""A made-up market whose truth is known: sellers with true rates and prices, lots drawn by seed.

An attempt's outcome depends on seed, theorem, seller and attempt number alone, so that policies are
compared on the same luck.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import exp, log

from prover_arb.memory import Finished, Memory
from prover_arb.protocols import Buy, Past, Policy, Quote, State
from prover_arb.theorem import Theorem

CENT = 10_000
WORTH = 100 * CENT
"""What a proof is worth, and may cost at most."""


@dataclass(frozen=True)
class Seller:
    """Succeeds with log odds skill + ease of the theorem; functions are of the theorem's number."""

    name: str
    skill: Callable[[int], float]
    quote: Callable[[int], int]
    """Micro-dollars; None-like 0 where it is off the market."""
    share: float = 1.0
    """What it invoices on average, as a share of its quote."""

    def rate(self, number: int, ease: float) -> float:
        return 1 / (1 + exp(-self.skill(number) - ease))


def steady(name: str, rate: float, quote: int, share: float = 1.0) -> Seller:
    """The same all the time; `rate` on a middling theorem."""
    return Seller(name, lambda _: log(rate / (1 - rate)), lambda _: quote, share)


@dataclass(frozen=True)
class Task:
    number: int
    theorem: Theorem
    ease: float


def tasks(count: int, *, seed: int = 0, spread: float = 1.5) -> list[Task]:
    """Easy ones have short statements."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        ease = chance.gauss(0, spread)
        terms = max(1, round(8 - 2 * ease + chance.gauss(0, 1)))
        statement = ": " + " + ".join(f"{chance.randrange(9)} ^ 2" for _ in range(terms)) + " = 0"
        found.append(Task(number, Theorem(name=f"t{number}", statement=statement), ease))
    return found


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
    memory: Memory = field(default_factory=Memory)

    def share(self, seller: str, numbers: Iterable[int]) -> float:
        """Of the theorems `numbers`, those on which it sold at least once."""
        wanted = set(numbers)
        return len({n for n, name, _, _ in self.bought if name == seller and n in wanted}) / len(
            wanted
        )

    def counts(self) -> Counter[str]:
        return Counter(name for _, name, _, _ in self.bought)


def play(
    policy: Policy,
    sellers: Sequence[Seller],
    work: Sequence[Task],
    *,
    seed: int = 0,
    learning: bool = True,
    worth: int = WORTH,
    memory: Memory | None = None,
) -> Result:
    """Every theorem in turn; without `learning` the policy is told nothing of those before."""
    result = Result(memory=memory or Memory())
    by_name = {seller.name: seller for seller in sellers}
    for task in work:
        past: list[Past] = []
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
                memory=result.memory if learning else Memory(),
                seed=seed,
            )
            decision = policy.decide(state)
            if not isinstance(decision, Buy):
                break
            seller = by_name[decision.prover]
            number = sum(one.prover == seller.name for one in past)
            lots = random.Random(f"{seed}/{task.number}/{seller.name}/{number}")
            proved = lots.random() < seller.rate(task.number, task.ease)
            invoice = round(offers[seller.name] * seller.share * exp(lots.gauss(0, 0.2)))
            cost = max(1, min(invoice, decision.budget))
            past.append(
                Past(
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
        spent = sum(one.cost for one in past)
        proved = bool(past) and past[-1].status == "proved"
        result.spent += spent
        result.solved += proved
        result.net.append(worth * proved - spent)
        if past:
            result.memory = result.memory.after(
                Finished(
                    theorem=task.theorem.name, statement=task.theorem.statement, past=tuple(past)
                )
            )
    return result
