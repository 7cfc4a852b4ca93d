"""The shipped policy file and student know no theorem of the main job or of MiniF2F."""

from __future__ import annotations

from prover_arb.cli.problems_generate import shipped_main_forms
from prover_arb.core.slices import prover_of
from prover_arb.problems.forms import form_digest
from prover_arb.problems.generator import held_out_forms
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.students.student_prover import StudentConfig
from prover_arb.scheduler import make_policy
from prover_arb.scheduler.policy_file import shipped_policy


def test_the_shipped_policy_knows_no_theorem_that_is_measured_on() -> None:
    file = shipped_policy()
    assert file is not None
    statements = [row.statement for row in file.rows]
    statements += [history.statement for history in file.learnt]
    assert len(statements) >= 100
    assert all(statements)
    forms = {form_digest(statement) for statement in statements if statement}
    assert not forms & held_out_forms()
    assert not forms & shipped_main_forms()


def test_the_shipped_student_learnt_from_no_theorem_that_is_measured_on() -> None:
    student = load_catalog().entries["student"]
    assert isinstance(student, StudentConfig)
    assert len(student.file.forms) >= 100
    assert not set(student.file.forms) & (held_out_forms() | shipped_main_forms())


def test_schedule_begins_with_the_shipped_policy_where_its_provers_are_sold() -> None:
    file = shipped_policy()
    assert file is not None
    assert {prover_of(name) for name in file.provers} == set(load_catalog().entries)
    for sold in (["flash", "student", "portfolio", "search"], ["somebody"]):
        assert make_policy("schedule", sold).name == "schedule"
        assert make_policy("schedule:-", sold).name == "schedule:-"
