"""Why purchases are no proofs, grouped by prover."""

from __future__ import annotations

import pytest

from prover_arb.core.purchases import Purchase, Sample
from prover_arb.core.rejections import (
    LONGEST,
    Answer,
    answers_in,
    answers_of,
    by_prover,
    rejection_lines,
    why_no_proof,
)
from prover_arb.core.theorem import Candidate, Message, Reason, Verdict
from prover_arb.errors import Fault


def tactics(text: str) -> Candidate:
    return Candidate(kind="tactics", text=text)


def error(text: str, line: int = 1, column: int = 1) -> Message:
    return Message(severity="error", line=line, column=column, text=text)


def rejected(reason: Reason, *messages: Message, detail: str = "") -> Verdict:
    return Verdict(status="rejected", reason=reason, detail=detail, messages=messages)


def bought(
    verdict: Verdict | None, text: str = "omega", *, prover: str = "kimina", **other: object
) -> Purchase:
    fields: dict[str, object] = {
        "id": 1,
        "run": "r",
        "theorem": "t",
        "theorem_digest": "d",
        "policy": "p",
        "prover": prover,
        "state": "judged",
        "reserved": 10,
        "started_at": "2026-01-01T00:00:00Z",
        "candidate": tactics(text) if verdict else None,
        "verdict": verdict,
    }
    return Purchase.model_validate(fields | other)


def lines(*purchases: Purchase) -> list[str]:
    return rejection_lines(answers_in(purchases))


UNKNOWN = rejected("parse_error", error("unknown tactic", 2, 1))
UNSOLVED = rejected("elaboration_error", error("unsolved goals\nx : Nat\n⊢ x < 4"))


def test_answers_are_grouped_by_prover_and_first_message() -> None:
    assert lines(
        *[bought(UNKNOWN, "intro x\nnlinarith [x]")] * 7,
        *[bought(UNSOLVED)] * 3,
        *[bought(None, fault="cut_off", failure="kimina: cut off after 99 tokens")] * 2,
        bought(UNSOLVED, prover="other"),
    ) == [
        "kimina: 12 answers, none a proof: 7 unknown tactic `nlinarith`, 3 unsolved goals, "
        "2 cut off",
        "other: 1 answer, none a proof: unsolved goals",
    ]


def test_proofs_are_counted_and_alone_need_no_line() -> None:
    proof = bought(Verdict(status="proved"))
    assert lines(proof) == []
    assert lines(proof, proof, bought(UNSOLVED)) == [
        "kimina: 3 answers, 2 proved: 1 unsolved goals"
    ]


def test_what_nobody_judged_and_nobody_answered_is_apart() -> None:
    void = bought(Verdict(status="void", detail="a Lean process died"))
    poor = bought(Verdict(status="void", detail="too little money", unaffordable=True))
    lost = bought(None, state="lost", fault="refused", failure="kimina: HTTP 400: no seed")
    assert lines(void) == ["kimina: 1 answer void, not judged: a Lean process died"]
    assert lines(bought(UNSOLVED), void, void, lost) == [
        "kimina: 3 answers, none a proof: 1 unsolved goals; 2 answers void, not judged: "
        "a Lean process died; 1 request not answered: HTTP 400: no seed"
    ]
    assert "not judged: too little money" in lines(poor)[0]


def test_what_a_seller_refused_is_told_whole() -> None:
    advice = "HTTP 400: " + "no " * 99 + "seed; write in the catalog: provers.kimina.request.omit"
    refused = bought(None, state="lost", fault="refused", failure=f"kimina: {advice}")
    assert lines(refused) == [f"kimina: 1 request not answered: {advice}"]


def test_each_candidate_of_a_purchase_is_an_answer() -> None:
    samples = (
        Sample(candidate=tactics("rfl"), verdict=UNSOLVED),
        Sample(candidate=tactics("omega"), verdict=Verdict(status="proved")),
        Sample(candidate=tactics("simp")),
    )
    one = bought(Verdict(status="proved"), samples=samples)
    assert [answer.ending for answer in answers_of(one)] == ["rejected", "proved"]


@pytest.mark.parametrize("state", ["open", "delivered", "cancelled"])
def test_what_is_not_settled_says_nothing(state: str) -> None:
    assert answers_of(bought(None, state=state)) == []


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        (rejected("uses_sorry", detail="the proof rests on `sorry`"), "uses `sorry`"),
        (
            rejected("wrong_statement", detail="it proves 1 = 1"),
            "another statement (it proves 1 = 1)",
        ),
        (rejected("timeout"), "time used up"),
        (rejected("elaboration_error", detail="no goals\nmore"), "no goals"),
        (rejected("parse_error", error("unknown tactic", 9, 4)), "unknown tactic"),
        (rejected("parse_error", error("unknown tactic", 1, 0)), "unknown tactic `simp?!`"),
        (rejected("elaboration_error", error("\n  first\nsecond")), "first"),
        (rejected("elaboration_error", error("x" * 999)), "x" * (LONGEST - 3) + "..."),
    ],
)
def test_the_reason_is_short(verdict: Verdict, why: str) -> None:
    assert why_no_proof(tactics("simp?! [h]"), verdict) == why


def test_a_warning_before_the_error_is_not_the_reason() -> None:
    warning = Message(severity="warning", line=1, column=0, text="unused variable")
    found = rejected("elaboration_error", warning, error("type mismatch"))
    assert why_no_proof(tactics("rfl"), found) == "type mismatch"


@pytest.mark.parametrize("fault", ["cut_off", "no_proof", "other_model", "out_of_tokens"])
def test_answers_without_a_candidate_are_named_by_their_fault(fault: Fault) -> None:
    (answer,) = answers_of(bought(None, fault=fault, failure="a long story"))
    assert (answer.ending, "story" in answer.why) == ("nothing", False)


def test_the_rest_of_many_groups_is_counted_together() -> None:
    many = [Answer(prover="p", ending="rejected", why=f"reason {n}") for n in range(9)]
    (line,) = rejection_lines(many)
    assert line.endswith("1 reason 4, 4 for other reasons")
    assert sum(group.count for group in by_prover(many)[0].rejected) == 9
