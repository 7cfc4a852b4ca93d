"""Reads and checks API keys, and keeps them out of everything that is written.

A key leaves this module only as the header of a request. Text from a model or a library goes
through `Secret.scrubbed` before it is shown or stored.
"""

from __future__ import annotations

import os
import re
import unicodedata
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

from prover_arb.errors import ProverRefused

_LONGEST = 8_192
"""Characters of the longest key; a longer file is taken for something else."""
_SHORTEST_SCRUBBED = 4
"""Shorter keys are not scrubbed, because they might be part of any word."""
HIDDEN = "[API key]"


class KeyUnusable(ProverRefused):
    """The configured key cannot be sent in a header; the message never holds any of it."""


class Secret:
    """An API key, or none. Its text is shown by nothing but `header`."""

    def __init__(self, key: str = "") -> None:
        self._key = key
        forms = {key, quote(key, safe=""), b64encode(key.encode()).decode()}
        self._forms = sorted((f for f in forms if len(f) >= _SHORTEST_SCRUBBED), key=len)[::-1]

    def __repr__(self) -> str:
        return f"Secret({HIDDEN if self._key else ''})"

    def header(self, name: str) -> dict[str, str]:
        """Returns the header with the key, which follows `Bearer` under `Authorization`."""
        if not self._key:
            return {}
        value = f"Bearer {self._key}" if name.lower() == "authorization" else self._key
        return {name: value}

    def scrubbed(self, text: str) -> str:
        """Returns the text without the key, also in its forms in URLs and headers."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text


def read_secret(env: str | None, file: Path | None) -> Secret:
    """Returns the key in the environment variable `env`, else in `file`, else none.

    Raises:
        ProverRefused: the key is configured but missing.
        KeyUnusable: the key cannot be sent in a header.
    """
    if env is not None:
        key, where = os.environ.get(env, ""), f"the environment variable {env}"
        if not key.strip():
            raise ProverRefused(f"no API key: set {where}")
    elif file is not None:
        key, where = _text_of(file), f"the file {file}"
        if not key.strip():
            raise ProverRefused(f"no API key: {file} is empty")
    else:
        return Secret()
    return Secret(_checked(key.strip(" \t\r\n\ufeff"), where))


def _text_of(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(_LONGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        raise KeyUnusable(f"unusable API key: the file {file} is not text in UTF-8") from None
    raise ProverRefused(f"no API key: {file} cannot be read: {reason}")


def _checked(key: str, where: str) -> str:
    """Returns the key, if every character of it may stand in a header."""
    said = f"unusable API key: {where} must hold the key and nothing else"
    if len(key) > _LONGEST:
        raise KeyUnusable(f"{said}, and holds more than {_LONGEST:,} characters")
    if re.search(r"[\r\n]", key):
        hint = ""
        if re.search(r"^\s*(?:export\s+)?\w+\s*=", key, re.MULTILINE):
            hint = "; it looks like a list of variables: export them and name one in key_env"
        raise KeyUnusable(f"{said}, and holds several lines{hint}")
    for character in key:
        if not "!" <= character <= "~":
            name = unicodedata.name(character, "a control character")
            raise KeyUnusable(f"{said}, and holds U+{ord(character):04X} ({name})")
    if key[0] in "\"'" or key[-1] in "\"'":
        raise KeyUnusable(f"{said}, and holds quotation marks around it")
    return key
