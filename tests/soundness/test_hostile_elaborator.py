"""No elaborator, whatever it answers, has a false statement proved. The real judges, every time.

PROVER_ARB_FUZZ sets the number of cases of each family; `python -m tests.soundness.hostile` asks
about many more and prints what came of them.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prover_arb.core.theorem import Candidate
from tests.conftest import Lean
from tests.oracle.kernels.exports import lines, text
from tests.soundness.hostile.answer import Answer
from tests.soundness.hostile.answers import FAMILIES
from tests.soundness.hostile.meaning import objection
from tests.soundness.hostile.protocol import DIALECTS, talked
from tests.soundness.hostile.statements import REFUTATIONS
from tests.soundness.hostile.trial import Fresh, Trial

pytestmark = pytest.mark.lean

CASES = int(os.environ.get("PROVER_ARB_FUZZ", "150"))

fuzzing = settings(
    max_examples=CASES,
    deadline=None,
    derandomize="PROVER_ARB_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def trial(lean: Lean) -> Iterator[Trial]:
    """When the tests have asked, both kernels judge all that was accepted once more.

    They do so in processes that have seen nothing else. This is no test, because where several
    processes share the tests, each must do it for those that it ran.
    """
    running = Trial(lean.pool)
    lean.run(running.__aenter__())
    try:
        yield running
        assert not lean.run(running.judged_again(), timeout=3_600)
    finally:
        lean.run(running.__aexit__(None, None, None))


def test_the_corpus_is_what_it_says(lean: Lean, trial: Trial) -> None:
    """True statements are proved, false ones are refuted, by the honest elaborator's answers."""
    for asked in trial.corpus.true:
        answer = Answer(asked, text(asked.proof or []))
        verdict, why = lean.run(trial.wrong(answer))
        assert (verdict.status, why) == ("proved", ""), (asked.theorem.statement, verdict.detail)
    for asked, refutation in zip(trial.corpus.false, REFUTATIONS, strict=True):
        candidate = Candidate(kind="refutation", text=refutation)
        verdict = lean.run(lean.oracle.verify(asked.theorem, candidate))
        assert verdict.status == "refuted", (asked.theorem.statement, verdict.detail)


def test_a_forged_meaning_has_a_proof(lean: Lean, trial: Trial) -> None:
    """The forged answers are proofs, of something else: judged by their own statement they hold."""

    async def held() -> list[str]:
        async with Fresh(trial.toolchain) as fresh:
            return [(await fresh.embedded(text(other))).status for _, other in trial.corpus.forged]

    assert set(lean.run(held())) == {"accepted"}


@pytest.mark.parametrize("family", FAMILIES)
@fuzzing
@given(draw=st.randoms(use_true_random=False))
def test_no_answer_makes_a_false_statement_proved(
    lean: Lean, trial: Trial, family: str, draw: random.Random
) -> None:
    verdict, why = lean.run(trial.wrong(FAMILIES[family](draw, trial.corpus)))
    assert not why, verdict


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_reply_outside_the_protocol_does(lean: Lean, trial: Trial, dialect: str) -> None:
    tally = lean.run(talked(trial, dialect, max(2, min(CASES // 30, 200))))
    assert not tally.wrong
    assert tally.verdicts.total() > 1


def test_the_independent_look_sees_what_it_must(lean: Lean, trial: Trial) -> None:
    """A job about another statement, or with a constant of the statement changed, is noticed."""
    for asked, forged in trial.corpus.forged:
        assert objection(asked.reference, forged)
    for one in trial.corpus.true:
        _, job = lean.run(trial.verdict(one.theorem, text(one.proof or [])))
        for other in trial.corpus.true:
            assert bool(objection(other.reference, lines(job))) == (one is not other)
