"""How each family of models likes to be asked: data files beside this module, one per family."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from prover_arb.errors import CatalogError
from prover_arb.theorem import Theorem, Value

_FOLDER = Path(__file__).with_name("families")


class Turns(Value):
    """How a conversation becomes one text; `{{ text }}` stands for what is said."""

    system: str
    user: str
    assistant: str
    answer: str
    """Comes last: the model goes on from here."""


class Family(Value):
    """A way of asking."""

    description: str
    system: str = ""
    """Nothing is sent where it is empty."""
    user: str
    """`{{ theorem }}` in it stands for the Lean text to complete."""
    temperature: float
    top_p: float
    """What the family's authors sample with; a catalog entry may say otherwise."""
    turns: Turns | None = None
    """Its chat template, for the API that is given one text."""

    def messages(self, theorem: Theorem) -> list[dict[str, str]]:
        """The conversation that asks for a proof of `theorem`."""
        user = self.user.replace("{{ theorem }}", lean_text(theorem))
        asked = [{"role": "user", "content": user.strip()}]
        return (
            [{"role": "system", "content": self.system.strip()}, *asked] if self.system else asked
        )

    def prompt(self, messages: list[dict[str, str]]) -> str:
        """The conversation as one text, for the API that is given one."""
        if self.turns is None:
            return "\n\n".join(message["content"] for message in messages) + "\n"
        template = self.turns.model_dump()
        said = (template[m["role"]].replace("{{ text }}", m["content"]) for m in messages)
        return "".join(said) + self.turns.answer


def lean_text(theorem: Theorem) -> str:
    """The theorem as models were trained to see it: a file with a hole.

    Mathlib is imported in the core profile too, whose library uses Mathlib's names.
    """
    parts = ["import Mathlib", theorem.preamble.strip()]
    statement = theorem.statement.strip()
    parts.append(f"theorem {theorem.name} {statement} := by\n  sorry")
    return "\n\n".join(part for part in parts if part)


def names() -> list[str]:
    """Every family there is."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def family(name: str) -> Family:
    """Raises CatalogError for a family that is not there."""
    if name not in names():
        raise CatalogError(f"unknown prompt family {name!r}; known: {', '.join(names())}")
    return Family.model_validate(tomllib.loads((_FOLDER / f"{name}.toml").read_text()))
