"""Record files: what is read, and what is refused by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.purchases import Attempt
from prover_arb.core.record_files import ledger_records, read_folder, read_pool, read_records
from prover_arb.core.records import common_problems, left_out
from prover_arb.core.theorem import Candidate, Theorem, Verdict
from prover_arb.errors import RecordsError
from prover_arb.research.market.model import build_market
from tests.research.market.synthetic_market import records, row, write


def test_records_are_read_in_the_order_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "a", [row("x", 1.5, 2, 3), row("y", 2.0, 0, 1)])
    write(tmp_path, "b", [row("y", 20.0, 1, 1)])
    b, a = read_folder(tmp_path, ["b", "a"])
    assert (b.prover, a.prover) == ("b", "a")
    assert (a.rows["x"].mean_cost, a.rows["x"].attempts, a.rows["x"].successes) == (1.5, 3, 2)
    assert common_problems([b, a]) == ["y"]


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
        ('{"id": "x", "mean_cost": 1, "attempts": [1], "note": []}', r"note: \[\] is not text"),
        ('{"id": "x", "mean_cost": 1, "attempts": [1], "cpu_s": -1}', "cpu_s: -1 is not a number"),
        ('{"id": "x", "mean_cost": 1, "attempts": [1], "cpu_s": NaN}', "cpu_s: nan is not a num"),
        ('{"mean_cost": 1, "attempts": [1]}', "id is missing"),
        ('{"id": "x", "mean_cost": Infinity, "attempts": [1]}', "not a positive, finite cost"),
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
    first = r"a \(1 problems from \S+a\.jsonl:1 on\)"
    with pytest.raises(RecordsError, match=f"do not overlap.*{first}, b"):
        build_market(read_folder(tmp_path))


def test_attempts_keep_their_order_and_rows_what_else_they_say(tmp_path: Path) -> None:
    more = {"cpu_s": 1.5, "note": "does not elaborate"}
    rows = [{"id": "x", "mean_cost": 2, "attempts": [0, 1, 1, False]} | more, row("y", 1, 1, 1)]
    found = read_records(write(tmp_path, "a", rows)).rows
    assert found["x"].outcomes == (False, True, True, False)
    assert all(type(outcome) is bool for outcome in found["x"].outcomes)
    assert (found["x"].attempts, found["x"].successes) == (4, 2)
    assert (found["x"].cpu_s, found["x"].note) == (1.5, "does not elaborate")
    assert (found["y"].cpu_s, found["y"].note) == (None, "")


def test_provers_of_several_folders_are_pooled(tmp_path: Path) -> None:
    write(tmp_path / "one", "a", [row("x", 1, 1, 1), row("y", 1, 1, 1), row("z", 1, 0, 1)])
    write(tmp_path / "two", "b", [row("y", 1, 1, 1), row("w", 1, 1, 1)])
    pool = read_pool([tmp_path / "one", tmp_path / "two"])
    assert [one.prover for one in pool] == ["a", "b"]
    assert common_problems(pool) == ["y"]
    assert left_out(pool) == 3
    assert [one.prover for one in read_pool([tmp_path / "one", tmp_path / "two"], ["b"])] == ["b"]
    with pytest.raises(RecordsError, match=r"one, \S+two: no records of 'c'; there are a, b"):
        read_pool([tmp_path / "one", tmp_path / "two"], ["c"])
    with pytest.raises(RecordsError, match="named twice"):
        read_pool([tmp_path / "one"], ["a", "a"])
    write(tmp_path / "two", "a", [row("y", 1, 1, 1)])
    with pytest.raises(RecordsError, match=r"two: 'a' has records in \S+one already"):
        read_pool([tmp_path / "one", tmp_path / "two"])
    with pytest.raises(RecordsError, match="no records are named"):
        read_pool([])


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


THEOREM = Theorem(name="t", statement=": True")


def bought(ledger: SqliteLedger, policy: str, status: str, *, cost: int, cpu_us: int) -> None:
    """A purchase that is judged, for 50 micro-dollars."""
    kept = ledger.reserve(run="r", theorem=THEOREM, policy=policy, prover="flash", reserved=1000)
    found = None if status == "nothing" else Candidate(kind="tactics", text="trivial")
    ledger.deliver(kept, Attempt(prover="flash", candidate=found, cost=cost, cpu_us=cpu_us))
    reason = "elaboration_error" if status == "rejected" else None
    verdict = Verdict.model_validate({"status": status, "reason": reason}) if found else None
    ledger.judge(kept, verdict, verification_cost=50 if found else 0)


def test_our_own_ledger_is_a_record(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = SqliteLedger(path)
    bought(ledger, "p", "rejected", cost=100, cpu_us=3)
    bought(ledger, "p", "proved", cost=300, cpu_us=4)
    ledger.close()
    [found] = ledger_records(path)
    record = found.rows["t"]
    assert (found.prover, record.outcomes) == ("flash", (False, True))
    assert record.mean_cost == pytest.approx(250e-6)
    with pytest.raises(RecordsError, match="no purchase"):
        ledger_records(path, run="other")
    with pytest.raises(RecordsError, match="no such ledger"):
        ledger_records(tmp_path / "none.db")
    (tmp_path / "junk").write_text("not a database at all", encoding="utf-8")
    with pytest.raises(RecordsError, match="not a ledger"):
        ledger_records(tmp_path / "junk")


def test_an_answer_that_several_policies_were_handed_is_one_attempt(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = SqliteLedger(path)
    bought(ledger, "single:flash", "nothing", cost=100, cpu_us=3)
    bought(ledger, "cascade", "nothing", cost=100, cpu_us=3)  # the same answer once more
    bought(ledger, "other", "nothing", cost=60, cpu_us=2)  # cut short: another attempt
    bought(ledger, "other", "void", cost=70, cpu_us=2)  # not judged: nobody's failure
    ledger.close()
    [found] = ledger_records(path)
    assert found.rows["t"].outcomes == (False, False)
    assert found.rows["t"].mean_cost == pytest.approx(80e-6)
