"""Attacks, honest proofs and honest proofs that are refused, one small file each.

A file is TOML: `kind`, `statement`, `candidate`, perhaps `preamble`; `reason` where it is to be
rejected; `why`, one line; `naive`, what a checker would say that looks for errors and `sorry` only.
The theorem is always called `target`. Attacks lie in a folder per family.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from prover_arb.core.theorem import Candidate, CandidateKind, Reason, Theorem

HERE = Path(__file__).parent

FAMILIES = {
    "axiom": "a new axiom",
    "comment": "comments and literals left open, nested, hiding",
    "compiled": "code of the candidate's that runs while it is elaborated",
    "import": "imports beyond the profile",
    "instance": "a local instance that changes what a symbol means",
    "lasting": "hooks, attributes and extensions that outlive one check",
    "macro": "a macro or notation that redefines a symbol",
    "mangled": "names spelled with «»",
    "metaprogram": "declarations added by code",
    "native": "compiled evaluation",
    "opaque": "opaque constants that lie",
    "options": "options that switch checking off",
    "outside": "files, processes, sockets, the environment, the worker's own channels",
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


def load(folder: str) -> list[Case]:
    """Every case of a folder, by name."""
    root = HERE / folder
    return [_case(root, file) for file in sorted(root.rglob("*.toml"))]


def _case(root: Path, file: Path) -> Case:
    fields = tomllib.loads(file.read_text(encoding="utf-8"))
    kind, reason, naive = fields.pop("kind"), fields.pop("reason", None), fields.pop("naive", "")
    case = Case(
        id=str(file.relative_to(root).with_suffix("")),
        theorem=Theorem(
            name="target",
            statement=fields.pop("statement"),
            preamble=fields.pop("preamble", ""),
        ),
        candidate=Candidate(kind=cast(CandidateKind, kind), text=fields.pop("candidate")),
        reason=cast(Reason | None, reason),
        why=fields.pop("why", ""),
        naive=naive,
    )
    if fields or reason not in (None, *get_args(Reason)):
        raise ValueError(f"{file}: {', '.join(fields) or reason}: not known here")
    return case


ATTACKS = load("attacks")
HONEST = load("honest")
REFUSED = load("refused")
EVERYTHING = [*ATTACKS, *HONEST, *REFUSED]
ROAD = [*ATTACKS, *REFUSED, *HONEST[::10]]
"""Every case that must fail, and enough honest ones to see that not everything does: for each road
to a verdict besides the worker."""


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
