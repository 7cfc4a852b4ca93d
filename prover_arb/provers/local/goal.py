"""Reads goals as Lean prints them, with lean-dojo's parser.

lean-dojo's package runs git, reads a `.env` file and configures logging when it is imported; its
goal parser needs none of that, so that one module is loaded by itself.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from prover_arb.errors import ProverError

_PARSER = Path("interaction") / "parse_goals.py"
_TURNSTILE = "⊢"
_SPACE = re.compile(r"\s+")
_NUMBERS = {"ℕ": "ℕ", "Nat": "ℕ", "ℤ": "ℤ", "Int": "ℤ", "ℚ": "ℚ", "Rat": "ℚ", "ℝ": "ℝ", "ℂ": "ℂ"}


@dataclass(frozen=True)
class Hypothesis:
    """One line of a goal's context."""

    name: str
    type: str
    """The type on one line, with single spaces."""

    @property
    def usable(self) -> bool:
        """Whether a script can name it: Lean marks names that it cannot with a dagger."""
        return "✝" not in self.name


@dataclass(frozen=True)
class Goal:
    """The context and the target of a goal, each on one line."""

    hypotheses: tuple[Hypothesis, ...]
    target: str

    def variables(self, *types: str) -> list[str]:
        """Returns the names in the context whose type is one of `types` (`ℕ`, `ℤ`, ...)."""
        return [h.name for h in self.hypotheses if h.usable and _NUMBERS.get(h.type) in types]

    @property
    def facts(self) -> list[Hypothesis]:
        """The propositions and functions that can be named: no numbers, types or instances."""
        return [
            h
            for h in self.hypotheses
            if h.usable and h.type not in _NUMBERS and h.type != "Type" and "inst" not in h.name
        ]

    @property
    def size(self) -> int:
        """The number of characters in it."""
        return len(self.target) + sum(len(h.type) for h in self.hypotheses)


def parse_goal(text: str) -> Goal:
    """Returns the goal that Lean printed.

    Raises:
        ProverError: the text is not one printed goal.
    """
    if text.count(_TURNSTILE) != 1:
        raise ProverError(f"not a printed goal: {text[:80]!r}")
    parsed = _parser().Goal.from_pp(text)
    return Goal(
        hypotheses=tuple(
            Hypothesis(name=d.ident, type=_one_line(d.lean_type)) for d in parsed.assumptions
        ),
        target=_one_line(parsed.conclusion),
    )


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


@cache
def _parser() -> ModuleType:
    package = importlib.util.find_spec("lean_dojo")
    folders = package.submodule_search_locations if package else None
    if not folders:
        raise ProverError("lean-dojo is not installed; run `pip install lean-dojo`")
    name = "prover_arb._lean_dojo_goals"
    spec = importlib.util.spec_from_file_location(name, Path(folders[0]) / _PARSER)
    if spec is None or spec.loader is None:
        raise ProverError("this lean-dojo has no goal parser; install lean-dojo 4.20 or later")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
