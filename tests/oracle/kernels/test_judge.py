"""Statements and proofs as data, given to the official kernel's process: who may declare what."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.oracle.kernels.conftest import Second
from tests.oracle.kernels.drafts import Draft, Term, two

pytestmark = pytest.mark.lean


def asked(of: Callable[[Draft], Term], *before: Callable[[Draft], object]) -> Draft:
    """A statement, after the declarations that it comes with."""
    draft = Draft()
    for declare in before:
        declare(draft)
    return draft.axiom(of(draft))


def false(draft: Draft) -> Term:
    return draft.const("False")


# A customer's definition, and a statement by it.


def seven(draft: Draft, value: int = 7) -> None:
    draft.declare("def", "seven", draft.const("Nat"), draft.nat(value))


def seven_is(draft: Draft, value: int = 7) -> Term:
    return draft.eq(draft.const("seven"), draft.nat(value))


def test_a_proof_rests_on_the_statements_constants(second: Second) -> None:
    proof = Draft()
    proof.theorem(seven_is(proof), proof.refl(proof.nat(7)))
    ruling = second.rule(asked(seven_is, seven), proof)
    assert ruling.status == "accepted", ruling.detail
    assert ruling.axioms == ()


def test_what_the_proof_repeats_of_the_statement_is_left_out(second: Second) -> None:
    proof = Draft()
    seven(proof)
    proof.theorem(seven_is(proof), proof.refl(proof.nat(7)))
    ruling = second.rule(asked(seven_is, seven), proof, job=True)
    assert ruling.status == "accepted", ruling.detail
    assert ruling.job.count('"def"') == 1


def test_what_the_proof_makes_of_the_statements_constants_counts_for_nothing(
    second: Second,
) -> None:
    proof = Draft()
    seven(proof, value=8)
    proof.theorem(seven_is(proof, 8), proof.refl(proof.nat(8)))
    ruling = second.rule(asked(lambda d: seven_is(d, 8), seven), proof)
    assert (ruling.status, ruling.reason) == ("refused", "wrong_statement")
    assert "seven" in ruling.detail


def test_a_theorem_of_the_statement_may_come_with_another_proof(second: Second) -> None:
    def fact(draft: Draft, *, by_two: bool) -> None:
        proof = draft.refl(draft.nat(2))
        if by_two:
            proof = draft.let(two(draft), proof, draft.bvar(0))
        draft.declare("thm", "fact", two(draft), proof)

    reference = asked(two, lambda d: fact(d, by_two=False))
    proof = Draft()
    fact(proof, by_two=True)
    proof.theorem(two(proof), proof.const("fact"))
    ruling = second.rule(reference, proof)
    assert ruling.status == "accepted", ruling.detail


def test_what_the_statement_declares_is_checked_too(second: Second) -> None:
    def wrong(draft: Draft) -> None:
        draft.declare("thm", "given", draft.const("False"), draft.const("True.intro"))

    proof = Draft()
    proof.theorem(false(proof), proof.const("given"))
    for _ in range(2):
        ruling = second.rule(asked(false, wrong), proof)
        assert (ruling.status, ruling.reason) == ("refused", "replay_failed")
        assert "given" in ruling.detail


def test_what_was_accepted_of_one_statement_is_not_known_in_another(second: Second) -> None:
    def fact(draft: Draft, number: int) -> None:
        draft.declare("thm", "fact", draft.eq(draft.nat(7), draft.nat(number)),
                      draft.refl(draft.nat(7)))  # fmt: skip

    def goal(draft: Draft, number: int) -> Term:
        return draft.eq(draft.nat(7), draft.nat(number))

    for number, status in ((7, "accepted"), (8, "refused"), (7, "accepted")):
        reference, proof = Draft(), Draft()
        fact(reference, number)
        reference.axiom(goal(reference, number))
        proof.theorem(goal(proof, number), proof.const("fact"))
        assert second.rule(reference, proof).status == status


@pytest.mark.parametrize("how", ["axiom", "unsafe"])
def test_an_axiom_of_the_statement_may_stand_but_not_be_used(second: Second, how: str) -> None:
    def given(draft: Draft) -> None:
        if how == "axiom":
            draft.axiom(draft.const("False"), name="given")
        else:
            value = draft.const("True.intro")
            draft.declare("def", "given", draft.const("False"), value, safety="unsafe")

    honest = Draft()
    honest.theorem(two(honest), honest.refl(honest.nat(2)))
    assert second.rule(asked(two, given), honest).status == "accepted"
    proof = Draft()
    proof.theorem(false(proof), proof.const("given"))
    ruling = second.rule(asked(false, given), proof)
    assert (ruling.status, ruling.reason) == ("refused", "forbidden_axiom")
    assert "given" in ruling.detail


# What Lean makes itself, such as the function of a `match`: it may have different names.


def chooser(draft: Draft, name: str, *, first: bool = True, universe: str = "u") -> None:
    """`fun {α : Sort u} (a b : α) => a`, or `=> b`."""
    sort = draft.sort(draft.param(universe))
    type_ = draft.pi(sort, draft.pi(draft.bvar(0), draft.pi(draft.bvar(1), draft.bvar(2))))
    body = draft.bvar(1 if first else 0)
    value = draft.lam(sort, draft.lam(draft.bvar(0), draft.lam(draft.bvar(1), body)))
    draft.declare("def", name, type_, value, levelParams=[draft.name(universe)])


def choice(draft: Draft, name: str, one: str = "False", other: str = "True") -> Term:
    """The proposition that this function chooses."""
    prop = draft.sort()
    return draft.app(draft.const(name, draft.one()), prop, draft.const(one), draft.const(other))


def statement_by(name: str, one: str = "True", other: str = "False") -> Draft:
    return asked(lambda d: choice(d, name, one, other), lambda d: chooser(d, name))


def test_the_same_function_under_another_name_is_the_same(second: Second) -> None:
    proof = Draft()
    chooser(proof, "helper.match_1", universe="v")
    proof.theorem(choice(proof, "helper.match_1", "True", "False"), proof.const("True.intro"))
    ruling = second.rule(statement_by("target.match_1"), proof, job=True)
    assert ruling.status == "accepted", ruling.detail
    assert "helper" not in ruling.job


def by_another_meaning() -> tuple[Draft, Term]:
    """A proof of `True`, in which the statement's `target.match_1` means something else."""
    proof = Draft()
    chooser(proof, "helper.match_1")
    chooser(proof, "target.match_1", first=False)
    claim = choice(proof, "target.match_1", "False", "True")
    proof.declare("thm", "target.fact", claim, proof.const("True.intro"))
    return proof, proof.let(claim, proof.const("target.fact"), proof.const("True.intro"))


def test_a_name_of_the_statements_may_mean_something_else_inside_the_proof(
    second: Second,
) -> None:
    proof, value = by_another_meaning()
    proof.theorem(choice(proof, "helper.match_1", "True", "False"), value)
    ruling = second.rule(statement_by("target.match_1"), proof)
    assert ruling.status == "accepted", ruling.detail


def test_what_is_set_aside_takes_no_name_of_the_statements(second: Second) -> None:
    """The statement has constants under the first names that the judge would give."""
    names = [f"target.match_1._aside.{number}" for number in range(4)]

    def taken(draft: Draft) -> None:
        chooser(draft, "target.match_1")
        for name in names:
            draft.declare("def", name, draft.const("Nat"), draft.nat(7))

    reference = asked(lambda d: choice(d, "target.match_1", "True", "False"), taken)
    proof, value = by_another_meaning()
    for name in names:
        value = proof.let(proof.const("Nat"), proof.const(name), value)
    proof.theorem(choice(proof, "helper.match_1", "True", "False"), value)
    ruling = second.rule(reference, proof)
    assert ruling.status == "accepted", ruling.detail


def test_a_function_of_the_statement_cannot_be_forged(second: Second) -> None:
    """`target.match_1 False True` is `False` for the customer and `True` for the proof."""
    proof = Draft()
    chooser(proof, "target.match_1", first=False)
    proof.theorem(choice(proof, "target.match_1"), proof.const("True.intro"))
    reference = statement_by("target.match_1", "False", "True")
    ruling = second.rule(reference, proof)
    assert (ruling.status, ruling.reason) == ("refused", "wrong_statement")
    bare = Draft()
    bare.theorem(choice(bare, "target.match_1"), bare.const("True.intro"))
    ruling = second.rule(reference, bare)
    assert (ruling.status, ruling.reason) == ("refused", "replay_failed")


# The theorem itself.


def identity(draft: Draft, one: str, other: str, *, swapped: bool = False) -> tuple[Term, Term]:
    """`∀ (α : Type one) (β : Type other), True`, and its proof; `swapped` turns levels round."""
    levels = [draft.level("succ", draft.param(name)) for name in (one, other)]
    first, second = (draft.sort(level) for level in (reversed(levels) if swapped else levels))
    type_ = draft.pi(first, draft.pi(second, draft.const("True")))
    return type_, draft.lam(first, draft.lam(second, draft.const("True.intro")))


@pytest.mark.parametrize(("names", "swapped", "right"), [
    (("u", "v"), False, True), (("w", "x"), False, True), (("v", "u"), False, True),
    (("u", "v"), True, False), (("v", "u"), True, False), (("u", "u"), False, False),
])  # fmt: skip
def test_universes_count_by_their_places(
    second: Second, names: tuple[str, str], swapped: bool, right: bool
) -> None:
    reference, proof = Draft(), Draft()
    type_, _ = identity(reference, "u", "v")
    reference.axiom(type_, levelParams=[reference.name("u"), reference.name("v")])
    type_, value = identity(proof, *names, swapped=swapped)
    proof.theorem(type_, value, levelParams=[proof.name(name) for name in names])
    ruling = second.rule(reference, proof)
    assert ruling.status == ("accepted" if right else "refused"), ruling.detail
    assert right or ruling.reason == "wrong_statement"


def other_name(draft: Draft) -> Draft:
    return draft.theorem(two(draft), draft.refl(draft.nat(2)), name="other")


def definition(draft: Draft) -> Draft:
    draft.declare("def", "target", two(draft), draft.refl(draft.nat(2)))
    return draft


def as_axiom(draft: Draft) -> Draft:
    return draft.axiom(two(draft))


def not_last(draft: Draft) -> Draft:
    draft.theorem(two(draft), draft.refl(draft.nat(2)))
    return other_name(draft)


def weaker(draft: Draft) -> Draft:
    return draft.theorem(draft.const("True"), draft.const("True.intro"))


def equal_by_computation(draft: Draft) -> Draft:
    """The same proposition for the kernel, but not the one that was asked for."""
    return draft.theorem(draft.eq(draft.nat(2), draft.nat(2)), draft.refl(draft.nat(2)))


def one_more_universe(draft: Draft) -> Draft:
    return draft.theorem(two(draft), draft.refl(draft.nat(2)), levelParams=[draft.name("u")])


def type_for_value(draft: Draft) -> Draft:
    return draft.theorem(draft.refl(draft.nat(2)), two(draft))


def nothing(draft: Draft) -> Draft:
    return draft


@pytest.mark.parametrize("make", [
    other_name, definition, as_axiom, not_last, weaker, equal_by_computation, one_more_universe,
    type_for_value, nothing,
])  # fmt: skip
def test_another_theorem_is_the_wrong_one(second: Second, make: Callable[[Draft], Draft]) -> None:
    ruling = second.rule(asked(two), make(Draft()))
    assert (ruling.status, ruling.reason) == ("refused", "wrong_statement"), ruling.detail


def test_the_right_type_is_not_enough(second: Second) -> None:
    proof = Draft()
    proof.theorem(two(proof), proof.refl(proof.nat(3)))
    ruling = second.rule(asked(two), proof)
    assert (ruling.status, ruling.reason) == ("refused", "replay_failed")


def test_names_of_variables_and_metadata_do_not_count(second: Second) -> None:
    def plain(draft: Draft) -> Term:
        return draft.pi(draft.const("Nat"), draft.const("True"))

    proof = Draft()
    nat = proof.term("mdata", {"data": {}, "expr": proof.const("Nat")})
    true = proof.const("True")
    fields = {"name": proof.name("other"), "type": nat, "body": true, "binderInfo": "implicit"}
    proof.theorem(proof.term("forallE", fields), proof.lam(nat, proof.const("True.intro")))
    ruling = second.rule(asked(plain), proof)
    assert ruling.status == "accepted", ruling.detail


# Names that are not for a proof to declare.


def proof_declaring(name: str) -> Draft:
    """A right proof, and something else under this name."""
    proof = Draft()
    nat = proof.const("Nat")
    proof.declare("def", name, nat, proof.nat(1))
    return proof.theorem(two(proof), proof.refl(proof.nat(2)))


TAKEN = [
    ("Nat.add", "in the library"),
    ("Nat.rec", "in the library"),
    ("sorryAx", "in the library"),
    ("_private.Init.Data.List.Basic.0.List.anything", "private to a module"),
    ("_private.Init.Prelude.0.x.y.z", "private to a module"),
    ("_private.ProverArb.Core.Real.0.x", "private to a module"),
    ("_nested.Tree_1", "kernel uses"),
]


@pytest.mark.parametrize(("name", "why"), TAKEN)
def test_names_of_the_library_are_taken(second: Second, name: str, why: str) -> None:
    ruling = second.rule(asked(two), proof_declaring(name))
    assert (ruling.status, ruling.reason) == ("refused", "malformed_declaration")
    assert why in ruling.detail


@pytest.mark.parametrize(
    "name", ["Nat.helper", "_private.Elsewhere.0.x", "_private.0.x", "_private.Init.Dat.0.x", "x.0"]
)
def test_other_names_are_free(second: Second, name: str) -> None:
    ruling = second.rule(asked(two), proof_declaring(name))
    assert ruling.status == "accepted", ruling.detail


def test_what_a_library_theorem_mentions_cannot_be_supplied(second: Second) -> None:
    """`Int.Linear.gcd` is private to a module and left out of its file, but a theorem that is in
    it says what it computes: with another function of that name the theorem is false."""
    name = "_private.Init.Data.Int.Linear.0.Int.Linear.gcd"
    proof = Draft()
    integer = proof.const("Int")
    minus_one = proof.app(proof.const("Int.negSucc"), proof.nat(0))
    type_ = proof.pi(integer, proof.pi(integer, integer))
    value = proof.lam(integer, proof.lam(integer, minus_one))
    proof.declare("def", name, type_, value)
    equation = proof.app(proof.const(f"{name}.eq_1"), minus_one, minus_one)
    proof.theorem(false(proof), equation)
    ruling = second.rule(asked(false), proof)
    assert (ruling.status, ruling.reason) == ("refused", "malformed_declaration")
    assert "Int.Linear.gcd" in ruling.detail


def test_what_the_statement_mentions_cannot_be_supplied(second: Second) -> None:
    def unknown(draft: Draft) -> Term:
        return draft.const("Riemann")

    proof = Draft()
    proof.declare("def", "Riemann", proof.sort(), proof.const("True"))
    proof.theorem(unknown(proof), proof.const("True.intro"))
    ruling = second.rule(asked(unknown), proof)
    assert (ruling.status, ruling.reason) == ("refused", "malformed_declaration")
    bare = Draft()
    bare.theorem(unknown(bare), bare.const("True.intro"))
    ruling = second.rule(asked(unknown), bare)
    assert (ruling.status, ruling.reason) == ("refused", "replay_failed")
    assert "unknown constant `Riemann`" in ruling.detail


def rose(draft: Draft) -> None:
    """`inductive Rose | node (children : List Rose)`"""
    of = draft.const("Rose")
    node = draft.pi(draft.app(draft.const("List", 0), of), of)
    draft.inductive("Rose", draft.sort(draft.one()), {"Rose.node": node})


@pytest.mark.parametrize("name", ["Rose", "Rose.node", "Rose.rec", "Rose.rec_1", "Rose.rec_7"])
def test_names_that_the_kernel_derives_are_the_statements(second: Second, name: str) -> None:
    ruling = second.rule(asked(two, rose), proof_declaring(name))
    assert (ruling.status, ruling.reason) == ("refused", "wrong_statement")


def test_a_recursor_of_a_nested_type_can_be_used(second: Second) -> None:
    """The type of `@Rose.rec_1` itself, which says nothing: only that the constant is known."""
    proof = Draft()
    motives = [
        proof.lam(proof.const("Rose"), proof.const("True")),
        proof.lam(proof.app(proof.const("List", 0), proof.const("Rose")), proof.const("True")),
    ]
    true, list_ = proof.const("True"), proof.app(proof.const("List", 0), proof.const("Rose"))
    intro = proof.const("True.intro")
    minors = [
        proof.lam(list_, proof.lam(true, intro)),
        intro,
        proof.lam(proof.const("Rose"), proof.lam(list_, proof.lam(true, proof.lam(true, intro)))),
    ]
    empty = proof.app(proof.const("List.nil", 0), proof.const("Rose"))
    value = proof.app(proof.const("Rose.rec_1", 0), *motives, *minors, empty)
    proof.theorem(true, value)
    for _ in range(2):  # the second time, the kernel is not asked about the type again
        ruling = second.rule(asked(lambda d: d.const("True"), rose), proof)
        assert ruling.status == "accepted", ruling.detail


def test_a_name_twice_is_once_too_often(second: Second) -> None:
    proof = Draft()
    proof.declare("def", "helper", proof.const("Nat"), proof.nat(1))
    proof.declare("def", "helper", proof.const("Nat"), proof.nat(1))
    proof.theorem(two(proof), proof.refl(proof.nat(2)))
    ruling = second.rule(asked(two), proof)
    assert (ruling.status, ruling.reason) == ("refused", "malformed_declaration")


def test_a_statement_of_library_names_is_none(second: Second) -> None:
    def add(draft: Draft) -> None:
        draft.declare("def", "Nat.add", draft.const("Nat"), draft.nat(1))

    proof = Draft()
    proof.theorem(two(proof), proof.refl(proof.nat(2)))
    ruling = second.rule(asked(two, add), proof)
    assert ruling.status == "unusable"
    assert "Nat.add" in ruling.detail


def test_a_statement_that_declares_what_the_kernel_derives_is_none(second: Second) -> None:
    def recursor(draft: Draft) -> None:
        draft.declare("def", "Rose.rec_1", draft.const("Nat"), draft.nat(1))

    proof = Draft()
    proof.theorem(two(proof), proof.refl(proof.nat(2)))
    for order in ((recursor, rose), (rose, recursor)):
        ruling = second.rule(asked(two, *order), proof)
        assert ruling.status == "unusable"
        assert "Rose.rec_1" in ruling.detail


def test_the_empty_name_is_no_constant(second: Second) -> None:
    proof = Draft()
    proof.theorem(two(proof), proof.term("const", {"name": 0, "us": []}))
    ruling = second.rule(asked(two), proof)
    assert (ruling.status, ruling.reason) == ("refused", "replay_failed")


# The process stays up.


def test_a_strange_binder_name_in_a_constructor_does_no_harm(second: Second) -> None:
    before = second.pids()

    def strange(draft: Draft) -> None:
        type_ = draft.sort(draft.one())
        of = draft.const("Strange")
        constructor = draft.bind("forallE", draft.const("Nat"), of, name="x._@.a._hyg.b.5._hygCtx")
        draft.inductive("Strange", type_, {"Strange.mk": constructor})

    proof = Draft()
    proof.theorem(two(proof), proof.refl(proof.nat(2)))
    uses = proof_declaring("helper")
    uses.declare("def", "uses", uses.sort(uses.one()), uses.const("Strange"))
    uses.theorem(two(uses), uses.refl(uses.nat(2)), name="target2")
    assert second.rule(asked(two, strange), proof).status == "accepted"
    reference = asked(lambda d: d.pi(d.const("Strange"), d.const("True")), strange)
    wanted = Draft()
    strange_type = wanted.const("Strange")
    wanted.theorem(
        wanted.pi(strange_type, wanted.const("True")),
        wanted.lam(strange_type, wanted.const("True.intro")),
    )
    ruling = second.rule(reference, wanted)
    assert ruling.status == "accepted", ruling.detail
    second.still_well(before)


def doubled_levels(draft: Draft) -> Term:
    """A universe that is small as it is shared, and has 2^60 parts as it is walked."""
    level = draft.param("u")
    for _ in range(60):
        level = draft.level("max", [level, level])
    return draft.sort(level)


def doubled_terms(draft: Draft) -> Term:
    """A proposition with 2^60 parts, unless it is walked as it is shared."""
    term = draft.const("True")
    for _ in range(60):
        term = draft.app(draft.const("And"), term, term)
    return term


def test_shared_parts_of_levels_are_counted_as_often_as_they_occur(second: Second) -> None:
    before = second.pids()
    proof = Draft()
    proof.declare("def", "helper", doubled_levels(proof), doubled_levels(proof))
    proof.theorem(two(proof), proof.refl(proof.nat(2)))
    ruling = second.rule(asked(two), proof)
    assert (ruling.status, ruling.reason) == ("refused", "malformed_declaration")
    assert "level is too large" in ruling.detail
    second.still_well(before)


def test_a_statement_of_shared_parts_is_compared_at_once(second: Second) -> None:
    before = second.pids()
    proof = Draft()
    intro = proof.const("True.intro")
    term, type_ = intro, proof.const("True")
    for _ in range(60):
        term = proof.app(proof.const("And.intro"), type_, type_, term, term)
        type_ = proof.app(proof.const("And"), type_, type_)
    proof.theorem(type_, term)
    ruling = second.rule(asked(doubled_terms), proof)
    assert ruling.status == "accepted", ruling.detail
    second.still_well(before)


def test_the_kernel_stops_at_its_limit(second: Second) -> None:
    def slow(draft: Draft) -> Term:
        length = draft.const("List.length", 0)
        numbers = draft.app(draft.const("List.range"), draft.nat(2000))
        return draft.eq(draft.app(length, draft.const("Nat"), numbers), draft.nat(2000))

    before = second.pids()
    proof = Draft()
    proof.theorem(slow(proof), proof.refl(proof.nat(2000)))
    assert second.rule(asked(slow), proof).status == "accepted"
    ruling = second.rule(asked(slow), proof, heartbeats=10)
    assert (ruling.status, ruling.reason) == ("refused", "heartbeats")
    second.still_well(before)


def test_refusals_do_not_repeat_what_is_endless(second: Second) -> None:
    before = second.pids()
    for name in ("a" * 3_000_000, "b" * 3_999, ".".join(["part"] * 199)):
        ruling = second.rule(asked(two), proof_declaring(f"Nat.add.{name}"))
        assert ruling.status in {"accepted", "refused"}
        assert len(ruling.detail) < 1_000
        mentioning = Draft()
        mentioning.theorem(two(mentioning), mentioning.const(f"Nat.{name}"))
        ruling = second.rule(asked(two), mentioning)
        assert ruling.status == "refused"
        assert len(ruling.detail) < 1_000
    second.still_well(before)


@pytest.mark.parametrize("fields", [
    {"reference": None}, {"reference": 7}, {"proof": []}, {"proof": True}, {"heartbeats": -1},
    {"heartbeats": True}, {"heartbeats": 1.5}, {"heartbeats": "1"}, {"heartbeats": 1 << 40},
])  # fmt: skip
def test_requests_of_other_types_are_refused(second: Second, fields: dict[str, object]) -> None:
    before = second.pids()
    right = {"op": "judge", "reference": asked(two).text(), "proof": "", "heartbeats": 1}
    reply = second.run(second.kernel.pool.request({**right, **fields}, wall_ms=60_000))
    assert reply.data["status"] == "refused"
    assert next(iter(fields)) in str(reply.data["detail"])
    second.still_well(before)
