"""Makes the body of a request: the usual parameters, with the changes that the catalog asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field, field_validator, model_validator

from prover_arb.core.theorem import Value

PARAMETERS = (
    "model",
    "messages",
    "prompt",
    "max_tokens",
    "temperature",
    "top_p",
    "seed",
    "n",
    "stream",
    "stream_options",
)
"""Every parameter that a request may have by default."""

_QUESTION = frozenset({"messages", "prompt"})
_FIXED = {
    "model": "model",
    "max_tokens": "sampling.max_tokens",
    "n": "samples",
    "stream": "stream",
    "messages": "family",
    "prompt": "family",
}
"""Parameters that determine cost or meaning, with the field of the catalog that sets each."""
_OWN_HEADERS = frozenset({
    "authorization", "accept-encoding", "connection", "content-encoding", "content-length",
    "content-type", "host", "transfer-encoding"
})  # fmt: skip
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class RequestShape(Value):
    """How the requests to one model differ from the usual ones.

    Example:
        `request = { omit = ["seed"], rename = { max_tokens = "max_completion_tokens" },
        extra_body = { reasoning_effort = "high" }, headers = { X-Title = "prover_arb" } }`
    """

    omit: tuple[str, ...] = ()
    """Parameters that are left out."""
    rename: dict[str, str] = Field(default_factory=dict)
    """Parameters that are sent under another name."""
    extra_body: dict[str, Any] = Field(default_factory=dict)
    """Further parameters; they replace those of the same name, except the ones in `_FIXED`."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Further headers, without secrets, which belong in key_env or key_file."""
    query: dict[str, str] = Field(default_factory=dict)
    """The query of the address, such as `api-version`, without secrets."""
    system_role: Literal["system", "developer", "user"] = "system"
    """The role of the family's system message; `user` joins it with the question in one message."""
    key_header: str = "Authorization"
    """The header that carries the API key; `Bearer` precedes it under `Authorization` only."""

    @field_validator("omit")
    @classmethod
    def _may_be_left_out(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in PARAMETERS:
                raise ValueError(f"{name!r} is never sent; parameters: {', '.join(PARAMETERS)}")
            if name in _QUESTION:
                raise ValueError(f"{name!r} is the question itself and cannot be left out")
        return names

    @field_validator("rename")
    @classmethod
    def _may_be_renamed(cls, names: dict[str, str]) -> dict[str, str]:
        for name, other in names.items():
            if name not in PARAMETERS:
                raise ValueError(f"{name!r} is never sent; parameters: {', '.join(PARAMETERS)}")
            if not other or (other in PARAMETERS and other not in names):
                raise ValueError(f"{name!r} cannot become {other!r}")
        if len(set(names.values())) < len(names):
            raise ValueError("two parameters would have the same name")
        return names

    @field_validator("extra_body")
    @classmethod
    def _is_json(cls, body: dict[str, Any]) -> dict[str, Any]:
        for name, value in body.items():
            try:
                json.dumps(value, allow_nan=False)
            except (TypeError, ValueError):
                raise ValueError(
                    f"{name!r} is a date or a number that JSON does not have"
                ) from None
            if name in _FIXED:
                raise ValueError(f"{name!r} is set by the field {_FIXED[name]}")
        return body

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError(f"{name!r} cannot be the name of a header")
            if name.lower() == "authorization":
                raise ValueError("Authorization: a key belongs in key_env or key_file")
            if name.lower() in _OWN_HEADERS:
                raise ValueError(f"{name!r} is set by the program itself")
            if not all(" " <= character <= "~" for character in value):
                raise ValueError(f"the value of {name!r} may have printable ASCII characters only")
        return headers

    @field_validator("key_header")
    @classmethod
    def _is_a_header(cls, name: str) -> str:
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a header")
        return name

    @model_validator(mode="after")
    def _names_once(self) -> RequestShape:
        both = sorted(set(self.omit) & set(self.rename))
        if both:
            raise ValueError(f"{both[0]!r} cannot be left out and renamed")
        return self

    def path(self, path: str) -> str:
        """Returns the path with the query."""
        return f"{path}?{urlencode(self.query)}" if self.query else path

    def messages(self, messages: list[dict[str, str]]) -> list[dict[str, str]]:
        """Returns the conversation with the roles that this model knows."""
        first, rest = messages[0], messages[1:]
        if first["role"] != "system" or self.system_role == "system":
            return messages
        if self.system_role == "developer" or not rest:
            return [{**first, "role": self.system_role}, *rest]
        question = f"{first['content']}\n\n{rest[0]['content']}"
        return [{**rest[0], "content": question}, *rest[1:]]

    def body(self, parameters: Mapping[str, object]) -> dict[str, object]:
        """Returns the parameters as this model wants them."""
        kept = {
            self.rename.get(name, name): value
            for name, value in parameters.items()
            if name not in self.omit
        }
        return kept | self.extra_body
