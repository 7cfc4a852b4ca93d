"""One recorded answer, and the answers of a whole file by theorem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.problems import as_identifier
from prover_arb.provers.chat.answers import Reading, read_code
from prover_arb.provers.chat.reply import Sample
from prover_arb.provers.chat.samples import read_sample

_SAMPLE_NUMBER = re.compile(r"(?:_g|[_-](?:sample|attempt)[_-]?|[-#:@])\d+$")
"""What dumps append to a theorem's name to number its answers, such as `_g3`, `-3`, `_sample3`."""


@dataclass(frozen=True)
class RecordedAnswer:
    """One answer of a model, as it stands in a file."""

    origin: str
    """`file:line`."""
    sample: Sample = field(default_factory=Sample)
    """What the model said."""
    is_code: bool = False
    """Whether the text is Lean code alone, without prose around it."""
    candidate: Candidate | None = None
    """The proof, where the file names its kind, as `verify --batch` does."""
    prompt_tokens: int | None = None
    """None where the file does not say."""
    completion_tokens: int | None = None

    def reading(self, theorem: Theorem) -> Reading:
        """The proof in the answer, or why there is none."""
        if self.candidate is not None:
            return Reading(self.candidate)
        if self.is_code:
            return read_code(self.sample.text, theorem)
        return read_sample(self.sample, theorem, whole=not self.sample.out_of_tokens)

    @property
    def text(self) -> str:
        """All that the model wrote."""
        if self.candidate is not None:
            return self.candidate.text
        return self.sample.reasoning + self.sample.text


@dataclass(frozen=True)
class AnswersFile:
    """The answers of a file."""

    path: str
    sha256: str
    """Of the file's text."""
    answers: dict[str, tuple[RecordedAnswer, ...]]
    """By the theorem's name as the file writes it, in the order of the file."""
    _keys: tuple[dict[str, list[str]], ...] = field(init=False, repr=False, compare=False)
    """For each way of reading a key, the keys that name a theorem."""

    def __post_init__(self) -> None:
        ways: tuple[dict[str, list[str]], ...] = ({}, {}, {})
        for key in self.answers:
            for way, name in zip(ways, _names(key), strict=True):
                way.setdefault(name, []).append(key)
        object.__setattr__(self, "_keys", ways)

    def of(self, theorem: str) -> tuple[RecordedAnswer, ...]:
        """The answers for the theorem of this name, in the order in which they are sold.

        A key names the theorem if it is its name, or becomes it as a Lean identifier, or does so
        without the number of the sample at its end.
        """
        for way in self._keys:
            if keys := way.get(theorem):
                return tuple(answer for key in keys for answer in self.answers[key])
        return ()

    def unknown(self, theorems: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The keys that name none of `theorems`, each with where it stands first."""
        known = set(theorems)
        for key, answers in self.answers.items():
            if known.isdisjoint(_names(key)):
                yield key, answers[0].origin if answers else self.path


def _names(key: str) -> tuple[str, str, str]:
    """The theorem that a key may name, the likeliest first."""
    return key, as_identifier(key), as_identifier(_SAMPLE_NUMBER.sub("", key) or key)
