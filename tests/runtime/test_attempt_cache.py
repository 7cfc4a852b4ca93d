"""The same question to a deterministic seller is answered once, and answered to everyone."""

from __future__ import annotations

import asyncio

import pytest

from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.theorem import Theorem
from prover_arb.errors import ProverError
from prover_arb.runtime.attempt_cache import AttemptCache

THEOREM = Theorem(name="t", statement=": True")


class Seller:
    """Counts how often it is put to work; its invoice tells which time it was."""

    def __init__(self, failures: int = 0) -> None:
        self.worked = 0
        self.failures = failures

    async def work(self) -> Attempt:
        self.worked += 1
        await asyncio.sleep(0)
        if self.worked <= self.failures:
            raise ProverError("out of order")
        return Attempt(prover="s", candidate=None, cost=self.worked)


def ask(cache: AttemptCache, seller: Seller, *, number: int = 0, budget: int = 9, seed: int = 0):  # type: ignore[no-untyped-def]
    request = AttemptRequest(prover="s", number=number, budget=budget, seed=seed)
    return cache.attempt(THEOREM, request, seller.work)


def test_askers_at_the_same_time_share_one_answer() -> None:
    async def scenario() -> tuple[list[Attempt], int]:
        cache, seller = AttemptCache(), Seller()
        answers = await asyncio.gather(*(ask(cache, seller) for _ in range(5)))
        return list(answers), seller.worked

    answers, worked = asyncio.run(scenario())
    assert worked == 1
    assert {a.cost for a in answers} == {1}


@pytest.mark.parametrize("change", [{"number": 1}, {"budget": 8}, {"seed": 1}])
def test_another_question_is_another_attempt(change: dict[str, int]) -> None:
    async def scenario() -> int:
        cache, seller = AttemptCache(), Seller()
        await ask(cache, seller)
        await ask(cache, seller, **change)
        return seller.worked

    assert asyncio.run(scenario()) == 2


def test_failures_are_not_remembered() -> None:
    async def scenario() -> int:
        cache, seller = AttemptCache(), Seller(failures=1)
        with pytest.raises(ProverError):
            await ask(cache, seller)
        return (await ask(cache, seller)).cost

    assert asyncio.run(scenario()) == 2


def test_what_was_not_used_for_long_is_forgotten() -> None:
    async def scenario() -> int:
        cache, seller = AttemptCache(most=2), Seller()
        for budget in (1, 2, 3, 1):
            await ask(cache, seller, budget=budget)
        return seller.worked

    assert asyncio.run(scenario()) == 4
