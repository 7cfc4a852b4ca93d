"""The paragraph of a prompt on the profile that judges, and what that profile lacks of Mathlib.

Nothing is listed here that the Lean library says itself: the tactics are those that its source
declares, and a topic counts as missing until its source declares the name that stands for it.
"""

from __future__ import annotations

import re
from functools import cache

from prover_arb.core.theorem import Profile, Value
from prover_arb.core.workspace import workspace

TOPICS = {
    "filters and limits": "Filter",
    "derivatives": "deriv",
    "integrals": "intervalIntegral",
    "topology": "TopologicalSpace",
    "matrices": "Matrix",
    "polynomials": "Polynomial",
    "groups": "Group",
    "cardinals": "Cardinal",
    "vectors": "EuclideanSpace",
}
"""Topics of competition problems, each with a name of Mathlib's that its statements need."""

_SYNTAX = re.compile(r'^syntax \(name := (\w+)\) "([a-z][\w\']*!?) ?"', re.MULTILINE)
_REFUSED = re.compile(r'\(`(\w+), missing "')
_INTERNAL = frozenset({"use_discharger"})


class Library(Value):
    """What the core profile has of Mathlib's language."""

    tactics: tuple[str, ...]
    """Tactics of Mathlib's that are carried out."""
    refused: tuple[str, ...]
    """Tactics that are parsed, and refused with a message that says so."""
    missing_topics: tuple[str, ...]


@cache
def core_library() -> Library:
    """What the Lean sources shipped with this package declare.

    Raises:
        ToolchainError: they are not there.
    """
    root = workspace() / "ProverArb"
    syntax = (root / "Mathlib" / "Syntax.lean").read_text("utf-8")
    refused = set(_REFUSED.findall((root / "Tactics" / "Register.lean").read_text("utf-8")))
    declared = {name: word for name, word in _SYNTAX.findall(syntax) if word not in _INTERNAL}
    texts = [
        path.read_text("utf-8")
        for folder in ("Core", "Mathlib")
        for path in sorted((root / folder).glob("*.lean"))
    ]
    return Library(
        tactics=tuple(
            dict.fromkeys(w.rstrip("!") for name, w in declared.items() if name not in refused)
        ),
        refused=tuple(word for name, word in declared.items() if name in refused),
        missing_topics=tuple(
            topic for topic, name in TOPICS.items() if not any(_declares(t, name) for t in texts)
        ),
    )


def _declares(text: str, name: str) -> bool:
    declaring = r"(?:class|structure|inductive|def|abbrev|opaque|axiom|instance)"
    return re.search(rf"\b{declaring}\s+(?:\w+\.)*{name}(?![\w.'])", text) is not None


def profile_paragraph(profile: Profile) -> str:
    """The paragraph of a prompt that says who judges, and what may be used."""
    if profile == "mathlib":
        return "The proof will be checked in the profile mathlib: Lean 4 with Mathlib."
    library = core_library()
    return (
        "The proof will be checked in the profile core: Lean 4 with a library of its own in place "
        "of Mathlib. The library has many of Mathlib's lemmas about numbers, sums, sets and order, "
        "under Mathlib's names. Besides Lean's own tactics (simp, omega, decide, grind and so on) "
        f"it has {', '.join(library.tactics)}. It does not have {_missing(library)}."
    )


def lacks(profile: Profile) -> str:
    """What a model may use that the profile does not have; empty where it has all of Mathlib."""
    return "" if profile == "mathlib" else _missing(core_library())


def warning(profile: Profile, models: list[str]) -> str:
    """What to know before buying from these language models; empty where there is nothing."""
    lacking = lacks(profile) if models else ""
    if not lacking:
        return ""
    return (
        f"{', '.join(models)}: language models write for Mathlib, and the profile {profile} that "
        f"judges them has a part of it: no {lacking}, and only the commoner lemmas. Answers that "
        "use the rest are paid for and rejected; where Mathlib is installed, say --profile mathlib"
    )


def _missing(library: Library) -> str:
    return ", ".join([*library.refused, *library.missing_topics])
