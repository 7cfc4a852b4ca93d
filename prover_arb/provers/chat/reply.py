"""What came over the wire, read: a whole answer, or the events of a stream.

Nothing here trusts the seller: every shape that is no answer is an exception, and none other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from prover_arb.core.purchases import Usage
from prover_arb.errors import Fault
from prover_arb.provers.chat.answers.characters import whole_characters
from prover_arb.provers.chat.api_keys import Secret
from prover_arb.provers.chat.error_said import ErrorSaid, error_in, error_of
from prover_arb.provers.chat.usage_forms import merged, usage_in, usage_of

_OUT_OF_TOKENS = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})
_REASONING = ("reasoning_content", "reasoning", "thinking", "thoughts")
_THOUGHT_PARTS = frozenset({"thinking", "reasoning", "reasoning_text", "summary_text", "thought"})

Flaw = tuple[Fault, str]
"""What went wrong with an answer that is paid all the same, and how to say it."""


class UnusableResponse(Exception):
    """An answer that cannot be used and is billed all the same: by `usage`, or by its bound."""

    def __init__(self, message: str, fault: Fault, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.fault = fault
        self.usage = usage


@dataclass(frozen=True)
class Sample:
    """One sample of an answer."""

    text: str = ""
    reasoning: str = ""
    """What the seller keeps apart from the text."""
    arguments: str = ""
    """Of the tools that the model wants to call."""
    refusal: str = ""
    finish: str = ""
    """Why it ended, in the seller's word; empty where it did not say."""

    @property
    def out_of_tokens(self) -> bool:
        """Whether it was cut off at the number of tokens that was asked for."""
        return self.finish.lower() in _OUT_OF_TOKENS


@dataclass(frozen=True)
class Reply:
    """One answer of a model."""

    samples: tuple[Sample, ...]
    """Those that were drawn, in the model's order."""
    usage: Usage | None
    """None where the seller did not say, or said something impossible."""
    model: str
    """The model that answered, as the seller says; may be empty."""
    flaw: Flaw | None = None
    """What went wrong before the end of those samples that have none."""
    ended: bool = True
    """Whether the seller said that nothing follows."""

    def is_whole(self, sample: Sample) -> bool:
        """Whether nothing of a sample can be missing."""
        return not sample.out_of_tokens and (self.flaw is None or bool(sample.finish))


@dataclass(frozen=True)
class Begun:
    """The beginning of a streamed answer."""

    size: int
    """Bytes of text, reasoning included; no fewer than the tokens they were."""
    usage: Usage | None


@dataclass
class _Pieces:
    """A sample as it arrives."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    refusal: list[str] = field(default_factory=list)
    finish: str = ""

    def joined(self, secret: Secret) -> Sample:
        def whole(pieces: list[str]) -> str:
            return secret.scrubbed(whole_characters("".join(pieces)))

        return Sample(
            text=whole(self.text),
            reasoning=whole(self.reasoning),
            arguments=whole(self.arguments),
            refusal=whole(self.refusal),
            finish=self.finish,
        )


class Transcript:
    """An answer as it arrives; one that comes whole is a single event.

    What the seller says is handed on without the `secret` it was asked with.
    """

    def __init__(self, secret: Secret) -> None:
        self.done = False
        """Whether the seller said that nothing follows."""
        self.heard = False
        """Whether anything came that could be read."""
        self.error: ErrorSaid | None = None
        self._secret = secret
        self._samples: dict[int, _Pieces] = {}
        self._usage: dict[str, Any] = {}
        self._ends_in_usage = False
        """Whether the last event was about usage alone, as the last event of a stream is."""
        self._model = ""
        self._size = 0

    def add(self, data: Mapping[str, Any], kind: str = "") -> None:
        """Take in a whole answer, or one event of a stream; `kind` is the name of the event."""
        self.heard = True
        usage = usage_in(data)
        self._usage = merged(self._usage, usage)
        self._ends_in_usage = bool(usage) and not data.get("choices")
        self._model = self._model or _text(data.get("model"))
        self.error = self.error or error_in(data, kind, self._secret)
        for index, choice in _choices(data):
            pieces = self._samples.setdefault(index, _Pieces())
            self._size += _take(choice, pieces)
            if choice.get("error") and self.error is None:
                self.error = error_of(choice["error"], self._secret)

    @property
    def usage(self) -> Usage | None:
        return usage_of(self._usage) if self._usage else None

    @property
    def nothing_sold(self) -> bool:
        """Whether the seller reported an error before it gave or billed anything."""
        return self.error is not None and not self._usage and self._size == 0

    def ended(self, samples: int) -> bool:
        """Whether so many samples have come to their end."""
        return sum(bool(one.finish) for one in self._samples.values()) >= samples

    def begun(self) -> Begun:
        """What had arrived when nobody listened any more."""
        return Begun(self._size, self.usage)

    def reply(self, flaw: Flaw | None = None) -> Reply:
        """The answer as far as it came; `flaw` says why no more of it came.

        Raises:
            UnusableResponse: there is no sample in it.
        """
        pieces = [self._samples[index] for index in sorted(self._samples)]
        if self.error is not None:
            flaw = ("error_in_stream", f"an error in the stream: {self.error.message}")
        elif flaw is None and not (
            self.done or self._ends_in_usage or all(one.finish for one in pieces)
        ):
            flaw = ("cut_off", "the stream was cut off")
        if not pieces:
            fault, message = flaw or ("no_choices", "an answer without choices")
            raise UnusableResponse(message, fault, self.usage)
        samples = tuple(one.joined(self._secret) for one in pieces)
        return Reply(samples, self.usage, self._secret.scrubbed(self._model), flaw, self.done)


def _choices(data: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Choices with their index: their place in the list where that is missing or taken."""
    choices = data.get("choices")
    taken: set[int] = set()
    for place, choice in enumerate(choices if isinstance(choices, list) else []):
        if not isinstance(choice, Mapping):
            continue
        index = choice.get("index", place)
        if not isinstance(index, int) or isinstance(index, bool) or index in taken:
            index = place
        taken.add(index)
        yield index, choice


def _take(choice: Mapping[str, Any], pieces: _Pieces) -> int:
    """Add what a choice says to a sample; returns how many bytes that is.

    A choice says something in a `delta`, which adds to what came, in a `message`, which is all of
    it, or in the older API in itself.
    """
    finish = choice.get("finish_reason")
    if isinstance(finish, str) and finish:
        pieces.finish = finish
    delta, message = choice.get("delta"), choice.get("message")
    if isinstance(delta, Mapping) and delta:
        said: Mapping[str, Any] = delta
    elif isinstance(message, Mapping):
        said = message
        if _is_said(message):
            pieces.text, pieces.reasoning, pieces.arguments = [], [], []
    else:
        said = {"content": choice.get("text"), "reasoning": choice.get("reasoning")}
    before = _size(pieces)
    for thought, text in _parts(said.get("content")):
        (pieces.reasoning if thought else pieces.text).append(text)
    apart = next((said[name] for name in _REASONING if said.get(name)), None)
    pieces.reasoning += [text for _, text in _parts(apart)]
    pieces.refusal += [text for _, text in _parts(said.get("refusal"))]
    pieces.arguments += _arguments(said)
    return sum(len(text.encode(errors="replace")) for text in _since(pieces, before))


def _is_said(message: Mapping[str, Any]) -> bool:
    return any(message.get(name) for name in ("content", "tool_calls", *_REASONING))


def _size(pieces: _Pieces) -> tuple[int, int, int, int]:
    return (
        len(pieces.text),
        len(pieces.reasoning),
        len(pieces.arguments),
        len(pieces.refusal),
    )


def _since(pieces: _Pieces, before: tuple[int, int, int, int]) -> Iterator[str]:
    lists = (pieces.text, pieces.reasoning, pieces.arguments, pieces.refusal)
    for texts, count in zip(lists, before, strict=True):
        yield from texts[count:]


def _parts(content: object, *, thought: bool = False) -> Iterator[tuple[bool, str]]:
    """The texts in a content, each with whether it is reasoning.

    A content is a text, a part with a type and a text, or a list of these, in one another.
    """
    if isinstance(content, str):
        if content:
            yield thought, content
    elif isinstance(content, list):
        for part in content:
            yield from _parts(part, thought=thought)
    elif isinstance(content, Mapping):
        kind = _text(content.get("type"))
        thought = thought or kind in _THOUGHT_PARTS
        for name in ("text", "thinking", "reasoning", "content", "value", "output_text"):
            if content.get(name):
                yield from _parts(content[name], thought=thought or name in _REASONING)
                break


def _arguments(said: Mapping[str, Any]) -> list[str]:
    """What the model wants to hand to tools, each as JSON."""
    calls = said.get("tool_calls")
    found = [
        call.get("function")
        for call in (calls if isinstance(calls, list) else [])
        if isinstance(call, Mapping)
    ]
    texts = []
    for function in (*found, said.get("function_call")):
        if isinstance(function, Mapping):
            arguments = function.get("arguments")
            texts.append(arguments if isinstance(arguments, str) else "")
    return [text for text in texts if text]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
