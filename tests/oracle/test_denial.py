"""Whether one statement says that another is false, decided from both as data."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prover_arb.oracle.reference import Statement
from prover_arb.oracle.refutation import denies
from tests.oracle.kernels.drafts import Draft, Term

Says = Callable[[Draft], Term]


def const(name: str) -> Says:
    return lambda d: d.const(name)


def no(claim: Says) -> Says:
    return lambda d: d.app(d.const("Not"), claim(d))


def every(type_: Says, body: Says, name: str = "x") -> Says:
    return lambda d: d.bind("forallE", type_(d), body(d), name)


def of(predicate: str, *arguments: Says) -> Says:
    return lambda d: d.app(d.const(predicate), *(one(d) for one in arguments))


def bound(index: int) -> Says:
    return lambda d: d.bvar(index)


def field(body: Says, name: str = "inst") -> Says:
    """For every field: what the profile puts before a statement."""
    return every(lambda d: d.sort(d.one()), every(of("Field", bound(0)), body, name), "R")


def export(says: Says, name: str = "t", before: Callable[[Draft], None] | None = None) -> str:
    draft = Draft()
    if before is not None:
        before(draft)
    return draft.axiom(says(draft), name).text()


PROBE = Statement(export(field(of("Zero", bound(1)))), "", 2)
NOTHING_GIVEN = Statement(export(const("True")), "", 0)
NAT, FALSE, P0 = const("Nat"), const("False"), of("P", const("zero"))
PX = of("P", bound(0))


@pytest.mark.parametrize(
    ("denial", "claim", "holds"),
    [
        (no(FALSE), FALSE, True),
        (no(every(NAT, PX)), every(NAT, PX), True),
        (no(every(NAT, PX, "n")), every(NAT, PX, "m"), True),
        (every(NAT, no(PX)), every(NAT, PX), False),
        (no(of("P", const("a"))), of("P", const("b")), False),
        (no(no(FALSE)), FALSE, False),
        (FALSE, no(FALSE), False),
        (field(no(every(bound(1), PX))), field(every(bound(1), PX)), True),
        (field(no(P0)), field(P0), True),
        (field(no(P0), "inst_1"), field(P0, "inst_2"), True),
        (no(field(P0)), field(P0), True),
        (field(every(bound(1), no(PX))), field(every(bound(1), PX)), False),
        (field(every(FALSE, no(P0))), field(every(FALSE, P0)), False),
        (every(lambda d: d.sort(d.one()), no(P0)), every(lambda d: d.sort(d.one()), P0), False),
    ],
)
def test_the_data_decides_what_is_denied(denial: Says, claim: Says, holds: bool) -> None:
    assert denies(export(denial, "t_is_false"), export(claim), PROBE) == holds


def test_where_the_profile_gives_nothing_nothing_may_stand_before_the_negation() -> None:
    assert not denies(export(field(no(P0))), export(field(P0)), NOTHING_GIVEN)


def matcher(name: str, value: int) -> Callable[[Draft], None]:
    return lambda d: d.declare("def", name, d.const("Nat"), d.nat(value))


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("t_is_false.match_1", 7, True),  # the same, under the name that Lean gave it there
        ("t_is_false.match_1", 8, False),
        ("t.match_1", 7, True),
        ("t.match_1", 8, False),  # another thing under the same name
    ],
)
def test_what_lean_made_for_a_statement_is_compared_by_what_it_is(
    name: str, value: int, holds: bool
) -> None:
    claim = export(of("P", const("t.match_1")), before=matcher("t.match_1", 7))
    denial = export(no(of("P", const(name))), "t_is_false", matcher(name, value))
    assert denies(denial, claim, NOTHING_GIVEN) == holds


def test_universes_are_compared_by_their_place() -> None:
    def stated(name: str, negated: bool) -> str:
        draft = Draft()
        claim = draft.app(draft.const("P", draft.param(name)), draft.sort(draft.param(name)))
        if negated:
            claim = draft.app(draft.const("Not"), claim)
        return draft.axiom(claim, levelParams=[draft.name(name)]).text()

    assert denies(stated("v", True), stated("u", False), NOTHING_GIVEN)
    assert not denies(stated("v", True), export(P0), NOTHING_GIVEN)
