"""The broker's loop, with a real ledger and sellers and an oracle that need no Lean."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.broker.ledger.ledger import INTERRUPTED, PurchaseLedger, SqliteLedger
from prover_arb.broker.ledger.sqlite_file import LedgerFile
from prover_arb.broker.loop import Broker
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.protocols import Policy
from prover_arb.core.purchases import Attempt, Buy, Purchase, Quote, State, Stop
from prover_arb.core.theorem import (
    Asked,
    Candidate,
    Limits,
    Theorem,
    ToolchainIdentity,
    Value,
    Verdict,
)
from prover_arb.errors import (
    BudgetError,
    LedgerError,
    OracleError,
    PolicyError,
    ProverError,
    WorkerDied,
    WorkerTimeout,
)
from prover_arb.scheduler import SingleProver, ThresholdCascade

THEOREM = Theorem(name="t", statement=": 1 + 1 = 2")
IDENTITY = ToolchainIdentity(lean="none", commit="", origin="test", integrity="", library="")
DOLLAR_PER_SECOND = 3_600_000_000
"""A verification price at which one microsecond costs one micro-dollar."""

Sale = str | int | Exception | tuple[str, int]
"""What a seller does: delivers a text, finds nothing at a price, fails, or a text at a price."""


class Seller:
    """Goes through its sales, one for each attempt number; the last one is repeated."""

    def __init__(self, name: str, *sales: Sale, worst_case: int = 100, price: int = 10) -> None:
        self.name = name
        self.asked: list[tuple[int, int]] = []
        self._sales = sales
        self._worst_case = worst_case
        self._price = price

    def quote(self, theorem: Theorem) -> Quote:
        return Quote(prover=self.name, worst_case=self._worst_case)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        self.asked.append((number, budget))
        await asyncio.sleep(0)
        sale = self._sales[min(number, len(self._sales) - 1)]
        if isinstance(sale, Exception):
            raise sale
        if isinstance(sale, int):
            return Attempt(prover=self.name, candidate=None, cost=sale, failure="found nothing")
        text, cost = sale if isinstance(sale, tuple) else (sale, self._price)
        return Attempt(
            prover=self.name, candidate=Candidate(kind="tactics", text=text), cost=cost, cpu_us=1
        )


ASKED = Asked(type="1 + 1 = 2", statement="", question_sha256="")


class Judge:
    """Accepts the text `good`; other texts it knows are verdicts or accidents of its own."""

    def __init__(self, cpu_us: int = 5) -> None:
        self.asked: list[tuple[str, Limits]] = []
        self._cpu_us = cpu_us

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        bounds = limits or Limits()
        text = candidate.text
        self.asked.append((text, bounds))
        await asyncio.sleep(0)
        if text == "died":
            raise WorkerDied("a Lean process ended")
        if text == "no oracle":
            raise OracleError("no Lean worker is left")
        if text == "void":
            return Verdict(status="void", cpu_us=self._cpu_us, toolchain=IDENTITY)
        if text == "invalid":
            return Verdict(status="invalid_statement", detail="unknown constant", cpu_us=1)
        if text == "slow":
            return Verdict(status="rejected", reason="timeout", cpu_us=bounds.wall_ms * 1_000)
        if text == "good":
            return Verdict(status="proved", asked=ASKED, cpu_us=self._cpu_us, toolchain=IDENTITY)
        return Verdict(status="rejected", reason="elaboration_error", cpu_us=self._cpu_us)

    async def identity(self) -> ToolchainIdentity:
        return IDENTITY


class Check(Value):
    """An answer about a statement."""

    elaborates: bool
    reason: str = ""


class Market:
    """A broker over one ledger, with everything at hand that a test asks about."""

    def __init__(
        self, folder: Path, *sellers: Seller, price: int = DOLLAR_PER_SECOND, cpu_us: int = 5
    ) -> None:
        self.ledger = SqliteLedger(folder / "ledger.db")
        self.judge = Judge(cpu_us)
        self.broker = Broker(
            oracle=self.judge,
            provers=sellers,
            ledger=self.ledger,
            verification_price=price,
        )

    async def buy(
        self,
        policy: Policy,
        *,
        budget: int = 10_000,
        deadline: float | None = None,
        on_purchase: Callable[[Purchase], None] | None = None,
    ) -> Outcome:
        return await self.broker.prove(
            THEOREM,
            policy,
            ProofJob(policy=policy.name, budget=budget, run="r", seed=1, deadline=deadline),
            on_purchase=on_purchase,
        )

    def prove(
        self, policy: Policy, *, budget: int = 10_000, deadline: float | None = None
    ) -> Outcome:
        return asyncio.run(self.buy(policy, budget=budget, deadline=deadline))


def many(prover: str, attempts: int = 50) -> SingleProver:
    return SingleProver(prover, max_attempts=attempts)


def states(purchases: Sequence[Purchase]) -> list[tuple[str, str]]:
    return [(p.prover, p.state) for p in purchases]


def test_a_cascade_buys_until_a_proof_is_accepted(tmp_path: Path) -> None:
    sellers = [Seller("flash", 3), Seller("portfolio", "bad"), Seller("search", "good")]
    market = Market(tmp_path, *sellers, Seller("dear", "good"))
    cascade = ThresholdCascade({"flash": 50, "portfolio": 90, "search": 200, "dear": 200})
    outcome = market.prove(cascade)
    assert (outcome.status, outcome.why_stopped) == ("proved", "proved")
    assert [p.prover for p in outcome.purchases] == ["flash", "portfolio", "search"]
    assert [p.cost for p in outcome.purchases] == [3, 10, 10]
    assert [p.reserved for p in outcome.purchases] == [50, 90, 100]
    assert (outcome.cost, outcome.verification_cost) == (23, 10)
    assert outcome.certificate is not None
    assert outcome.certificate.candidate.text == "good"
    assert list(outcome.purchases) == market.ledger.purchases(run="r")
    assert sellers[2].asked == [(0, 100)]


class WatchedLedger(SqliteLedger):
    """Notes when something is paid, and when all of it is on the disk."""

    def __init__(self, path: Path, steps: list[str]) -> None:
        super().__init__(path)
        self._steps = steps

    def deliver(self, purchase: Purchase, attempt: Attempt) -> Purchase:
        self._steps.append("paid")
        return super().deliver(purchase, attempt)

    async def flush(self) -> None:
        await super().flush()
        self._steps.append("on disk")


def test_what_is_paid_is_on_the_disk_before_it_is_judged_and_before_the_answer(
    tmp_path: Path,
) -> None:
    steps: list[str] = []

    class NotingJudge(Judge):
        async def verify(
            self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
        ) -> Verdict:
            steps.append("judged")
            return await super().verify(theorem, candidate, limits)

    broker = Broker(
        oracle=NotingJudge(),
        provers=[Seller("flash", "bad", 3, "good")],
        ledger=WatchedLedger(tmp_path / "ledger.db", steps),
        verification_price=0,
    )
    job = ProofJob(policy="single:flash", budget=10_000, run="r")
    assert asyncio.run(broker.prove(THEOREM, many("flash"), job)).status == "proved"
    judged = ["paid", "on disk", "judged"]
    assert steps == [*judged, "paid", *judged, "on disk"]


def test_one_write_to_the_disk_serves_all_who_wait_and_any_event_loop(tmp_path: Path) -> None:
    writes = 0

    class CountingFile(LedgerFile):
        def _write_to_disk(self) -> None:
            nonlocal writes
            writes += 1
            time.sleep(0.02)
            super()._write_to_disk()

    ledger = PurchaseLedger(CountingFile(tmp_path / "ledger.db"))

    async def record_and_wait(number: int) -> None:
        ledger.reserve(
            run="r",
            theorem=Theorem(name=f"t{number}", statement=f": {number} = {number}"),
            policy="p",
            prover="flash",
            reserved=1,
        )
        await ledger.flush()

    async def record_many() -> None:
        await asyncio.gather(*map(record_and_wait, range(30)))

    asyncio.run(record_many())
    assert 1 <= writes <= 3
    asyncio.run(ledger.flush())
    assert writes <= 3
    asyncio.run(record_and_wait(30))
    assert writes <= 4
    ledger.close()


def test_what_nobody_proves_is_not_proved(tmp_path: Path) -> None:
    outcome = Market(tmp_path, Seller("flash", "bad")).prove(SingleProver("flash"))
    assert (outcome.status, outcome.certificate) == ("not_proved", None)
    assert "flash has no further attempt" in outcome.why_stopped


def test_a_proof_in_the_ledger_is_returned_and_nothing_is_bought(tmp_path: Path) -> None:
    seller = Seller("flash", "bad", "good")
    first = Market(tmp_path, seller).prove(many("flash"))
    asked = list(seller.asked)
    market = Market(tmp_path, seller)
    again = market.prove(many("flash"))
    assert again.purchases == first.purchases
    assert again.certificate is not None
    assert again.certificate.candidate.text == "good"
    assert (again.status, again.cost) == ("proved", first.cost)
    assert seller.asked == asked == [(0, 100), (1, 100)]
    assert market.judge.asked == []


@pytest.mark.parametrize("deadline", [None, 0.0], ids=["in time", "too late"])
def test_what_was_paid_for_is_judged_not_bought_again(
    tmp_path: Path, deadline: float | None
) -> None:
    """Also by a broker that has bought nothing by the policy yet, and is too late to."""
    seller = Seller("flash", "bad")
    market = Market(tmp_path, seller)
    opened = market.ledger.reserve(
        run="r", theorem=THEOREM, policy="single:flash", prover="flash", reserved=100
    )
    candidate = Candidate(kind="tactics", text="good")
    market.ledger.deliver(opened, Attempt(prover="flash", candidate=candidate, cost=40))
    outcome = market.prove(SingleProver("flash"), deadline=deadline)
    assert (outcome.status, outcome.cost, outcome.verification_cost) == ("proved", 40, 5)
    assert seller.asked == []


def test_what_a_dead_program_had_open_is_bought_again_under_its_number(tmp_path: Path) -> None:
    seller = Seller("flash", "bad", "good")
    market = Market(tmp_path, seller)
    market.prove(SingleProver("flash"))
    market.ledger.reserve(
        run="r", theorem=THEOREM, policy="single:flash", prover="flash", reserved=100
    )
    outcome = market.prove(many("flash", 2))
    assert outcome.status == "proved"
    assert [p.state for p in outcome.purchases] == ["judged", "lost", "judged"]
    assert outcome.purchases[1].failure == INTERRUPTED
    assert seller.asked == [(0, 100), (1, 100)]


@pytest.mark.parametrize(
    ("moment", "left"), [("open", "lost"), ("delivered", "delivered")], ids=["selling", "verifying"]
)
def test_cancelling_leaves_the_ledger_consistent(tmp_path: Path, moment: str, left: str) -> None:
    seller = Seller("flash", "good")
    market = Market(tmp_path, seller)

    async def cancel() -> None:
        def watch(purchase: Purchase) -> None:
            if purchase.state == moment:
                task.cancel()

        task = asyncio.create_task(market.buy(SingleProver("flash"), on_purchase=watch))
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    (purchase,) = market.ledger.purchases(run="r")
    assert purchase.state == left
    outcome = market.prove(SingleProver("flash"))
    assert (outcome.status, outcome.cost) == ("proved", 10)
    assert len(seller.asked) == (2 if left == "lost" else 1)


@pytest.mark.parametrize(
    "failure", [ProverError("503"), WorkerDied("out of memory"), WorkerTimeout("stuck")]
)
def test_a_seller_that_keeps_failing_is_not_asked_again(tmp_path: Path, failure: Exception) -> None:
    flash, search = Seller("flash", failure), Seller("search", "good")
    market = Market(tmp_path, flash, search)
    cascade = ThresholdCascade({"flash": 1_000, "search": 1_000}, max_attempts={"flash": 50})
    outcome = market.prove(cascade)
    assert (outcome.status, outcome.cost) == ("proved", 10)
    assert states(outcome.purchases) == [("flash", "lost")] * 3 + [("search", "judged")]
    assert outcome.purchases[0].failure == str(failure)
    assert [number for number, _ in flash.asked] == [0, 0, 0]


def test_a_failure_between_deliveries_is_forgiven(tmp_path: Path) -> None:
    seller = Seller("flash", "bad", "good")
    failures = iter([True, True, False, True, True, False])
    attempt = seller.attempt

    async def unreliable(theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        if next(failures):
            raise ProverError("503")
        return await attempt(theorem, number=number, budget=budget, seed=seed)

    seller.attempt = unreliable  # type: ignore[method-assign]
    outcome = Market(tmp_path, seller).prove(many("flash"))
    assert outcome.status == "proved"
    assert [p.state for p in outcome.purchases] == ["lost", "lost", "judged"] * 2


def test_a_defect_of_a_seller_is_raised_and_nothing_is_paid(tmp_path: Path) -> None:
    market = Market(tmp_path, Seller("flash", KeyError("defect")))
    with pytest.raises(KeyError, match="defect"):
        market.prove(SingleProver("flash"))
    (purchase,) = market.ledger.purchases(run="r")
    assert (purchase.state, purchase.failure) == ("lost", INTERRUPTED)


def test_without_an_oracle_the_purchase_waits_for_one(tmp_path: Path) -> None:
    market = Market(tmp_path, Seller("flash", "no oracle"))
    with pytest.raises(OracleError, match="no Lean worker"):
        market.prove(SingleProver("flash"))
    (purchase,) = market.ledger.purchases(run="r")
    assert (purchase.state, purchase.cost) == ("delivered", 10)


@pytest.mark.parametrize(("text", "cost"), [("void", 5), ("died", 0)])
def test_an_oracle_that_fails_is_no_rejection_and_asked_once(
    tmp_path: Path, text: str, cost: int
) -> None:
    seen: list[State] = []

    class Watching(SingleProver):
        def decide(self, state: State) -> Buy | Stop:
            seen.append(state)
            return super().decide(state)

    market = Market(tmp_path, Seller("flash", text))
    outcome = market.prove(Watching("flash"))
    assert outcome.status == "void"
    assert "the oracle failed once" in outcome.why_stopped
    assert len(market.judge.asked) == 1
    (purchase,) = outcome.purchases
    assert purchase.verdict is not None
    assert purchase.verdict.status == "void"
    assert purchase.verification_cost == cost
    assert [past.status for past in seen[-1].past] == ["void"]


def test_an_invalid_statement_stops_the_buying(tmp_path: Path) -> None:
    market = Market(tmp_path, Seller("flash", "invalid"))
    outcome = market.prove(many("flash"))
    assert (outcome.status, len(outcome.purchases)) == ("invalid_statement", 1)
    assert outcome.why_stopped == "invalid statement: unknown constant"
    assert market.prove(many("flash")).purchases == outcome.purchases


def test_an_inspected_statement_costs_nothing_if_it_is_invalid(tmp_path: Path) -> None:
    async def inspect(theorem: Theorem) -> Check:
        return Check(elaborates=False, reason="unknown constant `Real.pi`")

    seller = Seller("flash", "good")
    ledger = SqliteLedger(tmp_path / "ledger.db")
    broker = Broker(
        oracle=Judge(),
        provers=[seller],
        ledger=ledger,
        verification_price=0,
        inspect=inspect,
    )
    outcome = asyncio.run(
        broker.prove(
            THEOREM, SingleProver("flash"), ProofJob(policy="single:flash", budget=1_000, run="r")
        )
    )
    assert (outcome.status, outcome.cost) == ("invalid_statement", 0)
    assert outcome.why_stopped == "invalid statement: unknown constant `Real.pi`"
    assert (seller.asked, ledger.purchases(run="r")) == ([], [])


def test_a_seller_is_paid_what_was_reserved_at_most(tmp_path: Path) -> None:
    outcome = Market(tmp_path, Seller("flash", ("good", 101))).prove(SingleProver("flash"))
    assert (outcome.status, outcome.cost) == ("proved", 100)


def test_an_invoice_that_makes_no_sense_is_not_paid(tmp_path: Path) -> None:
    outcome = Market(tmp_path, Seller("flash", ("good", -1))).prove(SingleProver("flash"))
    assert (outcome.status, outcome.cost) == ("not_proved", 0)
    assert states(outcome.purchases) == [("flash", "lost")]
    assert "no sense" in outcome.purchases[0].failure


@pytest.mark.parametrize("decision", [Buy(prover="x", budget=1), Buy(prover="flash", budget=-1)])
def test_a_policy_can_only_buy_what_is_sold(tmp_path: Path, decision: Buy) -> None:
    class Odd:
        name = "odd"
        procurement = "posted"

        def decide(self, state: State) -> Buy | Stop:
            return decision

    market = Market(tmp_path, Seller("flash", "good"))
    with pytest.raises(PolicyError, match="on offer: flash"):
        market.prove(Odd())
    assert market.ledger.purchases(run="r") == []


def test_a_negative_budget_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BudgetError, match="negative"):
        Market(tmp_path, Seller("flash", "good")).prove(SingleProver("flash"), budget=-1)


def test_without_money_nothing_is_bought(tmp_path: Path) -> None:
    seller = Seller("flash", "good")
    outcome = Market(tmp_path, seller).prove(SingleProver("flash"), budget=0)
    assert (outcome.status, outcome.purchases, seller.asked) == ("not_proved", (), [])


def test_the_same_theorem_is_not_bought_twice_at_once(tmp_path: Path) -> None:
    market = Market(tmp_path, Seller("flash", "good"))

    async def twice() -> tuple[Outcome | BaseException, Outcome | BaseException]:
        policy = SingleProver("flash")
        return await asyncio.gather(market.buy(policy), market.buy(policy), return_exceptions=True)

    first, second = asyncio.run(twice())
    assert isinstance(first, Outcome)
    assert isinstance(second, LedgerError)
    assert market.prove(SingleProver("flash")).purchases == first.purchases


def test_something_is_kept_back_for_verification(tmp_path: Path) -> None:
    """A quarter of what is left, while a check may cost more than the whole budget."""
    seller = Seller("flash", "bad", worst_case=1_000)
    Market(tmp_path, seller).prove(SingleProver("flash"), budget=1_000)
    assert seller.asked == [(0, 750)]


def test_the_dearest_check_is_kept_back_where_the_budget_is_large(tmp_path: Path) -> None:
    seller = Seller("flash", "bad", worst_case=10**9)
    market = Market(tmp_path, seller, price=3_600_000)  # a micro-dollar for a millisecond
    market.prove(SingleProver("flash"), budget=1_000_000)
    assert seller.asked == [(0, 1_000_000 - 62_000)]


def test_a_check_the_budget_cannot_pay_for_is_void_not_rejected(tmp_path: Path) -> None:
    market = Market(tmp_path, Seller("flash", ("slow", 100)), price=3_600_000)
    outcome = market.prove(SingleProver("flash"), budget=1_000)
    (purchase,) = outcome.purchases
    assert purchase.verdict is not None
    assert (purchase.verdict.status, purchase.verdict.reason) == ("void", None)
    assert "900 ms of checking only" in purchase.verdict.detail
    assert outcome.cost + outcome.verification_cost == 1_000


def test_a_check_that_uses_up_its_own_limit_is_a_timeout(tmp_path: Path) -> None:
    outcome = Market(tmp_path, Seller("flash", "slow"), price=3_600_000).prove(
        SingleProver("flash"), budget=1_000_000
    )
    verdict = outcome.purchases[0].verdict
    assert verdict is not None
    assert (verdict.status, verdict.reason) == ("rejected", "timeout")
    assert outcome.verification_cost == 60_000


def test_every_step_is_told_and_timed(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    market = Market(tmp_path, Seller("flash", 1), Seller("search", "good"))
    outcome = asyncio.run(
        market.buy(
            ThresholdCascade({"flash": 9, "search": 99}),
            on_purchase=lambda p: told.append((p.prover, p.state)),
        )
    )
    steps = ["open", "delivered", "judged"]
    assert told == [(prover, step) for prover in ("flash", "search") for step in steps]
    spent = outcome.stages.model_dump()
    assert all(value > 0 for value in spent.values())
    assert sum(spent.values()) < outcome.wall_ms + 2


SALES = st.one_of(
    st.integers(0, 400),
    st.sampled_from([ProverError("503"), WorkerDied("gone")]),
    st.tuples(
        st.sampled_from(["good", "bad", "void", "died", "slow"]),
        st.integers(-2, 400),
    ),
)
SELLERS = st.lists(
    st.tuples(st.lists(SALES, min_size=1, max_size=5), st.integers(0, 300)),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(
    sellers=SELLERS,
    budget=st.integers(0, 1_500),
    price=st.integers(0, 10**10),
    cpu_us=st.integers(0, 500),
    taus=st.lists(st.integers(0, 900), min_size=3, max_size=3),
    cancel_at=st.lists(st.integers(1, 12), max_size=3),
)
def test_no_market_overspends_and_the_ledger_has_every_invoice(
    *,
    sellers: list[tuple[list[Sale], int]],
    budget: int,
    price: int,
    cpu_us: int,
    taus: list[int],
    cancel_at: list[int],
) -> None:
    """Any prices, failures and cancellations: spend <= budget, and totals = sum of invoices."""
    with tempfile.TemporaryDirectory() as folder:
        stalls = [
            Seller(f"s{i}", *sales, worst_case=worst) for i, (sales, worst) in enumerate(sellers)
        ]
        market = Market(Path(folder), *stalls, price=price, cpu_us=cpu_us)
        names = [seller.name for seller in stalls]
        policy = ThresholdCascade(
            dict(zip(names, taus, strict=False)), max_attempts=dict.fromkeys(names, 4)
        )
        invoices: dict[int, int] = {}

        def note(purchase: Purchase) -> None:
            if purchase.state == "delivered":
                assert purchase.id not in invoices
                invoices[purchase.id] = purchase.cost

        async def shop(step: int) -> None:
            steps = 0

            def cancel(purchase: Purchase) -> None:
                nonlocal steps
                note(purchase)
                steps += 1
                if steps == step:
                    task.cancel()

            task = asyncio.create_task(market.buy(policy, budget=budget, on_purchase=cancel))
            await asyncio.wait([task])

        for step in cancel_at:
            asyncio.run(shop(step))
        outcome = asyncio.run(market.buy(policy, budget=budget, on_purchase=note))
        rows = market.ledger.summarise("r")
        market.ledger.close()
        assert outcome.cost + outcome.verification_cost <= budget
        assert outcome.cost == sum(invoices.values()) == sum(row.cost for row in rows)
        assert outcome.verification_cost == sum(row.verification_cost for row in rows)
        assert {p.state for p in outcome.purchases} <= {"judged", "lost"}
        assert (outcome.status == "proved") == any(row.proved for row in rows)
        for name, tau in zip(names, taus, strict=False):
            spent = [p for p in outcome.purchases if p.prover == name]
            assert sum(p.cost for p in spent) <= tau


def test_a_run_killed_again_and_again_ends_like_one_that_was_not(tmp_path: Path) -> None:
    """SIGKILL at random moments; what is paid at last is exactly what one calm run pays."""
    theorems = [Theorem(name=f"t{n}", statement=f": {n} = {n}") for n in range(40)]
    policy = ThresholdCascade({"a": 500, "b": 500, "c": 500}, max_attempts={"a": 2, "b": 2})

    def run(folder: Path) -> None:
        sellers = [
            Seller("a", ("bad", 7), 3),
            Seller("b", 5, ("bad", 11)),
            Seller("c", ("good", 90)),
        ]
        folder.mkdir(exist_ok=True)
        market = Market(folder, *sellers)

        async def shop() -> None:
            for theorem in theorems:
                await market.broker.prove(
                    theorem, policy, ProofJob(policy=policy.name, budget=5_000, run="r")
                )

        asyncio.run(shop())
        (folder / "done").touch()

    def paid(folder: Path) -> list[tuple[str, str, int, int, str]]:
        purchases = SqliteLedger(folder / "ledger.db").purchases(run="r")
        assert {p.state for p in purchases} <= {"judged", "lost"}
        return [
            (
                p.theorem,
                p.prover,
                p.cost,
                p.verification_cost,
                p.verdict.status if p.verdict else p.failure,
            )
            for p in purchases
            if p.state == "judged"
        ]

    calm, rough = tmp_path / "calm", tmp_path / "rough"
    run(calm)
    chance = random.Random(1)
    kills = 0
    while not (rough / "done").exists():
        child = os.fork()
        if not child:
            code = 1
            try:
                run(rough)
                code = 0
            finally:
                os._exit(code)
        # Ever longer, so that it ends on a busy machine too.
        time.sleep(chance.uniform(0.005, 0.05) * (1 + kills / 50))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        assert ended in (0, -signal.SIGKILL)
        kills += ended != 0
        assert kills < 1_000
    assert kills >= 3
    assert paid(rough) == paid(calm)
    assert len(paid(calm)) == 40 * 5
