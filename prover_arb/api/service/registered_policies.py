"""The policies that a request may name.

The text of a policy can name a file (`schedule:FILE`). A request therefore gives only a name, and
the operator decides which policy has that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prover_arb.errors import InputError, PolicyError
from prover_arb.scheduler import make_policy
from prover_arb.scheduler.policies.refute_first import PREFIX

STANDARD = {
    "cascade": "Asks every prover in turn, the cheapest first.",
    "schedule": "Buys next what promises most for a dollar, and learns from what it buys.",
    "auction": "Has the provers bid, and buys the best offer.",
}
"""Policies that every server has under their own text, and what they do; none of them reads a
file."""

_SINGLE = re.compile(r"single:[\w.-]{1,100}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_FILE = "schedule:"


@dataclass(frozen=True)
class RegisteredPolicies:
    """Names of policies, each with the text that makes it.

    Beside the operator's policies there are the standard ones and `single:PROVER`, each also with
    `refute+` before it.
    """

    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def listed(self) -> list[str]:
        """The names that are known without those of the provers."""
        return [*self.own, *STANDARD]

    def quoted(self, name: str) -> bool:
        """Returns whether what this policy buys can be quoted: not if it buys by auction.

        Raises PolicyError if no policy has this name.
        """
        kind, _, _ = self.text(name).removeprefix(PREFIX).strip().partition(":")
        return kind != "auction"

    def text(self, name: str) -> str:
        """Returns the text of the policy that has this name.

        Raises:
            PolicyError: no policy is registered under it; the message lists those that are.
        """
        if name in self.own:
            return self.own[name]
        plain = name.removeprefix(PREFIX)
        if plain in STANDARD or _SINGLE.fullmatch(plain):
            return name
        known = ", ".join([*self.own, *STANDARD, "single:PROVER"])
        raise PolicyError(
            f"no policy is registered as {name!r}; known here: {known}; the last "
            f"{len(STANDARD) + 1} also with {PREFIX} before them"
        )

    @classmethod
    def read(cls, options: Sequence[str], provers: Sequence[str]) -> RegisteredPolicies:
        """Reads `NAME=POLICY` texts from a command line, and makes each policy once as a test.

        Raises:
            InputError: a text is not of that form, or a name is given twice or taken.
            PolicyError: a policy cannot be made; the message says why.
        """
        own: dict[str, str] = {}
        for option in options:
            name, equals, text = (part.strip() for part in option.partition("="))
            if not equals or not _NAME.fullmatch(name) or not text:
                raise InputError(
                    f"--policy {option!r}: NAME=POLICY is needed, such as "
                    "tuned=schedule:/etc/prover_arb/policy.json; a name has letters, digits, "
                    "dots, dashes and underscores"
                )
            if name in own or name in STANDARD:
                raise InputError(f"--policy {option!r}: the name {name!r} is taken")
            own[name] = _absolute(text)
            make_policy(own[name], provers)
        return cls(own)


def _absolute(text: str) -> str:
    """Returns the text of a policy with its file as an absolute path."""
    before, marker, file = text.partition(_FILE)
    if not marker or before not in ("", PREFIX):
        return text
    return f"{before}{marker}{Path(file.strip()).expanduser().absolute()}"
