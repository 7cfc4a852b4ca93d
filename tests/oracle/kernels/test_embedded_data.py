"""The embedded kernel as a judge: declarations as data, in a process with the profile loaded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Lean
from tests.oracle.kernels.drafts import Draft, two

pytestmark = pytest.mark.lean

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(lean: Lean) -> Ask:
    """The kernel's answer to a draft, or to a text; nothing may end the process over it."""

    def asked(job: Draft | str, heartbeats: object = 200_000) -> dict[str, Any]:
        text = job.text() if isinstance(job, Draft) else job
        request = {"op": "judge", "job": text, "heartbeats": heartbeats}
        return lean.run(lean.pool.request(request, wall_ms=60_000)).data

    return asked


def accepted(answer: dict[str, Any]) -> bool:
    assert answer["status"] in {"accepted", "refused"}, answer
    return bool(answer["status"] == "accepted")


def test_right_and_wrong(ask: Ask) -> None:
    right, wrong = Draft(), Draft()
    assert accepted(ask(right.theorem(two(right), right.refl(right.nat(2)))))
    answer = ask(wrong.theorem(two(wrong), wrong.refl(wrong.nat(3))))
    assert not accepted(answer)
    assert answer["reason"] == "replay_failed"
    assert "`target`: declaration type mismatch" in answer["detail"]


@pytest.mark.parametrize("taken", ["True.intro", "Nat.rec", "Nat", "Nat.add", "propext"])
def test_names_of_the_library_are_taken(ask: Ask, taken: str) -> None:
    draft = Draft()
    draft.theorem(two(draft), draft.refl(draft.nat(2)), name=taken)
    answer = ask(draft)
    assert not accepted(answer)
    assert f"already declared `{taken}`" in answer["detail"]


@pytest.mark.parametrize(
    ("name", "constructor"), [("Nat", "Own.zero"), ("Own", "Nat.zero"), ("Own", "Own")]
)
def test_names_of_an_inductive_block_are_taken(ask: Ask, name: str, constructor: str) -> None:
    draft = Draft()
    draft.inductive(name, draft.sort(draft.one()), {constructor: draft.const(name)})
    draft.theorem(two(draft), draft.refl(draft.nat(2)))
    assert not accepted(ask(draft))


def test_a_recursor_collides_with_what_was_declared_before(ask: Ask) -> None:
    draft = Draft()
    draft.theorem(two(draft), draft.refl(draft.nat(2)), name="Own.rec")
    draft.inductive("Own", draft.sort(draft.one()), {"Own.mk": draft.const("Own")})
    draft.theorem(two(draft), draft.refl(draft.nat(2)))
    assert not accepted(ask(draft))


def test_inductive_types_compute(ask: Ask) -> None:
    """A type of two, mutual with one that holds it, and a recursor that takes the right branch."""
    draft = Draft()
    kind = draft.sort(draft.one())
    own, held = draft.const("Own"), draft.const("Held")
    block = {
        "Own": (kind, {"Own.left": own, "Own.right": draft.pi(held, own)}),
        "Held": (kind, {"Held.mk": draft.pi(own, held)}),
    }
    draft.mutual(block)
    nat = draft.const("Nat")
    to_nat, from_held = draft.lam(own, nat), draft.lam(held, nat)
    with_one = draft.lam(held, draft.lam(nat, draft.nat(7)))
    passed = draft.lam(own, draft.lam(nat, draft.bvar(0)))

    def measured(of: int) -> int:
        recursor = draft.const("Own.rec", draft.one())
        return draft.app(recursor, to_nat, from_held, draft.nat(5), with_one, passed, of)

    right = draft.app(
        draft.const("Own.right"), draft.app(draft.const("Held.mk"), draft.const("Own.left"))
    )
    claim = draft.eq(measured(right), draft.nat(7))
    draft.theorem(claim, draft.refl(draft.nat(7)))
    assert accepted(ask(draft))
    draft.lines.pop()
    draft.theorem(
        draft.eq(measured(draft.const("Own.left")), draft.nat(7)), draft.refl(draft.nat(7))
    )
    assert not accepted(ask(draft))


def test_a_type_that_holds_functions_of_itself(ask: Ask) -> None:
    draft = Draft()
    own = draft.const("Own")
    draft.inductive("Own", draft.sort(draft.one()), {"Own.mk": draft.pi(draft.pi(own, own), own)})
    draft.theorem(two(draft), draft.refl(draft.nat(2)))
    answer = ask(draft)
    assert not accepted(answer)
    assert "`Own`" in answer["detail"]


@pytest.mark.parametrize("size", [1, 5, 9, 10, 19, 20, 40, 1_000, 20_000])
def test_numbers_of_any_size_are_what_they_are(ask: Ask, size: int) -> None:
    one, other = 10**size - 1, 3**size << size
    for more in (0, 1):
        draft = Draft()
        total = draft.app(
            draft.const("Nat.add"), draft.nat(_decimal(one)), draft.nat(_decimal(other))
        )
        claim = draft.eq(total, draft.nat(_decimal(one + other + more)))
        draft.theorem(claim, draft.refl(total))
        assert accepted(ask(draft)) == (more == 0)


def _decimal(number: int) -> str:
    """Its digits; Python's own way to them is closed for large numbers."""
    if number < 10**4000:
        return str(number)
    high, low = divmod(number, 10**4000)
    return _decimal(high) + str(low).zfill(4000)


@pytest.mark.parametrize("held", ["", "plain", "\0", 'a\0b\n"\\', "é→𝔸\u202e", "\ufeff\U0010ffff"])
def test_texts_keep_their_characters(ask: Ask, held: str) -> None:
    for length in (len(held), len(held) + 1):
        draft = Draft()
        measured = draft.app(draft.const("String.length"), draft.term("strVal", held))
        claim = draft.eq(measured, draft.nat(length))
        proof = draft.app(
            draft.const("Eq.refl", draft.one()), draft.const("Nat"), draft.nat(length)
        )
        assert accepted(ask(draft.theorem(claim, proof))) == (length == len(held))


def test_names_of_any_characters_and_numbers(ask: Ask) -> None:
    draft = Draft()
    name = draft.part(draft.part(draft.part(draft.part(0, 7), "a.b\0é"), (1 << 53) - 1), "")
    value = draft.refl(draft.nat(2))
    for last in (False, True):
        body = {"levelParams": [], "type": two(draft), "value": value}
        draft.add({"thm": {"name": draft.part(name, int(last)), "all": [name], **body}})
    assert accepted(ask(draft))


def test_universes_are_counted(ask: Ask) -> None:
    draft = Draft()
    u, v = draft.param("u"), draft.param("v")
    top = draft.level("max", [draft.level("succ", u), draft.level("imax", [v, u])])
    declared = {"levelParams": [draft.name("u"), draft.name("v")]}
    above = draft.sort(draft.level("succ", top))
    draft.declare("def", "Big", above, draft.sort(top), **declared)
    draft.theorem(two(draft), draft.refl(draft.nat(2)))
    assert accepted(ask(draft))
    small = Draft()
    small.declare("def", "Big", small.sort(small.param("w")), small.sort(small.param("w")))
    small.theorem(two(small), small.refl(small.nat(2)))
    assert not accepted(ask(small))


def test_a_term_may_be_deep(ask: Ask) -> None:
    draft = Draft()
    nat, one = draft.const("Nat"), draft.nat(1)
    proof = draft.refl(draft.nat(2))
    for _ in range(29_000):
        proof = draft.let(nat, one, proof)
    assert accepted(ask(draft.theorem(two(draft), proof)))


def test_heartbeats_bound_the_kernel(ask: Ask) -> None:
    draft = Draft()
    nat = draft.const("Nat")
    step = draft.lam(nat, draft.app(draft.const("Nat.succ"), draft.bvar(0)))
    grown = draft.app(
        draft.const("Nat.repeat", draft.one()), nat, step, draft.nat(20_000), draft.nat(0)
    )
    draft.theorem(draft.eq(grown, draft.nat(20_000)), draft.refl(draft.nat(20_000)))
    answer = ask(draft, heartbeats=1)
    assert not accepted(answer)
    assert answer["reason"] in {"heartbeats", "memory"}


@pytest.mark.parametrize(
    "line",
    [
        "", "x", "[]", "null", "{}", '{"in":1}', '{"thm":null}', '{"thm":{}}', '{"thm":[]}',
        '{"quot":{}}', '{"axiom":{"name":0,"levelParams":[],"type":0,"isUnsafe":false}}',
        '{"constructor":{}}', '{"toString":1,"ie":0}', '{"__proto__":1,"ie":0}',
        '{"str":{"pre":0,"str":"a"},"in":2}', '{"str":{"pre":1,"str":"a"},"in":1}',
        '{"str":{"pre":0,"str":"\\ud800"},"in":1}', '{"str":{"pre":0,"str":1},"in":1}',
        '{"num":{"pre":0,"i":-1},"in":1}', '{"num":{"pre":0,"i":1e99},"in":1}',
        '{"succ":1,"il":1}', '{"max":[0],"il":1}', '{"sort":1,"ie":0}', '{"bvar":-1,"ie":0}',
        '{"natVal":"01","ie":0}', '{"natVal":"","ie":0}', '{"natVal":7,"ie":0}',
        '{"app":{"fn":0,"arg":0},"ie":0}', '{"sort":0,"ie":0,"more":1}',
    ],
)  # fmt: skip
def test_what_is_no_job_is_not_judged(ask: Ask, line: str) -> None:
    answer = ask(line)
    assert answer["status"] == "failed"
    assert len(answer["detail"]) <= 500
    draft = Draft()
    assert accepted(ask(draft.theorem(two(draft), draft.refl(draft.nat(2)))))


@pytest.mark.parametrize(
    "wrong", [{"job": None}, {"job": 1}, {"heartbeats": "1"}, {"heartbeats": -1}]
)
def test_wrong_requests_are_not_judged(lean: Lean, wrong: dict[str, object]) -> None:
    request = {"op": "judge", "job": "", "heartbeats": 1, **wrong}
    assert lean.run(lean.pool.request(request, wall_ms=60_000)).data["status"] == "failed"


def test_thousands_of_jobs_leave_nothing_behind(lean: Lean) -> None:
    """Accepted, refused and broken ones; one batch says what the next may not go beyond."""
    right, wrong = Draft(), Draft()
    right.theorem(two(right), right.refl(right.nat(9**99)))
    wrong.theorem(two(wrong), wrong.refl(wrong.nat(3)))
    broken = right.text() + json.dumps({"thm": {"name": 99}})
    padding = [json.dumps({"str": {"pre": 0, "str": "x" * 4000}, "in": 1})]
    padding += [json.dumps({"strVal": "y" * 4000, "ie": n}) for n in range(40)]

    async def held(times: int) -> int:
        memory = 0
        async with lean.pool.lease() as worker:
            for _ in range(times):
                for job in (right.text(), wrong.text(), broken, "\n".join(padding)):
                    request = {"op": "judge", "job": job, "heartbeats": 1000}
                    memory = (await worker.request(request, wall_ms=60_000)).memory
        return memory

    before = lean.run(held(5))
    assert lean.run(held(1_000)) == before  # 160 MB more if the texts alone were kept
