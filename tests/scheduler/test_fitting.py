"""What histories contribute to a policy file."""

from __future__ import annotations

import numpy as np

from prover_arb.core.history import NO_HISTORY, PurchaseOutcome, TheoremHistory
from prover_arb.core.money import MicroUSD
from prover_arb.scheduler.fitting import complete_panel
from prover_arb.scheduler.policy_file import learner_of, policy_file


def bought(
    prover: str, cost: int, status: str = "nothing", slice_: int | None = None
) -> PurchaseOutcome:
    return PurchaseOutcome.model_validate(
        {"prover": prover, "cost": cost, "status": status, "slice": slice_, "offered": 100}
    )


EASY = TheoremHistory(
    theorem="easy",
    statement=": 1 = 1",
    past=(bought("quick", 3, "proved"), bought("deep", 20, "proved", 0)),
)
HARD = TheoremHistory(
    theorem="hard",
    statement=": 2 = 2",
    past=(
        bought("quick", 4),
        bought("quick", 6),
        bought("deep", 30, slice_=0),
        bought("deep", 90, "proved", 1),
    ),
)
PART = TheoremHistory(theorem="part", past=(bought("quick", 5),))
UNJUDGED = TheoremHistory(theorem="unjudged", past=(bought("quick", 5), bought("deep", 9, "void")))


def test_theorems_that_every_prover_was_tried_on_form_a_panel_of_attempts_and_slices() -> None:
    panel, rest = complete_panel([EASY, PART, HARD, UNJUDGED])
    assert panel is not None
    assert panel.provers == ("quick", "deep#1", "deep#2")
    assert panel.theorems == ("easy", "hard")
    assert panel.attempts.tolist() == [[1, 1, 1], [2, 1, 1]]
    # The second slice was not needed for the easy theorem: it follows the first one.
    assert panel.successes.tolist() == [[1, 1, 1], [0, 0, 1]]
    assert np.allclose(panel.cost * 1e6, [[3, 20, 20], [5, 30, 90]])
    assert rest == [PART, UNJUDGED]


def test_without_a_theorem_that_all_tried_or_a_proof_there_is_no_panel() -> None:
    other = TheoremHistory(theorem="other", past=(bought("deep", 9),))
    assert complete_panel([PART, other]) == (None, [PART, other])
    failed = TheoremHistory(theorem="failed", past=(bought("quick", 5), bought("deep", 9)))
    assert complete_panel([failed]) == (None, [failed])
    assert complete_panel([]) == (None, [])


def test_a_policy_file_of_both_kinds_knows_every_product() -> None:
    panel, rest = complete_panel([EASY, HARD, PART])
    file = policy_file(panel, {"easy": ": 1 = 1", "hard": ": 2 = 2"}, learnt=rest)
    assert set(file.provers) == {"quick", "deep#1", "deep#2"}
    assert [row.theorem for row in file.rows] == ["easy", "hard"]
    assert [history.theorem for history in file.learnt] == ["part"]
    assert MicroUSD(round(file.rows[1].cost[2] * 1e6)) == 90
    assert learner_of(file).after(NO_HISTORY).provers[:3] == ("quick", "deep#1", "deep#2")
