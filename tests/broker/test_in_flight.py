"""Several attempts in flight for one theorem: a real broker and ledger, sellers that can wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from prover_arb.broker.ledger.ledger import INTERRUPTED, SqliteLedger
from prover_arb.broker.loop import NOT_WANTED
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.protocols import Policy
from prover_arb.core.purchases import Attempt, AttemptCancelled, Pending, Purchase, Quote, State
from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import LedgerError, ProverError
from prover_arb.scheduler import SingleProver, ThresholdCascade
from tests.broker.test_loop import THEOREM, Market, many, states


class Slow:
    """Delivers `text` at `price` after so many turns of the event loop for each attempt number.

    None never ends. Cancelled, it invoices a micro-dollar for every turn, if it is `honest`.
    """

    def __init__(
        self,
        name: str,
        *turns: int | None,
        text: str | None = "bad",
        price: int = 10,
        honest: bool = True,
        worst_case: int = 100,
    ) -> None:
        self.name = name
        self.numbers: list[int] = []
        self.most_at_once = 0
        self._at_once = 0
        self._turns = turns
        self._text = text
        self._price = price
        self._honest = honest
        self._worst_case = worst_case

    def quote(self, theorem: Theorem) -> Quote:
        return Quote(prover=self.name, worst_case=self._worst_case)

    def text(self, number: int) -> str | None:
        return self._text

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        self.numbers.append(number)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        used = 0
        try:
            wait = self._turns[min(number, len(self._turns) - 1)]
            while wait is None or used < wait:
                await asyncio.sleep(0)
                used += 1
        except asyncio.CancelledError:
            if not self._honest:
                raise
            raise AttemptCancelled(
                Attempt(prover=self.name, candidate=None, cost=used, failure="cancelled")
            ) from None
        finally:
            self._at_once -= 1
        text = self.text(number)
        found = None if text is None else Candidate(kind="tactics", text=text)
        return Attempt(prover=self.name, candidate=found, cost=self._price)


def prove(
    market: Market,
    policy: Policy,
    *,
    max_parallel: int,
    budget: int = 10_000,
    on_purchase: Callable[[Purchase], None] | None = None,
) -> Outcome:
    return asyncio.run(
        market.broker.prove(
            THEOREM,
            policy,
            ProofJob(policy=policy.name, budget=budget, run="r", seed=1, max_parallel=max_parallel),
            on_purchase=on_purchase,
        )
    )


def test_a_proof_ends_the_others_which_are_paid_what_they_used(tmp_path: Path) -> None:
    fast, slow = Slow("fast", 20, text="good"), Slow("slow", None)
    market = Market(tmp_path, fast, slow)
    cascade = ThresholdCascade({"slow": 500, "fast": 500})
    outcome = prove(market, cascade, max_parallel=2)
    assert (outcome.status, outcome.why_stopped) == ("proved", "proved")
    assert states(outcome.purchases) == [("slow", "cancelled"), ("fast", "judged")]
    given_up = outcome.purchases[0]
    assert (given_up.failure, given_up.candidate, given_up.verdict) == (NOT_WANTED, None, None)
    # It goes on while the disk is waited for, so how much it used depends on the disk.
    assert given_up.invoice >= 20
    assert given_up.cost == min(given_up.invoice, given_up.reserved)
    assert outcome.cost == given_up.cost + 10
    assert list(outcome.purchases) == market.ledger.purchases(run="r")
    totals = {row.prover: row for row in market.ledger.summarise("r")}
    assert (totals["slow"].cancelled, totals["slow"].purchases) == (1, 0)
    assert totals["slow"].cost == given_up.cost


def test_one_that_used_nothing_is_paid_nothing(tmp_path: Path) -> None:
    market = Market(tmp_path, Slow("fast", 3, text="good"), Slow("slow", None, honest=False))
    outcome = prove(market, ThresholdCascade({"slow": 500, "fast": 500}), max_parallel=2)
    assert states(outcome.purchases) == [("slow", "cancelled"), ("fast", "judged")]
    assert [p.cost for p in outcome.purchases] == [0, 10]


def test_one_that_is_never_begun_is_paid_nothing(tmp_path: Path) -> None:
    """A proof from an earlier program is in the ledger, and beside it what that had in flight."""
    market = Market(tmp_path, Slow("fast", 0, text="good"), Slow("slow", None))
    policy = ThresholdCascade({"slow": 500, "fast": 500})

    def reserve(prover: str) -> Purchase:
        return market.ledger.reserve(
            run="r", theorem=THEOREM, policy=policy.name, prover=prover, reserved=50, max_parallel=3
        )

    flown, paid, proof = reserve("slow"), reserve("slow"), reserve("fast")
    candidate = Candidate(kind="tactics", text="good")
    for one in (paid, proof):
        market.ledger.deliver(one, Attempt(prover=one.prover, candidate=candidate, cost=7))
    outcome = prove(market, policy, max_parallel=3)
    assert outcome.status == "proved"
    assert states(outcome.purchases) == [
        ("slow", "lost"), ("slow", "judged"), ("fast", "cancelled")
    ]  # fmt: skip
    assert flown.id == outcome.purchases[0].id
    assert outcome.cost == 14
    assert outcome.purchases[2].candidate == candidate


def test_what_lands_during_the_winning_verdict_is_paid_and_not_judged(tmp_path: Path) -> None:
    first, second = Slow("first", 1, text="good"), Slow("second", 2, text="good")
    market = Market(tmp_path, first, second)
    outcome = prove(market, ThresholdCascade({"first": 500, "second": 500}), max_parallel=2)
    assert states(outcome.purchases) == [("first", "judged"), ("second", "cancelled")]
    assert [p.cost for p in outcome.purchases] == [10, 10]
    assert outcome.purchases[1].candidate is not None
    assert len(market.judge.asked) == 1


def test_as_many_are_in_flight_as_may_be_and_numbers_differ(tmp_path: Path) -> None:
    seller = Slow("flash", 5)
    outcome = prove(Market(tmp_path, seller), many("flash", 10), max_parallel=3)
    assert seller.most_at_once == 3
    assert sorted(seller.numbers) == list(range(10))
    assert sorted(p.number for p in outcome.purchases) == list(range(10))
    assert (outcome.status, outcome.cost) == ("not_proved", 100)


def test_policies_see_what_is_in_flight(tmp_path: Path) -> None:
    seen: list[tuple[Pending, ...]] = []

    class Watching(SingleProver):
        def decide(self, state: State):  # type: ignore[no-untyped-def]
            seen.append(state.pending)
            return super().decide(state)

    prove(Market(tmp_path, Slow("flash", 5)), Watching("flash", max_attempts=2), max_parallel=3)
    one = Pending(prover="flash", reserved=100)
    assert seen[:3] == [(), (one,), (one, one)]
    assert seen[-1] == ()


def test_what_is_in_flight_counts_against_budget_and_threshold(tmp_path: Path) -> None:
    """Prices of 10 would let more be bought, worst cases of 100 do not."""
    seller, dear = Slow("flash", 5), Slow("search", 5)
    market = Market(tmp_path, seller, dear, price=0)
    steps: list[int] = []

    def note(purchase: Purchase) -> None:
        flying = [p for p in market.ledger.purchases(run="r") if p.state == "open"]
        steps.append(sum(p.reserved for p in flying if p.prover == "flash"))

    cascade = ThresholdCascade({"flash": 250, "search": 90}, max_attempts={"flash": 9})
    outcome = prove(market, cascade, max_parallel=8, budget=1_000, on_purchase=note)
    assert seller.most_at_once == 2
    assert max(steps) == 200
    assert len([p for p in outcome.purchases if p.prover == "search"]) == 1
    assert outcome.cost <= 1_000


def test_a_seller_that_fails_is_not_asked_for_ever(tmp_path: Path) -> None:
    class Failing(Slow):
        def text(self, number: int) -> str | None:
            raise ProverError("503")

    seller = Failing("flash", 2, 3, 1)
    outcome = prove(Market(tmp_path, seller), many("flash"), max_parallel=4)
    assert {p.state for p in outcome.purchases} == {"lost"}
    assert 3 <= len(outcome.purchases) <= 7


def test_a_lost_number_is_used_again_beside_one_in_flight(tmp_path: Path) -> None:
    class Unlucky(Slow):
        def text(self, number: int) -> str | None:
            if self.numbers.count(0) == 1 and number == 0:
                raise ProverError("503")
            return "bad"

    seller = Unlucky("flash", 1, 50)
    outcome = prove(Market(tmp_path, seller), many("flash", 3), max_parallel=2)
    assert seller.numbers == [0, 1, 0]
    assert sorted(p.number for p in outcome.purchases if p.state == "judged") == [0, 1]


def test_a_defect_ends_the_others_too(tmp_path: Path) -> None:
    class Defective(Slow):
        def text(self, number: int) -> str | None:
            raise KeyError("defect")

    market = Market(
        tmp_path, Defective("bad", 2), Slow("slow", None), Slow("idle", None, honest=False)
    )
    cascade = ThresholdCascade({"slow": 500, "bad": 500, "idle": 500})
    with pytest.raises(KeyError, match="defect"):
        prove(market, cascade, max_parallel=3)
    found = market.ledger.purchases(run="r")
    assert states(found) == [("slow", "cancelled"), ("bad", "lost"), ("idle", "lost")]
    assert {p.failure for p in found} == {INTERRUPTED}
    assert found[0].cost > 0


def test_an_interrupted_attempt_is_paid_what_it_used_and_may_be_bought_again(
    tmp_path: Path,
) -> None:
    seen: list[State] = []

    class Watching(SingleProver):
        def decide(self, state: State):  # type: ignore[no-untyped-def]
            seen.append(state)
            return super().decide(state)

    async def interrupted(market: Market) -> None:
        task = asyncio.create_task(market.buy(Watching("flash"), budget=500))
        while not market.ledger.purchases(run="r"):
            await asyncio.sleep(0)
        for _ in range(30):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    market = Market(tmp_path, Slow("flash", None))
    asyncio.run(interrupted(market))
    (given_up,) = market.ledger.purchases(run="r")
    assert (given_up.state, given_up.failure) == ("cancelled", INTERRUPTED)
    assert 25 <= given_up.cost <= 35
    seller = Slow("flash", 0, text="good")
    outcome = prove(Market(tmp_path, seller), Watching("flash"), max_parallel=1, budget=500)
    assert (outcome.status, outcome.cost) == ("proved", given_up.cost + 10)
    assert seller.numbers == [0]
    assert (seen[-1].past, seen[-1].budget) == ((), 500 - given_up.cost)


def test_none_at_once_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="max_parallel"):
        prove(Market(tmp_path, Slow("flash", 0)), many("flash"), max_parallel=0)


class TestRunBudget:
    @pytest.mark.parametrize("max_parallel", [1, 3])
    def test_all_theorems_together_cost_at_most_that(
        self, tmp_path: Path, max_parallel: int
    ) -> None:
        market = Market(tmp_path, Slow("flash", 3, price=100))
        market.ledger.limit_run("r", 1_000)

        async def main() -> list[Outcome]:
            return await asyncio.gather(
                *(
                    market.broker.prove(
                        Theorem(name=f"t{n}", statement=": 1 = 1"),
                        many("flash", 4),
                        ProofJob(
                            policy="single:flash",
                            budget=100_000,
                            run="r",
                            max_parallel=max_parallel,
                        ),
                    )
                    for n in range(6)
                )
            )

        outcomes = asyncio.run(main())
        spent = sum(o.cost + o.verification_cost for o in outcomes)
        assert 500 < spent <= 1_000
        left = market.ledger.run_left("r")
        assert left == 1_000 - spent
        assert "the run's budget is spent" in {o.why_stopped for o in outcomes}

    def test_it_survives_the_program(self, tmp_path: Path) -> None:
        market = Market(tmp_path, Slow("flash", 0, price=100), price=0)
        market.ledger.limit_run("r", 250)
        market.ledger.reserve(run="r", theorem=THEOREM, policy="x", prover="flash", reserved=90)
        market.ledger.close()
        again = Market(tmp_path, Slow("flash", 0, price=100), price=0)
        again.ledger.limit_run("r", 250)
        assert again.ledger.run_left("r") == 160
        again.ledger.recover("r")
        outcome = prove(again, many("flash", 9), max_parallel=1)
        assert (outcome.cost, outcome.why_stopped) == (250, "the run's budget is spent")

    def test_it_is_set_once(self, tmp_path: Path) -> None:
        ledger = SqliteLedger(tmp_path / "ledger.db")
        assert ledger.run_left("r") is None
        ledger.limit_run("r", 250)
        ledger.limit_run("r", 250)
        with pytest.raises(LedgerError, match=r"budget of \$0.000250 already"):
            ledger.limit_run("r", 300)
        assert ledger.run_left("r") == 250

    def test_the_ledger_itself_refuses_more(self, tmp_path: Path) -> None:
        ledger = SqliteLedger(tmp_path / "ledger.db")
        ledger.limit_run("r", 100)

        def reserve(name: str, reserved: int, to_verify: int) -> Purchase:
            theorem = Theorem(name=name, statement=": 1 = 1")
            return ledger.reserve(
                run="r",
                theorem=theorem,
                policy="p",
                prover="x",
                reserved=reserved,
                verification_reserve=to_verify,
            )

        first = reserve("a", 40, 20)
        with pytest.raises(LedgerError, match="41 micro-dollars for x are more than the 40 left"):
            reserve("b", 40, 1)
        ledger.cancel(first, used=None, why="gone")
        reserve("b", 99, 1)

    def test_a_check_costs_no_more_than_was_held_back_for_it(self, tmp_path: Path) -> None:
        """Or another theorem could need that money."""
        market = Market(tmp_path, Slow("flash", 0, price=100), cpu_us=10_000)
        market.ledger.limit_run("r", 1_000)
        outcome = prove(market, SingleProver("flash"), max_parallel=1, budget=10**6)
        (purchase,) = outcome.purchases
        assert (purchase.reserved, purchase.verification_reserve) == (100, 250)
        assert purchase.verification_cost == 250
