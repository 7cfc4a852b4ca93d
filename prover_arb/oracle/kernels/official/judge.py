"""Does the kernel accept these declarations, and do they prove that statement?"""

from __future__ import annotations

import sys

from prover_arb.oracle.kernels.official.build import Terms
from prover_arb.oracle.kernels.official.dump import Dump
from prover_arb.oracle.kernels.official.export import Declaration, Export, parse
from prover_arb.oracle.kernels.official.lean import Lean, Object, Refused, count, field, tag
from prover_arb.oracle.kernels.official.library import DEEPEST, Library
from prover_arb.oracle.kernels.official.names import Names
from prover_arb.oracle.kernels.official.nodes import Malformed, Name

ALLOWED_AXIOMS: frozenset[Name] = frozenset(
    [("propext",), ("Classical", "choice"), ("Quot", "sound")]
)
UNTRUSTED: frozenset[Name] = frozenset(
    tuple(name.split("."))
    for name in (
        "sorryAx", "Lean.ofReduceBool", "Lean.ofReduceNat", "Lean.reduceBool", "Lean.reduceNat",
        "Lean.trustCompiler", "lcAny", "lcProof", "lcUnreachable", "unsafeCast", "ptrAddrUnsafe",
    )
)  # fmt: skip
"""Constants of the library that are not mathematics: nothing may rest on them."""

_THEOREM = 2


class Judge:
    """A kernel and the library it trusts."""

    def __init__(self, lean: Lean, library: Library) -> None:
        self._lean, self._library = lean, library

    def judge(self, statement: str, proof: str, given: int) -> list[str]:
        """The axioms that the proof rests on, sorted.

        `statement` is an export of one axiom, the theorem asked for; `proof` is one that ends with
        the theorem. Its first `given` declarations are the customer's and may be inductive.

        Raises:
            Refused: the kernel, or one of the rules here, does not accept it; says why.
            KernelFailed: the kernel could not tell.
        """
        environment, axioms, _ = self._accepted(statement, proof, given)
        self._lean.release(environment)
        return sorted(axioms)

    def export(self, statement: str, proof: str, given: int) -> str:
        """The theorem with everything that it rests on, the library's part too, as an export.

        Raises:
            Refused, KernelFailed: as `judge`.
        """
        environment, _, made = self._accepted(statement, proof, given)
        names = made.names

        def find(name: Name) -> Object | None:
            found = self._lean.find(environment, names[name])
            if found is None and name in self._library:
                self._library.load([name])
                found = self._lean.find(self._library.environment, names[name])
            return found

        dump = Dump(self._lean, find)
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(DEEPEST)
        try:
            dump.constant(made.export.declarations[-1].name)
        finally:
            sys.setrecursionlimit(limit)
        self._lean.release(environment)
        return "".join(line + "\n" for line in dump.lines)

    def _accepted(self, statement: str, proof: str, given: int) -> tuple[Object, set[str], Terms]:
        """The environment with the proof, ours to release; its axioms; its terms."""
        try:
            wanted, made = parse(statement), parse(proof)
        except Malformed as error:
            raise Refused(f"malformed export: {error}") from None
        if [one.kind for one in wanted.declarations] != ["axiom"]:
            raise Refused("the statement is not one axiom")
        if len(made.declarations) <= given or made.declarations[-1].kind != "thm":
            raise Refused("the theorem is not declared")
        known = _declared(made, given, self._library)
        axioms = _mentioned(made, known, self._library)
        _mentioned(wanted, known, self._library)
        self._library.load(_constants(wanted) | _constants(made))
        names = Names(self._lean, self._library.names)
        built = Terms(self._lean, names, made)
        return self._check(Terms(self._lean, names, wanted), built), axioms, built

    def _check(self, wanted: Terms, made: Terms) -> Object:
        lean = self._lean
        goal, theorem = wanted.export.declarations[0], made.export.declarations[-1]
        environment = self._library.environment
        count(environment, 1)
        for one in made.export.declarations:
            try:
                environment = lean.add(environment, made.declaration(one))
            except Refused as error:
                raise Refused(f"`{show(one.name)}`: {error}") from None
        if theorem.name != goal.name or made.params(theorem) != wanted.params(goal):
            raise Refused("another theorem than the one asked for")
        constant = lean.find(environment, made.name(theorem.name))
        if constant is None or tag(constant) != _THEOREM:
            raise Refused("the theorem is missing in the end")
        type_ = field(field(field(constant, 0), 0), 2)
        if not lean.same(type_, wanted.exprs[goal.type]):
            raise Refused("the theorem has another type than the statement")
        return environment


def show(name: Name) -> str:
    return ".".join(map(str, name))


def _declared(export: Export, given: int, library: Library) -> set[Name]:
    """The names declared, after what the kernel itself has no rule for."""
    known: set[Name] = set()
    for index, one in enumerate(export.declarations):
        kinds = {"thm", "def", "opaque", "inductive"} if index < given else {"thm", "def"}
        if one.kind not in kinds:
            raise Refused(f"`{show(one.name)}`: declarations of kind {one.kind} are not accepted")
        if one.unsafe:
            raise Refused(f"`{show(one.name)}` is unsafe or partial")
        for name in _names(export, one):
            if name in library or name in UNTRUSTED:
                raise Refused(f"`{show(name)}` is declared already, in the library")
            known.add(name)
    return known


def _names(export: Export, one: Declaration) -> list[Name]:
    if one.kind != "inductive":
        return [one.name]
    types = [export.names[t.name] for t in one.types]
    constructors = [export.names[name] for t in one.types for name, _ in t.constructors]
    return [*types, *constructors, *((*name, "rec") for name in types)]


def _constants(export: Export) -> set[Name]:
    """All constants that terms of the export mention."""
    numbers = {node[1] for node in export.exprs if node[0] in {"const", "proj"}}
    return {export.names[number] for number in numbers}


def _mentioned(export: Export, known: set[Name], library: Library) -> set[str]:
    """The axioms mentioned; nothing else may be that is neither declared nor of the library."""
    axioms = set()
    for name in _constants(export):
        if name in UNTRUSTED:
            raise Refused(f"it rests on `{show(name)}`")
        if name in ALLOWED_AXIOMS:
            axioms.add(show(name))
        elif name not in known and name not in library:
            raise Refused(f"unknown constant `{show(name)}`")
    return axioms
