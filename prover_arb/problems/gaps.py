"""Finds the `sorry`s of a Lean file, and puts proofs in their places.

    text -> gaps, in order -> a theorem to prove for each -> the text with a proof in its place

Only the characters of the `sorry` change; everything else stays as it is, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import indent

from prover_arb.core.lexer import Token, line_of
from prover_arb.core.theorem import Candidate, Profile, Theorem
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import Command, commands
from prover_arb.problems.declaration import SORRY, Declaration, declaration
from prover_arb.problems.lean_file import LeanFile
from prover_arb.problems.theorems import theorem_at

_INSIDE = "`sorry` stands inside a larger proof; only a proof that is nothing but `sorry` is filled"
_ELSEWHERE = "`sorry` stands in a `{}`, which is no theorem; write what belongs there"
_COMMENT = "a comment stands within the `sorry` that would be replaced; move it"
_LINE = re.compile(r"^line \d+: ")
_ENDINGS = {
    "open": "nothing follows `:=`; put `sorry` there",
    "missing": "it has no proof; put `:= sorry` after it",
}


@dataclass(frozen=True)
class Gap:
    """A theorem of a file whose proof is nothing but `sorry`."""

    number: int
    """The place among the commands of the file that state something, from 0."""
    name: str
    line: int
    theorem: Theorem
    """What is to be proved, with what comes before it in the file as its preamble."""


@dataclass(frozen=True)
class Unfilled:
    """Something that is left unproved in a file and that no proof is bought for, and why."""

    line: int
    name: str
    """The name of the declaration; empty if it has none."""
    reason: str
    number: int | None = None
    """The place among the commands that state something; None for another command."""


@dataclass(frozen=True)
class Gaps:
    """What is left unproved in a text, in order."""

    fillable: tuple[Gap, ...]
    unfilled: tuple[Unfilled, ...]


def gaps_in(text: str, profile: Profile = "core") -> Gaps:
    """Returns what is left unproved in a Lean text.

    The theorems before a gap stand in its preamble if they have a proof. Those that have none are
    left out unless something names them, since a proof that used one would rest on `sorry`.

    Raises:
        ProblemError: the text cannot be cut into commands; names the line.
    """
    parts = commands(text)
    fillable: list[Gap] = []
    unfilled: list[Unfilled] = []
    number = -1
    for command in parts:
        number += command.states
        gap = _gap(parts, command, number, profile)
        if isinstance(gap, Gap):
            fillable.append(gap)
        elif gap is not None:
            unfilled.append(gap)
    return Gaps(tuple(fillable), tuple(unfilled))


def gaps_of(file: LeanFile, profile: Profile) -> Gaps:
    """Does the same as `gaps_in` for a file, which errors name."""
    try:
        return gaps_in(file.text, profile)
    except ProblemError as error:
        raise ProblemError(f"{file.path}: {error}") from None


def gap_numbered(text: str, number: int, profile: Profile) -> Gap | Unfilled | None:
    """Returns the gap at this place among the commands that state something; None if it is proved.

    Raises:
        ProblemError: the text cannot be cut into commands; names the line.
    """
    parts = commands(text)
    return _gap(parts, _stating(parts)[number], number, profile)


def filled(text: str, number: int, candidate: Candidate) -> str:
    """Returns the text with a proof in the place of a gap's `sorry`.

    Raises:
        ProblemError: the proof has declarations of its own, or cannot be read back.
    """
    parts = _stating(commands(text))
    command = parts[number]
    declared = declaration(command)
    start, end = _replaced(text, declared)
    text_of_proof = _proof_text(text, command, declared, candidate)
    new = text[:start] + text_of_proof + text[end:]
    if not _reads_back(new, [part.word for part in parts], number):
        raise ProblemError("the proof cannot be written in the place of `sorry` without confusion")
    return new


def as_candidate(text: str, number: int, theorem: Theorem) -> Candidate:
    """Returns a theorem of the file as it stands there, to be judged as a proof of `theorem`."""
    command = _stating(commands(text))[number]
    words = declaration(command).words
    body = text[words[0].start : command.end]
    return Candidate(kind="file", text=f"theorem {theorem.name} {body}")


def _stating(parts: Sequence[Command]) -> list[Command]:
    return [command for command in parts if command.states]


def _gap(
    parts: Sequence[Command], command: Command, number: int, profile: Profile
) -> Gap | Unfilled | None:
    sorry = next((token for token in command.tokens if token.text in SORRY), None)
    if not command.states:
        if sorry is None:
            return None
        name = command.name_token
        reason = _ELSEWHERE.format(command.word)
        return Unfilled(line_of(command.source, sorry.start), name.text if name else "", reason)
    token = command.name_token
    name_text = token.text if token and command.word != "example" else ""
    try:
        declared = declaration(command)
        if declared.ending == "proved":
            return None
        if declared.ending != "sorry":
            line = command.line if sorry is None else line_of(command.source, sorry.start)
            reason = _ENDINGS.get(declared.ending, _INSIDE)
            return Unfilled(line, declared.name, reason, number)
        _replaced(command.source, declared)
        name_text = declared.name or f"example_{number + 1}"
        theorem = theorem_at(parts, command, declared, name=name_text, profile=profile)
    except ProblemError as error:
        line = command.line if sorry is None else line_of(command.source, sorry.start)
        return Unfilled(line, name_text, _LINE.sub("", str(error)), number)
    return Gap(number, name_text, command.line, theorem)


def _replaced(text: str, declared: Declaration) -> tuple[int, int]:
    """Returns which part of a text a proof replaces: that of `sorry`, and a space before it."""
    by, words = _by(declared)
    for before, after in pairwise(words):
        if text[before.end : after.start].strip():
            raise ProblemError(_COMMENT)
    start = words[0].start
    between = text[:start].rstrip(" \t")
    if by is not None and not between.endswith("\n"):
        start = len(between)
    return start, words[-1].end


def _by(declared: Declaration) -> tuple[Token | None, tuple[Token, ...]]:
    """Returns the `by` that the proof begins with, if any, and the words after it."""
    proof = declared.proof
    return (proof[0], proof[1:]) if proof[0].text == "by" else (None, proof)


def _proof_text(text: str, command: Command, declared: Declaration, candidate: Candidate) -> str:
    """Returns what stands in the place of the part that `_replaced` returns."""
    by, words = _by(declared)
    kind, proof = _parts(candidate, declared)
    proof = proof.strip("\n").rstrip()
    line_start = text.rfind("\n", 0, command.start) + 1
    margin = re.match(r"[ \t]*", text[line_start:]).group() + "  "  # type: ignore[union-attr]
    own_line = text[text.rfind("\n", 0, words[0].start) + 1 : words[0].start]
    if by is None and not own_line.strip():
        margin = own_line + "  "
    if by is None:
        head = "by" if kind == "tactics" else ""
    else:
        head = "" if kind == "tactics" else "exact"
    if by is not None and not own_line.strip():
        # `sorry` has a line to itself, and the proof takes its indentation.
        first = "" if own_line else margin
        own = own_line or margin
        if not head:
            return first + indent(proof, own)[len(own) :]
        return first + head + "\n" + indent(proof, own + "  ")
    if "\n" not in proof:
        space = " " if by is not None or head else ""
        before = " " if by is not None else ""
        return f"{before}{head}{space if head else ''}{proof.strip()}"
    return f"{' ' if by is not None and head else ''}{head}\n{indent(proof, margin)}"


def _parts(candidate: Candidate, declared: Declaration) -> tuple[str, str]:
    """Returns whether a proof is tactics or a term, and its text.

    Raises:
        ProblemError: it is a file with more declarations than the theorem.
    """
    if candidate.kind != "file":
        return candidate.kind, candidate.text
    parts = commands(candidate.text)
    if len(parts) != 1 or not parts[0].states:
        raise ProblemError(
            "the proof has declarations of its own, so it cannot stand in the place of `sorry`"
        )
    proof = declaration(parts[0]).proof
    if not proof:
        raise ProblemError("the proof has no `:=`, so it cannot stand in the place of `sorry`")
    by = proof[0].text == "by"
    start = proof[0].end if by else proof[0].start
    return ("tactics" if by else "term"), _dedented(candidate.text[start : proof[-1].end])


def _dedented(text: str) -> str:
    """Returns tactics as they follow `by`, with the first of their lines at the margin."""
    lines = text.strip("\n").split("\n")
    if text.startswith("\n"):
        margin = len(lines[0]) - len(lines[0].lstrip())
    else:
        margin = min((len(x) - len(x.lstrip()) for x in lines[1:] if x.strip()), default=0)
        lines[0] = lines[0].lstrip()
        return "\n".join([lines[0], *(x[margin:] for x in lines[1:])])
    return "\n".join(x[min(margin, len(x) - len(x.lstrip())) :] for x in lines)


def _reads_back(text: str, words: Sequence[str], number: int) -> bool:
    """Returns whether the text states the same things as before, and the one in question is
    proved."""
    try:
        parts = _stating(commands(text))
        same = [part.word for part in parts] == list(words)
        return same and declaration(parts[number]).ending == "proved"
    except ProblemError:
        return False
