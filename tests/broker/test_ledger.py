"""The ledger: durable, consistent, and clear about what it refuses."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from prover_arb.broker.ledger.ledger import INTERRUPTED, SqliteLedger
from prover_arb.core.purchases import Attempt, Bid, Purchase, Terms, Usage
from prover_arb.core.theorem import Candidate, Theorem, Verdict
from prover_arb.errors import LedgerError

OMEGA = Candidate(kind="tactics", text="omega")
PROVED = Verdict(status="proved", axioms=("propext",), cpu_us=300)
REJECTED = Verdict(status="rejected", reason="timeout", cpu_us=900)


def theorem(name: str = "t") -> Theorem:
    return Theorem(name=name, statement=": 1 + 1 = 2")


def attempt(cost: int = 7, candidate: Candidate | None = OMEGA, prover: str = "flash") -> Attempt:
    failure = "" if candidate else "found nothing"
    return Attempt(
        prover=prover, candidate=candidate, cost=cost, failure=failure, cpu_us=5, wall_ms=2
    )


def reserve(ledger: SqliteLedger, name: str = "t", **changes: object) -> Purchase:
    fields: dict[str, object] = {"run": "r", "policy": "p", "prover": "flash", "reserved": 10}
    return ledger.reserve(theorem=theorem(name), **(fields | changes))  # type: ignore[arg-type]


def mine(ledger: SqliteLedger, name: str = "t") -> list[Purchase]:
    return ledger.purchases(run="r", policy="p", theorem=theorem(name))


@pytest.fixture
def ledger(tmp_path: Path) -> SqliteLedger:
    return SqliteLedger(tmp_path / "ledger.db")


def test_a_purchase_goes_from_open_to_judged(ledger: SqliteLedger, tmp_path: Path) -> None:
    opened = reserve(ledger)
    assert (opened.state, opened.reserved, opened.cost) == ("open", 10, 0)
    delivered = ledger.deliver(opened, attempt())
    assert (delivered.state, delivered.cost, delivered.candidate) == ("delivered", 7, OMEGA)
    judged = ledger.judge(delivered, PROVED, verification_cost=3)
    assert (judged.state, judged.verdict, judged.verification_cost) == ("judged", PROVED, 3)
    assert judged.settled_at is not None
    ledger.close()
    assert mine(SqliteLedger(tmp_path / "ledger.db")) == [judged]


def test_the_tokens_of_a_model_are_kept(ledger: SqliteLedger) -> None:
    usage = Usage(prompt=100, cached=60, completion=50, reasoning=20, estimated=True)
    sold = attempt().model_copy(update={"usage": usage})
    assert ledger.deliver(reserve(ledger), sold).usage == usage
    assert [p.usage for p in mine(ledger)] == [usage]


def test_repeating_a_step_changes_nothing(ledger: SqliteLedger) -> None:
    opened = reserve(ledger)
    delivered = ledger.deliver(opened, attempt())
    assert ledger.deliver(opened, attempt()) == delivered
    judged = ledger.judge(delivered, REJECTED, verification_cost=3)
    assert ledger.judge(delivered, REJECTED, verification_cost=3) == judged
    lost = ledger.abandon(other := reserve(ledger), why="gone")
    assert ledger.abandon(other, why="gone") == lost
    assert mine(ledger) == [judged, lost]


@pytest.mark.parametrize(
    "step",
    [
        lambda ledger, p: ledger.judge(p["open"], PROVED, verification_cost=1),
        lambda ledger, p: ledger.abandon(p["delivered"], why="no"),
        lambda ledger, p: ledger.deliver(p["judged"], attempt()),
        lambda ledger, p: ledger.judge(p["judged"], REJECTED, verification_cost=1),
        lambda ledger, p: ledger.judge(p["judged"], PROVED, verification_cost=2),
        lambda ledger, p: ledger.abandon(p["judged"], why="no"),
        lambda ledger, p: ledger.deliver(p["lost"], attempt()),
        lambda ledger, p: ledger.judge(p["lost"], None, verification_cost=0),
        lambda ledger, p: ledger.deliver(p["delivered"], attempt(cost=8)),
        lambda ledger, p: ledger.deliver(p["open"], attempt(cost=11)),
        lambda ledger, p: ledger.deliver(p["open"], attempt(cost=-1)),
        lambda ledger, p: ledger.deliver(p["open"], attempt(prover="search")),
        lambda ledger, p: ledger.judge(p["delivered"], None, verification_cost=0),
        lambda ledger, p: ledger.judge(p["delivered"], PROVED, verification_cost=-1),
        lambda ledger, p: ledger.judge(p["empty"], PROVED, verification_cost=0),
        lambda ledger, p: ledger.judge(p["empty"], None, verification_cost=1),
        lambda ledger, p: ledger.deliver(p["open"].model_copy(update={"id": 99}), attempt()),
        lambda ledger, p: reserve(ledger, "open"),
        lambda ledger, p: reserve(ledger, "delivered"),
        lambda ledger, p: reserve(ledger, "judged"),
        lambda ledger, p: reserve(ledger, "new", reserved=-1),
        lambda ledger, p: reserve(ledger, "new", verification_reserve=-1),
        lambda ledger, p: ledger.cancel(p["judged"], used=None, why="no"),
        lambda ledger, p: ledger.cancel(p["lost"], used=None, why="no"),
        lambda ledger, p: ledger.cancel(p["open"], used=attempt(prover="search"), why="no"),
        lambda ledger, p: ledger.cancel(p["open"], used=attempt(cost=-1), why="no"),
    ],
)
def test_steps_out_of_order_are_refused_and_leave_no_trace(
    ledger: SqliteLedger, step: Callable[[SqliteLedger, dict[str, Purchase]], object]
) -> None:
    purchases = {name: reserve(ledger, name) for name in ("open", "lost", "delivered", "empty")}
    purchases["judged"] = reserve(ledger, "judged")
    ledger.abandon(purchases["lost"], why="gone")
    ledger.deliver(purchases["delivered"], attempt())
    ledger.deliver(purchases["empty"], attempt(candidate=None))
    judged = ledger.deliver(purchases["judged"], attempt())
    ledger.judge(judged, PROVED, verification_cost=1)
    before = ledger.purchases(run="r")
    with pytest.raises(LedgerError):
        step(ledger, purchases)
    assert ledger.purchases(run="r") == before


def test_runs_policies_and_statements_have_their_own_purchases(ledger: SqliteLedger) -> None:
    reserve(ledger)
    reserve(ledger, run="other")
    reserve(ledger, policy="other")
    other = Theorem(name="t", statement=": 2 + 2 = 4")
    ledger.reserve(run="r", theorem=other, policy="p", prover="flash", reserved=10)
    assert len(mine(ledger)) == 1
    assert len(ledger.purchases(run="r", policy="p")) == 2
    assert len(ledger.purchases(run="r")) == 3
    assert len(ledger.purchases(run="r", theorem=theorem())) == 2


def test_attempts_are_numbered_per_prover_and_a_lost_number_is_used_again(
    ledger: SqliteLedger, tmp_path: Path
) -> None:
    for prover in ("flash", "flash", "search"):
        bought = ledger.deliver(reserve(ledger, prover=prover), attempt(1, None, prover))
        ledger.judge(bought, None, verification_cost=0)
    ledger.abandon(reserve(ledger), why="gone")
    reserve(ledger)
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        numbers = db.execute("SELECT prover, number, state FROM purchases ORDER BY id").fetchall()
    assert numbers == [
        ("flash", 0, "judged"),
        ("flash", 1, "judged"),
        ("search", 0, "judged"),
        ("flash", 2, "lost"),
        ("flash", 2, "open"),
    ]


def test_several_may_be_open_where_the_buyer_says_so(ledger: SqliteLedger) -> None:
    first, second = (reserve(ledger, max_parallel=2) for _ in range(2))
    assert (first.number, second.number) == (0, 1)
    with pytest.raises(LedgerError, match="purchase 2, open"):
        reserve(ledger, max_parallel=2)
    ledger.abandon(first, why="gone")
    assert reserve(ledger, max_parallel=2).number == 0
    ledger.deliver(second, attempt())
    with pytest.raises(LedgerError, match="purchase 2, delivered"):
        reserve(ledger, max_parallel=9)


def test_what_is_not_wanted_any_more_is_paid_for_what_it_used(ledger: SqliteLedger) -> None:
    usage = Usage(prompt=9, completion=4, estimated=True)
    used = attempt(6, None).model_copy(update={"usage": usage})
    opened, idle, paid = (reserve(ledger, max_parallel=3) for _ in range(3))
    cancelled = ledger.cancel(opened, used=used, why="no")
    assert (cancelled.state, cancelled.cost, cancelled.usage) == ("cancelled", 6, usage)
    assert (cancelled.failure, cancelled.settled_at is None) == ("no", False)
    assert ledger.cancel(opened, used=used, why="no") == cancelled
    assert ledger.cancel(idle, used=None, why="no").cost == 0
    delivered = ledger.deliver(paid, attempt(7))
    aside = ledger.cancel(delivered, used=None, why="no")
    assert (aside.cost, aside.candidate, aside.verdict) == (7, OMEGA, None)
    (totals,) = ledger.summarise("r")
    assert (totals.cancelled, totals.purchases, totals.cost) == (3, 0, 13)
    assert [p.number for p in mine(ledger)] == [0, 1, 2]
    assert reserve(ledger).number == 0


def test_one_that_was_auctioned_and_delivered_is_paid_what_it_asked(ledger: SqliteLedger) -> None:
    terms = Terms(
        bid=Bid(prover="flash", price=4, quality=0.5), trust=1.0, value=9, customer_surplus=1
    )
    delivered = ledger.deliver(reserve(ledger, terms=terms), attempt(3))
    assert (delivered.cost, delivered.invoice) == (0, 3)
    assert ledger.cancel(delivered, used=None, why="no").cost == 4


def test_recovery_loses_what_was_open_and_returns_what_is_to_be_judged(
    ledger: SqliteLedger,
) -> None:
    reserve(ledger, "open")
    paid = ledger.deliver(reserve(ledger, "paid"), attempt())
    elsewhere = reserve(ledger, "open", run="other")
    assert ledger.recover("r") == [paid]
    assert ledger.recover("r") == [paid]
    (lost,) = mine(ledger, "open")
    assert (lost.state, lost.cost, lost.failure) == ("lost", 0, INTERRUPTED)
    assert ledger.purchases(run="other") == [elsewhere]
    reserve(ledger, "open")


def test_the_summary_is_one_row_per_policy_and_prover(ledger: SqliteLedger) -> None:
    for name, verdict in (("a", PROVED), ("b", REJECTED), ("c", None)):
        bought = ledger.deliver(reserve(ledger, name), attempt(7, OMEGA if verdict else None))
        ledger.judge(bought, verdict, verification_cost=2 if verdict else 0)
    ledger.abandon(reserve(ledger, "d"), why="gone")
    ledger.deliver(reserve(ledger, "b", prover="search"), attempt(9, prover="search"))
    flash, search = ledger.summarise("r")
    assert (flash.policy, flash.prover, flash.theorems, flash.purchases) == ("p", "flash", 3, 3)
    assert (flash.proved, flash.rejected, flash.nothing, flash.void, flash.lost) == (1, 1, 1, 0, 1)
    assert (flash.cost, flash.verification_cost, flash.cpu_us, flash.wall_ms) == (21, 4, 15, 6)
    assert (search.prover, search.purchases, search.cost, search.proved) == ("search", 1, 9, 0)
    assert ledger.summarise("nothing was bought in this run") == []


def test_threads_and_programs_share_one_ledger(tmp_path: Path) -> None:
    """Several connections, several threads on each: every purchase is recorded once."""
    ledgers = [SqliteLedger(tmp_path / "ledger.db") for _ in range(2)]

    def buy(worker: int) -> None:
        ledger = ledgers[worker % 2]
        for number in range(10):
            bought = ledger.deliver(reserve(ledger, f"t{worker}_{number}"), attempt(1))
            ledger.judge(bought, REJECTED, verification_cost=1)

    workers = [threading.Thread(target=buy, args=(worker,)) for worker in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    (totals,) = ledgers[0].summarise("r")
    assert (totals.purchases, totals.cost, totals.verification_cost) == (60, 60, 60)


def test_two_buyers_of_one_theorem_cannot_both_reserve(tmp_path: Path) -> None:
    one, other = (SqliteLedger(tmp_path / "ledger.db") for _ in range(2))
    reserve(one)
    with pytest.raises(LedgerError, match="recover the run"):
        reserve(other)


def test_the_table_itself_refuses_contradictions(ledger: SqliteLedger, tmp_path: Path) -> None:
    ledger.judge(ledger.deliver(reserve(ledger), attempt()), PROVED, verification_cost=1)
    db = sqlite3.connect(tmp_path / "ledger.db")
    for change in (
        "cost = 11",
        "cost = -1",
        "cost = 'seven'",
        "verdict = NULL",
        "candidate = NULL",
        "state = 'open'",
        "state = 'sold'",
        "settled_at = NULL",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(f"UPDATE purchases SET {change}")
    db.close()


@pytest.mark.parametrize(
    "change",
    [
        "number = 8, state = 'open', settled_at = NULL",
        "number = 0, state = 'judged'",
        """number = 8, state = 'judged', candidate = '{}', verdict = '{"status": "proved"}'""",
    ],
    ids=["two at a time", "an attempt twice", "two proofs"],
)
def test_the_table_itself_refuses_to_count_twice(
    ledger: SqliteLedger, tmp_path: Path, change: str
) -> None:
    """Beside a proved attempt 0 and a delivered attempt 1, in place of a lost attempt 2."""
    ledger.abandon(reserve(ledger), why="gone")
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        copy = (
            "INSERT INTO purchases (run, theorem, theorem_digest, policy, prover, number, state,"
            " reserved, candidate, verdict, started_at, settled_at)"
            " SELECT run, theorem, theorem_digest, policy, prover, {}, reserved, {}, started_at, {}"
            " FROM purchases WHERE id = 1"
        )
        proved = """'{}', '{"status": "proved"}'"""
        db.execute(copy.format("0, 'judged'", proved, "'now'"))
        db.execute(copy.format("1, 'delivered'", "'{}', NULL", "NULL"))
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            db.execute(f"UPDATE purchases SET {change} WHERE id = 1")


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("shopping list\n" * 100)
    with pytest.raises(LedgerError, match=r"notes.txt: .*not a ledger or is damaged"):
        SqliteLedger(path)
    assert path.read_text() == "shopping list\n" * 100


def test_a_database_of_another_program_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE photos (id)")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="another program"):
        SqliteLedger(path)
    assert path.read_bytes() == before


def test_a_damaged_ledger_says_so(ledger: SqliteLedger, tmp_path: Path) -> None:
    for number in range(100):
        reserve(ledger, f"t{number}")
    ledger.close()
    path = tmp_path / "ledger.db"
    pages = bytearray(path.read_bytes())
    pages[4096:] = b"\xff" * (len(pages) - 4096)
    path.write_bytes(pages)
    with pytest.raises(LedgerError, match="damaged, restore a backup"):
        SqliteLedger(path).purchases(run="r")


def test_a_row_that_cannot_be_read_is_named(ledger: SqliteLedger, tmp_path: Path) -> None:
    ledger.deliver(reserve(ledger), attempt())
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute("""UPDATE purchases SET candidate = '{"kind": "poem"}'""")
    with pytest.raises(LedgerError, match="purchase 1 cannot be read"):
        mine(ledger)


def test_a_ledger_held_by_another_program_says_so(
    ledger: SqliteLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.close()
    monkeypatch.setattr("prover_arb.core.database.BUSY_SECONDS", 0.05)
    ledger = SqliteLedger(tmp_path / "ledger.db")
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="another program holds the ledger"):
        reserve(ledger)
    other.execute("ROLLBACK")
    reserve(ledger)
    other.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match=r"file.*cannot be made"):
        SqliteLedger(tmp_path / "file" / "runs" / "ledger.db")


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="check that the folder exists"):
        SqliteLedger(tmp_path)


def in_child(work: Callable[[], None]) -> int:
    """Run `work` in a forked child and return the child's id; it exits with 0 if work returns."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def test_a_full_disk_loses_nothing_that_was_paid_for(tmp_path: Path) -> None:
    """The child may write files of 1 MB at most; the ledger says so and stays readable."""
    path = tmp_path / "ledger.db"

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        ledger = SqliteLedger(path)
        try:
            for number in range(10_000):
                ledger.deliver(reserve(ledger, f"t{number}"), attempt(1))
                (tmp_path / "paid").write_text(str(number + 1))
        except LedgerError as error:
            (tmp_path / "said").write_text(str(error))

    _, status = os.waitpid(in_child(fill), 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert "disk" in (tmp_path / "said").read_text()
    paid = int((tmp_path / "paid").read_text())
    assert paid > 10
    ledger = SqliteLedger(path)
    assert [p.theorem for p in ledger.recover("r")] == [f"t{number}" for number in range(paid)]
    reserve(ledger, "more")


def shop(folder: Path, seed: int, max_parallel: int) -> None:
    """Buy for ever, with both books beside the ledger."""
    chance = random.Random(seed)
    ledger = SqliteLedger(folder / "ledger.db")
    ledger.limit_run("r", 10**9)
    for unjudged in ledger.recover("r"):
        ledger.judge(unjudged, REJECTED, verification_cost=2)
    books = [
        os.open(folder / book, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        for book in ("invoices", "receipts")
    ]

    def pay(purchase: Purchase, cost: int) -> Purchase:
        line = f"{purchase.id} {cost}\n".encode()
        os.write(books[0], line)
        os.fsync(books[0])
        unwanted = max_parallel > 1 and chance.random() < 0.3
        used = attempt(cost, None if unwanted else OMEGA)
        paid = (
            ledger.cancel(purchase, used=used, why="not wanted")
            if unwanted
            else ledger.deliver(purchase, used)
        )
        os.write(books[1], line)
        os.fsync(books[1])
        return paid

    while True:
        name = f"t{chance.randrange(5)}"
        flying = [
            reserve(ledger, name, reserved=1_000, verification_reserve=2, max_parallel=max_parallel)
            for _ in range(chance.randint(1, max_parallel))
        ]
        chance.shuffle(flying)
        landed = [pay(opened, chance.randrange(1_000)) for opened in flying]
        for bought in landed:
            if bought.state == "delivered":
                ledger.judge(bought, REJECTED, verification_cost=2)


@pytest.mark.parametrize("max_parallel", [1, 3])
def test_nothing_paid_for_is_lost_or_counted_twice_when_programs_are_killed(
    tmp_path: Path, max_parallel: int
) -> None:
    """Programs in a row are killed with SIGKILL while they buy, 60 for each `max_parallel`.

    Beside the ledger each keeps two books of its own, written through to the disk: what sellers
    invoiced, before `deliver` or `cancel` is called, and what those acknowledged, after they
    returned. So: acknowledged <= paid in the ledger <= invoiced, each invoice at most once, at the
    same price.
    """
    path, invoices, receipts = (tmp_path / name for name in ("ledger.db", "invoices", "receipts"))
    paying = {"delivered", "judged", "cancelled"}

    chance = random.Random(0)
    for seed in range(60):
        known = size(invoices)
        child = in_child(lambda seed=seed: shop(tmp_path, seed, max_parallel))  # type: ignore[misc]
        while size(invoices) == known:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.04))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL

    ledger = SqliteLedger(path)
    ledger.recover("r")
    purchases = ledger.purchases(run="r")
    paid = Counter((p.id, p.cost) for p in purchases if p.state in paying)
    invoiced = Counter(map(entry, invoices.read_text().splitlines()))
    acknowledged = Counter(map(entry, receipts.read_text().splitlines()))
    assert len(paid) >= 30, "most programs came to pay for something"
    assert acknowledged <= paid <= invoiced
    assert set(invoiced.values()) == {1}
    assert len(invoiced) - len(acknowledged) <= 60
    lost = [p for p in purchases if p.state == "lost"]
    assert all(p.cost == 0 and p.candidate is None for p in lost)
    (totals,) = ledger.summarise("r")
    assert totals.cost == sum(cost for _, cost in paid)
    assert totals.purchases + totals.cancelled == len(paid)
    assert totals.lost == len(lost)
    assert (totals.cancelled > 0) == (max_parallel > 1)
    waiting = [p for p in purchases if p.state == "delivered"]
    held = sum(p.reserved + p.verification_reserve - p.cost for p in waiting)
    assert ledger.run_left("r") == 10**9 - totals.cost - totals.verification_cost - held
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        numbers = db.execute(
            "SELECT count(*) = max(number) + 1 FROM purchases"
            " WHERE state NOT IN ('lost', 'cancelled') GROUP BY theorem_digest"
        ).fetchall()
    if max_parallel == 1:
        assert numbers == [(1,)] * 5


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def entry(line: str) -> tuple[int, int]:
    number, cost = line.split()
    return int(number), int(cost)


class LedgerMachine(RuleBasedStateMachine):
    """Any steps in any order, checked against a model in a few lines."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = SqliteLedger(":memory:")
        self.budget: int | None = None
        self.open: list[Purchase] = []
        self.delivered: list[Purchase] = []
        self.cost = self.verification_cost = self.lost = self.names = 0

    @rule(reserved=st.integers(0, 1_000))
    def reserve(self, reserved: int) -> None:
        self.names += 1
        self.open.append(reserve(self.ledger, f"t{self.names}", reserved=reserved))

    @precondition(lambda self: self.open)
    @rule(data=st.data(), found=st.booleans())
    def deliver(self, data: st.DataObject, found: bool) -> None:
        opened = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        cost = data.draw(st.integers(0, opened.reserved))
        sold = attempt(cost, OMEGA if found else None)
        self.delivered.append(self.ledger.deliver(opened, sold))
        assert self.ledger.deliver(opened, sold) == self.delivered[-1]
        self.cost += cost

    @precondition(lambda self: self.delivered)
    @rule(data=st.data(), cost=st.integers(0, 1_000), verdict=st.sampled_from([PROVED, REJECTED]))
    def judge(self, data: st.DataObject, cost: int, verdict: Verdict) -> None:
        bought = self.delivered.pop(data.draw(st.integers(0, len(self.delivered) - 1)))
        if bought.candidate is None:
            self.ledger.judge(bought, None, verification_cost=0)
        else:
            self.ledger.judge(bought, verdict, verification_cost=cost)
            self.verification_cost += cost

    @precondition(lambda self: self.open)
    @rule()
    def abandon(self) -> None:
        self.ledger.abandon(self.open.pop(), why="gone")
        self.lost += 1

    @rule()
    def recover(self) -> None:
        unjudged = self.ledger.recover("r")
        assert [p.id for p in unjudged] == sorted(p.id for p in self.delivered)
        self.lost += len(self.open)
        self.open.clear()

    @precondition(lambda self: self.budget is None)
    @rule(budget=st.integers(10**6, 10**9))
    def limit(self, budget: int) -> None:
        self.budget = budget
        self.ledger.limit_run("r", budget)
        self.ledger.limit_run("r", budget)

    @invariant()
    def what_is_left_of_the_run_agrees(self) -> None:
        held = sum(p.reserved + p.verification_reserve for p in (*self.open, *self.delivered))
        spent = sum(p.cost + p.verification_cost for p in self.ledger.purchases(run="r"))
        delivered = sum(p.cost for p in self.delivered)
        left = None if self.budget is None else self.budget - spent - held + delivered
        assert self.ledger.run_left("r") == left

    @invariant()
    def totals_agree(self) -> None:
        rows = self.ledger.summarise("r")
        assert sum(row.cost for row in rows) == self.cost
        assert sum(row.verification_cost for row in rows) == self.verification_cost
        assert sum(row.lost for row in rows) == self.lost

    def teardown(self) -> None:
        self.ledger.close()


TestAnyOrder = LedgerMachine.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
