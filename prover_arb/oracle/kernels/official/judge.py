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
from prover_arb.oracle.kernels.official.rules import Question, question_of
from prover_arb.oracle.kernels.official.store import Malformed, Name

_KEPT = 8
"""Statements that are kept as they were read, the latest used last."""


class Unusable(Exception):
    """The statement, as data, is none: the proof is not to blame."""


@dataclass(frozen=True)
class Accepted:
    """A proof that the kernel accepts."""

    question: Question = field(repr=False)
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
        return written(self.question)


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
        question = question_of(self._reference(reference), proof, self._library)
        self._lean.release(self._environment(question, heartbeats))
        return self._accepted(question)

    def export(self, reference: str, proof: str) -> str:
        """The theorem with everything that it rests on, the library's part too, as an export.

        Raises:
            Refused, Unusable, KernelFailed: as `judge`.
        """
        question = question_of(self._reference(reference), proof, self._library)
        return self._exported(question)

    def _accepted(self, question: Question) -> Accepted:
        basis = 0
        for name in question.library:
            basis |= self._library.modules.basis(name)
        return Accepted(question, basis)

    def _reference(self, text: str) -> Reference:
        reference = self._references.pop(text, None)
        if reference is None:
            try:
                reference = Reference(text, self._library)
            except Malformed as error:
                raise Unusable(f"the statement cannot be used: {error}") from None
            if len(self._references) >= _KEPT:
                del self._references[next(iter(self._references))]
        self._references[text] = reference
        return reference

    def _environment(self, question: Question, heartbeats: int) -> Object:
        """The environment in which the kernel has accepted everything, ours to release.

        The limit is for all of the proof, and for each constant of the statement.
        """
        lean, library = self._lean, self._library
        library.load(question.library)
        for name in (
            name for declaration in (*question.given, *question.own) for name in declaration.names
        ):
            if (why := library.reserved(name)) is not None:
                raise Refused("malformed_declaration", f"`{show(name)}` {why}")
        builder = Builder(lean, Names(lean, library.names), question.store)
        environment = library.environment
        count(environment, 1)
        known = self._known.setdefault(question.reference, {})
        for declaration in question.given:
            if declaration.name not in known:
                environment = self._add(environment, builder, declaration, heartbeats)
                known[declaration.name] = self._made(environment, builder, declaration)
            else:
                for constant in known[declaration.name]:
                    environment = lean.environment_add(environment, constant)
        left = heartbeats
        for declaration in question.own:
            environment = self._add(environment, builder, declaration, left)
            if heartbeats:
                left = max(1, left - lean.heartbeats())
        return environment

    def _add(
        self, environment: Object, builder: Builder, declaration: Declaration, limit: int
    ) -> Object:
        try:
            return self._lean.add(environment, builder.declaration(declaration), limit)
        except Refused as error:
            raise Refused(error.reason, f"`{show(declaration.name)}`: {error}") from None

    def _made(
        self, environment: Object, builder: Builder, declaration: Declaration
    ) -> list[Object]:
        """The constants that the kernel made of a declaration, kept until the process ends."""
        names = [*declaration.names, *((*type_.name, "rec") for type_ in declaration.types)]
        made = [self._lean.find(environment, builder.name(name)) for name in names]
        while declaration.types:
            further = (*declaration.name, f"rec_{len(made) - len(names) + 1}")
            constant = self._lean.find(environment, builder.name(further))
            if constant is None:
                break
            made.append(constant)
        kept = [constant for constant in made if constant is not None]
        for constant in kept:
            self._lean.persist(constant)
        return kept

    def _exported(self, question: Question) -> str:
        lean, library = self._lean, self._library
        environment = self._environment(question, 0)
        names = Names(lean, library.names)

        def find(name: Name) -> Object | None:
            constant = lean.find(environment, names[name])
            if constant is None and name in library:
                library.load([name])
                constant = lean.find(library.environment, names[name])
            return constant

        dump = Dump(lean, find)
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(DEEPEST)
        try:
            dump.constant(question.own[-1].name)
        finally:
            sys.setrecursionlimit(limit)
        lean.release(environment)
        return "".join(line + "\n" for line in dump.lines)
