"""Records of our own sellers: one attempt each, judged, resumable, in the form of all records."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import NamedTuple

import pytest
from arithmetic import IDENTITY, Abacus, Arithmetic, sides
from typer.testing import CliRunner, Result

from prover_arb.bench.recording import Recording, RecordingSetting
from prover_arb.cli import app
from prover_arb.core.purchases import Attempt
from prover_arb.core.record_files import read_folder
from prover_arb.core.theorem import Candidate, Limits, Theorem, Verdict
from prover_arb.errors import ProverError, RecordsError, RunError, WorkerDied
from prover_arb.problems import Problem

STATEMENTS = {"small": ": 1 + 2 = 3", "nonsense": ": one = 1", "large": ": 30 * 3 = 90"}
PROBLEMS = [Problem(Theorem(name=n, statement=s), "here") for n, s in STATEMENTS.items()]


class CostedInspection(NamedTuple):
    elaborates: bool
    cpu_us: int


class Judge(Arithmetic):
    """Python as the kernel, at a second of processor time per statement; ill when it is told."""

    def __init__(self, *, loses: str = "", voids: str = "") -> None:
        self._loses, self._voids = loses, voids

    async def inspect(self, theorem: Theorem, limits: Limits | None = None) -> CostedInspection:  # type: ignore[override]
        if theorem.name == self._loses:
            raise WorkerDied("the Lean process ended")
        try:
            sides(theorem)
        except (ValueError, SyntaxError):
            return CostedInspection(False, 1_000_000)
        return CostedInspection(True, 1_000_000)

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        if theorem.name == self._voids:
            return Verdict(status="void", detail="the oracle is ill")
        return await super().verify(theorem, candidate, limits)


class Absent(Abacus):
    """A seller that does not deliver before it was asked a few times."""

    refusals = 10

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        self.refusals -= 1
        if self.refusals >= 0:
            raise ProverError("not at home")
        return await super().attempt(theorem, number=number, budget=budget, seed=seed)


def setting(**more: object) -> RecordingSetting:
    plain = RecordingSetting(
        data_sha256="d", profile="core", dollars="", limits=Limits(), catalog_version="v",
        catalog_sha256="c", toolchain=IDENTITY, one_kernel=False, package_version="0",
    )  # fmt: skip
    return plain.model_copy(update=more)


def sellers() -> list[Abacus]:
    return [Abacus("flash", reach=9, price=100), Abacus("portfolio", reach=99, price=1_000)]


def record(folder: Path, judge: Judge, sold: list[Abacus], **more: object) -> list[str]:
    """A recording at 3,600 dollars per CPU-hour of the oracle: a micro-dollar a microsecond."""
    folder.mkdir(exist_ok=True)
    recording = Recording(folder, setting(**more), verification_price=3_600_000_000)
    recording.open([seller.name for seller in sold])
    heard: list[str] = []
    unjudged = asyncio.run(recording.run(PROBLEMS, sold, judge, workers=2, done=heard.append))
    recording.put_in_order(STATEMENTS)
    assert sorted(heard) == sorted(STATEMENTS)
    return unjudged


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_row_says_what_an_attempt_cost_and_why_it_failed(tmp_path: Path) -> None:
    assert record(tmp_path, Judge(), sellers()) == []
    flash, portfolio = (lines(tmp_path / f"{name}.jsonl") for name in ("flash", "portfolio"))
    # The seller's invoice and 2,000 microseconds of checking.
    assert flash[0] == {
        "id": "small", "mean_cost": 0.0021, "attempts": [True], "unit": "USD", "cpu_s": 0.001,
        "note": "",
    }  # fmt: skip
    assert flash[1] == {
        "id": "nonsense", "mean_cost": 1.0, "attempts": [False], "unit": "USD", "cpu_s": 0.0,
        "note": "does not elaborate",
    }  # fmt: skip
    assert flash[2]["note"] == "out of reach"
    assert (flash[2]["mean_cost"], flash[2]["attempts"]) == (0.0001, [False])
    assert [row["attempts"] for row in portfolio] == [[True], [False], [True]]
    found = {one.prover: one for one in read_folder(tmp_path)}
    assert found["flash"].rows["nonsense"].note == "does not elaborate"
    assert found["portfolio"].rows["large"].cpu_s == 0.001


def test_costs_can_be_written_in_the_unit_of_other_records(tmp_path: Path) -> None:
    record(tmp_path, Judge(), sellers(), dollars="0.0001")
    row = lines(tmp_path / "flash.jsonl")[0]
    assert (row["mean_cost"], row["unit"]) == (21.0, "")


def test_what_was_stopped_goes_on_and_asks_nobody_twice(tmp_path: Path) -> None:
    record(tmp_path, Judge(), sellers())
    whole = {path.name: path.read_text() for path in tmp_path.glob("*.jsonl")}
    kept = whole["flash.jsonl"].splitlines(keepends=True)
    (tmp_path / "flash.jsonl").write_text("".join([kept[2], kept[0][:30]]))  # cut in the middle
    again = sellers()
    record(tmp_path, Judge(), again)
    assert {path.name: path.read_text() for path in tmp_path.glob("*.jsonl")} == whole
    assert [seller.sold for seller in again] == [1, 0]
    one_more = [*sellers(), Abacus("search", reach=999, price=10)]
    record(tmp_path, Judge(), one_more)
    assert [seller.sold for seller in one_more] == [0, 0, 2]


def test_what_the_oracle_cannot_judge_is_nobodys_failure(tmp_path: Path) -> None:
    unjudged = record(tmp_path, Judge(loses="large", voids="small"), sellers())
    assert sorted(unjudged) == [
        "flash on large", "flash on small", "portfolio on large", "portfolio on small"
    ]  # fmt: skip
    assert [row["id"] for row in lines(tmp_path / "flash.jsonl")] == ["nonsense"]
    assert record(tmp_path, Judge(), sellers()) == []
    assert [row["id"] for row in lines(tmp_path / "flash.jsonl")] == list(STATEMENTS)


def test_a_seller_that_does_not_deliver_is_asked_again(tmp_path: Path) -> None:
    seller = Absent("absent", reach=99, price=7)
    seller.refusals = 2
    record(tmp_path / "a", Judge(), [seller])
    assert [row["attempts"] for row in lines(tmp_path / "a" / "absent.jsonl")].count([True]) == 2
    record(tmp_path / "b", Judge(), [Absent("absent", reach=99, price=7)])
    row = lines(tmp_path / "b" / "absent.jsonl")[0]
    assert (row["mean_cost"], row["attempts"]) == (1e-6, [False])
    assert row["note"] == "did not deliver: not at home"


def test_records_made_otherwise_do_not_mix(tmp_path: Path) -> None:
    record(tmp_path, Judge(), sellers())
    with pytest.raises(RunError, match=r"made otherwise \(dollars: '' -> '0\.1'; catalog_sha256: "):
        record(tmp_path, Judge(), sellers(), dollars="0.1", catalog_sha256="x")
    with (tmp_path / "flash.jsonl").open("a") as file:
        file.write('{"id": "x"}\n')
    with pytest.raises(RecordsError, match=r"flash\.jsonl:4: mean_cost is missing"):
        record(tmp_path, Judge(), sellers())
    (tmp_path / "recording.json").write_text('{"data_sha256": 1}')
    with pytest.raises(RunError, match=r"recording\.json: data_sha256"):
        record(tmp_path, Judge(), sellers())


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["provers", "record", *map(str, arguments)])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "no local prover 'nobody' in the catalog; there are: flash, student"),
        (["--dollars", "0"], "--dollars: 0 is not a positive number"),
        (["--split", "nowhere"], "no theorem in the split 'nowhere'"),
        (["--problems", "/nowhere.jsonl"], "/nowhere.jsonl"),
        (["--catalog", "/nowhere.toml"], "/nowhere.toml"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, arguments: list[str], said: str) -> None:
    result = call(*arguments, "--out", tmp_path / "records")
    assert result.exit_code == 2, result.output
    assert said in " ".join(result.stderr.split())
    assert not (tmp_path / "records").exists()


@pytest.mark.lean
def test_real_sellers_are_recorded_and_judged_by_lean(tmp_path: Path) -> None:
    stated = {
        "p_easy": "(a b : ℕ) (h : a < b) : a + 1 ≤ b",
        "p_false": "(a b : ℕ) : a + b = a * b",
        "p_bad": "(x : Nowhere) : x = y",
    }
    problems = tmp_path / "problems.jsonl"
    rows = [
        {"name": n, "split": "test", "formal_statement": f"theorem {n} {s} := by sorry"}
        for n, s in stated.items()
    ]
    problems.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    out = tmp_path / "records"
    result = call("flash", "--problems", problems, "--split", "test", "--out", out)
    assert result.exit_code == 0, result.output
    easy, false, bad = lines(out / "flash.jsonl")
    assert (easy["id"], easy["attempts"], easy["note"]) == ("p_easy", [True], "")
    assert (false["id"], false["attempts"]) == ("p_false", [False])
    # A cold process on a busy machine may use up the second of flash before it has tried all.
    assert false["note"] in ("nothing found", "the processor time is used up")
    assert (bad["id"], bad["attempts"], bad["note"]) == ("p_bad", [False], "does not elaborate")
    assert all(0 < float(str(row["mean_cost"])) < 0.001 for row in (easy, false, bad))
    assert float(str(easy["cpu_s"])) > 0
    again = call("flash", "--problems", problems, "--out", out, "--dollars", "2")
    assert again.exit_code == 2
    assert "made otherwise (dollars: '' -> '2.0')" in " ".join(again.stderr.split())
