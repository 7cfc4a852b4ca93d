"""`prover-arb distill` as a user runs it: students that are sold at once, and what is refused."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prover_arb.cli.app import app
from prover_arb.errors import CatalogError
from prover_arb.provers.catalog import SHIPPED, load_catalog
from prover_arb.provers.students.examples import EXAMPLES, FACTS
from prover_arb.provers.students.student import ModelCard
from prover_arb.provers.students.student_prover import StudentConfig
from prover_arb.research.market.distillation import tokens_of
from tests.provers.students.lessons import facts_of, lessons


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*map(str, words)])
    return result.exit_code, result.output


def exported(folder: Path) -> Path:
    folder.mkdir()
    examples = lessons(12)
    lines = [example.model_dump_json() for example in examples]
    (folder / EXAMPLES).write_text("".join(f"{line}\n" for line in lines))
    (folder / FACTS).write_text(facts_of(examples).model_dump_json())
    return folder


def test_trained_students_are_sold_beside_their_teachers(tmp_path: Path) -> None:
    out = tmp_path / "students"
    code, said = run("distill", "train", exported(tmp_path / "e"), "--out", out, "--sizes", "6,24")
    assert code == 0, said
    assert "24 theorems, 24 proofs" in said
    sold = load_catalog(out / "catalog.toml")
    assert list(sold.entries)[:-2] == ["flash", "portfolio", "search"]
    for name, size in zip(list(sold.entries)[-2:], (6, 24), strict=True):
        student = sold.entries[name]
        assert isinstance(student, StudentConfig)
        assert student.file.card.theorems == size
        # Studies of markets read what a student learnt from where its name ends.
        assert tokens_of(name) == student.file.card.tokens
        assert (out / f"{name}.json").exists()
    fresh = tmp_path / "fresh"
    code, said = run("distill", "train", tmp_path / "e", "--out", fresh, "--sizes", "6,25")
    assert (code, "--sizes '6,25': the export has proofs of 24" in said) == (2, True)
    assert not fresh.exists()
    code, said = run("distill", "train", tmp_path / "absent", "--out", out)
    assert (code, "no export that can be read" in said) == (2, True)


def test_the_largest_student_is_shipped_with_its_hash_in_the_catalog(tmp_path: Path) -> None:
    out = tmp_path / "students"
    run("distill", "train", exported(tmp_path / "e"), "--out", out, "--sizes", "6,24")
    package = tmp_path / "package"
    (package / "students").mkdir(parents=True)
    catalog = package / "catalog.toml"
    catalog.write_text(SHIPPED.read_text())
    with pytest.raises(CatalogError, match=r"shipped\.npz: cannot be read"):
        load_catalog(catalog)
    script = Path(__file__).parents[2] / "benchmarks" / "ship_student.py"
    runpy.run_path(str(script))["ship"](out, catalog)
    student = load_catalog(catalog).entries["student"]
    assert isinstance(student, StudentConfig)
    assert student.file.card.theorems == 24
    assert student.file.card == ModelCard.model_validate_json(
        (package / "students" / "shipped.json").read_text()
    )


def test_a_student_is_not_measured_on_what_it_learnt_from(tmp_path: Path) -> None:
    out = tmp_path / "students"
    run("distill", "train", exported(tmp_path / "e"), "--out", out, "--sizes", "24")
    known = tmp_path / "known.jsonl"
    known.write_text(
        '{"name": "t", "formal_statement": "theorem t (m : ℕ) (k : m % 71 = 1) : '
        '(m + 71) % 71 = 1 := by sorry"}\n'
    )
    command = ["distill", "evaluate", "--catalog", out / "catalog.toml", "--problems", known]
    code, said = run(*command, "--teacher", "portfolio", "--out", tmp_path / "m")
    assert code == 2
    assert "learnt from 1 of these theorems" in said
    for name in (list(load_catalog(out / "catalog.toml").entries)[-1], "nobody"):
        code, said = run(*command, "--teacher", name, "--out", tmp_path / "m")
        assert (code, "not a teacher" in said, "flash, portfolio, search" in said) == (
            2,
            True,
            True,
        )
    code, said = run(*command, "--teacher", "flash", "--seeds", "1,1", "--out", tmp_path / "m")
    assert code == 2


@pytest.mark.lean
def test_students_are_measured_beside_their_teacher(tmp_path: Path) -> None:
    out, measured = tmp_path / "students", tmp_path / "measured"
    run("distill", "train", exported(tmp_path / "e"), "--out", out, "--sizes", "6,24")
    problems = tmp_path / "problems.jsonl"
    statements = ["(m : ℕ) (k : m < 7) : m ≤ 6", "(m n : ℕ) : m + n = n + m + 0", ": 1 = 2"]
    problems.write_text(
        "".join(
            json.dumps({"name": f"t{i}", "formal_statement": f"theorem t{i} {text} := by sorry"})
            + "\n"
            for i, text in enumerate(statements)
        )
    )
    command = [
        "distill", "evaluate", "--catalog", out / "catalog.toml", "--problems", problems,
        "--teacher", "flash", "--seeds", "0,1", "--draws", "2", "--workers", "1",
        "--resamples", "10", "--out", measured,
    ]  # fmt: skip
    code, said = run(*command)
    assert code == 0, said
    assert "flash proves 2 of 3" in said
    data = json.loads((measured / "students.json").read_text())
    assert (data["teacher"], data["theorems"], data["seeds"]) == ("flash", 3, [0, 1])
    small, large = data["students"]
    assert small["tokens"] < large["tokens"]
    assert large["solved"]["mean"] == 2
    assert set(large["margin"]) == {"mean", "over_seeds", "over_theorems"}
    assert "plotly" in (measured / "students.html").read_text()
    # Nothing is tried again, and the records are those of any prover.
    code, said = run(*command)
    assert (code, "theorems: " in said) == (0, False)
    code, said = run(
        "market", "distillation", "--records", measured / "records", "--teacher", "flash", "--json"
    )
    assert code == 0, said
    study = json.loads(said.splitlines()[-1])
    assert [row["tokens"] for row in study["students"]] == [small["tokens"], large["tokens"]]
    command[command.index("--draws") + 1] = "3"
    code, said = run(*command)
    assert (code, "draws: 2 -> 3" in said) == (2, True)
