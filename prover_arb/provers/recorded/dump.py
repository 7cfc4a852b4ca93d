"""Reading a file of recorded answers; whatever is wrong with it is said with file, line, field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from prover_arb.core import strict_json
from prover_arb.core.durable_files import numbered_lines
from prover_arb.core.theorem import sha256
from prover_arb.errors import ProblemError, RecordsError
from prover_arb.problems import read_text
from prover_arb.provers.recorded.answer import AnswersFile, RecordedAnswer
from prover_arb.provers.recorded.forms import FormFault, answers_of, theorem_of

ATTEMPT = "attempt"
"""The field that numbers a theorem's answers from 0, where the file's order is not theirs."""


def read_answers(path: Path) -> AnswersFile:
    """The answers of a file of JSON Lines, or of one JSON array; `.gz` is unpacked.

    Raises:
        RecordsError: the file cannot be read, or a row of it; names file, line and field.
    """
    try:
        text = read_text(path)
    except ProblemError as error:
        raise RecordsError(str(error)) from None
    answers: dict[str, list[RecordedAnswer]] = {}
    numbered: dict[str, dict[int, RecordedAnswer]] = {}
    for origin, row in _rows(path, text):
        try:
            theorem = theorem_of(row)
            new = answers_of(row, origin)
        except FormFault as error:
            raise RecordsError(f"{origin}: {error}") from None
        answers.setdefault(theorem, []).extend(new)
        if ATTEMPT in row:
            _number(numbered.setdefault(theorem, {}), row[ATTEMPT], new, origin, theorem)
    if not answers:
        raise RecordsError(f"{path}: there is no answer in it; give one JSON object per line")
    ordered = {
        theorem: _in_order(theorem, given, numbered.get(theorem, {}))
        for theorem, given in answers.items()
    }
    return AnswersFile(str(path), sha256(text), ordered)


def _rows(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    if text.lstrip("\ufeff \t\n").startswith("["):
        values = _value(str(path), text)
        assert isinstance(values, list)
        for number, value in enumerate(values, 1):
            origin = f"{path}: item {number}"
            yield origin, _object(origin, value)
        return
    for origin, line in numbered_lines(path, text):
        yield origin, _object(origin, _value(origin, line))


def _value(origin: str, text: str) -> object:
    try:
        return strict_json.loads(text)
    except ValueError as error:
        raise RecordsError(f"{origin}: not JSON that can be read: {error}; correct it") from None


def _object(origin: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise RecordsError(
            f'{origin}: expected an object such as {{"theorem": "my_theorem", "text": "..."}}'
        )
    return value


def _number(
    numbers: dict[int, RecordedAnswer],
    given: object,
    new: list[RecordedAnswer],
    origin: str,
    theorem: str,
) -> None:
    """Take in the number that a row gives its answer."""
    if isinstance(given, bool) or not isinstance(given, int) or given < 0 or len(new) != 1:
        raise RecordsError(
            f"{origin}: {ATTEMPT}: {given!r} does not number one answer; write a whole number from "
            "0 on a row with one answer, or leave the field out"
        )
    if given in numbers:
        raise RecordsError(
            f"{origin}: {ATTEMPT}: number {given} of {theorem} stands at {numbers[given].origin} "
            "already; number each answer once, or leave the field out to keep the file's order"
        )
    numbers[given] = new[0]


def _in_order(
    theorem: str, given: list[RecordedAnswer], numbers: Mapping[int, RecordedAnswer]
) -> tuple[RecordedAnswer, ...]:
    if not numbers:
        return tuple(given)
    if len(numbers) != len(given):
        numbered = {answer.origin for answer in numbers.values()}
        origin = next(answer.origin for answer in given if answer.origin not in numbered)
        raise RecordsError(
            f"{origin}: {ATTEMPT}: missing, while other answers of {theorem} have it; number all "
            "of them or none"
        )
    return tuple(numbers[number] for number in sorted(numbers))
