"""Record files: what is read, and what is refused by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover_arb.errors import RecordsError
from prover_arb.ledger import SqliteLedger
from prover_arb.market.model import build_market
from prover_arb.protocols import Attempt
from prover_arb.records import common_problems, ledger_records, read_folder, read_records
from prover_arb.theorem import Candidate, Theorem, Verdict
from tests.market.synthetic import records, row, write


def test_records_are_read_in_the_order_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "a", [row("x", 1.5, 2, 3), row("y", 2.0, 0, 1)])
    write(tmp_path, "b", [row("y", 20.0, 1, 1)])
    b, a = read_folder(tmp_path, ["b", "a"])
    assert (b.prover, a.prover) == ("b", "a")
    assert (a.rows["x"].mean_cost, a.rows["x"].attempts, a.rows["x"].successes) == (1.5, 3, 2)
    assert common_problems([b, a]) == ["y"]
    assert a.total_cost == pytest.approx(6.5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "expected an object"),
        ('{"id": "x", "mean_cost": 1}', "attempts is missing"),
        ('{"id": "", "mean_cost": 1, "attempts": [1]}', "id: "),
        ('{"id": "x", "mean_cost": 0, "attempts": [1]}', "not a positive, finite cost"),
        ('{"id": "x", "mean_cost": -2, "attempts": [1]}', "not a positive, finite cost"),
        ('{"id": "x", "mean_cost": NaN, "attempts": [1]}', "not a positive, finite cost"),
        ('{"id": "x", "mean_cost": "2", "attempts": [1]}', "not a number"),
        ('{"id": "x", "mean_cost": true, "attempts": [1]}', "not a number"),
        ('{"id": "x", "mean_cost": 1, "attempts": []}', "at least one outcome"),
        ('{"id": "x", "mean_cost": 1, "attempts": [1, 2]}', "true or false"),
        ('{"id": "x", "mean_cost": 1, "attempts": [1], "unit": 3}', "unit: 3 is not text"),
        ('{"id": "ok", "mean_cost": 1, "attempts": [1]}', "stands already in"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    good = '{"id": "ok", "mean_cost": 1, "attempts": [1]}'
    path = tmp_path / "p.jsonl"
    path.write_text(f"{good}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(RecordsError, match=said) as caught:
        read_records(path)
    assert str(caught.value).startswith(f"{path}:3: ")


def test_files_that_cannot_be_records(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="no such folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(RecordsError, match=r"no \.jsonl files"):
        read_folder(tmp_path)
    (tmp_path / "a.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(RecordsError, match="there is no record in it"):
        read_folder(tmp_path)
    with pytest.raises(RecordsError, match="no records of 'b'; there are a"):
        read_folder(tmp_path, ["b"])
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(RecordsError, match="cannot be read"):
        read_folder(tmp_path)


def test_records_that_do_not_overlap(tmp_path: Path) -> None:
    write(tmp_path, "a", [row("x", 1, 1, 1)])
    write(tmp_path, "b", [row("y", 1, 1, 1)])
    with pytest.raises(RecordsError, match=r"do not overlap.*a \(1 problems\), b \(1 problems\)"):
        build_market(read_folder(tmp_path))


def test_units_that_differ_are_refused_by_line(tmp_path: Path) -> None:
    write(tmp_path, "a", [row("x", 1, 1, 1) | {"unit": "USD"}])
    write(tmp_path, "b", [row("x", 1, 1, 1) | {"unit": "FLOP"}])
    with pytest.raises(RecordsError, match=r"a\.jsonl:1.*b\.jsonl:1"):
        build_market(read_folder(tmp_path))


def test_units_that_are_silently_different_are_refused() -> None:
    cheap, dear = records("a", [(0.01, 1, 1)]), records("b", [(50_000.0, 1, 1)])
    with pytest.raises(RecordsError, match="seem to be mixed"):
        build_market([cheap, dear])
    same = [records("a", [(0.01, 1, 1)], "USD"), records("b", [(50_000.0, 1, 1)], "USD")]
    assert build_market(same).unit == "USD"


def test_nobody_solves_anything() -> None:
    with pytest.raises(RecordsError, match="nothing to sell"):
        build_market([records("a", [(1.0, 3, 0)] * 4)])


def test_our_own_ledger_is_a_record(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = SqliteLedger(path)
    theorem = Theorem(name="t", statement=": True")
    for status, cost in (("rejected", 100), ("proved", 300)):
        bought = ledger.reserve(run="r", theorem=theorem, policy="p", prover="flash", reserved=1000)
        candidate = Candidate(kind="tactics", text="trivial")
        ledger.deliver(bought, Attempt(prover="flash", candidate=candidate, cost=cost))
        reason = "elaboration_error" if status == "rejected" else None
        verdict = Verdict.model_validate({"status": status, "reason": reason})
        ledger.judge(bought, verdict, verification_cost=50)
    ledger.close()
    [found] = ledger_records(path)
    record = found.rows["t"]
    assert (found.prover, record.attempts, record.successes) == ("flash", 2, 1)
    assert record.mean_cost == pytest.approx(250e-6)
    with pytest.raises(RecordsError, match="no purchase"):
        ledger_records(path, run="other")
    with pytest.raises(RecordsError, match="no such ledger"):
        ledger_records(tmp_path / "none.db")
    (tmp_path / "junk").write_text("not a database at all", encoding="utf-8")
    with pytest.raises(RecordsError, match="not a ledger"):
        ledger_records(tmp_path / "junk")
