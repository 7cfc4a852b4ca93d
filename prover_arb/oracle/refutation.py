"""Whether one statement is the negation of another, decided from what the reference says of both.

A refutation is judged as a proof of the negation. That the text which `core/negation.py` writes
means the negation is not taken from the text: both statements are compared as data, constant by
constant, so that neither notation nor a preamble's variables can mislead.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from prover_arb.core.negation import negation
from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import OracleError
from prover_arb.oracle.kernels.official.export import Declaration, parse
from prover_arb.oracle.kernels.official.reference import essence
from prover_arb.oracle.kernels.official.store import Malformed, Name, Store, Substitution
from prover_arb.oracle.reference import ReferenceService, Statement, StatementRefused
from prover_arb.oracle.verification import Verification

_PROBE = Theorem(name="probe", statement=": (0 : ℝ) = 0")
"""Its type begins with what the profile puts before every statement about ℝ."""
_OTHER = "it would say something else"


class Refutations:
    """Knows what the negation of a statement is."""

    def __init__(self, references: ReferenceService) -> None:
        self._references = references
        self._probe: Statement | None = None

    async def denial(self, check: Verification, claim: Statement) -> Verification | str:
        """The same verification, of a proof of the negation of `claim` instead of a refutation; or
        why the negation cannot be stated.

        Raises:
            WorkerTimeout, WorkerDied, OracleError, ToolchainError: as ReferenceService.statement.
        """
        theorem = negation(check.theorem)
        if theorem is None:
            return "its text has no goal to negate"
        proof = Candidate(kind="tactics", text=check.candidate.text)
        denial = replace(check, theorem=theorem, candidate=proof)
        return await self._why_no_denial(denial, claim) or denial

    async def _why_no_denial(self, denial: Verification, claim: Statement) -> str:
        """Why the theorem of `denial` is not the negation of `claim`; empty where it is."""
        denied = await self._references.statement(denial)
        if isinstance(denied, StatementRefused):
            return denied.detail or _OTHER
        probe = await self._profile_binders(denial)
        try:
            same = await asyncio.to_thread(denies, denied.data, claim.data, probe)
        except Malformed as error:
            raise OracleError(f"the statement's data cannot be read: {error}") from None
        return "" if same else _OTHER

    async def _profile_binders(self, check: Verification) -> Statement:
        if self._probe is None:
            theorem = _PROBE.model_copy(update={"profile": check.theorem.profile})
            statement = await self._references.statement(replace(check, theorem=theorem))
            if isinstance(statement, StatementRefused):
                raise OracleError(f"the profile does not state `0 = 0`: {statement.detail}")
            self._probe = statement
        return self._probe


def denies(denial: str, claim: str, probe: Statement) -> bool:
    """Whether the last declaration of one export says that the last one of another is false.

    `probe` is a statement that begins with what every statement of the profile may begin with: the
    core profile has any ordered field that is complete for ℝ. Of those the claim is then denied
    one and all, which is more than its negation, since there are such fields.

    Raises:
        Malformed: one of them is no export.
    """
    store = Store()
    claimed, denied, probed = (parse(data, store) for data in (claim, denial, probe.data))
    if not (claimed and denied and probed) or len(claimed[-1].params) != len(denied[-1].params):
        return False
    renamed = _renamed(denied[:-1], claimed[:-1], store)
    if renamed is None:
        return False
    theirs, ours = (_at_positions(declarations[-1], store) for declarations in (claimed, denied))
    ours = Substitution(store, names=renamed, levels={})(ours)
    if ours == _negated(theirs, store):
        return True
    profile = _at_positions(probed[-1], store)
    for _ in range(probe.binders):
        parts = [store.terms[number] for number in (theirs, ours, profile)]
        if any(part[0] != "forallE" or part[1] != parts[0][1] for part in parts):
            return False
        theirs, ours, profile = (part[2] for part in parts)
    return ours == _negated(theirs, store)


def _negated(term: int, store: Store) -> int:
    no = store.term(("const", store.name(("Not",)), ()))
    return store.term(("app", no, term))


def _at_positions(declaration: Declaration, store: Store) -> int:
    """The type, with universe parameters by their position instead of their names."""
    levels = {param: store.level(("position", i)) for i, param in enumerate(declaration.params)}
    return Substitution(store, names={}, levels=levels)(declaration.type)


def _renamed(
    denied: list[Declaration], claimed: list[Declaration], store: Store
) -> dict[int, int] | None:
    """How constants of the denial are called in the claim, by numbers of names; None where one of
    them means something else there.

    What Lean makes for a statement, such as the function behind a `match`, is named after the
    theorem; it is the same where its type and value are.
    """
    known: dict[Name, object] = {
        declaration.name: essence(declaration, store) for declaration in claimed
    }
    by_content = {content: name for name, content in known.items()}
    renamed: dict[int, int] = {}
    for declaration in denied:
        rename = Substitution(store, names=renamed, levels={})
        if declaration.kind != "inductive":
            value = declaration.value if declaration.kind == "axiom" else rename(declaration.value)
            here = replace(declaration, type=rename(declaration.type), value=value)
        else:
            here = declaration
        content = essence(here, store)
        if declaration.name in known:
            if known[declaration.name] != content:
                return None
        elif (name := by_content.get(content)) is not None and declaration.kind in {"def", "thm"}:
            renamed[store.name(declaration.name)] = store.name(name)
    return renamed
