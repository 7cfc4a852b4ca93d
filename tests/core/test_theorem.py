"""Values: what they refuse, and what their hashes depend on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from prover_arb.core.theorem import MAX_TEXT, Candidate, Limits, Theorem, Verdict, sha256


def theorem(**changes: str) -> Theorem:
    return Theorem.model_validate({"name": "two", "statement": ": 1 + 1 = 2"} | changes)


@pytest.mark.parametrize(
    "name", ["a", "amc12_2001_p9", "Nat.add_comm'", "h₁", "x!", "αβ.γ", "«a b»", "A.«1».b"]
)
def test_lean_identifiers_are_names(name: str) -> None:
    assert theorem(name=name).name == name


@pytest.mark.parametrize(
    "name",
    ["", "1a", "a b", "a.", ".a", "a..b", "a.1", "a:=", "a\n", "a;b", "a--b", "a\u202eb",
     "«»", "«a", "a»", "«a«b»", "«a»b", "«a\nb»", "«a\u202eb»"],
)  # fmt: skip
def test_what_is_not_an_identifier_is_no_name(name: str) -> None:
    with pytest.raises(ValidationError, match="not a Lean identifier"):
        theorem(name=name)


def test_a_name_has_an_end() -> None:
    assert theorem(name="t" * 1_000)
    with pytest.raises(ValidationError, match="at most 1000 characters"):
        theorem(name="t" * 1_001)


@pytest.mark.parametrize(
    "changes",
    [
        {"statement": ""},
        {"statement": "x" * (MAX_TEXT + 1)},
        {"preamble": "x" * (MAX_TEXT + 1)},
        {"profile": "coq"},
        {"proof": "by simp"},
    ],
)
def test_bad_fields_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        theorem(**changes)


def test_values_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        theorem().name = "three"  # type: ignore[misc]


def test_the_digest_depends_on_every_field() -> None:
    changed = [
        theorem(),
        theorem(name="three"),
        theorem(statement=": 1 + 1 = 3"),
        theorem(preamble="open Nat"),
        theorem(profile="mathlib"),
    ]
    assert len({t.digest for t in changed}) == len(changed)
    tactics = Candidate(kind="tactics", text="omega")
    assert tactics.digest != Candidate(kind="term", text="omega").digest


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_different_lists_have_different_hashes(one: list[str], other: list[str]) -> None:
    assert (sha256(*one) == sha256(*other)) == (one == other)


def test_text_moved_between_fields_changes_the_digest() -> None:
    assert theorem(preamble="ab", name="c").digest != theorem(preamble="a", name="bc").digest


def test_verdicts_survive_json() -> None:
    verdict = Verdict(status="rejected", reason="uses_sorry", axioms=("sorryAx",), cpu_us=7)
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


@pytest.mark.parametrize("bad", [{"wall_ms": 99}, {"heartbeats": 0}, {"output_bytes": 10}])
def test_limits_have_limits(bad: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Limits.model_validate(bad)
