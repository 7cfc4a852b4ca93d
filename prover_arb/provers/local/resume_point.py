"""Where an attempt that is sold in slices goes on, as text that the ledger keeps.

The text has no state of a process in it, so any worker can go on from it: what was tried, by number
and hash, what Lean said about the theorem, and the processor time used. It is refused if it was cut
or edited, belongs to another prover or theorem, or if the prover would try something else by now.
The attempt ends then, and nothing is charged.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from prover_arb.core.theorem import Theorem, Value, fault, sha256
from prover_arb.errors import ProverLostState

VERSION = 1


class Notes(Value, frozen=False):
    """What Lean said about a theorem when the first scripts were made, so that it is asked once."""

    opening: list[str] = Field(default_factory=list)
    """The tactics that unwrap the theorem's goal."""
    goal: str | None = None
    """The goal that they lead to, as Lean prints it; None before Lean was asked."""
    formulas: list[str] | None = None
    """The tactics that replace functions by their formulas; None before Lean was asked."""
    formula_goal: str | None = None
    """The goal that these lead to; None if there is nothing to replace."""


class Progress(Value):
    """What every resume point says."""

    version: int = VERSION
    prover: str
    theorem: str
    """The digest of the theorem."""
    used_us: int = Field(ge=0)
    """The processor time of all slices so far."""


class ResumePoint(Progress):
    """How far a list of scripts was tried."""

    tried: int = Field(ge=0)
    """How many scripts were tried."""
    scripts_sha256: str
    """The hash of those scripts."""
    notes: Notes


P = TypeVar("P", bound=Progress)


def resume_text(point: Progress) -> str:
    """Returns the text of a resume point, with a hash that shows whether it was edited."""
    fields = point.model_dump()
    return json.dumps({**fields, "sha256": _hash(fields)}, ensure_ascii=False)


def read_resume(text: str, shape: type[P], *, prover: str, theorem: Theorem) -> P:
    """Reads the text of a resume point of this shape.

    Raises:
        ProverLostState: it is damaged, or belongs to something else; the message says which.
    """
    try:
        fields = json.loads(text)
    except ValueError:
        raise lost_state(prover, theorem, "the resume point is cut off or no JSON") from None
    if not isinstance(fields, dict):
        raise lost_state(prover, theorem, "the resume point is no JSON object")
    version = fields.get("version")
    if version != VERSION:
        why = f"the resume point has version {version!r}, this program writes version {VERSION}"
        raise lost_state(prover, theorem, why)
    written = fields.pop("sha256", None)
    if written != _hash(fields):
        raise lost_state(prover, theorem, "the resume point was edited: its sha256 does not fit")
    try:
        point = shape.model_validate(fields)
    except ValidationError as error:
        raise lost_state(prover, theorem, f"the resume point: {fault(error)}") from None
    if point.prover != prover:
        raise lost_state(prover, theorem, f"the resume point is one of {point.prover}")
    if point.theorem != theorem.digest:
        raise lost_state(prover, theorem, "the resume point belongs to another theorem")
    return point


def lost_state(prover: str, theorem: Theorem, why: str) -> ProverLostState:
    """Returns the error for an attempt that cannot go on."""
    return ProverLostState(
        f"{prover} cannot go on with its attempt on {theorem.name}: {why}; nothing is charged for "
        "this slice, and the attempt ends here. Begin a new run to buy it again"
    )


def changed_state(prover: str, theorem: Theorem, tried: str) -> ProverLostState:
    """Returns the error for an attempt that would try something else than it says it did."""
    why = (
        f"the {tried} that it tried by then are others now, so that another version of the "
        "prover made them"
    )
    return lost_state(prover, theorem, why)


def _hash(fields: dict[str, Any]) -> str:
    return sha256(json.dumps(fields, sort_keys=True))
