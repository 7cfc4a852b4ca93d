"""Collects an answer from its parts: a whole answer, or the events of a stream.

Nothing here trusts the model: any shape that is not an answer ends in one of the documented errors.
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
"""What is wrong with an answer that is paid nevertheless, and the words for it."""


class UnusableResponse(Exception):
    """An answer that cannot be used but is billed: by `usage`, or by its upper bound."""

    def __init__(self, message: str, fault: Fault, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.fault = fault
        self.usage = usage


@dataclass(frozen=True)
class Sample:
    """One sample of an answer."""

    text: str = ""
    reasoning: str = ""
    """Text that the model reports as reasoning."""
    arguments: str = ""
    """The arguments of the tools that the model wants to call."""
    refusal: str = ""
    finish: str = ""
    """Why it ended, in the model's word; empty if it did not say."""

    @property
    def out_of_tokens(self) -> bool:
        """Whether it was cut off at the requested number of tokens."""
        return self.finish.lower() in _OUT_OF_TOKENS


@dataclass(frozen=True)
class Reply:
    """One answer of a model."""

    samples: tuple[Sample, ...]
    """Those that were drawn, in the model's order."""
    usage: Usage | None
    """None where the prover did not say, or said something impossible."""
    model: str
    """The model that answered, as the prover says; may be empty."""
    flaw: Flaw | None = None
    """What went wrong before the end of those samples that have none."""
    ended: bool = True
    """Whether the prover said that nothing follows."""

    def is_whole(self, sample: Sample) -> bool:
        """Returns whether nothing of a sample can be missing."""
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
        """Returns the sample in one piece, without the API key."""

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

    What the prover says is handed on without the `secret` it was asked with.
    """

    def __init__(self, secret: Secret) -> None:
        self.done = False
        """Whether the prover said that nothing follows."""
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
        """Adds a whole answer, or one event of a stream; `kind` is the name of the event."""
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
        """Whether an error was reported before anything was given or billed."""
        return self.error is not None and not self._usage and self._size == 0

    def ended(self, samples: int) -> bool:
        """Returns whether that many samples have ended."""
        return sum(bool(pieces.finish) for pieces in self._samples.values()) >= samples

    def begun(self) -> Begun:
        """Returns what had arrived of a request that was cancelled."""
        return Begun(self._size, self.usage)

    def reply(self, flaw: Flaw | None = None) -> Reply:
        """Returns the answer as far as it arrived; `flaw` says why no more arrived.

        Raises:
            UnusableResponse: there is no sample in it.
        """
        pieces = [self._samples[index] for index in sorted(self._samples)]
        if self.error is not None:
            flaw = ("error_in_stream", f"an error in the stream: {self.error.message}")
        elif flaw is None and not (
            self.done or self._ends_in_usage or all(sample.finish for sample in pieces)
        ):
            flaw = ("cut_off", "the stream was cut off")
        if not pieces:
            fault, message = flaw or ("no_choices", "an answer without choices")
            raise UnusableResponse(message, fault, self.usage)
        samples = tuple(sample.joined(self._secret) for sample in pieces)
        return Reply(samples, self.usage, self._secret.scrubbed(self._model), flaw, self.done)


def _choices(data: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yields choices with their index, or their place in the list if that is missing or taken."""
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
    """Adds the text of a choice to a sample, and returns how many bytes that is.

    The text is in a `delta`, which adds to what arrived, in a `message`, which replaces it, or, in
    the older API, in the choice itself.
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
    """Yields the texts in a content, each with whether it is reasoning.

    A content is a text, a part with a type and a text, or a nested list of these.
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
    """Returns the arguments of the tools that the model wants to call, each as JSON."""
    calls = said.get("tool_calls")
    functions = [
        call.get("function")
        for call in (calls if isinstance(calls, list) else [])
        if isinstance(call, Mapping)
    ]
    texts = []
    for function in (*functions, said.get("function_call")):
        if isinstance(function, Mapping):
            arguments = function.get("arguments")
            texts.append(arguments if isinstance(arguments, str) else "")
    return [text for text in texts if text]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
