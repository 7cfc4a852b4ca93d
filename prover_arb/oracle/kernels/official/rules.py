"""What a proof as data must be before the kernel is asked: rules, on plain values.

The proof comes from a process that read a candidate, and is believed in nothing. What it declares
under a name of the statement's must be what the statement has there; everything else needs a new
name, outside the library and all that the library mentions; and the theorem must be the one asked
for. None of this decides that a proof is right: the kernel does, which is given the statement's
constants and the statement's type, whatever the proof says of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from prover_arb.oracle.kernels.official.export import Declaration, parse
from prover_arb.oracle.kernels.official.library import Library
from prover_arb.oracle.kernels.official.reference import Reference, same
from prover_arb.oracle.kernels.official.refusal import Refused, show
from prover_arb.oracle.kernels.official.store import Malformed, Name, Store, Substitution

_SORRY: Name = ("sorryAx",)
_ASIDE = "_aside"


@dataclass(frozen=True)
class Question:
    """What the kernel is asked."""

    reference: Reference
    store: Store
    """Holds the terms of all declarations."""
    given: tuple[Declaration, ...]
    """Those of the statement that are reached."""
    own: tuple[Declaration, ...]
    """Those of the proof, and last the theorem with its proof."""
    library: frozenset[Name]
    """What they mention beyond themselves."""


def question_of(reference: Reference, proof: str, library: Library) -> Question:
    """What the kernel must be asked to know whether a proof, as an export, proves a statement.

    Raises:
        Refused: it cannot be a proof of it.
    """
    store = reference.store.copy()
    try:
        declarations = parse(proof, store)
        return compose(reference, declarations, store, library)
    except Malformed as error:
        raise Refused("malformed_declaration", f"malformed data: {error}") from None


def compose(
    reference: Reference, declarations: list[Declaration], store: Store, library: Library
) -> Question:
    """The same, of declarations that have been read into a copy of the statement's store.

    Raises:
        Refused: as `question`.
        Malformed: a term is too large.
    """
    own = _Proof(reference, store, library).own(declarations)
    mentioned = _mentioned(own, store)
    given = reference.reached(mentioned)
    for declaration in given:
        mentioned |= reference.mentions(declaration)
    _require_trusted(mentioned, library)
    known = {name for declaration in (*given, *own) for name in declaration.names}
    return Question(reference, store, tuple(given), tuple(own), frozenset(mentioned - known))


def _require_trusted(names: Iterable[Name], library: Library) -> None:
    for name in sorted(filter(library.modules.is_untrusted, names), key=str):
        raise Refused(
            "uses_sorry" if name == _SORRY else "forbidden_axiom", f"it rests on `{show(name)}`"
        )


class _Proof:
    """The walk through the declarations of a proof."""

    def __init__(self, reference: Reference, store: Store, library: Library) -> None:
        self._reference, self._store, self._library = reference, store, library
        self._taken: set[Name] = set()
        self._renamed: dict[int, int] = {}
        """Numbers of names: what is the statement's under another name, or is set aside."""
        self._to_known = Substitution(store, names={}, levels={})

    def own(self, declarations: list[Declaration]) -> list[Declaration]:
        """What the proof adds to the statement; the theorem, last, has the statement's type."""
        goal = self._reference.goal
        if not declarations or declarations[-1].name != goal.name:
            raise Refused("wrong_statement", f"the last declaration is not `{show(goal.name)}`")
        made = []
        for declaration in declarations[:-1]:
            if (new := self._helper(declaration)) is not None:
                made.append(new)
        return [*made, self._theorem(declarations[-1])]

    def _helper(self, declaration: Declaration) -> Declaration | None:
        """A declaration with its new name, or None where the statement has it."""
        reference, store = self._reference, self._store
        if declaration.name in self._taken or declaration.name == reference.goal.name:
            raise Refused("malformed_declaration", f"`{show(declaration.name)}` is declared twice")
        self._taken.add(declaration.name)
        declaration = self._rename(declaration)
        known = next(
            (existing for name in declaration.names if (existing := reference.find(name))), None
        )
        if known is not None:
            if known.name == declaration.name and same(declaration, known, store):
                return None
            if declaration.name[: len(reference.goal.name)] != reference.goal.name:
                what = "is not what the statement has under this name"
                raise Refused("wrong_statement", f"`{show(declaration.name)}` {what}")
        if (kind := declaration.kind) not in {"thm", "def"}:
            raise Refused(
                "forbidden_axiom" if kind == "axiom" else "malformed_declaration",
                f"`{show(declaration.name)}`: a proof may not declare anything of kind {kind}",
            )
        if declaration.unsafe:
            raise Refused(
                "malformed_declaration", f"`{show(declaration.name)}` is unsafe or partial"
            )
        twin = reference.twin(declaration, store)
        if twin is None and known is not None:
            twin = self._aside(declaration.name)
            declaration = replace(declaration, name=twin)
        elif twin is not None:
            self._call(declaration.name, twin)
            return None
        self._require_new(declaration.name)
        return declaration

    def _aside(self, name: Name) -> Name:
        """A name for what Lean made for the proof under a name that it also used for the statement:
        each of the two elaborations counts for itself."""
        number = len(self._renamed)
        find, taken = self._reference.find, self._taken
        while (new := (*name, _ASIDE, number)) in taken or find(new) is not None:
            number += 1
        self._taken.add(new)
        self._call(name, new)
        return new

    def _call(self, name: Name, new: Name) -> None:
        """From here on, one name in the proof stands for another."""
        self._renamed[self._store.name(name)] = self._store.name(new)
        self._to_known = Substitution(self._store, names=dict(self._renamed), levels={})

    def _require_new(self, name: Name) -> None:
        why = self._library.reserved(name)
        if why is None and name in self._reference.mentioned:
            why = "is mentioned in the statement, which does not declare it"
        if why is not None:
            raise Refused("malformed_declaration", f"`{show(name)}` {why}")

    def _theorem(self, declaration: Declaration) -> Declaration:
        """The theorem, with the type and the universes of the statement and the proof's value."""
        goal, store = self._reference.goal, self._store
        if declaration.kind != "thm":
            raise Refused(
                "wrong_statement", f"`{show(goal.name)}` is no theorem but a {declaration.kind}"
            )
        if len(declaration.params) != len(goal.params):
            raise Refused("wrong_statement", "the theorem has other universe parameters")
        levels = {
            mine: store.level(("param", theirs))
            for mine, theirs in zip(declaration.params, goal.params, strict=True)
            if mine != theirs
        }
        to_goal = Substitution(store, names=self._renamed, levels=levels)
        if to_goal(declaration.type) != goal.type:
            raise Refused("wrong_statement", "the theorem has another type than the statement")
        return replace(goal, kind="thm", value=to_goal(declaration.value))

    def _rename(self, declaration: Declaration) -> Declaration:
        """The declaration with names replaced in its terms."""
        if not self._renamed or declaration.kind == "inductive":
            return declaration
        value = (
            declaration.value if declaration.kind == "axiom" else self._to_known(declaration.value)
        )
        return replace(declaration, type=self._to_known(declaration.type), value=value)


def _mentioned(declarations: Iterable[Declaration], store: Store) -> set[Name]:
    return store.mentions(root for declaration in declarations for root in declaration.roots)
