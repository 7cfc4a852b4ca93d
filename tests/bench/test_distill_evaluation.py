"""Attempts of students and their teacher: each is made once, kept, and not made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover_arb.bench.distill_evaluation import (
    ATTEMPTS,
    SETTING,
    Evaluation,
    EvaluationSetting,
)
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Theorem, ToolchainIdentity
from prover_arb.errors import RunError
from prover_arb.oracle.budgeted import Checker
from prover_arb.problems import Problem
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.local.session import LeanProver, Session
from prover_arb.provers.students.student_prover import StudentConfig, StudentProver
from tests.conftest import Lean
from tests.provers.students.test_student_prover import catalog

LEAN = ToolchainIdentity(lean="4.28.0", commit="c", origin="npm", integrity="i", library="l")
STATEMENTS = {
    "easy": "(m : ℕ) (k : m % 9 = 1) : (m + 9) % 9 = 1",
    "wrong": "(m : ℕ) (k : m % 9 = 1) : (m + 9) % 9 = 2",
    "nonsense": "(m : ℕ) : m + nothing = 1",
}
PROBLEMS = [Problem(Theorem(name=n, statement=s), "here") for n, s in STATEMENTS.items()]


class Counting(StudentProver):
    """A student that counts the scripts that it was made to try."""

    tried = 0

    async def try_script(self, theorem: Theorem, script: str) -> Attempt:
        self.tried += 1
        return await super().try_script(theorem, script)


class Teacher(LeanProver):
    """Knows one script."""

    async def search(self, session: Session) -> str | None:
        return "omega" if await session.closes("omega") else None


def setting(**more: object) -> EvaluationSetting:
    plain = EvaluationSetting(
        teacher="teacher", students={"one": "1", "two": "2"}, seeds=(0, 1), draws=3,
        data_sha256="d", profile="core", catalog_version="v", catalog_sha256="c", toolchain=LEAN,
        package_version="0",
    )  # fmt: skip
    return plain.model_copy(update=more)


def opened(folder: Path, **more: object) -> Evaluation:
    folder.mkdir(exist_ok=True)
    evaluation = Evaluation(folder, setting(**more))
    evaluation.open()
    return evaluation


@pytest.mark.lean
def test_an_evaluation_goes_on_where_it_stopped(lean: Lean, tmp_path: Path) -> None:
    entry = load_catalog(catalog(tmp_path, seconds=20)).entries["pupil"]
    assert isinstance(entry, StudentConfig)
    student = Counting("one", entry, lean.pool)
    students = {"one": (entry, student), "two": (entry, student)}
    teacher = Teacher("teacher", entry, lean.pool)
    checker = Checker(lean.oracle, price=50_000)
    folder = tmp_path / "out"

    def run(evaluation: Evaluation) -> list[str]:
        done: list[str] = []
        work = evaluation.run(PROBLEMS, teacher, students, checker, workers=1, done=done.append)
        assert lean.run(work) == []
        return done

    first = opened(folder)
    assert run(first) == list(STATEMENTS)
    easy, wrong, nonsense = (first.rows[name] for name in STATEMENTS)
    assert (easy.taught.solved, wrong.taught.solved, nonsense.taught.solved) == (True, False, False)
    # Two students, two seeds and three draws make twelve attempts; there are few scripts to draw.
    assert 0 < student.tried <= 3 * 6
    same = [[[t.solved for t in seed] for seed in easy.drawn[name]] for name in ("one", "two")]
    assert same[0] == same[1]
    assert any(tried.solved for tried in easy.drawn["one"][0])
    assert all(tried.cost > 0 for tried in easy.drawn["one"][0] if tried.cpu_us > 1000)
    assert not any(tried.solved for seeds in wrong.drawn.values() for s in seeds for tried in s)
    # A process that is killed leaves whole lines and perhaps a part of one.
    journal = folder / ATTEMPTS
    kept = journal.read_text().splitlines(keepends=True)[0]
    journal.write_text(kept + '{"theorem": "wro')
    before, again = student.tried, opened(folder)
    assert list(again.rows) == ["easy"]
    assert run(again) == list(STATEMENTS)
    assert student.tried > before
    assert journal.read_text().startswith(kept)
    assert len(journal.read_text().splitlines()) == 3
    before = student.tried
    run(opened(folder))
    assert student.tried == before


def test_what_was_made_otherwise_is_not_mixed(tmp_path: Path) -> None:
    opened(tmp_path / "out")
    with pytest.raises(RunError, match=r"evaluation\.json: .*draws: 3 -> 4.*another folder"):
        opened(tmp_path / "out", draws=4)
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text("{}")
    with pytest.raises(RunError, match=r"something else than an evaluation, such as config\.json"):
        opened(other)
    assert not (other / SETTING).exists()
    journal = tmp_path / "out" / ATTEMPTS
    journal.write_text('{"theorem": "t"}\n')
    with pytest.raises(RunError, match=r"attempts\.jsonl:1: taught"):
        opened(tmp_path / "out")
    taught = '{"solved": true, "cost": 1, "cpu_us": 1}'
    journal.write_text(f'{{"theorem": "t", "taught": {taught}, "drawn": {{"one": []}}}}\n')
    with pytest.raises(RunError, match=r"attempts\.jsonl:1: not the attempts"):
        opened(tmp_path / "out")
