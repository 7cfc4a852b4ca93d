"""Repair: a seller of its own that is shown a rejected proof with Lean's errors."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from prover_arb.bench.prepare import prepare
from prover_arb.bench.run_options import RunOptions
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import Broker
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.protocols import Repairer
from prover_arb.core.purchases import Failed, Quote, State
from prover_arb.core.theorem import (
    Asked,
    Candidate,
    CandidateKind,
    Limits,
    Message,
    Theorem,
    Verdict,
)
from prover_arb.errors import CatalogError
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.chat.chat_prover import ChatProvers
from prover_arb.provers.chat.families import complaint, family, names
from prover_arb.provers.chat.model_config import PricedModel
from prover_arb.scheduler import Auction, ThresholdCascade, make_policy
from tests.broker.test_loop import IDENTITY
from tests.conftest import Lean
from tests.provers.chat.served_models import Served, completion, respond, serving
from tests.provers.chat.test_chat_prover import THEOREM, entry

WRONG = "have h : a = b := by\n  omega\nexact h.le"
ERRORS = (
    Message(severity="error", line=2, column=2, text="omega could not prove the goal"),
    Message(severity="warning", line=1, column=5, text="unused variable `h`"),
    Message(severity="error", line=3, column=6, text="type mismatch"),
)
FAILED = Failed(
    candidate=Candidate(kind="tactics", text=WRONG), reason="elaboration_error", messages=ERRORS
)


@pytest.mark.parametrize("name", names())
def test_every_family_shows_the_proof_and_the_errors(name: str) -> None:
    offer = entry("http://localhost/v1", family=name)
    *asked, failed, repair = offer.messages(THEOREM, FAILED)
    assert asked == offer.messages(THEOREM)
    assert failed == {"role": "assistant", "content": f"```lean4\n{WRONG}\n```"}
    assert repair["role"] == "user"
    assert "line 2, column 2: omega could not prove the goal\n" in repair["content"]
    assert "line 3, column 6: type mismatch" in repair["content"]
    assert "unused" not in repair["content"]
    assert "{{" not in repair["content"]
    assert "type mismatch" in family(name).prompt([*asked, failed, repair])


@pytest.mark.parametrize("most", [1, 5, 40, 41, 10_000])
def test_errors_are_cut_to_a_budget_of_tokens(most: int) -> None:
    long = Message(severity="error", line=1, column=0, text="∀ε∃δ " * 2_000)
    failed = FAILED.model_copy(update={"messages": (long, *ERRORS)})
    said = complaint(failed, most)
    assert most - 3 <= len(said.encode()) <= most
    assert said.encode().decode() == said
    full = complaint(failed, 10**6)
    assert full.startswith(said)


def test_without_errors_the_reason_is_told() -> None:
    failed = FAILED.model_copy(update={"messages": (), "reason": "timeout", "detail": "60 s"})
    assert complaint(failed, 100) == "timeout: 60 s"


def test_a_longer_failure_has_a_higher_price() -> None:
    listing = PricedModel(name="m", entry=entry("http://localhost/v1", repairs="x"))
    plain, repair = listing.quote(THEOREM), listing.quote(THEOREM, FAILED)
    said = len(WRONG.encode()) + len(complaint(FAILED, 10**6).encode())
    assert repair.worst_case - plain.worst_case >= 2 * said


class Strict:
    """Accepts `omega` alone, and says where the rest is wrong."""

    def __init__(self, status: str = "rejected") -> None:
        self._status = status

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        if candidate.text == "omega":
            asked = Asked(type="", statement="", question_sha256="")
            return Verdict(status="proved", asked=asked, toolchain=IDENTITY)
        if self._status == "void":
            return Verdict(status="void")
        return Verdict(status="rejected", reason="elaboration_error", messages=ERRORS)

    async def identity(self) -> Any:
        return IDENTITY


def play(
    folder: Path,
    answers: dict[str, str],
    policy: Any,
    *,
    status: str = "rejected",
    budget: int = 10**6,
) -> tuple[Outcome, Served, list[State]]:
    """Buy from the model `first`, and from `fixer` who repairs it, as they answer."""
    seen: list[State] = []
    decide = policy.decide

    def watching(state: State) -> Any:
        seen.append(state)
        return decide(state)

    policy.decide = watching

    async def answer(writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        model = request["model"]
        writer.write(respond(completion(answers[model], model=model)))

    async def main() -> tuple[Outcome, Served]:
        async with serving(answer) as served:
            offers = [
                PricedModel(name="fixer", entry=entry(served.url, model="fixer", repairs="first")),
                PricedModel(name="first", entry=entry(served.url, model="first")),
            ]
            sellers = ChatProvers(offers)
            ledger = SqliteLedger(folder / "ledger.db")
            broker = Broker(
                oracle=Strict(status), provers=sellers.provers, ledger=ledger, verification_price=0
            )
            outcome = await broker.prove(
                THEOREM, policy, ProofJob(policy=policy.name, budget=budget, run="r")
            )
            await sellers.close()
            ledger.close()
            return outcome, served

    outcome, served = asyncio.run(main())
    return outcome, served, seen


WORKS = {"first": f"```lean4\n{WRONG}\n```", "fixer": "```lean4\nomega\n```"}


def quoted(states: list[State]) -> list[list[str]]:
    return [[quote.prover for quote in state.quotes] for state in states]


def test_what_was_rejected_is_repaired_by_a_seller_of_its_own(tmp_path: Path) -> None:
    outcome, served, seen = play(tmp_path, WORKS, make_policy("cascade", ["first", "fixer"]))
    assert outcome.status == "proved"
    assert [(p.prover, p.cost) for p in outcome.purchases] == [("first", 700), ("fixer", 700)]
    assert outcome.purchases[1].number == 0
    assert quoted(seen) == [["first"], ["fixer", "first"]]
    asked, repair = served.requests
    assert repair["messages"][: len(asked["messages"])] == asked["messages"]
    assert [m["role"] for m in repair["messages"][-2:]] == ["assistant", "user"]
    assert WRONG in repair["messages"][-2]["content"]
    assert "line 2, column 2" in repair["messages"][-1]["content"]


def test_the_cascade_passes_over_a_repair_that_is_not_on_offer(tmp_path: Path) -> None:
    cascade = ThresholdCascade({"fixer": 10**6, "first": 10**6}, max_attempts={"fixer": 9})
    outcome, _, _ = play(tmp_path, WORKS, cascade)
    assert [p.prover for p in outcome.purchases] == ["first", "fixer"]


@pytest.mark.parametrize(
    ("answer", "status"), [("I give up.", "rejected"), (WORKS["first"], "void")]
)
def test_without_a_rejected_proof_there_is_nothing_to_repair(
    tmp_path: Path, answer: str, status: str
) -> None:
    policy = make_policy("cascade", ["first", "fixer"])
    outcome, _, seen = play(tmp_path, {**WORKS, "first": answer}, policy, status=status)
    assert [p.prover for p in outcome.purchases] == ["first"]
    assert quoted(seen) == [["first"], ["first"]]


def test_in_an_auction_it_bids_once_there_is_something_to_repair(tmp_path: Path) -> None:
    outcome, _, seen = play(tmp_path, WORKS, Auction(100_000))
    assert [p.prover for p in outcome.purchases] == ["first", "fixer"]
    assert [[bid.prover for bid in state.bids] for state in seen] == [["first"], ["fixer", "first"]]


def test_a_chat_repairer_is_one_by_its_shape() -> None:
    offers = [
        PricedModel(name=name, entry=entry("http://localhost/v1", repairs=repairs))
        for name, repairs in (("a", None), ("b", "a"))
    ]
    first, fixer = ChatProvers(offers).provers
    assert not isinstance(first, Repairer)
    assert isinstance(fixer, Repairer)
    seller = fixer.repairing(FAILED)
    assert seller.name == "b"
    assert seller.quote(THEOREM) == offers[1].quote(THEOREM, FAILED)
    assert isinstance(seller.quote(THEOREM), Quote)


CATALOG = """
version = "1"
[verification]
price_per_cpu_hour = "0.05"
[provers.flash]
kind = "flash"
price_per_cpu_hour = "0.10"
limits = { heartbeats = 10_000, max_cpu_seconds = 2 }
"""


def catalog(folder: Path, **repairs: str) -> Path:
    path = folder / "catalog.toml"
    entries = "".join(
        f'[provers.{name}]\nkind = "chat"\nendpoint = "http://127.0.0.1:9/v1"\nmodel = "m"\n'
        f'price = {{ prompt = "1", completion = "1" }}\nrepairs = "{repaired}"\n'
        for name, repaired in repairs.items()
    )
    path.write_text(CATALOG + entries)
    return path


@pytest.mark.parametrize(
    ("repairs", "said"),
    [
        ({"a": "b"}, r"provers\.a\.repairs: unknown prover 'b'; known provers: flash, a"),
        ({"a": "a"}, r"provers\.a\.repairs: a circle, a repairs a"),
        ({"a": "b", "b": "a"}, r"provers\.a\.repairs: a circle, a repairs b repairs a"),
    ],
)
def test_a_catalog_that_repairs_nothing_is_refused(
    tmp_path: Path, repairs: dict[str, str], said: str
) -> None:
    with pytest.raises(CatalogError, match=said):
        load_catalog(catalog(tmp_path, **repairs))


def test_a_repair_of_a_repair_is_listed_and_no_policy_is_of_repairs_alone(tmp_path: Path) -> None:
    path = catalog(tmp_path, fixer="flash", again="fixer")
    assert [one.repairs for one in load_catalog(path).priced_provers()] == [None, "flash", "fixer"]
    problem = tmp_path / "p.lean"
    problem.write_text("theorem t : 1 = 1 := by sorry")
    ready = prepare(RunOptions(problems=problem, catalog=path, out=tmp_path / "run"))
    assert ready.config.policies == ("single:flash", "cascade", "schedule")


@pytest.mark.lean
@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [
        ("tactics", "have h : a ≤ b := by omega\nhave g : b < a := by\n  omega\nomega", 3),
        ("tactics", "have g := h\nexact foo", 2),
        (
            "file",
            "theorem other (n : ℕ) : n = n := rfl\n\n"
            "theorem target (a b : ℕ) (h : a < b) : a + 1 ≤ b := by\n  exact foo",
            4,
        ),
        ("term", "fun\n  | 0 => rfl", 1),
    ],
)
def test_lean_counts_the_lines_of_the_candidate_itself(
    lean: Lean, kind: CandidateKind, text: str, line: int
) -> None:
    """With a preamble of several lines before it."""
    verdict = lean.verify(THEOREM.statement, text, kind, preamble="def f := 1\n\ndef g := 2\n")
    assert verdict.status == "rejected"
    errors = [m.line for m in verdict.messages if m.severity == "error"]
    assert errors[0] == line, verdict
