"""Says what to change in the catalog when a model refuses a request."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prover_arb.provers.chat.error_said import ErrorSaid
from prover_arb.provers.chat.request_shape import PARAMETERS

_INSTEAD = re.compile(
    r"(?:use|try|replaced by|renamed to|in favou?r of|did you mean)\W{1,3}(?P<name>[a-z]\w+)", re.I
)
_AT_MOST = re.compile(
    r"(?:at most|less than or equal to|<=|maximum(?: value| context length)?(?: of| is|:)?|up to|"
    r"supports?(?: at most| only)?|range \[\d+,|limit(?: of| is|:))\s*(?P<most>\d[\d,_]*)",
    re.I,
)
_ASKED_FOR = re.compile(r"\((?P<prompt>\d+) (?:tokens )?in (?:the )?(?:messages|prompt)", re.I)
_NO_NAMES = frozenset({"only", "one", "the", "default", "another", "different", "either"})
_MISSING = frozenset({404, 405})
_ABOUT_THE_REQUEST = frozenset({400, 413, 422})
_FIELDS = {"model": "model", "n": "samples = 1", "stream": "stream = false"}
"""Parameters that have a field of their own in the catalog."""
_SYSTEM_ROLE = re.compile(
    r"system (?:role|message|prompt|instruction)s?\b|['\"`]system['\"`]|roles must alternate", re.I
)
_CONTEXT = "context"
"""The name for prompt and answer together."""


def advice(
    status: int,
    refused: ErrorSaid,
    sent: Mapping[str, object],
    *,
    prover: str,
    endpoint: str,
    renamed: Mapping[str, str],
) -> str:
    """Returns the line of the catalog to change; empty if the refusal names no parameter.

    `sent` is the request's body, `renamed` the names under which parameters were sent.
    """
    where = f"provers.{prover}"
    if status in _MISSING and not _names_model(refused.message):
        return _about_endpoint(where, endpoint)
    if status in _ABOUT_THE_REQUEST and _SYSTEM_ROLE.search(refused.message):
        return f'write in the catalog: {where}.request.system_role = "user"'
    names = _named(refused, sent) if status in _ABOUT_THE_REQUEST else []
    if not names:
        return ""
    usual = {other: name for name, other in renamed.items()}
    return _about_parameter(where, usual.get(names[-1], names[-1]), names, refused.message)


def _about_parameter(where: str, name: str, names: list[str], message: str) -> str:
    """Returns how to change one parameter; `names` are all parameters that the refusal names."""
    shorter = _about_length(where, message) if name in {"max_tokens", _CONTEXT} else ""
    instead = _INSTEAD.search(message)
    if shorter or name in {_CONTEXT, "messages", "prompt"}:
        return shorter
    if name in _FIELDS:
        return f"change it in the catalog: {where}.{_FIELDS[name]}"
    if name not in PARAMETERS:
        return f"change it in the catalog: {where}.request.extra_body"
    if instead and instead["name"] not in {*names, *_NO_NAMES}:
        return f'write in the catalog: {where}.request.rename = {{ {name} = "{instead["name"]}" }}'
    return f'write in the catalog: {where}.request.omit = ["{name}"]'


def _named(refused: ErrorSaid, sent: Mapping[str, object]) -> list[str]:
    """Parameters of the request that the refusal names, in its order."""
    param = refused.param.partition(".")[0].partition("[")[0]
    if param in sent:
        return [param]
    places = [
        (match.start(), name)
        for name in sent
        if (match := re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", refused.message))
        and (name not in {"model", "messages", "prompt", "n", "stream"} or _quoted(name, refused))
    ]
    if re.search(r"context (?:length|window)|too many tokens", refused.message, re.I):
        return [_CONTEXT]
    return [name for _, name in sorted(places)]


def _quoted(name: str, refused: ErrorSaid) -> bool:
    """Returns whether a name that is also a common word stands in quotation marks."""
    return re.search(rf"['\"`]{name}['\"`]", refused.message) is not None


def _names_model(message: str) -> bool:
    return re.search(r"\bmodel\b|\bdeployment\b", message, re.I) is not None


def _about_endpoint(where: str, endpoint: str) -> str:
    base = endpoint.rstrip("/")
    if re.search(r"/v\d+\w*$", base):
        return f"nothing answers under {base}; check in the catalog: {where}.endpoint"
    return (
        f"nothing answers under {base}, which may lack /v1; write in the catalog: "
        f'{where}.endpoint = "{base}/v1"'
    )


def _about_length(where: str, message: str) -> str:
    """Returns how to ask for a shorter answer, if the refusal says how long one may be."""
    most = _AT_MOST.search(message)
    if most is None:
        return ""
    longest = int(re.sub(r"[,_]", "", most["most"]))
    prompt = _ASKED_FOR.search(message)
    if prompt is not None:
        longest -= int(prompt["prompt"])
    if longest < 1:
        return f"no answer fits behind the prompt; ask another model than {where}.model"
    return f"write in the catalog: {where}.sampling.max_tokens = {longest}"
