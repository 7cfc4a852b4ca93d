"""A prover whose answers were recorded: attempt k on a theorem sells the k-th answer of a file.

An answer costs what its tokens cost at the model's price. Given less than that, it is cut off where
a model would have stopped: the tokens that the money buys are paid, and nothing comes of them.
Once a theorem's answers are used up, the prover sells nothing more on it. Nothing is drawn, so the
seed makes no difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, InstanceOf, StrictFloat, StrictInt, model_validator

from prover_arb.core.purchases import Attempt, Bid, Quote, SalesRecord, Usage
from prover_arb.core.theorem import Theorem, Value
from prover_arb.errors import Fault, ProverError, RecordsError
from prover_arb.provers.chat.answers import Reading
from prover_arb.provers.chat.api_keys import Secret
from prover_arb.provers.chat.error_said import brief
from prover_arb.provers.chat.families import lean_text
from prover_arb.provers.chat.samples import said_instead
from prover_arb.provers.pricing import TokenPrices, truthful_bid
from prover_arb.provers.recorded.answer import AnswersFile, RecordedAnswer
from prover_arb.provers.recorded.dump import read_answers


class AnswersConfig(Value):
    """A catalog entry of recorded answers."""

    kind: Literal["answers"] = "answers"
    description: str = ""
    answers: Path
    """The file, in any form of recorded/forms.py; relative to the catalog's folder."""
    model: str = ""
    """The model that gave them, for price = "genai-prices"."""
    price: TokenPrices
    bytes_per_token: StrictFloat | None = Field(default=None, gt=0, le=1_000)
    """Where the file does not give the tokens of an answer, they are its bytes divided by this,
    rounded up; those of the prompt are the theorem's bytes, divided likewise."""
    max_attempts: StrictInt | None = Field(default=None, ge=1, le=100_000)
    """How many answers per theorem are sold at most; all of them if absent."""
    quality: StrictFloat = Field(default=0.5, ge=0, le=1)
    """The solve probability it bids in an auction before it has sold anything."""
    file: InstanceOf[AnswersFile] = Field(exclude=True, repr=False)
    """What is in the file, read once; it goes where the entry goes, as the file may not."""

    @model_validator(mode="after")
    def _can_be_charged(self) -> AnswersConfig:
        free = self.price.prompt == self.price.completion == 0
        if free or self.bytes_per_token is not None:
            return self
        for answers in self.file.answers.values():
            for answer in answers:
                missing = _missing(answer)
                if missing:
                    raise ValueError(
                        f"{answer.origin}: {missing}: missing, so the answer has no price; give "
                        "the number of tokens in the file, or write bytes_per_token = 3.0 in the "
                        "catalog to count them by the bytes of the text"
                    )
        return self

    @property
    def summary(self) -> str:
        """What the file holds, in a few words."""
        answers = [answer for given in self.file.answers.values() for answer in given]
        uncounted = sum(bool(_missing(answer)) for answer in answers)
        tokens = f"; tokens of {uncounted} counted from bytes" if uncounted else ""
        names = len(self.file.answers)
        return f"{len(answers)} recorded answers under {names} theorem names{tokens}"

    def require_theorems(
        self, known: Iterable[str], titles: Mapping[str, str], *, where: str
    ) -> None:
        """Refuse answers for theorems that are not among the `known` ones of a problem set.

        `titles` are what the problem set at `where` calls theorems besides, with their names.

        Raises:
            RecordsError: names the first such answer's file and line, and its theorem.
        """
        unknown = list(self.file.unknown(known))
        if not unknown:
            return
        key, origin = unknown[0]
        more = f" (nor {len(unknown) - 1} others)" if len(unknown) > 1 else ""
        advice = (
            f"it is a title of {titles[key]}; write that name"
            if key in titles
            else "correct the name, take its answers out, or name the problem set they are for"
        )
        raise RecordsError(
            f"{origin}: theorem: {where} has no theorem named {key!r}{more}; {advice}"
        )

    def usage(self, answer: RecordedAnswer, theorem: Theorem) -> Usage:
        """The tokens that an answer is charged for."""
        prompt, completion = answer.prompt_tokens, answer.completion_tokens
        return Usage(
            prompt=self._counted(lean_text(theorem)) if prompt is None else prompt,
            completion=self._counted(answer.text) if completion is None else completion,
            estimated=bool(_missing(answer)),
        )

    def _counted(self, text: str) -> int:
        return math.ceil(len(text.encode()) / (self.bytes_per_token or 1.0))


def _missing(answer: RecordedAnswer) -> str:
    """The field that the price of an answer needs and the file does not have."""
    if answer.completion_tokens is None:
        return "completion_tokens"
    return "prompt_tokens" if answer.prompt_tokens is None else ""


def read_entry(fields: Mapping[str, object], folder: Path) -> AnswersConfig:
    """The entry of a catalog in `folder`, with its answers read.

    Raises:
        RecordsError: the file of answers cannot be used; names it, the line and the field.
        pydantic.ValidationError: another field is wrong, or answers have no price.
    """
    given = fields.get("answers")
    if not isinstance(given, str) or not given:
        raise RecordsError('missing or not text; write answers = "answers.jsonl"')
    if "file" in fields:
        raise RecordsError("the file is named by `answers`; leave the field `file` out")
    return AnswersConfig.model_validate({**fields, "file": read_answers(folder / given)})


class AnswersProver(Value):
    """Sells the answers of a file."""

    name: str
    entry: AnswersConfig

    @property
    def repairs(self) -> None:
        """It repairs nobody's failures."""
        return

    @property
    def deterministic(self) -> bool:
        """The same attempt always brings the same answer."""
        return True

    @property
    def max_attempts(self) -> int:
        """Those on the theorem with the most answers; every quote says how many its own has."""
        most = max(len(answers) for answers in self.entry.file.answers.values())
        return max(1, most if self.entry.max_attempts is None else self.entry.max_attempts)

    def quote(self, theorem: Theorem) -> Quote:
        """The price of the most expensive answer to this theorem, and how many answers there are.

        A theorem without recorded answers is quoted with none.
        """
        answers = self._answers(theorem)
        prices = [self._price(answer, theorem) for answer in answers]
        return Quote(prover=self.name, worst_case=max(prices, default=0), max_attempts=len(answers))

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        """A truthful bid, from its record."""
        worst = self.quote(theorem).worst_case
        return truthful_bid(self.name, record, worst_case=worst, quality=self.entry.quality)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Sells answer `number`, counted from 0.

        Raises:
            ProverError: there are not so many.
        """
        answers = self._answers(theorem)
        if number >= len(answers):
            raise ProverError(
                f"{self.name}: {self.entry.file.path} has {len(answers)} answers for "
                f"{theorem.name}, and attempt {number + 1} was asked for"
            )
        answer = answers[number]
        usage = self.entry.usage(answer, theorem)
        if self.entry.price.charge(usage) > budget:
            return self._cut_off(usage, budget)
        reading = answer.reading(theorem)
        failure, fault = _instead(answer, reading)
        return Attempt(
            prover=self.name,
            candidate=reading.candidate,
            cost=self.entry.price.charge(usage),
            failure=failure,
            fault=fault,
            usage=usage,
        )

    def _answers(self, theorem: Theorem) -> tuple[RecordedAnswer, ...]:
        return self.entry.file.of(theorem.name)[: self.entry.max_attempts]

    def _price(self, answer: RecordedAnswer, theorem: Theorem) -> int:
        return self.entry.price.charge(self.entry.usage(answer, theorem))

    def _cut_off(self, usage: Usage, budget: int) -> Attempt:
        """What comes of an answer that `budget` does not pay to its end."""
        price = self.entry.price
        longest = price.affordable_tokens(
            budget, prompt=usage.prompt, samples=1, most=usage.completion
        )
        if longest == 0:
            failure = "the budget buys no answer"
            return Attempt(prover=self.name, candidate=None, cost=0, failure=failure)
        used = usage.model_copy(update={"completion": longest})
        return Attempt(
            prover=self.name,
            candidate=None,
            cost=price.charge(used),
            failure=f"the budget pays {longest:,} of the answer's {usage.completion:,} tokens",
            fault="out_of_tokens",
            usage=used,
        )


def _instead(answer: RecordedAnswer, reading: Reading) -> tuple[str, Fault | None]:
    """Why there is no proof in an answer, and the kind of failure; nothing where there is one."""
    if reading.candidate is not None:
        return "", None
    said = brief(answer.sample.text, Secret())
    if answer.sample.out_of_tokens:
        return f"{answer.origin}: the answer was cut off: {said}", "out_of_tokens"
    return f"{answer.origin}: {said_instead(answer.sample, reading, said)}", "no_proof"
