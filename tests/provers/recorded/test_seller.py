"""Recorded answers on the market: sold in order at the model's price, judged like any others."""

from __future__ import annotations

import asyncio
import json
import pickle
from pathlib import Path

import pytest

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import Broker
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem
from prover_arb.errors import CatalogError, ProverError, RecordsError
from prover_arb.provers.catalog import Catalog, load_catalog
from prover_arb.provers.recorded.answers_prover import AnswersConfig, AnswersProver
from prover_arb.scheduler import make_policy
from tests.conftest import Lean

THEOREM = Theorem(name="small", statement="(n : ℕ) (h : 3 < n) : 8 < n * n")
OTHER = Theorem(name="unanswered", statement=": True")
CATALOG = """\
version = "1"

[verification]
price_per_cpu_hour = "0.05"

[provers.dump]
kind = "answers"
answers = "answers.jsonl"
price = { prompt = "1.00", completion = "2.00" }
"""
ROWS: list[dict[str, object]] = [
    {"theorem": "small", "proof": "omega", "prompt_tokens": 100, "completion_tokens": 50},
    {"theorem": "small", "text": "I give up.", "prompt_tokens": 100, "completion_tokens": 25},
    {"theorem": "small", "proof": "nlinarith", "prompt_tokens": 100, "completion_tokens": 75},
]


def catalog(folder: Path, rows: list[dict[str, object]], text: str = CATALOG) -> Catalog:
    (folder / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "catalog.toml").write_text(text)
    return load_catalog(folder / "catalog.toml")


def seller_of(found: Catalog) -> AnswersProver:
    (seller,) = found.priced_provers()
    assert isinstance(seller, AnswersProver)
    return seller


def test_attempts_are_the_answers_in_order_at_the_price_of_their_tokens(tmp_path: Path) -> None:
    seller = seller_of(catalog(tmp_path, ROWS))
    quote = seller.quote(THEOREM)
    assert (quote.worst_case, quote.max_attempts) == (250, 3)
    attempts = [
        asyncio.run(seller.attempt(THEOREM, number=k, budget=250, seed=seed))
        for seed in (0, 7)
        for k in range(3)
    ]
    assert attempts[:3] == attempts[3:]
    assert [attempt.cost for attempt in attempts[:3]] == [200, 150, 250]
    texts = [attempt.candidate and attempt.candidate.text for attempt in attempts[:3]]
    assert texts == ["omega", None, "nlinarith"]
    assert attempts[1].fault == "no_proof"
    assert "I give up." in attempts[1].failure
    with pytest.raises(ProverError, match="3 answers for small, and attempt 4"):
        asyncio.run(seller.attempt(THEOREM, number=3, budget=250, seed=0))
    assert seller.quote(OTHER).max_attempts == 0


def test_a_budget_that_does_not_pay_an_answer_to_its_end_cuts_it_off(tmp_path: Path) -> None:
    seller = seller_of(catalog(tmp_path, ROWS))
    short = asyncio.run(seller.attempt(THEOREM, number=2, budget=201, seed=0))
    assert (short.candidate, short.cost, short.fault) == (None, 200, "out_of_tokens")
    nothing = asyncio.run(seller.attempt(THEOREM, number=2, budget=90, seed=0))
    assert (nothing.candidate, nothing.cost) == (None, 0)


def test_tokens_that_the_file_does_not_give_are_refused_or_counted(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"theorem": "small", "proof": "omega" * 6}]
    with pytest.raises(CatalogError, match=r"answers\.jsonl:1: completion_tokens: missing.*bytes"):
        catalog(tmp_path, rows)
    counted = catalog(tmp_path, rows, CATALOG + "bytes_per_token = 4.0\n")
    attempt = asyncio.run(seller_of(counted).attempt(THEOREM, number=0, budget=10**6, seed=0))
    assert attempt.usage is not None
    assert (attempt.usage.completion, attempt.usage.estimated) == (8, True)
    free = catalog(tmp_path, rows, CATALOG.replace("1.00", "0").replace("2.00", "0"))
    assert seller_of(free).quote(THEOREM).worst_case == 0


def test_a_bad_file_of_answers_is_a_fault_of_the_catalog_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"provers\.dump\.answers: .*answers\.jsonl:1: theorem"):
        catalog(tmp_path, [{"proof": "omega"}])
    with pytest.raises(CatalogError, match=r"provers\.dump\.answers: missing"):
        catalog(tmp_path, ROWS, CATALOG.replace('answers = "answers.jsonl"', ""))


def test_answers_for_a_theorem_that_is_not_there_are_refused(tmp_path: Path) -> None:
    entry = catalog(tmp_path, ROWS).entries["dump"]
    assert isinstance(entry, AnswersConfig)
    entry.require_theorems(["small", "other"], {}, where="set.jsonl")
    with pytest.raises(
        RecordsError, match=r"answers\.jsonl:1: theorem: set\.jsonl has no .*'small'"
    ):
        entry.require_theorems(["other"], {}, where="set.jsonl")
    with pytest.raises(RecordsError, match="a title of other; write that name"):
        entry.require_theorems(["other"], {"small": "other"}, where="set.jsonl")


def test_the_price_list_is_another_one_when_the_answers_are(tmp_path: Path) -> None:
    before = catalog(tmp_path, ROWS)
    assert catalog(tmp_path, ROWS).sha256 == before.sha256
    assert catalog(tmp_path, ROWS[:2]).sha256 != before.sha256


def test_answers_go_where_the_price_list_goes_and_are_not_printed(tmp_path: Path) -> None:
    found = catalog(tmp_path, ROWS)
    (tmp_path / "answers.jsonl").unlink()
    there = pickle.loads(pickle.dumps(found))
    assert seller_of(there).quote(THEOREM) == seller_of(found).quote(THEOREM)
    assert "omega" not in found.model_dump_json()


@pytest.mark.lean
def test_recorded_answers_are_bought_until_the_kernels_accept_one(
    lean: Lean, tmp_path: Path
) -> None:
    seller = seller_of(catalog(tmp_path, ROWS))

    async def buy(theorem: Theorem, run: str) -> Outcome:
        ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
        broker = Broker(oracle=lean.oracle, provers=[seller], ledger=ledger, verification_price=0)
        policy = make_policy("single:dump", [seller])
        try:
            job = ProofJob(policy=policy.name, budget=10_000, run=run)
            return await broker.prove(theorem, policy, job)
        finally:
            ledger.close()

    outcome = lean.run(buy(THEOREM, "first"))
    assert outcome.status == "proved"
    assert [p.cost for p in outcome.purchases] == [200, 150, 250]
    assert [p.verdict and p.verdict.status for p in outcome.purchases] == [
        "rejected", None, "proved"
    ]  # fmt: skip
    # Resumed, it is over; where nothing is recorded, nothing is bought.
    assert lean.run(buy(THEOREM, "first")).purchases == outcome.purchases
    nothing = lean.run(buy(OTHER, "first"))
    assert (nothing.status, nothing.purchases) == ("not_proved", ())
