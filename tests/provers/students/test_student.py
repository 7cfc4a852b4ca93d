"""Students: what they learn, that draws are reproducible and independent, and what a file holds."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prover_arb.errors import StudentError
from prover_arb.provers.students.examples import EXAMPLES, FACTS, read_examples
from prover_arb.provers.students.student import Student, read_student
from prover_arb.provers.students.training import train
from tests.provers.students.lessons import example, facts_of, lessons, taught

REMAINDER = "(m : ℕ) (k : m % 99 = 1) : (m + 99) % 99 = 1"
SQUARE = "(u v : ℝ) (hv : v = 61) : 0 ≤ (u - 61) ^ 2 + v"


@pytest.fixture(scope="module")
def pupil() -> Student:
    return taught()


def first_scripts(student: Student, statement: str, count: int = 200) -> Counter[str]:
    draws = (student.draw(statement, number=k, seed=0, count=1) for k in range(count))
    return Counter(scripts[0] for scripts in draws)


def test_it_draws_what_proved_statements_like_this_one(pupil: Student) -> None:
    assert first_scripts(pupil, REMAINDER).most_common(1)[0][0] == "omega"
    script, times = first_scripts(pupil, SQUARE).most_common(1)[0]
    assert script == "nlinarith [sq_nonneg (u - 61), hv]"
    assert times > 100


def test_number_and_seed_decide_a_draw(pupil: Student) -> None:
    def draws(seed: int) -> list[tuple[str, ...]]:
        return [pupil.draw(SQUARE, number=k, seed=seed, count=2) for k in range(40)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert len(set(draws(1))) > 1
    assert all(len(set(scripts)) == len(scripts) == 2 for scripts in draws(1))


def test_failures_are_learnt_from() -> None:
    statement = "(n : ℕ) (h : n % 7 = 1) : (n + 7) % 7 = 1"
    few = [e for e in lessons(20) if e.proved]
    without = train(few, facts_of(few), size=40, seed=0)
    more = [*few, *(example(e.statement, "omega", proved=False) for e in few if "ℝ" in e.statement)]
    with_failures = train(more, facts_of(more), size=40, seed=0)
    real = SQUARE

    def odds(student: Student) -> float:
        return float(student.log_odds(real)[student.skeletons.index("omega")])

    assert odds(with_failures) < odds(without)
    assert with_failures.log_odds(statement).argmax() == with_failures.skeletons.index("omega")


def test_smaller_students_learn_from_a_part_of_what_larger_ones_do() -> None:
    small, large = taught(size=10, seed=4), taught(size=40, seed=4)
    assert set(small.forms) <= set(large.forms)
    assert small.card.theorems == 10
    assert large.card.theorems == 40
    assert small.card.data_sha256 != large.card.data_sha256
    assert small.card.tokens < large.card.tokens
    with pytest.raises(StudentError, match="81 theorems to learn from, and proofs of 80 only"):
        taught(size=81)


def test_training_again_gives_the_same_student() -> None:
    one, two = taught(12), taught(12)
    assert one.card == two.card
    assert np.array_equal(one.weights, two.weights)


def test_a_saved_student_draws_as_before(pupil: Student, tmp_path: Path) -> None:
    pupil.save(tmp_path / "s.npz")
    again = read_student(tmp_path / "s.npz")
    assert again.card == pupil.card
    assert again.forms == pupil.forms
    assert len(again.sha256) == 64
    assert first_scripts(again, REMAINDER).most_common(1)[0][0] == "omega"


def _resaved(path: Path, out: Path, **changed: Any) -> Path:
    with np.load(path) as archive:
        arrays: dict[str, Any] = {name: archive[name] for name in archive.files}
    np.savez_compressed(out, **{**arrays, **changed})
    return out


def test_a_file_that_is_no_student_is_refused(pupil: Student, tmp_path: Path) -> None:
    good = tmp_path / "s.npz"
    pupil.save(good)
    with np.load(good) as archive:
        text = json.loads(archive["text"].tobytes())
        weights = archive["weights"]
    texts = tmp_path / "text.npz"
    texts.write_text("no archive")
    code = tmp_path / "code.npz"
    code.write_bytes(pickle.dumps({"weights": 1}))
    objects = _resaved(good, tmp_path / "o.npz", weights=np.array([{"a": 1}], dtype=object))
    narrow = _resaved(good, tmp_path / "n.npz", weights=weights[:, 1:])
    nan = _resaved(good, tmp_path / "i.npz", weights=np.full_like(weights, np.nan))
    card = {**text, "card": {**text["card"], "features_sha256": "0" * 64}}
    other = np.frombuffer(json.dumps(card).encode(), dtype=np.uint8)
    older = _resaved(good, tmp_path / "v.npz", text=other)
    cut = tmp_path / "cut.npz"
    cut.write_bytes(good.read_bytes()[:-400])
    for path in (texts, code, objects, narrow, nan, cut):
        with pytest.raises(StudentError, match=f"{path.name}: not a student file, or a damaged"):
            read_student(path)
    with pytest.raises(StudentError, match=r"v\.npz: this student reads statements as another"):
        read_student(older)
    with pytest.raises(StudentError, match="absent: cannot be read: No such file"):
        read_student(tmp_path / "absent")


def test_a_pickle_inside_is_never_run(pupil: Student, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, tuple[str, str]]:
            return (Path.write_text, (tmp_path / "ran", "x"))  # type: ignore[return-value]

    good = tmp_path / "s.npz"
    pupil.save(good)
    trapped = _resaved(good, tmp_path / "t.npz", bias=np.array([Trap()], dtype=object))
    with pytest.raises(StudentError):
        read_student(trapped)
    assert not (tmp_path / "ran").exists()


def test_an_export_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    def write(lines: list[str], facts: str | None = None) -> Path:
        folder = tmp_path / f"export{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        (folder / EXAMPLES).write_text("".join(f"{line}\n" for line in lines))
        (folder / FACTS).write_text(facts or facts_of(lessons(3)).model_dump_json())
        return folder

    good = [e.model_dump_json() for e in lessons(3)]
    examples, facts = read_examples(write(good))
    assert examples == lessons(3)
    assert facts.positives == 6
    failures = [line for line in good if '"proved":false' in line]
    refused = [
        (write([]), "no verified proof among 0 examples"),
        (write(failures), "no verified proof among 6 examples"),
        (write(good[1:]), "not the examples that export.json describes"),
        (write([*good, '{"theorem": "x"}']), "examples.jsonl:13: statement: Field required"),
        (tmp_path / "absent", "no export that can be read"),
    ]
    for folder, message in refused:
        with pytest.raises(StudentError, match=message):
            read_examples(folder)
