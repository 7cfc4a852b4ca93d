"""The corpus itself: large enough, every family there, each with a case that fools a naive eye."""

from __future__ import annotations

import pytest

from tests.soundness.corpus import ATTACKS, FAMILIES, HONEST, REFUSED


def test_it_is_large_enough() -> None:
    assert len(ATTACKS) >= 80
    assert len(HONEST) >= 150
    assert len(REFUSED) >= 15
    assert {case.family for case in ATTACKS} == set(FAMILIES)


def test_cases_differ() -> None:
    texts = [(c.theorem.statement, c.candidate.kind, c.candidate.text) for c in (*ATTACKS, *HONEST)]
    preambles = [c.theorem.preamble for c in (*ATTACKS, *HONEST)]
    assert len(set(zip(texts, preambles, strict=True))) == len(texts)


def test_attacks_say_what_is_expected_and_why() -> None:
    assert all(case.reason and case.why and case.naive for case in ATTACKS)
    assert all(case.reason and case.why for case in REFUSED)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_naive_checker_would_accept_one_of_each_family(family: str) -> None:
    assert any(case.naive == "accepts" for case in ATTACKS if case.family == family)
