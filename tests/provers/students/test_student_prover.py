"""A student on the market: its catalog entry, and draws that are tried in the real Lean."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from prover_arb.core.theorem import Theorem
from prover_arb.errors import CatalogError
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.students.student import read_student
from prover_arb.provers.students.student_prover import StudentConfig, StudentProver
from tests.conftest import Lean
from tests.provers.students.lessons import taught

CATALOG = """
version = "test"
[verification]
price_per_cpu_hour = "0.05"
[provers.pupil]
kind = "student"
student = "{file}"
sha256 = "{sha256}"
price_per_cpu_hour = "0.10"
max_attempts = 8
limits = {{ heartbeats = 5_000, max_cpu_seconds = {seconds} }}
"""


def catalog(folder: Path, *, seconds: int = 2, **changed: str) -> Path:
    """A catalog with a student in `folder`."""
    file = folder / "pupil.npz"
    if not file.exists():
        taught(12).save(file)
    fields = {"file": file.name, "sha256": read_student(file).sha256, **changed}
    path = folder / "catalog.toml"
    path.write_text(CATALOG.format(seconds=seconds, **fields))
    return path


def test_a_student_is_sold_like_any_prover(tmp_path: Path) -> None:
    found = load_catalog(catalog(tmp_path))
    entry = found.entries["pupil"]
    assert isinstance(entry, StudentConfig)
    assert not entry.deterministic
    (priced,) = found.priced_provers()
    assert priced.max_attempts == 8
    assert priced.quote(Theorem(name="t", statement=": 1 = 1")).worst_case == entry.worst_case > 0
    # What was learnt belongs to the price list: another student is another catalog.
    before = found.sha256
    taught(13).save(tmp_path / "pupil.npz")
    assert load_catalog(catalog(tmp_path)).sha256 != before


def test_an_entry_that_does_not_match_its_file_is_refused(tmp_path: Path) -> None:
    path = catalog(tmp_path, sha256="0" * 64)
    with pytest.raises(CatalogError, match=r"provers\.pupil\.student: .*the entry says 000.*other"):
        load_catalog(path)
    path = catalog(tmp_path, file="gone.npz")
    with pytest.raises(CatalogError, match=r"provers\.pupil\.student: .*gone\.npz: cannot be read"):
        load_catalog(path)
    path = catalog(tmp_path, sha256="short")
    with pytest.raises(CatalogError, match=r"provers\.pupil\.sha256: String should match"):
        load_catalog(path)
    path.write_text(path.read_text().replace('student = "pupil.npz"', ""))
    with pytest.raises(CatalogError, match=r'write student = "student\.npz"'):
        load_catalog(path)


def test_no_attempt_tries_what_an_earlier_one_tried(tmp_path: Path) -> None:
    entry = load_catalog(catalog(tmp_path)).entries["pupil"]
    assert isinstance(entry, StudentConfig)
    statement = "(m : ℕ) (k : m % 9 = 1) : (m + 9) % 9 = 1"

    def attempts(seed: int) -> list[tuple[str, ...]]:
        return [entry.drawn(statement, number=number, seed=seed) for number in range(8)]

    scripts = [script for drawn in attempts(0) for script in drawn]
    assert len(scripts) == len(set(scripts)) > 2
    assert attempts(0) == attempts(0)
    assert len({tuple(attempts(seed)) for seed in range(20)}) > 1
    # The first attempt is a plain draw, and so is what follows it, but for repetitions.
    assert entry.drawn(statement, number=0, seed=3) == entry.file.draw(
        statement, number=0, seed=3, count=entry.scripts
    )


@pytest.mark.lean
def test_draws_are_tried_and_only_what_closes_the_theorem_is_sold(
    lean: Lean, tmp_path: Path
) -> None:
    entry = load_catalog(catalog(tmp_path, seconds=20)).entries["pupil"]
    assert isinstance(entry, StudentConfig)
    prover = StudentProver("pupil", entry, lean.pool)
    theorem = Theorem(name="t", statement="(m : ℕ) (k : m % 9 = 1) : (m + 9) % 9 = 1")
    attempt = lean.run(prover.attempt(theorem, number=0, budget=entry.worst_case, seed=0))
    assert attempt.candidate is not None
    assert attempt.candidate.text in entry.drawn(theorem.statement, number=0, seed=0)
    assert lean.run(lean.oracle.verify(theorem, attempt.candidate)).status == "proved"
    assert 0 < attempt.cost <= entry.worst_case
    hopeless = Theorem(name="t", statement="(m : ℕ) (k : m % 9 = 1) : (m + 9) % 9 = 2")
    failed = lean.run(prover.attempt(hopeless, number=0, budget=entry.worst_case, seed=0))
    assert failed.candidate is None
    assert failed.failure == "nothing found"
    assert failed.cpu_us > 0
    # The pupil knows two scripts, and both were tried.
    spent = lean.run(prover.attempt(hopeless, number=1, budget=entry.worst_case, seed=0))
    assert (spent.candidate, spent.failure) == (None, "no further script fits the statement")
    unpaid = lean.run(prover.attempt(theorem, number=0, budget=0, seed=0))
    assert (unpaid.candidate, unpaid.cost) == (None, 0)
    assert unpaid.failure == "the budget buys no work"


def test_the_shipped_price_list_is_small_enough_for_ray_to_copy() -> None:
    """Ray restarts a worker with what it was made from, if it copied that: up to 100 KB."""
    shipped = load_catalog()
    packed = pickle.dumps(shipped)
    assert len(packed) < 60_000
    student = shipped.entries["student"]
    again = pickle.loads(packed).entries["student"]
    assert isinstance(student, StudentConfig)
    assert isinstance(again, StudentConfig)
    statement = "(a b : ℕ) (h : a < b) : a + 1 ≤ b"
    assert (again.file.log_odds(statement) == student.file.log_odds(statement)).all()
