"""Data that is deep, wide or huge: judged or refused, by a process that stays there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prover_arb.errors import WorkerDied
from prover_arb.oracle.kernels.official import kernel
from prover_arb.oracle.toolchain.resolve import Toolchain
from tests.oracle.kernels.conftest import Second
from tests.oracle.kernels.drafts import Draft, Term, two

pytestmark = pytest.mark.lean

Pair = tuple[Callable[[Draft], Term], Callable[[Draft], Term]]
"""A proposition and its proof."""


def lets(draft: Draft) -> Term:
    true, intro = draft.const("True"), draft.const("True.intro")
    term = intro
    for _ in range(25_000):
        term = draft.let(true, intro, term)
    return term


def functions(draft: Draft, *, type_: bool) -> Term:
    true = draft.const("True")
    term = true if type_ else draft.const("True.intro")
    for _ in range(10_000):
        term = draft.pi(true, term) if type_ else draft.lam(true, term)
    return term


def successors(draft: Draft) -> Term:
    term, successor = draft.const("Nat.zero"), draft.const("Nat.succ")
    for _ in range(20_000):
        term = draft.app(successor, term)
    return term


JUDGED: dict[str, Pair] = {
    "a let in a let": (lambda d: d.const("True"), lets),
    "functions of functions": (
        lambda d: functions(d, type_=True), lambda d: functions(d, type_=False)
    ),
    "a number written out": (
        lambda d: d.eq(successors(d), d.nat(20_000)), lambda d: d.refl(d.nat(20_000))
    ),
    "a long literal": (
        lambda d: d.eq(d.nat("9" * 100_000), d.nat("9" * 100_000)),
        lambda d: d.refl(d.nat("9" * 100_000)),
    ),
}  # fmt: skip


def operation(name: str, *numbers: int) -> Pair:
    """That a number which nobody can hold is 1."""

    def made(draft: Draft) -> Term:
        term = draft.nat(numbers[0])
        for number in numbers[1:]:
            term = draft.app(draft.const(f"Nat.{name}"), term, draft.nat(number))
        return draft.eq(term, draft.nat(1))

    return made, lambda d: d.refl(d.nat(1))


REFUSED: dict[str, Pair] = {
    "a power of a power": operation("pow", 2, 1 << 24, 1 << 24),
    "a shift": operation("shiftLeft", 1, 1 << 45),
    "a literal that differs in its last digit": (
        lambda d: d.eq(d.nat("9" * 100_000), d.nat("9" * 99_999 + "8")),
        lambda d: d.refl(d.nat("9" * 100_000)),
    ),
}


def ruling(second: Second, pair: Pair) -> tuple[str, str | None]:
    before = second.pids()
    claim, value = pair
    reference, proof = Draft(), Draft()
    reference.axiom(claim(reference))
    proof.theorem(claim(proof), value(proof))
    found = second.rule(reference, proof)
    assert second.pids() == before
    return found.status, found.reason


@pytest.mark.parametrize("what", JUDGED)
def test_it_is_judged(second: Second, what: str) -> None:
    assert ruling(second, JUDGED[what]) == ("accepted", None)


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused(second: Second, what: str) -> None:
    assert ruling(second, REFUSED[what]) == ("refused", "replay_failed")


def test_levels_of_many_parameters_are_compared_at_once(second: Second) -> None:
    names = [f"u{i}" for i in range(100)]

    def level(draft: Draft, order: list[str]) -> int:
        made = 0
        for index, name in enumerate(order):
            inner = draft.level("succ", made) if index % 3 == 0 else made
            made = draft.level("imax" if index % 2 else "max", [inner, draft.param(name)])
        return made

    before = second.pids()
    reference, proof = Draft(), Draft()
    reference.axiom(two(reference))
    one, other = level(proof, names), level(proof, names[::-1])
    proof.declare("def", "helper", proof.sort(proof.level("succ", one)), proof.sort(other),
                  levelParams=[proof.name(name) for name in names])  # fmt: skip
    proof.theorem(two(proof), proof.refl(proof.nat(2)))
    found = second.rule(reference, proof)
    assert (found.status, found.reason) == ("refused", "replay_failed")
    assert second.pids() == before


@pytest.mark.parametrize(("height", "status"), [(490, "accepted"), (600, "refused")])
def test_levels_are_as_high_as_they_may_be(second: Second, height: int, status: str) -> None:
    reference, proof = Draft(), Draft()
    reference.axiom(two(reference))
    level = 0
    for _ in range(height):
        level = proof.level("succ", level)
    sort = proof.sort(level)
    proof.declare("def", "helper", proof.sort(proof.level("succ", level)), sort)
    proof.theorem(two(proof), proof.refl(proof.nat(2)))
    assert second.rule(reference, proof, job=True).status == status


def test_thousands_of_helpers_are_judged(second: Second) -> None:
    before = second.pids()
    reference, proof = Draft(), Draft()
    reference.axiom(two(reference))
    for number in range(5_000):
        proof.declare("def", f"helper{number}", proof.const("Nat"), proof.nat(number))
    proof.theorem(two(proof), proof.refl(proof.nat(2)))
    assert second.rule(reference, proof).status == "accepted"
    assert second.pids() == before


def test_a_process_short_of_memory_says_so_and_is_replaced(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "MEMORY_MB", 100)
    small = Second(toolchain)
    try:
        reference, honest, huge = Draft(), Draft(), Draft()
        reference.axiom(two(reference))
        honest.theorem(two(honest), honest.refl(honest.nat(2)))
        assert small.rule(reference, honest).status == "accepted"
        before = small.pids()
        for number in range(60_000):
            huge.declare("def", f"helper{number}", huge.const("Nat"), huge.nat(number))
        huge.theorem(two(huge), huge.refl(huge.nat(2)))
        found = small.rule(reference, huge)
        assert (found.status, found.reason) == ("refused", "memory")
        assert small.rule(reference, honest).status == "accepted"
        assert small.pids() != before
    finally:
        small.close()


def test_numbers_that_fill_the_memory_end_the_process_and_it_says_why(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def squares(draft: Draft) -> Term:
        term = draft.app(draft.const("Nat.pow"), draft.nat(2), draft.nat(1 << 24))
        for _ in range(8):
            term = draft.app(draft.const("Nat.mul"), term, term)
        return draft.eq(term, draft.nat(1))

    monkeypatch.setattr(kernel, "MEMORY_MB", 60)
    small = Second(toolchain)
    try:
        reference, proof = Draft(), Draft()
        reference.axiom(squares(reference))
        proof.theorem(squares(proof), proof.refl(proof.nat(1)))
        with pytest.raises(WorkerDied) as died:
            small.rule(reference, proof)
        assert died.value.cause == "memory"
    finally:
        small.close()
