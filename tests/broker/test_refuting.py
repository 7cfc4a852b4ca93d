"""Buying refutations: when a policy asks for one, what it ends, what stands in the ledger."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import Broker
from prover_arb.cli import app
from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.protocols import Policy
from prover_arb.core.purchases import Attempt, Buy, Pending, Quote, State, Stop
from prover_arb.core.record_files import ledger_records
from prover_arb.core.theorem import REFUTER, Candidate, Limits, Theorem, Verdict
from prover_arb.errors import CatalogError, PolicyError
from prover_arb.provers.catalog import SHIPPED, load_catalog
from prover_arb.runtime.marketplace import LocalMarketplace
from prover_arb.runtime.null_market import NullWorkerFactory
from prover_arb.scheduler import RefuteFirst, SingleProver, ThresholdCascade, at_value, make_policy
from tests.broker.test_loop import ASKED, IDENTITY, THEOREM, Judge, Sale, Seller

WORST = {"flash": 50, "search": 5_000}
REFUTATION = Quote(prover=REFUTER, worst_case=80)


def state(
    *past: PurchaseOutcome,
    pending: tuple[Pending, ...] = (),
    refuter: Quote | None = REFUTATION,
    spendable: int = 50_000,
) -> State:
    return State(
        theorem=THEOREM,
        budget=50_000,
        spendable=spendable,
        past=past,
        pending=pending,
        refuter=refuter,
        quotes=tuple(Quote(prover=name, worst_case=worst) for name, worst in WORST.items()),
    )


class TestPolicy:
    policy = make_policy("refute+cascade", WORST)
    flash = PurchaseOutcome(prover="flash", cost=20, status="nothing")

    def test_what_is_cheaper_than_a_refutation_comes_first(self) -> None:
        assert self.policy.decide(state()) == Buy(prover="flash", budget=50)

    def test_a_refutation_comes_before_what_is_dearer(self) -> None:
        assert self.policy.decide(state(self.flash)) == Buy(prover=REFUTER, budget=80)

    def test_it_is_asked_for_once(self) -> None:
        assert self.policy.decide(state(self.flash, refuter=None)) == Buy(
            prover="search", budget=5_000
        )

    @pytest.mark.parametrize(("spendable", "bought"), [(3_999, "search"), (4_000, REFUTER)])
    def test_it_must_be_small_against_what_is_at_stake(self, spendable: int, bought: str) -> None:
        decision = self.policy.decide(state(self.flash, spendable=spendable))
        assert isinstance(decision, Buy)
        assert decision.prover == bought

    def test_nothing_dear_is_bought_while_it_is_in_flight(self) -> None:
        asked = (Pending(prover=REFUTER, reserved=80),)
        decision = self.policy.decide(state(self.flash, pending=asked, refuter=None))
        assert isinstance(decision, Stop)
        assert "whether the statement is false" in decision.why

    @pytest.mark.parametrize(("budget", "said"), [(3_999, True), (4_000, False)])
    def test_a_budget_that_is_too_small_for_a_refutation_is_said(
        self, budget: int, said: bool
    ) -> None:
        at_end = state().model_copy(update={"budget": budget, "spendable": 0, "quotes": ()})
        decision = self.policy.decide(at_end)
        assert isinstance(decision, Stop)
        assert ("was not asked" in decision.why) == said
        assert ("$0.004000" in decision.why) == said

    def test_where_the_other_policy_stops_there_is_nothing_to_save(self) -> None:
        only_flash = RefuteFirst(SingleProver("flash"))
        assert isinstance(only_flash.decide(state(self.flash)), Stop)

    def test_other_policies_never_ask(self) -> None:
        bought = [ThresholdCascade().decide(state()), ThresholdCascade().decide(state(self.flash))]
        assert [one.prover for one in bought if isinstance(one, Buy)] == ["flash", "search"]

    @pytest.mark.parametrize("text", ["refute+cascade", "refute+single:flash", "refute+auction"])
    def test_its_name_makes_it_again(self, text: str) -> None:
        assert make_policy(text, WORST).name == text

    @pytest.mark.parametrize("text", ["refute+", "refute+nobody", "refute+refute+cascade"])
    def test_a_bad_text_says_what_is_known(self, text: str) -> None:
        with pytest.raises(PolicyError, match="known forms"):
            make_policy(text, WORST)

    def test_it_has_an_index_where_the_other_has(self) -> None:
        scheduled = at_value(make_policy("refute+schedule", WORST), 1_000)
        assert scheduled.name == "refute+schedule"
        with pytest.raises(PolicyError, match="has no index"):
            at_value(self.policy, 1_000)


class Refuter(Seller):
    """Delivers its texts as refutations."""

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        found = await super().attempt(theorem, number=number, budget=budget, seed=seed)
        if found.candidate is None:
            return found
        refutation = found.candidate.model_copy(update={"kind": "refutation"})
        return found.model_copy(update={"candidate": refutation})


class Court(Judge):
    """Takes `false` for a refutation."""

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        found = await super().verify(theorem, candidate, limits)
        if candidate.kind == "refutation" and candidate.text == "false":
            return found.model_copy(
                update={"status": "refuted", "reason": None, "asked": ASKED, "toolchain": IDENTITY}
            )
        return found


class Market:
    def __init__(self, folder: Path, refutation: Sale, *sellers: Seller) -> None:
        self.path = folder / "ledger.db"
        self.ledger = SqliteLedger(self.path)
        self.refuter = Refuter(REFUTER, refutation, worst_case=60)
        self.broker = Broker(
            oracle=Court(),
            provers=sellers,
            ledger=self.ledger,
            verification_price=3_600_000_000,
            refuter=self.refuter,
        )

    def prove(self, policy: Policy, budget: int = 10_000, max_parallel: int = 1) -> Outcome:
        return asyncio.run(
            self.broker.prove(
                THEOREM,
                policy,
                ProofJob(policy=policy.name, budget=budget, run="r", max_parallel=max_parallel),
            )
        )


class TestBroker:
    policy = make_policy("refute+cascade", ["flash", "search"])

    def market(self, folder: Path, refutation: Sale) -> Market:
        return Market(
            folder,
            refutation,
            Seller("flash", 3, worst_case=50),
            Seller("search", "bad", worst_case=5_000),
        )

    def test_a_refutation_ends_the_buying(self, tmp_path: Path) -> None:
        market = self.market(tmp_path, "false")
        outcome = market.prove(self.policy)
        assert (outcome.status, outcome.certificate) == ("refuted", None)
        assert outcome.why_stopped == "the statement is false: its negation is proved"
        assert [p.prover for p in outcome.purchases] == ["flash", REFUTER]
        assert (outcome.cost, outcome.verification_cost) == (13, 5)
        assert outcome.refutation is not None
        assert outcome.refutation.theorem.name == "t_is_false"
        assert outcome.refutation.candidate == Candidate(kind="tactics", text="false")
        (flash, refuter) = market.ledger.summarise("r")
        assert (flash.refuted, refuter.refuted, refuter.proved) == (0, 1, 0)

    def test_it_is_found_in_the_ledger_again(self, tmp_path: Path) -> None:
        first = self.market(tmp_path, "false").prove(self.policy)
        market = self.market(tmp_path, "false")
        again = market.prove(self.policy)
        assert (again.status, again.purchases) == ("refuted", first.purchases)
        assert market.refuter.asked == []

    @pytest.mark.parametrize("refutation", [7, "true"])
    def test_without_one_buying_goes_on(self, tmp_path: Path, refutation: Sale) -> None:
        market = self.market(tmp_path, refutation)
        outcome = market.prove(self.policy)
        assert (outcome.status, outcome.refutation) == ("not_proved", None)
        assert [p.prover for p in outcome.purchases] == ["flash", REFUTER, "search"]
        assert len(market.refuter.asked) == 1

    def test_what_it_cost_is_part_of_the_budget(self, tmp_path: Path) -> None:
        market = self.market(tmp_path, 60)
        outcome = market.prove(self.policy, budget=5_000)
        bought = {p.prover: p for p in outcome.purchases}
        assert bought["search"].reserved + bought["search"].verification_reserve == 5_000 - 3 - 60
        assert outcome.cost + outcome.verification_cost <= 5_000

    def test_beside_others_it_is_waited_for(self, tmp_path: Path) -> None:
        outcome = self.market(tmp_path, "false").prove(self.policy, max_parallel=4)
        assert outcome.status == "refuted"
        assert {p.prover for p in outcome.purchases} == {"flash", REFUTER}

    def test_policies_that_do_not_ask_are_sold_none(self, tmp_path: Path) -> None:
        market = self.market(tmp_path, "false")
        outcome = market.prove(make_policy("cascade", ["flash", "search"]))
        assert outcome.status == "not_proved"
        assert market.refuter.asked == []

    def test_nobody_learns_from_its_failures(self, tmp_path: Path) -> None:
        market = self.market(tmp_path, 7)
        market.prove(self.policy)
        (finished,) = market.ledger.finished("refute+cascade").values()
        assert [past.prover for past in finished.past] == ["flash", "search"]
        assert {one.prover for one in ledger_records(market.path)} == {"flash", "search"}


def test_a_market_without_one_says_so(tmp_path: Path) -> None:
    async def ask() -> None:
        market = await LocalMarketplace.create(
            NullWorkerFactory(), ledger=tmp_path / "ledger.db", workers=1
        )
        try:
            with pytest.raises(PolicyError, match="nobody on this market sells refutations"):
                await market.check_policy("refute+single:null")
        finally:
            await market.close()

    asyncio.run(ask())


class TestCatalog:
    def changed(self, folder: Path, old: str, new: str) -> Path:
        text = SHIPPED.read_text()
        assert old in text
        path = folder / "provers.toml"
        path.write_text(text.replace(old, new, 1))
        return path

    def test_its_price_is_listed(self) -> None:
        told = CliRunner().invoke(app, ["provers", "list"])
        assert told.exit_code == 0
        assert "A refutation, for policies with refute+, costs $0.10 per CPU-hour" in told.stdout

    def test_the_shipped_one_has_a_seller_that_no_policy_buys_proofs_from(self) -> None:
        catalog = load_catalog(None)
        assert catalog.refutation is not None
        assert REFUTER not in catalog.entries
        assert catalog.refutation.worst_case < catalog.entries["portfolio"].worst_case  # type: ignore[operator]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("[refutation]", "[refutations]", "refutations: unknown"),
            ("[refutation]", "[refutation]\nkind = 'flash'", "refutation.kind: unknown"),
            ("[refutation]", "refutation = 3\n[other]", "unknown|must be a table"),
            ("[provers.flash]", "[provers.refute]", "provers.refute: the name is taken"),
            ('price_per_cpu_hour = "0.10"', "price = 1", "refutation.price: unknown"),
        ],
    )
    def test_mistakes_are_named(self, tmp_path: Path, old: str, new: str, said: str) -> None:
        with pytest.raises(CatalogError, match=said):
            load_catalog(self.changed(tmp_path, old, new))


@pytest.mark.lean
class TestCommandLine:
    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "prover_arb.cli", *arguments]
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
        )

    def test_a_false_statement_comes_back_with_a_certificate(self, tmp_path: Path) -> None:
        statement = "(a b : ℕ) : a - b + b = a"
        done = self.run(tmp_path, "prove", statement, "--policy", "refute+cascade", "--json")
        assert done.returncode == 1, done.stderr
        told = json.loads(done.stdout)
        assert told["status"] == "refuted"
        flash, *students, refuter = [one["prover"] for one in told["attempts"]]
        assert (flash, {*students}, refuter) == ("flash", {"student"}, REFUTER)
        again = self.run(tmp_path, "verify", "--certificate", told["certificate"])
        assert again.returncode == 0, again.stdout + again.stderr
        assert "theorem_1_is_false: the certificate holds" in again.stdout

    def test_a_benchmark_counts_it(self, tmp_path: Path) -> None:
        text = "theorem t : 1 = 1 := by sorry\ntheorem u (a b : ℕ) : a - b + b = a := by sorry"
        (tmp_path / "t.lean").write_text(text)
        done = self.run(
            tmp_path, "bench", "run", "--problems", "t.lean", "--policy", "refute+cascade",
            "--out", "r", "--workers", "1", "--no-ray",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told = " ".join(done.stdout.split())
        assert "refute+cascade: 1 statement is false, the negation is proved: u" in told
        (summary,) = json.loads((tmp_path / "r" / "summary.json").read_text())["policies"]
        assert (summary["solved"], summary["refuted"]) == (1, 1)
        rows = map(json.loads, (tmp_path / "r" / "results.jsonl").read_text().splitlines())
        row = next(row for row in rows if row["theorem"] == "u")
        assert row["status"] == "refuted"
        assert (tmp_path / "r" / row["certificate"]).name == "u_is_false.json"
        assert "lean 4.35.0 (eb6cafb7290e)" in row["kernels"]
        assert ">false</a>" in (tmp_path / "r" / "report.html").read_text()
