"""The shipped theorems: half for the main job, half to learn from, by a rule blind to outcomes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover_arb.problems import Problem, read_problems, shipped_problems
from prover_arb.problems.forms import form_digest
from prover_arb.problems.generator import held_out_forms
from prover_arb.problems.generator.draws import TRAINING_SPLIT

MAIN = shipped_problems()
TRAINING = MAIN.with_name("core_training.jsonl")
PRACTICE = MAIN.with_name("core_practice.jsonl")


def by_form(*files: Path) -> dict[str, list[Problem]]:
    """The problems of some files by the form of their statements."""
    groups: dict[str, list[Problem]] = {}
    for file in files:
        for problem in read_problems(file, strict=True).problems:
            groups.setdefault(form_digest(problem.theorem.statement), []).append(problem)
    return groups


def editions() -> list[set[str]]:
    """The forms of each edition of the set: the first, then what was added to it later."""
    forms: dict[int, set[str]] = {}
    for file in (MAIN, TRAINING):
        problems = read_problems(file, strict=True).problems
        lines = file.read_text(encoding="utf-8").splitlines()
        for problem, line in zip(problems, lines, strict=True):
            edition = json.loads(line).get("edition", 1)
            forms.setdefault(edition, set()).add(form_digest(problem.theorem.statement))
    return [forms[edition] for edition in sorted(forms)]


def test_forms_take_turns_between_the_two_halves() -> None:
    """The rule of docs/problem-sets.md; it uses no outcome of any attempt."""
    both = by_form(MAIN, TRAINING)

    def turn(form: str) -> tuple[int, str, str]:
        easiest = min(both[form], key=lambda problem: int(problem.difficulty))
        return int(easiest.difficulty), easiest.category, form

    orders = [sorted(forms, key=turn) for forms in editions()]
    assert sum(map(len, orders)) == len(both), "no form of a later edition is in an earlier one"
    assert {form for order in orders for form in order[::2]} == set(by_form(MAIN))
    assert {form for order in orders for form in order[1::2]} == set(by_form(TRAINING))


@pytest.mark.parametrize(
    ("file", "split", "least"),
    [(MAIN, "main", 200), (TRAINING, TRAINING_SPLIT, 200), (PRACTICE, TRAINING_SPLIT, 150)],
)
def test_each_file_is_large_and_varied(file: Path, split: str, least: int) -> None:
    problems = read_problems(file, strict=True).problems
    assert len(problems) >= least
    assert {problem.split for problem in problems} == {split}
    assert len({problem.category for problem in problems}) >= 5
    assert {int(problem.difficulty) for problem in problems} >= set(range(1, 10))


def test_no_shipped_theorem_is_one_of_minif2f_or_putnambench() -> None:
    assert not set(by_form(MAIN, TRAINING, PRACTICE)) & held_out_forms()


def test_theorems_for_practice_are_none_of_the_others() -> None:
    practice = by_form(PRACTICE)
    assert all(len(problems) == 1 for problems in practice.values())
    assert not set(practice) & set(by_form(MAIN, TRAINING))
