"""Attempts that are sold in slices, on the real Lean: they go on where they stopped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise

import pytest

from prover_arb.core.purchases import Attempt
from prover_arb.core.slices import Slice
from prover_arb.core.theorem import Theorem, sha256
from prover_arb.errors import ProverLostState
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.local.portfolio import PortfolioProver
from prover_arb.provers.local.search import SearchProver
from prover_arb.provers.local.sliced_prover import SlicedProver
from prover_arb.provers.prover_config import ProverConfig
from tests.conftest import Lean

pytestmark = pytest.mark.lean

LATE = Theorem(name="late", statement="(a b : ℝ) (h : a ^ 2 + b ^ 2 = 2) : a * b ≤ 1")
"""Its proof is no fixed script: it is made from the goal, after others failed."""
OTHER = Theorem(name="other", statement="(a b : ℝ) (h : a ^ 2 + b ^ 2 = 4) : a * b ≤ 2")

ENTRY = load_catalog().entries["portfolio"]
assert isinstance(ENTRY, ProverConfig)
SHORT = ENTRY.model_copy(
    update={
        "slices": (0.1, 0.1, 0.3, 0.5, *(1.0 for _ in range(19))),
        "limits": ENTRY.limits.model_copy(update={"max_cpu_seconds": 20}),
    }
)
"""So short slices that several are needed, and time enough on a busy machine."""


def seller(lean: Lean, entry: ProverConfig = SHORT) -> PortfolioProver:
    return PortfolioProver("portfolio", entry, lean.pool)


def sell(lean: Lean, prover: SlicedProver, slice_: Slice, theorem: Theorem = LATE) -> Attempt:
    sold = prover.resuming(slice_)
    budget = sold.quote(theorem).worst_case
    attempt = lean.run(sold.attempt(theorem, number=0, budget=budget, seed=0))
    assert 0 < attempt.cost <= budget
    return attempt


@dataclass(frozen=True)
class Sliced:
    """One attempt, bought slice by slice."""

    slices: list[Attempt]

    @property
    def first(self) -> str:
        return self.slices[0].resume


@pytest.fixture(scope="module")
def sliced(lean: Lean) -> Sliced:
    """Every slice works with what the one before said, and with nothing else."""
    slices: list[Attempt] = []
    while not slices or slices[-1].resume:
        resume = slices[-1].resume if slices else ""
        slices.append(sell(lean, seller(lean), Slice(index=len(slices), resume=resume)))
    return Sliced(slices)


def test_it_goes_on_where_it_stopped_and_proves_what_a_whole_attempt_proves(
    lean: Lean, sliced: Sliced
) -> None:
    *failed, last = sliced.slices
    assert len(failed) >= 2
    assert all(attempt.candidate is None and attempt.resume for attempt in failed)
    assert {attempt.failure for attempt in failed} == {"nothing found yet"}
    assert last.candidate is not None
    whole = lean.run(seller(lean).attempt(LATE, number=0, budget=SHORT.worst_case, seed=0))
    assert whole.candidate == last.candidate
    assert lean.verify(LATE.statement, last.candidate.text).status == "proved"
    # No script is tried twice unless the time of a slice cut it short, and none is left out.
    tried = [json.loads(attempt.resume)["tried"] for attempt in failed]
    assert tried == sorted(tried)
    assert tried[-1] > 0
    used = [json.loads(attempt.resume)["used_us"] for attempt in failed]
    assert used == sorted(used)
    assert used[-1] <= sum(attempt.cpu_us for attempt in failed)


def test_a_prover_whose_slices_are_used_up_says_nothing_of_going_on(lean: Lean) -> None:
    limits = SHORT.limits.model_copy(update={"max_cpu_seconds": 6})
    entry = SHORT.model_copy(update={"slices": (0.2, 5.8), "limits": limits})
    false = Theorem(name="false", statement="(n : ℕ) : n * n < 10 * n + 5")
    first = sell(lean, seller(lean, entry), Slice(index=0), false)
    assert first.resume
    last = sell(lean, seller(lean, entry), Slice(index=1, resume=first.resume), false)
    assert (last.candidate, last.resume) == (None, "")
    assert last.failure in {"the processor time is used up", "nothing found"}
    assert first.cost + last.cost <= entry.worst_case + 1


def edited(text: str, **changes: object) -> str:
    """The text as a careful forger would write it, with the hash that belongs to it."""
    fields = json.loads(text) | changes
    fields.pop("sha256")
    return json.dumps({**fields, "sha256": sha256(json.dumps(fields, sort_keys=True))})


def test_what_does_not_fit_is_refused_and_not_charged(lean: Lean, sliced: Sliced) -> None:
    good = sliced.first
    moved = json.dumps({**json.loads(good), "tried": 1_000})
    cases = [
        (good[:-20], LATE, r"cut off or no JSON"),
        ("[]", LATE, r"no JSON object"),
        (moved, LATE, r"was edited: its sha256 does not fit"),
        (edited(good, version=7), LATE, r"has version 7, this program writes version 1"),
        (edited(good, prover="flash"), LATE, r"is one of flash"),
        (edited(good, tried=-1), LATE, r"tried"),
        (good, OTHER, r"belongs to another theorem"),
        (edited(good, scripts_sha256="0" * 64), LATE, r"scripts that it tried by then are others"),
        (edited(good, tried=10**6), LATE, r"scripts that it tried by then are others"),
    ]
    for resume, theorem, why in cases:
        sold = seller(lean).resuming(Slice(index=1, resume=resume))
        with pytest.raises(ProverLostState, match=why) as refused:
            lean.run(sold.attempt(theorem, number=0, budget=10**6, seed=0))
        assert "portfolio cannot go on" in str(refused.value)
        assert refused.value.fault == "lost_state"
    beyond = seller(lean).resuming(Slice(index=23, resume=good))
    with pytest.raises(ProverLostState, match="it has 23 slices here"):
        lean.run(beyond.attempt(LATE, number=0, budget=10**6, seed=0))


WITNESS = Theorem(name="witness", statement="(n : ℤ) : ∃ k : ℤ, n * (n + 1) + n + 1 = k ^ 2")
FUNCTION = Theorem(
    name="function",
    statement="(S T U : Type) (f : S → T) (g : T → U) (h : Function.Injective (fun x => g (f x))) "
    ": Function.Injective f",
)
"""No script proves it; a state that a step leads to is needed."""


def test_a_search_goes_on_from_its_record(lean: Lean) -> None:
    entry = load_catalog().entries["search"]
    assert isinstance(entry, ProverConfig)
    limits = entry.limits.model_copy(update={"max_cpu_seconds": 20})
    slices = (0.05, 0.05, 0.1, *(0.2 for _ in range(9)), 18.0)
    entry = entry.model_copy(update={"slices": slices, "limits": limits})
    sold: list[Attempt] = []
    while not sold or sold[-1].resume:
        # Every slice is sold by a prover that knows nothing but the text.
        prover = SearchProver("search", entry, lean.pool)
        resume = sold[-1].resume if sold else ""
        sold.append(sell(lean, prover, Slice(index=len(sold), resume=resume), FUNCTION))
    *failed, last = sold
    assert failed
    assert last.candidate is not None
    assert lean.verify(FUNCTION.statement, last.candidate.text).status == "proved"
    whole = lean.run(prover.attempt(FUNCTION, number=0, budget=entry.worst_case, seed=0))
    assert whole.candidate == last.candidate
    # What a slice did is in the record of the next one, unchanged.
    records = [json.loads(attempt.resume)["outcomes"] for attempt in failed]
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(records))
    assert len({len(record) for record in records}) == len(records)
    other = edited(failed[-1].resume, tactics_sha256="0" * 64)
    with pytest.raises(ProverLostState, match=r"tactics that it tried by then are others"):
        sell(lean, prover, Slice(index=len(failed), resume=other), FUNCTION)


def test_a_search_finds_witnesses_by_computing(lean: Lean) -> None:
    entry = load_catalog().entries["search"]
    assert isinstance(entry, ProverConfig)
    prover = SearchProver("search", entry, lean.pool)
    attempt = lean.run(prover.attempt(WITNESS, number=0, budget=entry.worst_case, seed=0))
    assert attempt.candidate is not None, attempt.failure
    assert lean.verify(WITNESS.statement, attempt.candidate.text).status == "proved"
