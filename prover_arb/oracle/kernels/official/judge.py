"""Does this proof, as data, prove that statement? Rules first, then the kernel."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from prover_arb.oracle.kernels.official.build import Builder
from prover_arb.oracle.kernels.official.dump import Dump
from prover_arb.oracle.kernels.official.export import Declaration
from prover_arb.oracle.kernels.official.job import written
from prover_arb.oracle.kernels.official.lean import Lean, Object, count
from prover_arb.oracle.kernels.official.library import DEEPEST, Library
from prover_arb.oracle.kernels.official.modules import UNSHIPPED, Basis, axioms
from prover_arb.oracle.kernels.official.names import Names
from prover_arb.oracle.kernels.official.reference import Reference
from prover_arb.oracle.kernels.official.refusal import Refused, show
from prover_arb.oracle.kernels.official.rules import Question, question
from prover_arb.oracle.kernels.official.store import Malformed, Name

_KEPT = 8
"""Statements that are kept as they were read, the latest used last."""


class Unusable(Exception):
    """The statement, as data, is none: the proof is not to blame."""


@dataclass(frozen=True)
class Accepted:
    """A proof that the kernel accepts."""

    asked: Question = field(repr=False)
    basis: Basis

    @property
    def axioms(self) -> tuple[str, ...]:
        """The axioms that the proof rests on; if not `exact`, at most."""
        return axioms(self.basis)

    @property
    def exact(self) -> bool:
        """Whether it reaches no library theorem whose proof is not shipped."""
        return not self.basis & UNSHIPPED

    def job(self) -> str:
        """What the kernel was asked, for another one."""
        return written(self.asked)


class Judge:
    """A kernel and the library it trusts."""

    def __init__(self, lean: Lean, library: Library) -> None:
        self._lean, self._library = lean, library
        self._references: dict[str, Reference] = {}
        self._known: WeakKeyDictionary[Reference, dict[Name, list[Object]]] = WeakKeyDictionary()
        """The constants of statements that the kernel has accepted: it is not asked again."""

    def judge(self, reference: str, proof: str, heartbeats: int = 0) -> Accepted:
        """Ask the kernel about a proof; the limit, if there is one, is for all of it.

        Raises:
            Refused: the kernel, or one of the rules here, does not accept it; says why.
            Unusable: the reference is no statement.
            KernelFailed: the kernel could not tell.
        """
        asked = question(self._reference(reference), proof, self._library)
        self._lean.release(self._environment(asked, heartbeats))
        return self._accepted(asked)

    def export(self, reference: str, proof: str) -> str:
        """The theorem with everything that it rests on, the library's part too, as an export.

        Raises:
            Refused, Unusable, KernelFailed: as `judge`.
        """
        asked = question(self._reference(reference), proof, self._library)
        return self._exported(asked)

    def _accepted(self, asked: Question) -> Accepted:
        basis = 0
        for name in asked.library:
            basis |= self._library.modules.basis(name)
        return Accepted(asked, basis)

    def _reference(self, text: str) -> Reference:
        found = self._references.pop(text, None)
        if found is None:
            try:
                found = Reference(text, self._library)
            except Malformed as error:
                raise Unusable(f"the statement cannot be used: {error}") from None
            if len(self._references) >= _KEPT:
                del self._references[next(iter(self._references))]
        self._references[text] = found
        return found

    def _environment(self, asked: Question, heartbeats: int) -> Object:
        """The environment in which the kernel has accepted everything, ours to release.

        The limit is for all of the proof, and for each constant of the statement.
        """
        lean, library = self._lean, self._library
        library.load(asked.library)
        for name in (name for one in (*asked.given, *asked.own) for name in one.names):
            if (why := library.reserved(name)) is not None:
                raise Refused("malformed_declaration", f"`{show(name)}` {why}")
        builder = Builder(lean, Names(lean, library.names), asked.store)
        environment = library.environment
        count(environment, 1)
        known = self._known.setdefault(asked.reference, {})
        for one in asked.given:
            if one.name not in known:
                environment = self._add(environment, builder, one, heartbeats)
                known[one.name] = self._made(environment, builder, one)
            else:
                for constant in known[one.name]:
                    environment = lean.environment_add(environment, constant)
        left = heartbeats
        for one in asked.own:
            environment = self._add(environment, builder, one, left)
            if heartbeats:
                left = max(1, left - lean.heartbeats())
        return environment

    def _add(self, environment: Object, builder: Builder, one: Declaration, limit: int) -> Object:
        try:
            return self._lean.add(environment, builder.declaration(one), limit)
        except Refused as error:
            raise Refused(error.reason, f"`{show(one.name)}`: {error}") from None

    def _made(self, environment: Object, builder: Builder, one: Declaration) -> list[Object]:
        """The constants that the kernel made of a declaration, kept until the process ends."""
        names = [*one.names, *((*each.name, "rec") for each in one.types)]
        made = [self._lean.find(environment, builder.name(name)) for name in names]
        while one.types:
            further = (*one.name, f"rec_{len(made) - len(names) + 1}")
            constant = self._lean.find(environment, builder.name(further))
            if constant is None:
                break
            made.append(constant)
        kept = [constant for constant in made if constant is not None]
        for constant in kept:
            self._lean.persist(constant)
        return kept

    def _exported(self, asked: Question) -> str:
        lean, library = self._lean, self._library
        environment = self._environment(asked, 0)
        names = Names(lean, library.names)

        def find(name: Name) -> Object | None:
            found = lean.find(environment, names[name])
            if found is None and name in library:
                library.load([name])
                found = lean.find(library.environment, names[name])
            return found

        dump = Dump(lean, find)
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(DEEPEST)
        try:
            dump.constant(asked.own[-1].name)
        finally:
            sys.setrecursionlimit(limit)
        lean.release(environment)
        return "".join(line + "\n" for line in dump.lines)
