"""How each family of models is asked; the data files in `families/` have one family each."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from prover_arb.core.purchases import Failed
from prover_arb.core.theorem import Theorem, Value
from prover_arb.errors import CatalogError
from prover_arb.provers.chat.profiles import profile_paragraph

_FOLDER = Path(__file__).with_name("families")


class Turns(Value):
    """The templates that turn a conversation into one text; `{{ text }}` is a message."""

    system: str
    user: str
    assistant: str
    answer: str
    """The end of the text, from where the model continues."""


class Family(Value):
    """A way of asking."""

    description: str
    system: str = ""
    """The system message; none is sent if it is empty."""
    user: str
    """The user message; `{{ theorem }}` stands for the Lean text to complete, `{{ profile }}` for a
    paragraph on who judges the proof and what it may use."""
    repair: str
    """The message after a failed answer; `{{ errors }}` stands for Lean's messages."""
    temperature: float
    top_p: float
    """What the family's authors sample with; a catalog entry may change it."""
    turns: Turns | None = None
    """Its chat template, for the API that is given one text."""

    def messages(self, theorem: Theorem) -> list[dict[str, str]]:
        """Returns the conversation that asks for a proof of `theorem`."""
        user = self.user.replace("{{ profile }}", profile_paragraph(theorem.profile))
        user = user.replace("{{ theorem }}", lean_text(theorem))
        question = [{"role": "user", "content": user.strip()}]
        return (
            [{"role": "system", "content": self.system.strip()}, *question]
            if self.system
            else question
        )

    def repair_messages(
        self, theorem: Theorem, failed: Failed, most_bytes: int
    ) -> list[dict[str, str]]:
        """Returns the conversation that asks for a repair; Lean is quoted up to `most_bytes`."""
        said = self.repair.replace("{{ errors }}", complaint(failed, most_bytes))
        return [
            *self.messages(theorem),
            {"role": "assistant", "content": f"```lean4\n{failed.candidate.text}\n```"},
            {"role": "user", "content": said.strip()},
        ]

    def prompt(self, messages: list[dict[str, str]]) -> str:
        """Returns the conversation as one text, for the API that is given one."""
        if self.turns is None:
            return "\n\n".join(message["content"] for message in messages) + "\n"
        template = self.turns.model_dump()
        said = (template[m["role"]].replace("{{ text }}", m["content"]) for m in messages)
        return "".join(said) + self.turns.answer


def complaint(failed: Failed, most_bytes: int) -> str:
    """Returns what is wrong with a candidate, line by line of its own text, cut to `most_bytes`."""
    errors = [m for m in failed.messages if m.severity == "error"]
    lines = [f"line {m.line}, column {m.column}: {m.text}" for m in errors]
    if not lines:
        lines = [": ".join(part for part in (failed.reason, failed.detail) if part)]
    said = "\n".join(lines).encode()
    if len(said) <= most_bytes:
        return said.decode()
    return said[:most_bytes].decode(errors="ignore")


def lean_text(theorem: Theorem) -> str:
    """Returns the theorem as models were trained to see it: a file with a hole.

    Mathlib is imported in the core profile too, whose library uses Mathlib's names.
    """
    parts = ["import Mathlib", theorem.preamble.strip()]
    statement = theorem.statement.strip()
    parts.append(f"theorem {theorem.name} {statement} := by\n  sorry")
    return "\n\n".join(part for part in parts if part)


def names() -> list[str]:
    """Returns every family there is."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def family(name: str) -> Family:
    """Returns a family; raises CatalogError if it is unknown."""
    if name not in names():
        raise CatalogError(f"unknown prompt family {name!r}; known: {', '.join(names())}")
    return Family.model_validate(tomllib.loads((_FOLDER / f"{name}.toml").read_text()))
