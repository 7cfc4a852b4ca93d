"""Replays any policy of the scheduler on recorded attempts, to see what it solves and spends.

The policy decides as it would on the live market. An attempt costs its recorded mean, in
micro-dollars (`micro` of them to one unit of the records). Outcomes are the recorded ones in random
order, each used once; where a problem's records run out, the prover gives no more quotes. This
samples the `recorded` estimator of curves/prover_curve.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.protocols import Policy
from prover_arb.core.purchases import Quote, State, Stop
from prover_arb.core.theorem import Theorem
from prover_arb.errors import PolicyError
from prover_arb.research.market.model import Market
from prover_arb.scheduler.index.arrays import Floats

LONGEST = 500
"""The number of attempts after which a policy is stopped, because it might never stop."""


@dataclass(frozen=True)
class Played:
    """What one policy did at one budget."""

    policy: str
    budget: float
    solved: float
    """The share of problems that it solved."""
    cost: float
    """Per problem, in the unit of the records."""
    attempts: float
    """Per problem."""
    shares: Floats
    """The spend per problem on each prover [m]."""


def play(
    market: Market, policy: Policy, budget: float, *, micro: float, draws: int = 4, seed: int = 0
) -> Played:
    """Replays `policy` on every problem `draws` times with at most `budget` per problem.

    Raises:
        PolicyError: the policy buys from a prover that is not on offer, or asks for bids.
    """
    if policy.procurement == "auction":
        raise PolicyError(
            f"policy {policy.name!r}: records hold no bids; see `prover-arb market auction`"
        )
    rng = np.random.default_rng(seed)
    spent = np.zeros(len(market.provers))
    solved = bought = 0
    for number in range(len(market.problems)):
        for _ in range(draws):
            done, costs, count = _replay_problem(market, policy, number, rng, money=(budget, micro))
            solved += done
            bought += count
            spent += costs
    total = len(market.problems) * draws
    shares = spent / total
    return Played(policy.name, budget, solved / total, float(shares.sum()), bought / total, shares)


def _replay_problem(
    market: Market,
    policy: Policy,
    number: int,
    rng: np.random.Generator,
    *,
    money: tuple[float, float],
) -> tuple[bool, Floats, int]:
    """Replays one problem once; returns (solved, spend by prover [m], number of attempts).

    `money` is the budget, and how many micro-dollars one unit of it is.
    """
    names = market.names
    budget, micro = money
    prices = [max(1, round(float(prover.cost[number]) * micro)) for prover in market.provers]
    left = [int(prover.attempts[number]) for prover in market.provers]
    wins = [int(prover.successes[number]) for prover in market.provers]
    theorem = Theorem(name="replayed", statement=f": problem {number}")
    past: tuple[PurchaseOutcome, ...] = ()
    most = round(budget * micro)
    spent = np.zeros(len(names))
    while len(past) < LONGEST:
        quotes = tuple(
            Quote(prover=name, worst_case=price)
            for name, price, rest in zip(names, prices, left, strict=True)
            if rest
        )
        decision = policy.decide(State(theorem=theorem, budget=most, past=past, quotes=quotes))
        if isinstance(decision, Stop):
            break
        offered = [quote.prover for quote in quotes]
        if decision.prover not in offered:
            raise PolicyError(
                f"policy {policy.name!r} buys from {decision.prover!r}; on offer: "
                f"{', '.join(offered) or 'nobody'}"
            )
        j = names.index(decision.prover)
        # A prover stopped before its recorded cost delivers nothing, and is paid its budget.
        whole = decision.budget >= prices[j]
        success = whole and rng.random() * left[j] < wins[j]
        if whole:
            left[j] -= 1
            wins[j] -= success
        paid = min(decision.budget, prices[j])
        spent[j] += paid / micro
        past += (
            PurchaseOutcome(prover=names[j], cost=paid, status="proved" if success else "rejected"),
        )
        if success:
            return True, spent, len(past)
        if not whole and sum(bought.cost for bought in past) >= most:
            break
    return False, spent, len(past)
