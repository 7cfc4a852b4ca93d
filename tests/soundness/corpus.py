"""Attacks, honest proofs and honest proofs that are refused, one small file each.

A file is TOML: `kind`, `statement`, `candidate`, perhaps `preamble`; `reason` where it is to be
rejected; `why`, one line; `naive`, what a checker would say that looks for errors and `sorry` only.
The theorem is always called `target`. Attacks lie in a folder per family.

In `sequences` a file holds such cases as `steps`, which are judged in order. In `invalid` lie texts
of customers that state nothing, with what must be said of them (`says`).
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from prover_arb.core.theorem import Candidate, Reason, Theorem

HERE = Path(__file__).parent

FAMILIES = {
    "attribute": "attributes that change what tactics do",
    "auxiliary": "names that Lean gives to what it makes for a statement",
    "axiom": "a new axiom",
    "chosen": "constants that Lean chooses for a statement: instances, decisions, numerals",
    "comment": "comments and literals left open, nested, hiding",
    "compiled": "code of the candidate's that runs while it is elaborated",
    "import": "imports beyond the profile",
    "instance": "a local instance that changes what a symbol means",
    "kernel": "what the kernel computes itself, and the width of the machine's words",
    "lasting": "hooks, attributes and extensions that outlive one check",
    "library": "names of the library, and names that it makes or leaves out",
    "macro": "a macro or notation that redefines a symbol",
    "mangled": "names spelled with «»",
    "metaprogram": "declarations added by code",
    "native": "compiled evaluation",
    "opaque": "opaque constants that lie",
    "options": "options that switch checking off",
    "outside": "files, processes, sockets, the environment, the worker's own channels",
    "recursion": "recursion that does not end",
    "scope": "variable, open, namespace, end",
    "shadow": "a constant of the statement replaced in another namespace",
    "sorry": "sorry in disguise",
    "statement": "the same name with another type",
    "types": "new types",
    "unicode": "look-alikes and marks of direction",
    "universe": "universe levels",
    "unsafe": "unsafe, implemented_by, extern, partial",
}


@dataclass(frozen=True)
class Case:
    """One candidate and what the oracle must say of it."""

    id: str
    theorem: Theorem
    candidate: Candidate
    reason: Reason | None
    """Why it is rejected; `None` when it is proved."""
    why: str
    naive: Literal["accepts", "rejects", ""]

    @property
    def family(self) -> str:
        return self.id.partition("/")[0]


@dataclass(frozen=True)
class Series:
    """Cases that are judged one after another."""

    id: str
    why: str
    steps: tuple[Case, ...]


@dataclass(frozen=True)
class Invalid:
    """A customer's text that states nothing."""

    id: str
    why: str
    theorem: Theorem
    says: str


Fields = dict[str, Any]


def _files(folder: str) -> list[tuple[str, Fields]]:
    root = HERE / folder
    return [
        (str(file.relative_to(root).with_suffix("")), tomllib.loads(file.read_text("utf-8")))
        for file in sorted(root.rglob("*.toml"))
    ]


def load(folder: str) -> list[Case]:
    """Every case of a folder, by name."""
    return [_case(name, fields) for name, fields in _files(folder)]


def _theorem(fields: Fields) -> Theorem:
    preamble = fields.pop("preamble", "")
    return Theorem(name="target", statement=fields.pop("statement"), preamble=preamble)


def _case(name: str, fields: Fields) -> Case:
    reason = fields.pop("reason", None)
    case = Case(
        id=name,
        theorem=_theorem(fields),
        candidate=Candidate(kind=fields.pop("kind"), text=fields.pop("candidate")),
        reason=reason,
        why=fields.pop("why", ""),
        naive=fields.pop("naive", ""),
    )
    if fields or reason not in (None, *get_args(Reason)):
        raise ValueError(f"{name}: {', '.join(fields) or reason}: not known here")
    return case


def _sequence(name: str, fields: Fields) -> Series:
    steps = (_case(f"{name}/{i}", step) for i, step in enumerate(fields["steps"], 1))
    return Series(name, fields["why"], tuple(steps))


def _invalid(name: str, fields: Fields) -> Invalid:
    return Invalid(name, fields.pop("why"), _theorem(fields), fields.pop("says"))


ATTACKS = load("attacks")
HONEST = load("honest")
REFUSED = load("refused")
SEQUENCES = [_sequence(name, fields) for name, fields in _files("sequences")]
INVALID = [_invalid(name, fields) for name, fields in _files("invalid")]
EVERYTHING = [*ATTACKS, *HONEST, *REFUSED]
ROAD = EVERYTHING if "PROVER_ARB_FUZZ" in os.environ else [*ATTACKS[::3], *REFUSED, *HONEST[::10]]
"""For each road to a verdict besides the worker: everything where tests may take long; else a third
of what must fail, and enough honest cases to see that not everything does."""


def outcome(case: Case) -> tuple[str, Reason | None]:
    """The verdict's status and reason that a case must get."""
    return ("proved", None) if case.reason is None else ("rejected", case.reason)


def wrong(found: list[tuple[str, str | None]]) -> dict[str, tuple[str, str | None]]:
    """Verdicts on the cases of ROAD that are not what they must be."""
    pairs = zip(ROAD, found, strict=True)
    return {case.id: verdict for case, verdict in pairs if verdict != outcome(case)}


def fields(case: Case) -> dict[str, object]:
    """A case as the command line and the API read it."""
    theorem = case.theorem.model_dump(include={"name", "statement", "preamble"})
    return {"theorem": theorem, "candidate": case.candidate.model_dump()}
