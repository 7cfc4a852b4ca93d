"""The broker buys attempts slice by slice: the bill, the ledger, resuming, and what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from prover_arb.broker.ledger.ledger import INTERRUPTED, SqliteLedger
from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Attempt, Bid, Quote, SalesRecord
from prover_arb.core.record_files import ledger_records
from prover_arb.core.slices import Slice
from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import LedgerError, ProverLostState, WorkerDied
from prover_arb.scheduler import make_policy
from tests.broker.test_loop import THEOREM, Market, Seller

NOMINAL = (20, 60, 120)
"""What the slices come to; a slice may take the next one's time, too."""

Behaviour = str | Exception


class SlicedSeller(Seller):
    """Sells three slices; each says how many came before it."""

    slices = len(NOMINAL)
    max_attempts = 1

    def __init__(self, *sales: Behaviour, takes: Sequence[int] = NOMINAL) -> None:
        """`sales` are what the slices do: "" finds nothing yet, another text is a candidate."""
        super().__init__("sliced", 200, worst_case=sum(NOMINAL))
        self.texts = list(sales)
        self.takes = takes
        self.resumed: list[Slice] = []

    def resuming(self, slice_: Slice) -> OneSlice:
        return OneSlice(self, slice_)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        return Bid(prover=self.name, price=200, quality=0.5)


class OneSlice:
    """One slice of the seller's attempt."""

    def __init__(self, seller: SlicedSeller, slice_: Slice) -> None:
        self.name = seller.name
        self._seller = seller
        self._slice = slice_

    def quote(self, theorem: Theorem) -> Quote:
        worst = sum(NOMINAL[self._slice.index : self._slice.index + 2])
        return Quote(prover=self.name, worst_case=worst, slice=self._slice.index, slices=NOMINAL)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        return self._seller.bid(theorem, record)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        seller, index = self._seller, self._slice.index
        seller.resumed.append(self._slice)
        await asyncio.sleep(0)
        text = seller.texts[index]
        if isinstance(text, Exception):
            seller.texts[index] = ""
            raise text
        cost = min(budget, seller.takes[index])
        if text:
            script = Candidate(kind="tactics", text=text)
            return Attempt(prover=self.name, candidate=script, cost=cost)
        goes_on = index + 1 < seller.slices
        return Attempt(
            prover=self.name,
            candidate=None,
            cost=cost,
            failure="nothing found yet" if goes_on else "nothing found",
            resume=f"after {index + 1}" if goes_on else "",
        )


def buy(
    folder: Path, *sellers: Seller, policy: str = "single:sliced", budget: int = 10_000
) -> Outcome:
    market = Market(folder, *sellers)
    made = make_policy(policy, sellers)
    job = ProofJob(policy=policy, budget=budget, run="r", seed=1)
    try:
        return asyncio.run(market.broker.prove(THEOREM, made, job))
    finally:
        market.ledger.close()


def test_slices_are_bought_one_after_another_and_the_bill_is_their_sum(tmp_path: Path) -> None:
    seller = SlicedSeller("", "good", "")
    outcome = buy(tmp_path, seller)
    assert outcome.status == "proved"
    bought = [(p.slice, p.number, p.cost, p.reserved, p.resume) for p in outcome.purchases]
    assert bought == [(0, 0, 20, 80, "after 1"), (1, 0, 60, 180, "")]
    assert outcome.cost == 80
    assert seller.resumed == [Slice(index=0), Slice(index=1, resume="after 1")]
    # The records of a prover know attempts, whether bought in slices or not.
    [records] = ledger_records(tmp_path / "ledger.db")
    [row] = records.rows.values()
    assert row.outcomes == (True,)
    assert round(row.mean_cost * 1e6) == outcome.cost + outcome.verification_cost
    [history] = read_finished(tmp_path / "ledger.db").values()
    assert [p.product for p in history.past] == ["sliced#1", "sliced#2"]


@pytest.mark.parametrize("text", ["", "bad"])
def test_an_attempt_ends_with_its_last_slice_or_with_a_candidate(tmp_path: Path, text: str) -> None:
    outcome = buy(tmp_path, SlicedSeller("", text, ""))
    assert outcome.status == "not_proved"
    assert [p.slice for p in outcome.purchases] == ([0, 1, 2] if not text else [0, 1])
    again = buy(tmp_path, SlicedSeller("", text, ""))
    assert again.purchases == outcome.purchases


@pytest.mark.parametrize(
    ("threshold", "cost"), [(15, 15), (50, 20), (199, 20), (200, 200), (10_000, 200)]
)
def test_a_threshold_cuts_the_first_slice_short_and_buys_the_later_ones_whole(
    tmp_path: Path, threshold: int, cost: int
) -> None:
    """The second slice may cost 180 and the third 120, beside what those before them took."""
    policy = f"cascade:sliced={threshold / 1e6:.6f}"
    outcome = buy(tmp_path, SlicedSeller("", "", ""), policy=policy)
    assert outcome.cost == cost


def test_a_cascade_orders_provers_by_their_whole_attempts(tmp_path: Path) -> None:
    between = Seller("between", 50, worst_case=150)
    outcome = buy(tmp_path, SlicedSeller("", "", ""), between, policy="cascade")
    assert [p.prover for p in outcome.purchases] == ["between", "sliced", "sliced", "sliced"]


def test_an_auction_is_held_for_whole_attempts(tmp_path: Path) -> None:
    outcome = buy(tmp_path, SlicedSeller("", "", ""), policy="auction")
    assert [(p.slice, p.failure) for p in outcome.purchases] == [(None, "found nothing")]


@pytest.mark.parametrize("failure", [WorkerDied("out of memory"), asyncio.CancelledError()])
def test_a_slice_that_was_not_delivered_is_bought_again(
    tmp_path: Path, failure: BaseException
) -> None:
    seller = SlicedSeller("", failure, "good")  # type: ignore[arg-type]
    if isinstance(failure, asyncio.CancelledError):
        seller.texts[1] = ""
        with closing(SqliteLedger(tmp_path / "ledger.db")) as ledger:
            first = ledger.reserve(
                run="r", theorem=THEOREM, policy="single:sliced", prover="sliced", reserved=80,
                slice_=0,
            )  # fmt: skip
            bought = Attempt(prover="sliced", candidate=None, cost=20, resume="after 1")
            ledger.judge(ledger.deliver(first, bought), None, verification_cost=0)
            # The program dies while the second slice is at work.
            ledger.reserve(
                run="r", theorem=THEOREM, policy="single:sliced", prover="sliced", reserved=180,
                slice_=1,
            )  # fmt: skip
    outcome = buy(tmp_path, seller)
    assert outcome.status == "proved"
    settled = [(p.slice, p.state, p.cost) for p in outcome.purchases]
    assert settled == [
        (0, "judged", 20),
        (1, "lost", 0),
        (1, "judged", 60),
        (2, "judged", 120),
    ]
    assert outcome.purchases[1].failure in {INTERRUPTED, "out of memory"}
    assert outcome.cost == sum(NOMINAL)


def test_a_prover_that_lost_its_state_is_not_paid_for_that_and_its_attempt_ends(
    tmp_path: Path,
) -> None:
    seller = SlicedSeller("", ProverLostState("sliced cannot go on: another version"), "good")
    fallback = Seller("fallback", "good", worst_case=500)
    outcome = buy(tmp_path, seller, fallback, policy="cascade")
    settled = [(p.prover, p.slice, p.state, p.cost, p.fault) for p in outcome.purchases]
    assert settled == [
        ("sliced", 0, "judged", 20, None),
        ("sliced", 1, "lost", 0, "lost_state"),
        ("fallback", None, "judged", 10, None),
    ]
    assert "another version" in outcome.purchases[1].failure


def test_while_a_slice_is_at_work_the_next_one_is_not_sold(tmp_path: Path) -> None:
    seller, other = SlicedSeller("", "", ""), Seller("other", 7, worst_case=400)
    market = Market(tmp_path, seller, other)
    job = ProofJob(policy="cascade", budget=10_000, run="r", max_parallel=3)
    outcome = asyncio.run(
        market.broker.prove(THEOREM, make_policy("cascade", [seller, other]), job)
    )
    market.ledger.close()
    assert [p.slice for p in outcome.purchases if p.prover == "sliced"] == [0, 1, 2]
    assert sorted(p.prover for p in outcome.purchases[:2]) == ["other", "sliced"]


def test_the_ledger_refuses_a_further_slice_of_an_attempt_that_was_never_begun(
    tmp_path: Path,
) -> None:
    with (
        closing(SqliteLedger(tmp_path / "ledger.db")) as ledger,
        pytest.raises(LedgerError, match="slice 1 of an attempt of sliced that was never begun"),
    ):
        ledger.reserve(run="r", theorem=THEOREM, policy="p", prover="sliced", reserved=5, slice_=1)
