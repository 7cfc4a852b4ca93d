"""Recorded attempts sold again: the arithmetic of the market model, and never a proof."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import AttemptRequest, SalesRecord
from prover_arb.core.record_files import ledger_records
from prover_arb.core.records import ProverRecords, Record
from prover_arb.core.theorem import (
    Asked,
    Candidate,
    Certificate,
    Limits,
    Theorem,
    ToolchainIdentity,
    Verdict,
)
from prover_arb.errors import CertificateError, OracleError, ProverError, RecordsError
from prover_arb.oracle.certificate import issue, read
from prover_arb.research.curves.prover_curve import ProverCurve, prover_curve
from prover_arb.runtime import Marketplace, open_market_of
from prover_arb.runtime.recorded_market import (
    ReplayWorkerFactory,
    order,
    price_of,
    replay_of,
    theorem_names,
)
from tests.conftest import Lean

YES, NO = True, False
MarketFactory = Callable[[ReplayWorkerFactory, Path], AbstractAsyncContextManager[Marketplace]]


def market_of(**provers: dict[str, tuple[float, Sequence[bool]]]) -> ReplayWorkerFactory:
    """Provers with (micro-dollars, outcomes) by theorem."""
    return replay_of(
        [
            ProverRecords(name, {t: Record(t, c, tuple(o), "USD") for t, (c, o) in rows.items()})
            for name, rows in provers.items()
        ],
        Decimal("0.000001"),
    )


TWO = market_of(
    cheap={"easy": (10, [NO, YES]), "hard": (30, [NO, NO, NO])},
    dear={"easy": (100, [YES]), "hard": (200, [NO, YES])},
)


@asynccontextmanager
async def local(factory: ReplayWorkerFactory, ledger: Path) -> AsyncIterator[Marketplace]:
    async with open_market_of(factory, ledger=ledger, ray=False, workers=2) as market:
        yield market


@asynccontextmanager
async def on_ray(factory: ReplayWorkerFactory, ledger: Path) -> AsyncIterator[Marketplace]:
    async with open_market_of(factory, ledger=ledger, workers=2) as market:
        yield market


@pytest.fixture(params=["local", pytest.param("ray", marks=pytest.mark.ray)])
def opener(request: pytest.FixtureRequest) -> MarketFactory:
    if request.param == "local":
        return local
    request.getfixturevalue("local_ray")
    return on_ray


def theorem(name: str) -> Theorem:
    return Theorem(name=name, statement=": False")


def play(
    factory: ReplayWorkerFactory,
    ledger: Path,
    plan: Sequence[tuple[str, str, int, int]],
    opener: MarketFactory = local,
) -> list[Outcome]:
    """Outcomes of (theorem, policy, budget, seed), one after another."""

    async def main() -> list[Outcome]:
        async with opener(factory, ledger) as market:
            return [
                await market.prove(
                    theorem(name), ProofJob(policy=policy, budget=budget, run=f"r{seed}", seed=seed)
                )
                for name, policy, budget, seed in plan
            ]

    return asyncio.run(main())


def test_attempts_are_sold_in_order_until_they_are_used_up(
    opener: MarketFactory, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.sqlite"
    plan = [
        ("easy", "single:cheap", 1_000, 0),
        ("hard", "single:cheap", 1_000, 0),
        ("hard", "cascade", 1_000, 0),
        ("hard", "cascade:cheap=0.00006,dear=0.001", 1_000, 0),
    ]
    easy, hard, cascade, cut = play(TWO, path, plan, opener)
    assert (easy.status, easy.cost, len(easy.purchases)) == ("replayed", 20, 2)
    assert (hard.status, hard.cost, len(hard.purchases)) == ("not_proved", 90, 3)
    # "cheap" is asked as often as its record is long, then the dear one, whose second one holds.
    assert (cascade.status, cascade.cost) == ("replayed", 3 * 30 + 2 * 200)
    assert (cut.status, cut.cost) == ("replayed", 2 * 30 + 2 * 200)
    assert [p.prover for p in cascade.purchases] == ["cheap"] * 3 + ["dear"] * 2
    book = SqliteLedger(path)
    totals = {(t.policy, t.prover): t for t in book.summarise("r0")}
    book.close()
    one = totals["cascade", "dear"]
    assert (one.purchases, one.cost, one.proved, one.replayed, one.nothing) == (2, 400, 0, 1, 1)


def test_an_auction_ends_where_the_records_do(tmp_path: Path) -> None:
    [found] = play(TWO, tmp_path / "l.sqlite", [("hard", "auction", 1_000, 0)])
    bought = [p.prover for p in found.purchases]
    assert bought.count("cheap") <= 3
    assert bought.count("dear") <= 2
    assert found.status == ("replayed" if bought.count("dear") == 2 else "not_proved")
    assert bought
    bid = TWO.provers()[0].bid(theorem("easy"), SalesRecord(prover="cheap", sales=4, proofs=4))
    assert (bid.price, bid.quality) == (10, 0.75)


def test_a_budget_below_the_price_is_spent_on_nothing(tmp_path: Path) -> None:
    [found] = play(TWO, tmp_path / "l.sqlite", [("easy", "single:dear", 60, 0)])
    assert (found.status, found.cost) == ("not_proved", 60)
    assert "cut off at 60 of 100" in found.purchases[0].failure


def test_prices_are_whole_and_never_too_low() -> None:
    def price(cost: float, dollars: str) -> int:
        return price_of(Record("x", cost, (YES,), source="f:1"), Decimal(dollars))

    assert price(0.0011, "1") == 1_100  # though the float lies a little above
    assert price(0.0003, "1") == 300
    assert price(0.0000001, "1") == 1
    assert price(4510.78, "1e-8") == 46
    with pytest.raises(RecordsError, match=r"^f:1: mean_cost: .*surely another unit"):
        price(4510.78, "1000")


def test_names_that_lean_does_not_take_are_made_so() -> None:
    names = theorem_names(["amc12_p1", "a.b", "django__django-11087", "1998_p2"])
    assert list(names.values()) == ["amc12_p1", "a.b", "django__django_11087", "_1998_p2"]
    with pytest.raises(RecordsError, match="'x-1' and 'x_1' would both be theorem 'x_1'"):
        theorem_names(["x-1", "x_1"])


def test_a_seed_shuffles_and_zero_does_not() -> None:
    assert order(0, "p", "t", 5) == (0, 1, 2, 3, 4)
    assert order(7, "p", "t", 50) == order(7, "p", "t", 50) != order(8, "p", "t", 50)
    assert order(7, "p", "t", 50) != order(7, "q", "t", 50) != order(7, "p", "u", 50)
    # Every attempt is the first one equally often: chi squared with 3 degrees of freedom.
    counts = np.bincount([order(seed, "p", "t", 4)[0] for seed in range(1, 4_001)], minlength=4)
    assert ((counts - 1_000) ** 2 / 1_000).sum() < 21.1  # 1 in 10,000


def _exactly(one: ProverCurve, budget: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per problem: chance of a success, expected cost and its variance, from the curves' tables.

    A replay buys whole attempts once it bought one; so a budget is rounded down to such, and one
    that buys none is spent on an attempt that is cut off.
    """
    whole = np.minimum(budget // one.cost, one.attempts)
    fail, spend = (np.diag(t) for t in one.tables(whole * one.cost))
    squares = []
    for i, k in enumerate(whole.astype(int)):
        alone = one.subset(np.array([i]))
        still = [float(alone.tables(j * one.cost[i])[0][0, 0]) for j in range(k + 1)]
        ends = [still[j] - still[j + 1] for j in range(k)] + [still[k]]
        takes = [*range(1, k + 1), k]
        squares.append(sum(p * (one.cost[i] * t) ** 2 for p, t in zip(ends, takes, strict=True)))
    cost = np.where(whole > 0, spend, budget)
    return 1 - fail, cost, np.where(whole > 0, np.array(squares) - spend**2, 0.0)


@pytest.mark.parametrize("budget", [120, 200])
def test_many_seeds_agree_with_the_curves(budget: int, tmp_path: Path) -> None:
    """Single provers in replay against `curves`, which computes the same without playing."""
    seeds = range(1, 41)
    rng = np.random.default_rng(1)
    names = [f"t{i}" for i in range(15)]
    n = rng.integers(1, 8, 15)
    s = rng.binomial(n, 0.35)
    costs = rng.choice([20, 40, 60, 110, 150], 15)
    rows = {
        name: (float(c), [k < wins for k in range(tries)])
        for name, c, tries, wins in zip(names, costs, n, s, strict=True)
    }
    plan = [(name, "single:p", budget, seed) for seed in seeds for name in names]
    found = play(market_of(p=rows), tmp_path / "l.sqlite", plan)
    one = prover_curve("p", costs.astype(float), n, s, "recorded")
    chance, cost, variance = _exactly(one, budget)

    def off(seen: float, expected: float, var: float) -> float:
        """Standard errors of a sum over seeds between what was seen and expected."""
        return abs(seen - len(seeds) * expected) / np.sqrt(max(len(seeds) * var, 1e-9))

    solved = sum(outcome.status == "replayed" for outcome in found)
    paid = sum(outcome.cost for outcome in found)
    assert 0.2 < chance.mean() < 0.9
    assert off(solved, chance.sum(), (chance * (1 - chance)).sum()) < 4
    assert off(paid, cost.sum(), variance.sum()) < 4
    # The curves say the same, but for the remainders that a replay does not spend.
    fail, spend = (table[0] for table in one.tables(budget))
    whole = budget // costs
    rest = np.where((whole > 0) & (whole < n), budget - whole * costs, 0)
    assert np.allclose(chance, 1 - fail)
    assert np.allclose(cost + rest * fail, spend)


def test_a_replay_of_a_replay_has_the_same_records(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    play(TWO, path, [("hard", "single:cheap", 999, 0), ("hard", "cascade", 999, 0)])
    found = {one.prover: one.rows["hard"] for one in ledger_records(path)}
    assert found["cheap"].outcomes == (NO, NO, NO)  # bought under two policies, recorded once
    assert found["dear"].outcomes == (NO, YES)
    again = replay_of(ledger_records(path), Decimal(1))
    assert again.provers()[1].quote(theorem("hard")).worst_case == 200


def test_what_is_not_on_record_is_not_delivered() -> None:
    prover_curve = TWO.provers()[0]
    with pytest.raises(ProverError, match="2 recorded attempts on easy, not a number 2"):
        prover_curve.attempt(theorem("easy"), number=2, budget=10, seed=0)
    assert prover_curve.quote(theorem("unheard_of")).max_attempts == 0
    request = AttemptRequest(prover="nobody", number=0, budget=10, seed=0)
    with pytest.raises(ProverError, match="no records of 'nobody'"):
        asyncio.run(TWO.worker().attempt(theorem("easy"), request))
    assert pickle.loads(pickle.dumps(TWO)) == TWO


class TestNothingIsProved:
    """A replayed success is never a proof, whoever is given it."""

    def delivered(self) -> tuple[Candidate, Verdict]:
        attempt = TWO.provers()[1].attempt(theorem("easy"), number=0, budget=100, seed=0)
        assert attempt.candidate is not None
        verdict = asyncio.run(TWO.worker().verify(theorem("easy"), attempt.candidate, Limits()))
        return attempt.candidate, verdict

    def test_the_verdict_names_no_kernel_and_says_what_it_is(self) -> None:
        _, verdict = self.delivered()
        assert verdict.replayed
        assert verdict.kernels == ()
        assert verdict.toolchain is not None
        assert (verdict.toolchain.origin, verdict.toolchain.lean) == ("replay", "none")
        assert verdict.toolchain.integrity == TWO.digest

    @pytest.mark.parametrize(
        "text", ["trivial", "recorded attempt 0 of cheap", "recorded attempt 9 of dear"]
    )
    def test_anything_else_is_void(self, text: str) -> None:
        candidate = Candidate(kind="tactics", text=text)
        verdict = asyncio.run(TWO.worker().verify(theorem("easy"), candidate, Limits()))
        assert verdict.status == "void"

    def test_outcomes_have_no_certificate(self, opener: MarketFactory, tmp_path: Path) -> None:
        plan = [("easy", "single:dear", 1_000, 0)]
        [found] = play(TWO, tmp_path / "l.sqlite", plan, opener)
        assert (found.status, found.why_stopped) == ("replayed", "replayed")
        assert found.certificate is None
        [purchase] = found.purchases
        assert purchase.verdict is not None
        assert purchase.verdict.replayed

    def test_the_writer_of_certificates_refuses_it(self) -> None:
        candidate, verdict = self.delivered()
        with pytest.raises(OracleError, match="no certificate for a replay"):
            issue(theorem("easy"), candidate, verdict, Limits())

    def test_the_reader_of_certificates_refuses_it(self) -> None:
        candidate, verdict = self.delivered()
        kernel = ToolchainIdentity(lean="4", commit="c", origin="o", integrity="i", library="l")
        asked = Asked(type="True", statement="", question_sha256="")
        true = verdict.model_copy(
            update={"toolchain": kernel, "kernels": ("lean 4",), "asked": asked}
        )
        good = issue(theorem("easy"), candidate, true, Limits())
        assert read(good.model_dump_json(), "c.json") == good
        forged = good.model_copy(update={"toolchain": verdict.toolchain})
        with pytest.raises(CertificateError, match=r"c\.json: toolchain: .*proves nothing"):
            read(forged.model_dump_json(), "c.json")
        with pytest.raises(ValueError, match="proves nothing"):
            Certificate.model_validate(forged.model_dump())

    @pytest.mark.lean
    def test_lean_refuses_what_it_delivers(self, lean: Lean) -> None:
        candidate, _ = self.delivered()
        verdict = lean.verify(": True", candidate.text, candidate.kind)
        assert (verdict.status, verdict.reason) == ("rejected", "parse_error")
