"""The forms in which answers are dumped: one row of JSON to a theorem's name and its answers.

Besides our own form, {"theorem", "text", "prompt_tokens", "completion_tokens"}, these are read:

- OpenAI-compatible answers with `choices` and `usage`, also inside the rows of a batch
  (`custom_id`, `response.body`), as vLLM's server writes them;
- vLLM's own outputs: `outputs` with `text`, `token_ids` and `finish_reason`, `prompt_token_ids`;
- rows with one answer or a list of them under any of ANSWER_FIELDS, as Goedel (`model_output`,
  `full_code`) and Kimina (`output`, `messages`) write them;
- rows with a proof or a list of proofs alone under any of CODE_FIELDS, as DeepSeek and Kimina
  publish them, and lines for `verify --batch`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from prover_arb.core.purchases import Usage
from prover_arb.core.theorem import Candidate, fault
from prover_arb.problems.fields import NAME_FIELDS, kind_of, usual_field
from prover_arb.provers.chat.api_keys import Secret
from prover_arb.provers.chat.reply import Sample, Transcript, UnusableResponse
from prover_arb.provers.chat.usage_forms import usage_in, usage_of
from prover_arb.provers.recorded.answer import RecordedAnswer

ANSWER_FIELDS = (
    "text", "answer", "answers", "output", "outputs", "model_output", "model_outputs", "response",
    "responses", "completion", "completions", "generation", "generations", "generated_text",
    "generated_texts", "samples", "predictions", "prediction", "content",
)  # fmt: skip
"""Where whole answers of a model may stand, prose and all; one or a list."""

CODE_FIELDS = (
    "proof", "proofs", "formal_proof", "formal_proofs", "full_proof", "lean4_proof", "lean_proof",
    "proof_code", "generated_code", "full_code", "lean4_code", "lean_code", "code", "candidate",
    "candidates",
)  # fmt: skip
"""Where Lean code alone may stand; one or a list."""

KEY_FIELDS = (
    "theorem", "theorem_name", "name", "problem_name", "origin_problem_id", "problem_id",
    "custom_id", *NAME_FIELDS, "task_id", "doc_id", "problem",
)  # fmt: skip
"""Where the theorem's name may stand, the most telling first."""

_PROMPT_TOKENS = ("prompt_tokens", "input_tokens", "num_prompt_tokens", "n_prompt_tokens")
_COMPLETION_TOKENS = (
    "completion_tokens", "output_tokens", "num_completion_tokens", "num_output_tokens",
    "num_tokens", "n_tokens", "completion_length",
)  # fmt: skip
_FINISH = ("finish_reason", "stop_reason", "finish_reasons")
_REASONING = ("reasoning", "reasoning_content")
_STATED = re.compile(r"^\s*(?:theorem|lemma)\s+([^\s:({\[]+)", re.MULTILINE)


class FormFault(ValueError):
    """A row is of no form that is read."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")


def theorem_of(row: Mapping[str, Any]) -> str:
    """The name of the theorem that a row answers.

    Raises:
        FormFault: no field says it.
    """
    fields = _usual(row)
    for name in dict.fromkeys(KEY_FIELDS):
        value = fields.get(name)
        if isinstance(value, Mapping):
            try:
                return theorem_of(value)
            except FormFault:
                continue
        if isinstance(value, str) and value.strip():
            stated = _STATED.search(value)
            if stated or "\n" not in value.strip():
                return stated[1] if stated else value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    raise FormFault(
        "theorem",
        'missing; name the theorem, as in {"theorem": "my_theorem", "text": "..."} (also read: '
        "name, problem_id, custom_id)",
    )


def answers_of(row: Mapping[str, Any], origin: str) -> list[RecordedAnswer]:
    """The answers in a row, in its order.

    Raises:
        FormFault: there is none, or a field is not what it should be.
    """
    fields = _usual(row)
    _refuse_failed_request(fields)
    body = _with_choices(fields)
    if body is not None:
        return _of_choices(body, origin)
    for names, is_code in ((ANSWER_FIELDS, False), (CODE_FIELDS, True)):
        for name in names:
            if fields.get(name) is not None:
                return list(_of_field(name, fields[name], fields, origin, is_code=is_code))
    if isinstance(fields.get("messages"), list):
        return [_of_messages(fields["messages"], fields, origin)]
    raise FormFault(
        "text",
        "missing; give the model's answer as `text`, several as `answers`, or a proof alone as "
        f"`proof`; the row's fields are {', '.join(list(row)[:8])}",
    )


def _usual(row: Mapping[str, Any]) -> dict[str, Any]:
    return {usual_field(str(key)): value for key, value in row.items()}


def _refuse_failed_request(fields: Mapping[str, Any]) -> None:
    """A batch lists the requests that failed beside those that were answered."""
    error, response = fields.get("error"), fields.get("response")
    status = response.get("status_code", 200) if isinstance(response, Mapping) else 200
    if error or status != 200:
        raise FormFault(
            "error" if error else "response.status_code",
            f"the request failed ({error or status}); nothing was sold, so take the row out",
        )


def _with_choices(fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The OpenAI-compatible answer in a row, if there is one."""
    places = [fields, fields.get("body"), fields.get("response")]
    response = fields.get("response")
    places += [response.get("body")] if isinstance(response, Mapping) else []
    for place in places:
        if isinstance(place, Mapping) and isinstance(place.get("choices"), list):
            return place
    return None


def _of_choices(body: Mapping[str, Any], origin: str) -> list[RecordedAnswer]:
    transcript = Transcript(Secret())
    transcript.add(body)
    transcript.done = True
    try:
        reply = transcript.reply()
    except UnusableResponse as unusable:
        raise FormFault("choices", f"{unusable}; take the row out") from None
    if usage_in(body) is not None and reply.usage is None:
        raise FormFault("usage", "is no usage that can be; correct it, or take it out")
    share = _shared(reply.usage, len(reply.samples))
    return [_counted(RecordedAnswer(origin, sample), share) for sample in reply.samples]


def _shared(usage: Usage | None, answers: int) -> Usage | None:
    """What each answer is charged of a usage of all: the prompt, and an equal share of the rest."""
    if usage is None:
        return None
    return usage.model_copy(update={"completion": -(-usage.completion // answers)})


def _counted(answer: RecordedAnswer, usage: Usage | None) -> RecordedAnswer:
    if usage is None:
        return answer
    return replace(answer, prompt_tokens=usage.prompt, completion_tokens=usage.completion)


def _of_field(
    name: str, value: object, fields: Mapping[str, Any], origin: str, *, is_code: bool
) -> Iterator[RecordedAnswer]:
    values = value if isinstance(value, list) else [value]
    usage = fields.get("usage")
    share = _shared(usage_of(usage), max(1, len(values))) if usage is not None else None
    if usage is not None and share is None:
        raise FormFault("usage", "is no usage that can be; correct it, or take it out")
    for place, item in enumerate(values):
        where = f"{name}[{place}]" if isinstance(value, list) else name
        row = {**fields, **_usual(item)} if isinstance(item, Mapping) else fields
        alone = not isinstance(value, list)
        prompt = _tokens(row, _PROMPT_TOKENS, "prompt_token_ids", place, alone=alone)
        completion = _tokens(row, _COMPLETION_TOKENS, "token_ids", place, alone=alone)
        answer = _of_item(where, item, row, place, origin, is_code=is_code)
        if share is not None:
            prompt = share.prompt if prompt is None else prompt
            completion = share.completion if completion is None else completion
        yield replace(answer, prompt_tokens=prompt, completion_tokens=completion)


def _of_item(
    where: str, item: object, row: Mapping[str, Any], place: int, origin: str, *, is_code: bool
) -> RecordedAnswer:
    if isinstance(item, Mapping):
        inside = _usual(item)
        if "kind" in inside and "text" in inside:
            return RecordedAnswer(origin, candidate=_candidate(where, item))
        body = _with_choices(inside)
        if body is not None:
            (answer, *others) = _of_choices(body, origin)
            if others:
                raise FormFault(where, "holds several choices; give each a row of its own")
            return answer
        names = (*ANSWER_FIELDS, *CODE_FIELDS)
        inner = next((name for name in names if isinstance(inside.get(name), str)), None)
        if inner is None and isinstance(inside.get("message"), Mapping):
            inside, inner = _usual(inside["message"]), "content"
        said = inside.get(inner) if inner is not None else None
        if not isinstance(said, str):
            raise FormFault(where, "holds no text; expected a text, or an object with `text`")
        is_code = is_code or inner in CODE_FIELDS
        text = said
    elif isinstance(item, str):
        text = item
    else:
        raise FormFault(where, f"is {kind_of(item)}; expected a text, or an object with `text`")
    finish = _text_at(row, _FINISH, place)
    sample = Sample(text=text, reasoning=_text_at(row, _REASONING, place), finish=finish)
    return RecordedAnswer(origin, sample, is_code=is_code)


def _candidate(where: str, item: Mapping[str, Any]) -> Candidate:
    try:
        return Candidate(kind=item["kind"], text=item["text"])
    except (ValidationError, KeyError) as error:
        reason = fault(error) if isinstance(error, ValidationError) else f"{error} is missing"
        raise FormFault(where, reason) from None


def _of_messages(messages: list[object], fields: Mapping[str, Any], origin: str) -> RecordedAnswer:
    """The last thing that the assistant said in a conversation."""
    for message in reversed(messages):
        if isinstance(message, Mapping) and message.get("role") == "assistant":
            (answer,) = _of_field("messages", message, fields, origin, is_code=False)
            return answer
    raise FormFault("messages", "no message of the role `assistant`, which would be the answer")


def _tokens(
    row: Mapping[str, Any], names: tuple[str, ...], ids: str, place: int, *, alone: bool
) -> int | None:
    """A number of tokens: given, given for each answer, or the length of a list of tokens."""
    for name in names:
        value = row.get(name)
        if isinstance(value, list) and not alone and place < len(value):
            value = value[place]
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise FormFault(name, f"{value!r} is no number of tokens; write a whole number")
        return value
    tokens = row.get(ids)
    return len(tokens) if isinstance(tokens, list) else None


def _text_at(row: Mapping[str, Any], names: tuple[str, ...], place: int) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, list):
            value = value[place] if place < len(value) else None
        if isinstance(value, str):
            return value
    return ""
