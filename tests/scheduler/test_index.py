"""The index policy and its file: what it buys, when it stops, and files it refuses."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from prover_arb.cli.app import app
from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.protocols import LearningPolicy
from prover_arb.core.purchases import Buy, Pending, Quote, State, Stop
from prover_arb.core.theorem import Theorem
from prover_arb.errors import PolicyError
from prover_arb.scheduler import make_policy
from prover_arb.scheduler.index.attempt_index import Index
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.table import record_table
from prover_arb.scheduler.policies.next_attempt import assuming_failures
from prover_arb.scheduler.policy_file import index_of, policy_file, read_policy_file
from tests.research.evaluation.synthetic_panel import random_panel, write_records

CENT = 10_000


class Sold:
    """A seller's name, and how often it sells."""

    def __init__(self, name: str, max_attempts: int = 8) -> None:
        self.name, self.max_attempts = name, max_attempts


SELLERS = [Sold("cheap"), Sold("dear")]


def market(theorems: int = 60) -> Panel:
    """Costs of cents: cheap 1 to 3 cents, dear 20 to 60."""
    panel = random_panel(theorems)
    return Panel(panel.provers, panel.theorems, panel.cost / 100, panel.attempts, panel.successes)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.json"
    path.write_text(policy_file(market()).model_dump_json())
    return path


def state(*past: tuple[str, int], budget: int = 500 * CENT, off: str = "") -> State:
    return State(
        theorem=Theorem(name="t", statement=": 1 = 1"),
        budget=budget,
        past=tuple(
            PurchaseOutcome(prover=name, cost=cost, status="rejected") for name, cost in past
        ),
        quotes=tuple(Quote(prover=s.name, worst_case=CENT) for s in SELLERS if s.name != off),
    )


def test_cheap_first_then_the_dear_one_and_at_last_nothing(file: Path) -> None:
    policy = make_policy(f"schedule:{file}", SELLERS)
    assert policy.name == f"schedule:{file}"
    first = policy.decide(state())
    assert isinstance(first, Buy)
    assert (first.prover, first.budget) == ("cheap", CENT)
    assert first.asking is not None
    assert 0 < first.asking < state().budget
    bought: list[tuple[str, int]] = []
    while isinstance(decision := policy.decide(state(*bought, budget=3_000 * CENT)), Buy):
        bought.append((decision.prover, 2 * CENT if decision.prover == "cheap" else 40 * CENT))
    names = [name for name, _ in bought]
    assert names.index("dear") > 0
    assert names.count("cheap") <= 8
    assert names.count("dear") <= 8


def test_a_file_is_checked_when_the_policy_is_made_and_learnt_from_when_it_decides(
    file: Path,
) -> None:
    policy = make_policy(f"schedule:{file}", SELLERS)
    assert isinstance(policy, LearningPolicy)
    assert policy.take_learning_ns() == 0
    policy.decide(state())
    assert policy.take_learning_ns() > 0
    file.write_text(file.read_text().replace('"successes":[', '"successes":[9', 1))
    with pytest.raises(PolicyError):
        make_policy(f"schedule:{file}", SELLERS)


def test_a_policy_with_a_file_explores_with_its_share_at_most(tmp_path: Path) -> None:
    def explored(share: float) -> int:
        path = tmp_path / "policy.json"
        path.write_text(policy_file(market(), exploration=share).model_dump_json())
        policy = make_policy(f"schedule:{path}", SELLERS)
        decisions = [policy.decide(state().model_copy(update={"seed": n})) for n in range(60)]
        return sum(isinstance(decision, Buy) and decision.explores for decision in decisions)

    assert explored(0.0) == 0
    assert explored(1.0) >= explored(0.02)


def test_a_seller_off_the_market_and_a_small_budget_are_respected(file: Path) -> None:
    policy = make_policy(f"schedule:{file}", SELLERS)
    buy = policy.decide(state(off="cheap"))
    assert isinstance(buy, Buy)
    assert buy.prover == "dear"
    assert isinstance(policy.decide(state(budget=1)), Stop)


def test_what_a_prover_that_repeats_itself_did_is_known() -> None:
    """One that sells draws may still fail at a theorem that a draw of it proved."""
    once, drawn = np.array([[1], [0]]), np.array([[3], [0]])
    for attempts, proofs, least, most in ((1, once, 0.98, 1.0), (3, drawn, 0.9, 0.98)):
        panel = Panel(("one",), ("a", "b"), np.ones((2, 1)), np.full((2, 1), attempts), proofs)
        proved, failed = record_table(panel).rate[0]
        assert least < proved < most
        assert failed == pytest.approx(1 - proved)


def test_failures_lower_the_chance_as_bayes_says() -> None:
    # Two kinds of theorem, alike in price: always solved, or never.
    panel = Panel(("one",), ("a", "b"), np.ones((2, 1)), np.full((2, 1), 10), np.array([[10], [0]]))
    index = Index(panel)
    theorem = Theorem(name="t", statement=": 1 = 1")
    easy, hard = 10.1 / 10.2, 0.1 / 10.2
    assert index.attempt_forecasts(theorem, (), CENT)[0].chance == pytest.approx((easy + hard) / 2)
    past = (PurchaseOutcome(prover="one", cost=1_000_000, status="nothing"),)
    weight = (1 - easy) / (2 - easy - hard)
    after = weight * 10.1 / 11.2 + (1 - weight) * 0.1 / 11.2
    assert index.attempt_forecasts(theorem, past, CENT)[0].chance == pytest.approx(after)


def test_what_is_in_flight_counts_as_failed_at_no_price(file: Path) -> None:
    flying = (Pending(prover="cheap", reserved=3 * CENT),) * 2
    met = PurchaseOutcome(prover="cheap", cost=CENT, status="rejected")
    waiting = state(("cheap", CENT)).model_copy(update={"pending": flying})
    free = PurchaseOutcome(prover="cheap", cost=0, status="nothing")
    assert assuming_failures(waiting) == (met, free, free)
    index = index_of(read_policy_file(file))
    theorem = Theorem(name="t", statement=": 1 = 1")

    def chances(*past: PurchaseOutcome) -> dict[str, float]:
        return {p.prover: p.chance for p in index.attempt_forecasts(theorem, past, CENT)}

    alone, beside = chances(met), chances(*assuming_failures(waiting))
    assert all(beside[name] < alone[name] for name in ("cheap", "dear"))


def test_the_index_policy_sells_no_more_than_there_are(file: Path) -> None:
    sellers = [Sold("cheap", 2), Sold("dear", 1)]
    policy = make_policy(f"schedule:{file}", sellers)
    flying: tuple[Pending, ...] = ()
    while True:
        waiting = state(budget=3_000 * CENT).model_copy(update={"pending": flying})
        decision = policy.decide(waiting)
        if isinstance(decision, Stop):
            break
        flying += (Pending(prover=decision.prover, reserved=decision.budget),)
    assert sorted(p.prover for p in flying) == ["cheap", "cheap", "dear"]


def test_a_low_price_raises_the_chance_where_cheap_theorems_are_easy(file: Path) -> None:
    index = index_of(read_policy_file(file))
    theorem = Theorem(name="t", statement=": 1 = 1")

    def chance(price: int) -> float:
        past = (PurchaseOutcome(prover="cheap", cost=price, status="nothing"),)
        return next(
            forecast.chance
            for forecast in index.attempt_forecasts(theorem, past, CENT)
            if forecast.prover == "dear"
        )

    assert chance(CENT) > chance(int(2.7 * CENT)) + 0.1


def test_a_decision_takes_less_than_a_millisecond_of_processor_time() -> None:
    index = Index(market(244))
    theorem = Theorem(name="t", statement=": 1 = 1")
    past = state(("cheap", CENT), ("dear", 30 * CENT)).past
    index.attempt_forecasts(theorem, past, CENT)
    began = time.process_time()
    for _ in range(200):
        index.attempt_forecasts(theorem, past, CENT)
    assert (time.process_time() - began) / 200 < 1e-3


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda raw: raw.update(version=99), "a newer prover_arb .*version 99"),
        (lambda raw: raw["rows"][0]["cost"].__setitem__(0, 5.0), "it was edited"),
        (lambda raw: raw.pop("kind"), "not a policy file"),
        (lambda raw: raw.update(rows=[]), "rows"),
        (lambda raw: raw.update(value=-1), "value"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(
    file: Path, edit: object, message: str
) -> None:
    raw = json.loads(file.read_text())
    edit(raw)  # type: ignore[operator]
    file.write_text(json.dumps(raw))
    with pytest.raises(PolicyError, match=message) as caught:
        make_policy(f"schedule:{file}", SELLERS)
    assert str(file) in str(caught.value)


def test_a_file_for_other_provers_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="none of which is sold here"):
        make_policy(f"schedule:{file}", ["flash"])
    with pytest.raises(PolicyError, match="cannot be read"):
        make_policy(f"schedule:{tmp_path / 'absent'}", ["flash"])


def test_fit_writes_a_file_and_explain_says_what_is_next(tmp_path: Path) -> None:
    records = write_records(market(30), tmp_path / "records")
    statements = tmp_path / "s.jsonl"
    statements.write_text(
        "".join(
            json.dumps(
                {"name": name, "formal_statement": f"theorem {name} (x : ℕ) : x ^ {i} = {i}"}
            )
            + "\n"
            for i, name in enumerate(market(30).theorems)
        )
    )
    path = tmp_path / "policy.json"

    def run(*arguments: object) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, ["schedule", *map(str, arguments)])
        return result.exit_code, result.stdout, result.stderr

    code, _, err = run("fit", path, "--records", records)
    assert code == 2
    assert "--dollars" in err
    code, out, err = run(
        "fit", path, "--records", records, "--dollars", 1, "--statements", statements
    )
    assert code == 0, err
    said = out.replace("\n", " ")
    assert "2 provers, 30 theorems that all were tried on and 0 that some were, 30 of" in said
    code, out, err = run("explain", path, "(x : ℕ) : x ^ 3 = 3", "--json", "--value", "9")
    assert code == 0, err
    explained = json.loads(out)
    assert explained["next"] in ("cheap", "dear")
    assert len(explained["most_alike"]) == 5
    code, out, err = run("explain", path, ": 1 = 1", "--bought", "nobody=1")
    assert code == 2
    assert "nobody=1" in err
