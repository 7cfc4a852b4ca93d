"""Sellers whose answers are useless are left, and bills above what was agreed are told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from prover_arb.broker.conduct import USELESS_IN_A_ROW, Conduct, conduct_lines
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Attempt, Dealing, Usage
from prover_arb.core.rejections import rejection_lines
from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import Fault, ProverRefused
from prover_arb.scheduler import SingleProver, ThresholdCascade
from tests.broker.test_loop import Market, Seller, many

OTHER = Theorem(name="other", statement=": 2 = 2")


def dealings(*faults: Fault | None) -> list[Dealing]:
    """One purchase for each fault; None stands for one that brought a candidate."""
    return [
        Dealing(prover="model", delivered=fault is None, fault=fault, failure=f"because {fault}")
        for fault in faults
    ]


def left(*faults: Fault | None) -> str:
    conduct = Conduct()
    conduct.add(dealings(*faults))
    return conduct.why_excluded("model")


@pytest.mark.parametrize("fault", ["other_model", "no_choices", "no_proof", "refused"])
def test_three_useless_answers_in_a_row_are_enough(fault: Fault) -> None:
    assert USELESS_IN_A_ROW == 3
    assert left(fault, fault) == ""
    assert left(fault, fault, fault).endswith(f"the last: because {fault}")
    assert left(fault, fault, None, fault, fault) == ""
    assert left(None, fault, fault, fault) != ""


@pytest.mark.parametrize("fault", ["out_of_tokens", "too_late", "cut_off"])
def test_answers_cut_short_count_only_where_nothing_else_came(fault: Fault) -> None:
    assert left(fault, fault, fault) != ""
    assert left(None, fault, fault, fault) == ""


@pytest.mark.parametrize("fault", ["unreachable", "broken", "worker"])
def test_what_was_not_sold_is_no_answer(fault: Fault) -> None:
    assert left(*[fault] * 9) == ""


class Useless(Seller):
    """Sells answers without a proof in them, the first `useful` ones excepted."""

    def __init__(self, name: str, *, useful: int = 0) -> None:
        super().__init__(name, "bad")
        self.sold = 0
        self._useful = useful

    async def attempt(self, *args: object, **kwargs: object) -> Attempt:
        self.sold += 1
        if self.sold <= self._useful:
            candidate = Candidate(kind="tactics", text="bad")
            return Attempt(prover=self.name, candidate=candidate, cost=10)
        return Attempt(
            prover=self.name,
            candidate=None,
            cost=10,
            failure="another model answered",
            fault="other_model",
        )


def test_a_useless_seller_is_left_for_every_theorem_of_the_run(tmp_path: Path) -> None:
    seller = Useless("useless")
    market = Market(tmp_path, seller)
    first = market.prove(many("useless"))
    assert seller.sold == 3
    assert "useless gets no more orders in this run after 3 useless answers" in first.why_stopped
    assert "another model answered" in first.why_stopped
    second = asyncio.run(
        market.broker.prove(
            OTHER, many("useless"), ProofJob(policy="single:useless", budget=1_000, run="r")
        )
    )
    assert (second.purchases, seller.sold) == ((), 3)
    assert "useless gets no more orders" in second.why_stopped
    again = asyncio.run(
        market.broker.prove(
            OTHER, many("useless"), ProofJob(policy="single:useless", budget=1_000, run="another")
        )
    )
    assert len(again.purchases) == 3, "another run asks again"
    assert len(conduct_lines(market.ledger.dealings("r"))) == 1


def test_others_are_bought_of_when_one_is_left(tmp_path: Path) -> None:
    market = Market(tmp_path, Useless("useless"), Seller("good", "good"))
    outcome = market.prove(
        ThresholdCascade({"useless": 1_000, "good": 1_000}, max_attempts={"useless": 9})
    )
    assert outcome.status == "proved"
    assert [p.prover for p in outcome.purchases] == [*["useless"] * 3, "good"]


def test_a_seller_that_refuses_every_request_is_left(tmp_path: Path) -> None:
    class Refusing(Seller):
        async def attempt(self, *args: object, **kwargs: object) -> Attempt:
            raise ProverRefused(f"{self.name}: HTTP 400: no temperature")

    market = Market(tmp_path, Refusing("refusing", "good"))
    outcome = market.prove(many("refusing"))
    assert [p.fault for p in outcome.purchases] == ["refused"] * 3
    assert "the last: HTTP 400: no temperature" in outcome.why_stopped
    assert rejection_lines(market.ledger.answers("r")) == [
        "refusing: 3 requests not answered: HTTP 400: no temperature"
    ]


def test_a_bill_above_what_was_reserved_is_told(tmp_path: Path) -> None:
    class Greedy(Seller):
        async def attempt(self, *args: object, **kwargs: object) -> Attempt:
            sold = await super().attempt(*args, **kwargs)  # type: ignore[arg-type]
            usage = Usage(prompt=100, completion=10**6)
            return sold.model_copy(update={"overrun": 990, "usage": usage})

    market = Market(tmp_path, Greedy("greedy", "good"))
    outcome = market.prove(SingleProver("greedy"), budget=1_000)
    (purchase,) = market.ledger.purchases(run="r")
    assert (purchase.cost, purchase.invoice) == (10, 1_000)
    assert outcome.cost == 10
    (line,) = conduct_lines(market.ledger.dealings("r"))
    assert line.startswith("greedy bills $0.001000 for 1 answer that $0.000010 had been reserved")
    assert "$0.000990 more" in line
    assert line == conduct_lines([purchase.dealing])[0]
