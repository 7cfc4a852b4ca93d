"""Decides whether the model that answered is the one that was asked, whatever it calls itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SUFFIX = re.compile(
    r"(?:-(?:\d{2,8}(?:-\d{2,4}){0,2}|v\d+|latest|preview|free|beta|exp|gguf|awq|gptq|fp8|fp16|"
    r"bf16|int[48]|q\d\w*|instruct|chat))+$"
)
"""Dates, versions and formats at the end of a model's name."""


def is_same_model(requested: str, answered: str, also: Sequence[str] = ()) -> bool:
    """Returns whether an answer under the name `answered` comes from the model `asked`.

    Dated snapshots, the same model in another folder, files of its weights, and other letter case
    are the same model. `also` holds further names under which it answers.
    """
    answering = _plain(answered)
    if not answering:
        return True
    wanted = {_plain(name) for name in (requested, *also)} - {""}
    if any(answering in name or name in answering for name in wanted):
        return True
    return _SUFFIX.sub("", answering) in {_SUFFIX.sub("", name) for name in wanted}


def _plain(name: str) -> str:
    """Returns the last part of a path in lower case, with dashes for all but letters and digits."""
    last = name.strip().replace("\\", "/").rstrip("/").rpartition("/")[2]
    return re.sub(r"[\W_]+", "-", last.lower()).strip("-")
