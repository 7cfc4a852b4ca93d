# ruff: noqa: E501
"""Declarations made wrong on purpose, given to the second kernel as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.oracle.kernels.conftest import Second
from tests.oracle.kernels.drafts import Draft, Term, two

pytestmark = pytest.mark.lean

Wrong = Callable[[Draft], Draft]


def false(draft: Draft) -> Term:
    return draft.const("False")


def statement(of: Callable[[Draft], Term], **more: Any) -> str:
    draft = Draft()
    return draft.axiom(of(draft), **more).text()


def honest(draft: Draft) -> Draft:
    return draft.theorem(two(draft), draft.refl(draft.nat(2)))


def test_a_right_proof_is_accepted(second: Second) -> None:
    ruling = second.judge(statement(two), honest(Draft()).text())
    assert ruling.status == "accepted", ruling.detail
    assert second.cpu_us > 0


def test_helpers_and_what_the_customer_gave_are_accepted(second: Second) -> None:
    draft = Draft()
    nat, type_ = draft.const("Nat"), draft.sort(draft.one())
    # structure Box where (value : Nat), and a theorem about what is in it
    draft.inductive("Box", type_, {"Box.mk": draft.pi(nat, draft.const("Box"))})
    made = draft.app(draft.const("Box.mk"), draft.nat(7))
    draft.declare("def", "seven", nat, draft.proj("Box", 0, made))
    draft.declare("thm", "helper", draft.eq(draft.const("seven"), draft.nat(7)),
                  draft.refl(draft.nat(7)))  # fmt: skip
    draft.theorem(draft.eq(draft.nat(7), draft.nat(7)), draft.const("helper"))

    def sevens(asked: Draft) -> Term:
        return asked.eq(asked.nat(7), asked.nat(7))

    ruling = second.judge(statement(sevens), draft.text(), given=1)
    assert ruling.status == "accepted", ruling.detail
    refused = second.judge(statement(sevens), draft.text(), given=0)
    assert refused.status == "refused"
    assert "kind inductive" in refused.detail


# Every function makes a proof of False, or of the statement by a way that is none.


def value(made: Callable[[Draft], Term], of: Callable[[Draft], Term] = false) -> Wrong:
    """The theorem with this value."""
    return lambda d: d.theorem(of(d), made(d))


def helper(kind: str, **more: Any) -> Wrong:
    """`False` by a helper of that kind, whose own value is no proof of it."""

    def make(d: Draft) -> Draft:
        given = None if kind == "axiom" else d.const("True.intro")
        d.declare(kind, "helper", d.const("False"), given, **more)
        return d.theorem(d.const("False"), d.const("helper"))

    return make


def raw(*lines: Any) -> Wrong:
    """Lines before an otherwise right proof."""

    def make(d: Draft) -> Draft:
        for line in lines:
            d.add(line)
        return honest(d)

    return make


def self_reference(d: Draft) -> Draft:
    return d.theorem(d.const("False"), d.const("target"))


def two_that_rest_on_each_other(d: Draft) -> Draft:
    d.declare("thm", "first", d.const("False"), d.const("second"))
    d.declare("thm", "second", d.const("False"), d.const("first"))
    return d.theorem(d.const("False"), d.const("first"))


def twice(d: Draft) -> Draft:
    honest(d)
    return honest(d)


def replaces_library(d: Draft) -> Draft:
    d.declare("def", "False", d.sort(0), d.const("True"))
    return d.theorem(d.const("False"), d.const("True.intro"))


def replaces_nat_add(d: Draft) -> Draft:
    nat = d.const("Nat")
    d.declare("def", "Nat.add", d.pi(nat, d.pi(nat, nat)), d.lam(nat, d.lam(nat, d.nat(3))))
    return honest(d)


def inductive(parameters: int, type_: Callable[[Draft], Term],
              constructor: Callable[[Draft], Term]) -> Wrong:  # fmt: skip
    def make(d: Draft) -> Draft:
        d.inductive("Bad", type_(d), {"Bad.mk": constructor(d)}, parameters)
        return honest(d)

    return make


def nested(d: Draft) -> Term:
    """`List (Bad n) -> Bad n` where the parameter's place holds something that is no type."""
    inner = d.app(d.const("Bad"), d.const("True.intro"))
    return d.pi(d.app(d.const("List", 0), inner), inner)


def negative(d: Draft) -> Term:
    bad = d.const("Bad")
    return d.pi(d.pi(bad, d.const("False")), bad)


def open_in_opaque(d: Draft) -> Draft:
    d.declare("opaque", "hidden", d.const("False"), d.bvar(0))
    return d.theorem(d.const("False"), d.const("hidden"))


def projection_out_of_proof(d: Draft) -> Draft:
    """The witness of an existence proof, as data."""
    nat = d.const("Nat")
    predicate = d.lam(nat, d.const("True"))
    exists = d.app(d.const("Exists.intro", d.one()), nat, predicate, d.nat(1),
                   d.const("True.intro"))  # fmt: skip
    d.declare("def", "witness", nat, d.proj("Exists", 0, exists))
    return honest(d)


def wrong_structure(d: Draft) -> Draft:
    """A field of `And` out of a `Prod`."""
    types = (d.const("True"), d.const("True"))
    pair = d.app(d.const("And.intro"), *types, d.const("True.intro"), d.const("True.intro"))
    return d.theorem(d.const("True"), d.proj("Prod", 0, pair))


def undeclared_universe(d: Draft) -> Draft:
    u = d.level("param", d.name("u"))
    d.declare(
        "def", "helper", d.sort(d.level("succ", d.level("succ", u))), d.sort(d.level("succ", u))
    )
    return honest(d)


def universe_too_small(d: Draft) -> Draft:
    """`Type : Type`."""
    type_ = d.sort(d.one())
    d.declare("def", "helper", type_, type_)
    return honest(d)


def universe_declared_twice(d: Draft) -> Draft:
    u = d.name("u")
    d.declare("def", "helper", d.sort(d.one()), d.const("Nat"), levelParams=[u, u])
    return honest(d)


def too_few_universes(d: Draft) -> Draft:
    nat = d.const("Nat")
    equation = d.app(d.const("Eq"), nat, d.nat(1), d.nat(1))
    return d.theorem(equation, d.refl(d.nat(1)))


def too_many_universes(d: Draft) -> Draft:
    d.declare("def", "helper", d.sort(d.one()), d.const("Nat", 0))
    return honest(d)


def theorem_that_is_data(d: Draft) -> Draft:
    d.declare("thm", "helper", d.const("Nat"), d.nat(1))
    return honest(d)


def own_universe(d: Draft) -> Draft:
    return d.theorem(two(d), d.refl(d.nat(2)), levelParams=[d.name("u")])


def very_deep(d: Draft) -> Draft:
    term = d.const("True.intro")
    for _ in range(40_000):
        term = d.app(term, term)
    return d.theorem(d.const("False"), term)


def deep_level(d: Draft) -> Draft:
    level = 0
    for _ in range(10_000):
        level = d.level("succ", level)
    return honest(d)


def wide_application(d: Draft) -> Draft:
    """A term of 2^25000 nodes when it is not shared."""
    term = d.const("True.intro")
    for _ in range(25_000):
        term = d.app(term, term)
    return d.theorem(d.const("False"), term)


def huge_power(d: Draft) -> Draft:
    tower = d.app(d.const("Nat.pow"), d.nat(2), d.nat("9" * 30))
    return d.theorem(d.eq(tower, d.nat(1)), d.refl(d.nat(1)))


def valueless(d: Draft) -> Draft:
    d.add({"thm": {"name": d.name("target"), "levelParams": [], "type": two(d), "all": []}})
    return d


def nameless(d: Draft) -> Draft:
    type_, proof = two(d), d.refl(d.nat(2))
    d.add({"thm": {"name": 0, "levelParams": [], "type": type_, "value": proof, "all": []}})
    return d


def definition_for_theorem(d: Draft) -> Draft:
    d.declare("def", "target", two(d), d.refl(d.nat(2)))
    return d


WRONG: list[tuple[str, Wrong]] = [
    # wrong proofs
    ("another proposition's proof", value(lambda d: d.const("True.intro"))),
    ("a proof of itself by itself", self_reference),
    ("two that rest on each other", two_that_rest_on_each_other),
    ("a type for a proof", value(lambda d: d.const("True"))),
    ("a number for a proof", value(lambda d: d.nat(0))),
    ("wrong arithmetic", lambda d: d.theorem(d.eq(d.nat(1), d.nat(2)), d.refl(d.nat(1)))),
    ("literal edited", lambda d: d.theorem(two(d), d.refl(d.nat(3)))),
    ("large literals differ", lambda d: d.theorem(d.eq(d.nat("1" + "0" * 40), d.nat("1" + "0" * 39 + "1")), d.refl(d.nat("1" + "0" * 40)))),
    ("an application to one argument too many", value(lambda d: d.app(d.const("True.intro"), d.nat(1)))),
    ("an argument of another type", value(lambda d: d.app(d.const("Nat.succ"), d.const("True.intro")))),
    ("a function for its value", value(lambda d: d.lam(d.const("Nat"), d.const("True.intro")))),
    ("a let whose value has another type", value(lambda d: d.let(d.const("False"), d.const("True.intro"), d.bvar(0)))),
    ("a let whose type is no type", value(lambda d: d.let(d.nat(1), d.nat(1), d.const("True.intro")), lambda d: d.const("True"))),
    ("a binder whose type is no type", value(lambda d: d.lam(d.nat(3), d.const("True.intro")), lambda d: d.pi(d.nat(3), d.const("True")))),
    ("a theorem that is data", theorem_that_is_data),
    ("a power too large to compute", huge_power),
    ("a term of exponential size", wide_application),
    # what a proof may rest on
    ("sorry", value(lambda d: d.app(d.const("sorryAx", 0), d.const("False"), d.const("Bool.true")))),
    ("compiled code", value(lambda d: d.app(d.const("Lean.ofReduceBool"), d.const("Bool.true"), d.const("Bool.true"), d.app(d.const("Eq.refl", d.one()), d.const("Bool"), d.const("Bool.true"))))),
    ("an axiom of its own", helper("axiom")),
    ("an opaque of its own", helper("opaque")),
    ("an opaque with a free variable", open_in_opaque),
    ("a definition that does not fit its type", helper("def")),
    ("an unsafe definition", helper("def", safety="unsafe")),
    ("a partial definition", helper("def", safety="partial")),
    ("an unknown constant", value(lambda d: d.const("there.is.no.such.thing"))),
    ("declared twice", twice),
    ("False redefined", replaces_library),
    ("addition redefined", replaces_nat_add),
    # inductive types
    ("an inductive type", inductive(0, lambda d: d.sort(d.one()), lambda d: d.const("Bad"))),
    ("a negative occurrence", inductive(0, lambda d: d.sort(d.one()), negative)),
    ("an ill-typed nested parameter", inductive(1, lambda d: d.pi(d.const("Nat"), d.sort(d.one())), nested)),
    # projections
    ("a projection out of a proof of existence", projection_out_of_proof),
    ("a projection by another structure", wrong_structure),
    ("a projection past the end", value(lambda d: d.proj("And", 2, d.app(d.const("And.intro"), d.const("True"), d.const("True"), d.const("True.intro"), d.const("True.intro"))), lambda d: d.const("True"))),
    ("a projection out of a number", value(lambda d: d.proj("Nat", 0, d.nat(1)), lambda d: d.const("True"))),
    ("a projection out of what is no type", value(lambda d: d.proj("True.intro", 0, d.const("True.intro")))),
    ("a projection by an unknown structure", value(lambda d: d.proj("Nowhere", 0, d.const("True.intro")))),
    # variables
    ("a loose bound variable", value(lambda d: d.bvar(0))),
    ("a loose variable in the type", lambda d: d.theorem(d.bvar(0), d.const("True.intro"))),
    ("a variable past its binders", value(lambda d: d.lam(d.const("Nat"), d.bvar(1)))),
    ("a variable of enormous index", value(lambda d: d.bvar(2**40))),
    ("a variable of negative index", value(lambda d: d.bvar(-1))),
    ("a free variable", value(lambda d: d.term("fvar", 1))),
    ("a metavariable", value(lambda d: d.term("mvar", 1))),
    ("a metavariable for a level", raw({"mvar": 0, "il": 1})),
    # universes
    ("an undeclared universe parameter", undeclared_universe),
    ("Type in Type", universe_too_small),
    ("a universe parameter declared twice", universe_declared_twice),
    ("too few universes", too_few_universes),
    ("too many universes", too_many_universes),
    ("a level too deep", deep_level),
    # not the format
    ("not JSON", raw("{")),
    ("no object", raw([1, 2])),
    ("a bare number", raw(7)),
    ("an unknown kind of line", raw({"surprise": {}})),
    ("an unknown kind of term", raw({"quotation": 1, "ie": 0})),
    ("two kinds in one line", raw({"bvar": 0, "sort": 0, "ie": 0})),
    ("a number that is not the next", raw({"sort": 0, "ie": 7})),
    ("a number used twice", raw({"sort": 0, "ie": 0}, {"sort": 0, "ie": 0})),
    ("a forward reference", raw({"app": {"fn": 1, "arg": 1}, "ie": 0})),
    ("a term in itself", raw({"app": {"fn": 0, "arg": 0}, "ie": 0})),
    ("a name in itself", raw({"str": {"pre": 1, "str": "a"}, "in": 1})),
    ("a level in itself", raw({"succ": 1, "il": 1})),
    ("a negative reference", raw({"sort": -1, "ie": 0})),
    ("a fraction for a number", raw({"sort": 0.0, "ie": 0})),
    ("true for a number", raw({"sort": False, "ie": 0})),
    ("a text for a number", raw({"sort": "0", "ie": 0})),
    ("an unknown binder", raw({"sort": 0, "ie": 0}, {"lam": {"name": 0, "type": 0, "body": 0, "binderInfo": "auto"}, "ie": 1})),
    ("a missing field", raw({"app": {"fn": 0}, "ie": 0})),
    ("a field too many", raw({"const": {"name": 0, "us": [], "more": 1}, "ie": 0})),
    ("a theorem without a value", valueless),
    ("a declaration without a name", nameless),
    ("a literal that is no number", value(lambda d: d.nat("12a"))),
    ("a negative literal", value(lambda d: d.nat("-1"))),
    ("a literal in other digits", value(lambda d: d.nat("١٢"))),
    ("a literal without digits", value(lambda d: d.nat(""))),
    ("a literal of two million digits", value(lambda d: d.nat("9" * 2_000_000))),
    ("half a surrogate pair in a text", raw('{"strVal": "\\ud800", "ie": 0}')),
    ("half a surrogate pair in a name", raw('{"str": {"pre": 0, "str": "\\udfff"}, "in": 1}')),
    ("a text with NUL for a proof", value(lambda d: d.term("strVal", "a\0b"))),
    ("a term too deep", very_deep),
    ("brackets without end", raw("[" * 200_000)),
    ("objects without end", raw('{"mdata":' * 100_000)),
    ("a name of ten thousand parts", raw(*({"str": {"pre": n, "str": "a"}, "in": n + 1} for n in range(10_000)))),
]  # fmt: skip


ANOTHER: list[tuple[str, Wrong]] = [
    ("another name", lambda d: d.theorem(two(d), d.refl(d.nat(2)), name="other")),
    ("a weaker statement", lambda d: d.theorem(d.const("True"), d.const("True.intro"))),
    ("no theorem", lambda d: d),
    ("an axiom for the theorem", lambda d: d.axiom(two(d))),
    ("a definition for the theorem", definition_for_theorem),
    ("a universe parameter the statement lacks", own_universe),
]  # fmt: skip
"""Against the statement `1 + 1 = 2`."""


@pytest.mark.parametrize(("what", "make"), WRONG, ids=[what for what, _ in WRONG])
def test_wrong_data_is_refused_and_harms_nothing(what: str, make: Wrong, second: Second) -> None:
    draft = make(Draft())
    before = second.pids()
    ruling = second.judge(draft.own_statement() or statement(two), draft.text())
    assert ruling.status == "refused", (what, ruling.detail)
    assert "another t" not in ruling.detail, "only the statement was compared"
    second.still_well(before)


@pytest.mark.parametrize(("what", "make"), ANOTHER, ids=[what for what, _ in ANOTHER])
def test_a_proof_of_something_else_is_refused(what: str, make: Wrong, second: Second) -> None:
    before = second.pids()
    ruling = second.judge(statement(two), make(Draft()).text())
    assert ruling.status == "refused", (what, ruling.detail)
    second.still_well(before)


def test_a_statement_that_is_no_axiom_is_refused(second: Second) -> None:
    text = honest(Draft()).text()
    for wrong in (text, "", statement(two) + "{", statement(two) * 2):
        assert second.judge(wrong, text).status != "accepted"


def test_customers_declarations_are_checked_too(second: Second) -> None:
    draft = Draft()
    draft.declare("thm", "given", draft.const("False"), draft.const("True.intro"))
    draft.theorem(draft.const("False"), draft.const("given"))
    refused = second.judge(statement(false), draft.text(), given=1)
    assert refused.status == "refused"
    assert "given" in refused.detail


def test_an_axiom_of_the_customer_is_refused(second: Second) -> None:
    draft = Draft()
    draft.axiom(draft.const("False"), name="given")
    draft.theorem(draft.const("False"), draft.const("given"))
    assert second.judge(statement(false), draft.text(), given=1).status == "refused"
