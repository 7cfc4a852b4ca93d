"""Says why answers are no proofs: those of each prover, grouped by Lean's first message.

    kimina: 12 answers, none a proof: 7 unknown tactic `nlinarith`, 3 unsolved goals, 2 cut off

Void answers, on which the oracle failed, are listed apart, and so are requests that were not
answered at all. Everything here is a pure function of the purchases.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Literal

from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import Candidate, Message, Reason, Value, Verdict
from prover_arb.errors import Fault

SHOWN = 5
"""How many groups a line lists; the rest are counted together."""

LONGEST = 100
"""How many characters of a message a group shows."""

_REASONS: dict[Reason, str] = {
    "trailing_input": "text after the proof",
    "uses_sorry": "uses `sorry`",
    "wrong_statement": "another statement",
    "forbidden_axiom": "forbidden axiom",
    "forbidden_import": "forbidden import",
    "forbidden_command": "forbidden command",
    "malformed_declaration": "malformed declaration",
    "replay_failed": "refused by the kernel",
    "kernels_disagree": "refused by one of the kernels",
    "heartbeats": "heartbeats used up",
    "timeout": "time used up",
    "memory": "memory used up",
    "output_limit": "too much output",
}
"""How rejections that are not simply an error of Lean are described."""

_FAULTS: dict[Fault, str] = {
    "cut_off": "cut off",
    "error_in_stream": "ended with an error",
    "too_late": "too late",
    "too_long": "too long to be judged",
    "out_of_tokens": "out of tokens",
    "unreadable": "unreadable",
    "no_choices": "empty",
    "other_model": "from another model",
    "no_proof": "without a proof",
}

_WORD = re.compile(r"[^\W\d][\w'?!]*")

Ending = Literal[
    "proved", "replayed", "refuted", "rejected", "nothing", "void", "unaffordable", "lost"
]


class Answer(Value):
    """What became of one candidate, or of a purchase that brought none."""

    prover: str
    ending: Ending
    """nothing: there was no candidate; lost: the request was not answered, and nothing is paid."""
    why: str = ""
    """Why it is no proof, in a few words; empty for a proof."""


class Group(Value):
    """Answers of one prover that ended in the same way, for the same reason."""

    ending: Ending
    why: str
    count: int


class ProverAnswers(Value):
    """The answers of one prover."""

    prover: str
    answers: int
    """Candidates that were judged or ended in `void`, and purchases that brought none."""
    proofs: int
    """Candidates that settled their theorem."""
    rejected: tuple[Group, ...] = ()
    """Answers that are no proofs, the largest group first."""
    void: tuple[Group, ...] = ()
    """Candidates that nobody judged: the oracle failed, or the money for it was used up."""
    lost: tuple[Group, ...] = ()
    """Requests that the prover did not answer; they are no answers."""

    @property
    def line(self) -> str:
        """The groups in one sentence; empty if every answer is a proof."""
        parts = []
        if self.rejected:
            proofs = f"{self.proofs} proved" if self.proofs else "none a proof"
            parts.append(
                f"{_times(self.answers, 'answer')}, {proofs}: {_list(self.rejected, self.answers)}"
            )
        if self.void:
            void = sum(group.count for group in self.void)
            parts.append(f"{_times(void, 'answer')} void, not judged: {_list(self.void, void)}")
        if self.lost:
            lost = sum(group.count for group in self.lost)
            parts.append(f"{_times(lost, 'request')} not answered: {_list(self.lost, lost)}")
        return f"{self.prover}: {'; '.join(parts)}" if parts else ""


def answers_of(purchase: Purchase) -> list[Answer]:
    """Returns the answers in one purchase; none while it is not judged, or if it was cancelled."""
    prover = purchase.prover
    if purchase.state == "lost":
        # It is not shortened: a refusal ends with what to write in the catalog.
        why = " ".join(purchase.failure.removeprefix(f"{prover}: ").split())
        return [Answer(prover=prover, ending="lost", why=why)]
    if purchase.state != "judged":
        return []
    if purchase.candidate is None:
        return [Answer(prover=prover, ending="nothing", why=_without_candidate(purchase))]
    judged = [(sample.candidate, sample.verdict) for sample in purchase.samples]
    judged = judged or [(purchase.candidate, purchase.verdict)]
    return [
        Answer(prover=prover, ending=_ending(verdict), why=why_no_proof(candidate, verdict))
        for candidate, verdict in judged
        if verdict is not None
    ]


def answers_in(purchases: Iterable[Purchase]) -> list[Answer]:
    """Returns the answers in several purchases, in their order."""
    return [answer for purchase in purchases for answer in answers_of(purchase)]


def by_prover(answers: Iterable[Answer]) -> list[ProverAnswers]:
    """Groups the answers by prover, in the order in which provers first appear."""
    counted: dict[str, Counter[tuple[Ending, str]]] = defaultdict(Counter)
    for answer in answers:
        counted[answer.prover][answer.ending, answer.why] += 1
    return [_prover_answers(prover, counts) for prover, counts in counted.items()]


def rejection_lines(answers: Iterable[Answer]) -> list[str]:
    """Returns a line for each prover with an answer that was no proof."""
    return [line for prover in by_prover(answers) if (line := prover.line)]


def why_no_proof(candidate: Candidate, verdict: Verdict) -> str:
    """Says why a candidate is no proof, in a few words; empty if it is one."""
    if verdict.status in {"proved", "refuted"}:
        return ""
    if verdict.status == "rejected" and verdict.reason in _REASONS:
        reason = _REASONS[verdict.reason]
        return reason if reason in {"uses `sorry`"} else _with_detail(reason, verdict.detail)
    error = first_error(verdict)
    text = _first_line(error.text if error else verdict.detail)
    if error and text.lower() == "unknown tactic":
        name = _word_at(candidate.text, error.line, error.column)
        return f"{text} `{name}`" if name else text
    return text or verdict.status


def first_error(verdict: Verdict) -> Message | None:
    """Returns Lean's first error about a candidate, with its place in the candidate's text."""
    return next((message for message in verdict.messages if message.severity == "error"), None)


def _prover_answers(prover: str, counts: Counter[tuple[Ending, str]]) -> ProverAnswers:
    groups = [
        Group(ending=ending, why=why, count=count) for (ending, why), count in counts.most_common()
    ]

    def ended(*endings: Ending) -> tuple[Group, ...]:
        return tuple(group for group in groups if group.ending in endings)

    proofs = sum(group.count for group in ended("proved", "replayed", "refuted"))
    rejected, void = ended("rejected", "nothing"), ended("void", "unaffordable")
    return ProverAnswers(
        prover=prover,
        answers=proofs + sum(group.count for group in (*rejected, *void)),
        proofs=proofs,
        rejected=rejected,
        void=void,
        lost=ended("lost"),
    )


def _ending(verdict: Verdict) -> Ending:
    if verdict.status == "proved":
        return "replayed" if verdict.replayed else "proved"
    if verdict.status == "invalid_statement":
        return "void"
    if verdict.status == "void" and verdict.unaffordable:
        return "unaffordable"
    return verdict.status


def _without_candidate(purchase: Purchase) -> str:
    if purchase.fault in _FAULTS:
        return _FAULTS[purchase.fault]
    return _first_line(purchase.failure.removeprefix(f"{purchase.prover}: ")) or "nothing found"


def _with_detail(reason: str, detail: str) -> str:
    detail = _first_line(detail)
    return f"{reason} ({detail})" if detail else reason


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= LONGEST else line[: LONGEST - 3].rstrip() + "..."


def _word_at(text: str, line: int, column: int) -> str:
    """Returns the word that covers a place in a text, or ends there."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return ""
    words = _WORD.finditer(lines[line - 1])
    return next((word[0] for word in words if word.start() <= column <= word.end()), "")


def _list(groups: tuple[Group, ...], of: int) -> str:
    if groups[0].count == of:
        return groups[0].why
    shown = [f"{group.count} {group.why}" for group in groups[:SHOWN]]
    others = sum(group.count for group in groups[SHOWN:])
    return ", ".join([*shown, f"{others} for other reasons"] if others else shown)


def _times(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
