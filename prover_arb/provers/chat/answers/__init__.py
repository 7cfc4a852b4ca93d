"""From what a model says to a candidate.

Models answer with reasoning, prose, one or several fenced blocks, a file with imports, a bare run
of tactics, JSON, or tags around any of these. Whatever the wrapping, what is left is Lean and
nothing else: a text that still holds a fence, a tag or a special token is not given to the kernels,
and the purchase says what came instead. Nothing is judged here.
"""

from __future__ import annotations

from dataclasses import dataclass

from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import ProblemError
from prover_arb.problems.fences import code_blocks
from prover_arb.problems.lean_looks import masked
from prover_arb.problems.loose_fences import Block
from prover_arb.provers.chat.answers.bare import bare_blocks, spans
from prover_arb.provers.chat.answers.candidate import candidate_of
from prover_arb.provers.chat.answers.characters import tidied, unescaped
from prover_arb.provers.chat.answers.choosing import Choice, best
from prover_arb.provers.chat.answers.json_answers import strings_in
from prover_arb.provers.chat.answers.wrapping import LEFTOVER, apart, untagged

__all__ = ["Reading", "extract", "read", "read_code"]

_LONGEST = 400_000
"""Characters of the longest answer that is read, its reasoning left out."""


@dataclass(frozen=True)
class Reading:
    """What was found in an answer."""

    candidate: Candidate | None
    why: str = ""
    """Why there is no candidate, where something like one was found."""
    cut: bool = False
    """Whether a proof began, and its end is missing."""


def extract(answer: str, theorem: Theorem) -> Candidate | None:
    """The proof in a model's whole answer, or None where there is none."""
    return read(answer, theorem).candidate


def read(answer: str, theorem: Theorem, *, reasoning: str = "", whole: bool = True) -> Reading:
    """The proof in a model's answer.

    Args:
        answer: what the model said.
        theorem: what it was asked to prove.
        reasoning: what it said in a field for its reasoning, if the server keeps them apart.
        whole: whether the model had ended by itself; of an answer that was cut off, only code
            whose end is marked is taken.
    """
    said = apart(unescaped(tidied(answer)))
    if len(said.answer) > _LONGEST:
        return Reading(None, why=f"it has {len(said.answer):,} characters")
    reading = _reading(_choice(said.answer, theorem), theorem, whole=whole)
    if reading.candidate is not None:
        return reading
    apart_reasoning = unescaped(tidied(reasoning[-_LONGEST:]))
    misfiled = apart_reasoning.strip() and not (said.answer.strip() or said.reasoning.strip())
    if misfiled:
        inner = apart(apart_reasoning)
        again = _reading(_choice(inner.answer, theorem), theorem, whole=whole)
        if again.candidate is not None:
            return again
        reading = again if again.cut else reading
    thoughts = f"{said.reasoning}\n{apart_reasoning}"[-_LONGEST:]
    return _in_reasoning(thoughts, theorem) or reading


def read_code(code: str, theorem: Theorem) -> Reading:
    """The proof in a text that is Lean code alone; one with fences is read as an answer."""
    if "```" in code:
        return read(code, theorem)
    if len(code) > _LONGEST:
        return Reading(None, why=f"it has {len(code):,} characters")
    block = Block(unescaped(tidied(code)), closed=True)
    return _reading(Choice(block, worth=1), theorem, whole=True)


def _choice(text: str, theorem: Theorem, depth: int = 0) -> Choice | None:
    """The best piece of code in a text, in whichever form it comes."""
    if depth < 2:
        choices = [_choice(piece, theorem, depth + 1) for piece in strings_in(text)]
        in_json = [piece for piece in choices if piece is not None and piece.worth]
        if in_json:
            return max(in_json, key=lambda piece: piece.worth)
    text = untagged(text)
    fenced = code_blocks(text)
    choice = best([piece for piece in fenced if not piece.indented], theorem)
    if choice is not None and choice.worth > 1:
        return choice
    others = bare_blocks(text) if not choice else []
    for blocks in (others, fenced, spans(text)):
        other = best(blocks, theorem)
        if other is not None and other.worth > (choice.worth if choice else 0):
            choice = other
            if choice.worth > 1:
                break
    return choice


def _in_reasoning(text: str, theorem: Theorem) -> Reading | None:
    """A whole proof of the theorem that a model wrote in its reasoning and never repeated."""
    if not text.strip():
        return None
    whole = [block for block in code_blocks(untagged(text)) if block.closed and not block.indented]
    choice = best(whole, theorem)
    if choice is None or choice.worth < 3:
        return None
    reading = _reading(choice, theorem, whole=True)
    return reading if reading.candidate is not None else None


def _reading(choice: Choice | None, theorem: Theorem, *, whole: bool) -> Reading:
    if choice is None or choice.worth == 0:
        return Reading(None)
    if not (whole or choice.block.closed):
        return Reading(None, cut=True)
    candidate = candidate_of(_without_marks(choice.block), theorem)
    if candidate is None:
        return Reading(None)
    left = LEFTOVER.search(candidate.text)
    if left is not None:
        return Reading(None, why=f"the code still holds {left.group().strip()!r}")
    return Reading(candidate)


def _without_marks(block: Block) -> str:
    """Its code, with fences and the like in comments replaced by as many spaces."""
    code = block.code
    try:
        readable = masked(code)
    except ProblemError:
        return code
    marks = [m for m in LEFTOVER.finditer(code) if not readable[m.start() : m.end()].strip()]
    for mark in marks:
        code = code[: mark.start()] + " " * len(mark.group()) + code[mark.end() :]
    return code
