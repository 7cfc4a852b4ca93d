"""Learning on the real broker and a ledger file; theorems are sums, and Python is the kernel."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prover_arb.broker.account import Account
from prover_arb.broker.histories import Histories
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.broker.loop import Broker
from prover_arb.cli.app import app
from prover_arb.core.history import History, PurchaseOutcome
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Attempt, Buy, Quote, State
from prover_arb.core.theorem import Theorem, Verdict
from prover_arb.errors import PolicyError, ProverError
from prover_arb.scheduler import make_policy
from prover_arb.scheduler.policy_file import read_policy_file
from tests.bench.arithmetic import Abacus, Arithmetic, issue

BUDGET = 40_000
SELLERS = {
    "flash": (9, 100),
    "guesser": (-1, 900),
    "portfolio": (99, 1_000),
    "search": (999, 9_000),
}
"""Reach and price; the guesser never finds anything."""


def sums(count: int, name: str = "s") -> list[Theorem]:
    """One in three is within the reach of flash, one of portfolio, one of search alone."""
    sides = [(n % 4 + 1, 2) if n % 3 == 0 else (n % 40 + 10, 3) for n in range(count)]
    sides = [(300 + n, 7) if n % 3 == 2 else side for n, side in enumerate(sides)]
    return [
        Theorem(name=f"{name}{n}", statement=f": {a} + {b} = {a + b}")
        for n, (a, b) in enumerate(sides)
    ]


class LocalBroker:
    """One program: a broker over a ledger file, gone when it is closed."""

    def __init__(self, path: Path) -> None:
        self.ledger = SqliteLedger(path)
        self.provers = [Abacus(n, reach=r, price=p) for n, (r, p) in SELLERS.items()]
        self.broker = Broker(
            oracle=Arithmetic(),
            provers=self.provers,
            ledger=self.ledger,
            verification_price=3_600_000,
            issue=issue,
        )

    def prove(
        self,
        theorems: Sequence[Theorem],
        *,
        policy: str = "schedule:-",
        run: str = "r",
        seed: int = 0,
    ) -> list[Outcome]:
        """One after the other, then the ledger is closed."""
        chosen = make_policy(policy, self.provers)

        async def work() -> list[Outcome]:
            return [
                await self.broker.prove(
                    theorem, chosen, ProofJob(policy=chosen.name, budget=BUDGET, run=run, seed=seed)
                )
                for theorem in theorems
            ]

        try:
            return asyncio.run(work())
        finally:
            self.ledger.close()


def net(outcomes: Sequence[Outcome]) -> int:
    """Worth of the proofs less what was paid."""
    return sum(BUDGET * (outcome.status == "proved") - outcome.cost for outcome in outcomes)


def bought(outcomes: Sequence[Outcome]) -> list[str]:
    return [purchase.prover for outcome in outcomes for purchase in outcome.purchases]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which 90 theorems were bought for by a policy that began with nothing."""
    path = tmp_path_factory.mktemp("live") / "ledger.sqlite3"
    outcomes = LocalBroker(path).prove(sums(90))
    cascade = LocalBroker(path.parent / "cascade.sqlite3").prove(sums(90), policy="cascade")
    assert all(outcome.status == "proved" for outcome in (*cascade, *outcomes[60:]))
    assert bought(outcomes).count("guesser") < 0.2 * bought(cascade).count("guesser")
    spent = sum(outcome.cost for outcome in outcomes[60:])
    assert spent < 0.95 * sum(outcome.cost for outcome in cascade[60:])
    return path


def test_what_was_bought_to_learn_stands_in_the_ledger(path: Path) -> None:
    ledger = SqliteLedger(path)
    marked = [row["purchase"] for row in rows(path, "SELECT purchase FROM explorations")]
    explored = ledger.explored("r")
    ledger.close()
    by_id = {row["id"]: row for row in rows(path, "SELECT * FROM purchases")}
    cost = sum(by_id[i]["cost"] + by_id[i]["verification_cost"] for i in marked)
    assert 0 < cost == sum(totals.cost for totals in explored)
    assert len(marked) == sum(totals.purchases for totals in explored) < len(by_id) / 2
    assert {totals.policy for totals in explored} == {"schedule:-"}


def test_every_decision_can_be_made_again_from_the_ledger(path: Path) -> None:
    policy = make_policy("schedule:-", SELLERS)
    finished = list(read_finished(path).values())
    purchases = rows(
        path,
        "SELECT prover, purchase IS NOT NULL AS explores FROM purchases"
        " LEFT JOIN explorations ON purchase = id ORDER BY id",
    )
    made = []
    by_name = {theorem.name: theorem for theorem in sums(90)}
    quotes = tuple(Quote(prover=n, worst_case=price) for n, (_, price) in SELLERS.items())
    history = History()
    for ended in finished:
        for k in range(len(ended.past)):
            state = State(
                theorem=by_name[ended.theorem],
                budget=BUDGET,
                past=ended.past[:k],
                quotes=quotes,
                history=history,
            )
            decision = policy.decide(state)
            assert isinstance(decision, Buy)
            made.append((decision.prover, decision.explores))
        history = history.after(ended)
    assert made == [(row["prover"], bool(row["explores"])) for row in purchases]


def test_another_program_goes_on_with_what_this_one_learnt(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "ledger.sqlite3"
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    taught = LocalBroker(copy).prove(sums(24, "new"), run="later")
    fresh = LocalBroker(tmp_path / "fresh.sqlite3").prove(sums(24, "new"), run="later")
    assert bought(taught).count("guesser") < bought(fresh).count("guesser")
    assert net(taught) > net(fresh)


def test_theorems_bought_for_at_the_same_time_are_learnt_from_once_each(tmp_path: Path) -> None:
    local = LocalBroker(tmp_path / "ledger.sqlite3")
    policy = make_policy("schedule:-", local.provers)
    theorems = iter(sums(60))

    async def one_after_another() -> None:
        for theorem in theorems:
            await local.broker.prove(
                theorem, policy, ProofJob(policy=policy.name, budget=BUDGET, run="r")
            )

    async def four() -> None:
        await asyncio.gather(*(one_after_another() for _ in range(4)))

    asyncio.run(four())
    numbers = rows(
        tmp_path / "ledger.sqlite3",
        "SELECT count(*) AS n, max(number) AS top FROM purchases GROUP BY theorem, prover",
    )
    assert {row["top"] for row in numbers} == {0}
    history = Histories(local.ledger).begin(account(local.ledger, sums(61)[60], run="x"))
    assert {ended.theorem for ended in history.since(0)} == {theorem.name for theorem in sums(60)}
    local.ledger.close()


def test_a_seller_that_does_not_deliver_is_passed_over_and_nothing_is_learnt_of_it(
    tmp_path: Path,
) -> None:
    local = LocalBroker(tmp_path / "ledger.sqlite3")

    class Absent(Abacus):
        max_attempts = 8

        async def attempt(
            self, theorem: Theorem, *, number: int, budget: int, seed: int
        ) -> Attempt:
            raise ProverError("nobody is in")

    local.provers[0] = Absent("flash", reach=9, price=100)
    local.broker = Broker(
        oracle=Arithmetic(),
        provers=local.provers,
        ledger=local.ledger,
        verification_price=3_600_000,
        issue=issue,
    )
    outcomes = local.prove(sums(12))
    assert sum(outcome.status == "proved" for outcome in outcomes) >= 8
    flash_purchases = [p for outcome in outcomes for p in outcome.purchases if p.prover == "flash"]
    assert {(p.state, p.cost) for p in flash_purchases} == {("lost", 0)}
    assert len(flash_purchases) <= 3 * len(outcomes)
    taught = read_finished(tmp_path / "ledger.sqlite3").values()
    assert {past.prover for history_of_one in taught for past in history_of_one.past} <= {
        "guesser",
        "portfolio",
        "search",
    }
    state = State(
        theorem=sums(1)[0],
        budget=BUDGET,
        past=(PurchaseOutcome(prover="flash", cost=0, status="nothing", offered=100),),
        quotes=tuple(Quote(prover=n, worst_case=price) for n, (_, price) in SELLERS.items()),
    )
    decision = make_policy("schedule:-", local.provers).decide(state)
    assert isinstance(decision, Buy)


def account(
    ledger: SqliteLedger, theorem: Theorem, *, policy: str = "schedule:-", run: str = "r"
) -> Account:
    job = ProofJob(policy=policy, budget=BUDGET, run=run)
    return Account(ledger, theorem, make_policy(policy, ["flash"]), job)


def test_a_theorem_gone_on_with_is_no_memory_of_itself(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    one, two = sums(2)
    for theorem in (one, two):
        opened = ledger.reserve(
            run="r", theorem=theorem, policy="schedule:-", prover="flash", reserved=100
        )
        delivered = ledger.deliver(opened, Attempt(prover="flash", candidate=None, cost=80))
        ledger.judge(delivered, None, verification_cost=0)
    archive = Histories(ledger)
    history = archive.begin(account(ledger, one))
    (left,) = history.since(0)
    assert (left.theorem, left.statement) == (two.name, two.statement)
    assert left.past == (PurchaseOutcome(prover="flash", cost=80, status="nothing", offered=100),)
    # In another run it is bought for anew, and its history is there to learn from.
    assert len(Histories(ledger).begin(account(ledger, one, run="other"))) == 2
    assert len(archive.begin(account(ledger, one, policy="cascade"))) == 0
    archive.end(account(ledger, one))
    assert len(archive.begin(account(ledger, sums(3)[2]))) == 2


def test_statements_that_mean_nothing_teach_nothing(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3")
    (theorem,) = sums(1)
    opened = ledger.reserve(
        run="r", theorem=theorem, policy="schedule:-", prover="flash", reserved=9
    )
    candidate = {"kind": "term", "text": "3"}
    attempt = Attempt.model_validate({"prover": "flash", "candidate": candidate, "cost": 5})
    delivered = ledger.deliver(opened, attempt)
    ledger.judge(delivered, Verdict(status="invalid_statement"), verification_cost=1)
    assert ledger.finished("schedule:-") == {}
    archive = Histories(ledger)
    archive.begin(account(ledger, theorem))
    archive.end(account(ledger, theorem))
    assert len(archive.begin(account(ledger, theorem, run="later"))) == 0


def test_a_ledger_from_before_gets_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    LocalBroker(path).prove(sums(2))
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE theorems")
        db.execute("DROP TABLE explorations")
        db.execute("DROP TABLE run_leases")
        db.execute("DROP TABLE overheads")
        db.execute("ALTER TABLE run_budgets DROP COLUMN committed")
        db.execute("DROP INDEX one_attempt")
        db.execute("ALTER TABLE purchases DROP COLUMN slice")
        db.execute("ALTER TABLE purchases DROP COLUMN resume")
        for column in ("order_id", "key_id", "request_id"):
            db.execute(f"ALTER TABLE purchases DROP COLUMN {column}")
        db.execute(
            "CREATE UNIQUE INDEX one_attempt ON purchases"
            " (run, policy, theorem_digest, prover, number)"
            " WHERE state NOT IN ('lost', 'cancelled')"
        )
        db.execute("ALTER TABLE purchases RENAME COLUMN verification_reserve TO kept")
        db.execute("PRAGMA user_version = 4")
    outcomes = LocalBroker(path).prove(sums(4), run="later")
    assert len(outcomes) == 4
    known = [ended.statement for ended in read_finished(path).values()]
    assert known == [theorem.statement for theorem in (*sums(2), *sums(4))]


def test_the_command_for_totals_shows_what_was_bought_to_learn(path: Path) -> None:
    result = CliRunner().invoke(app, ["ledger", "totals", str(path), "--run", "r"])
    assert result.exit_code == 0, result.stderr
    said = " ".join(result.stdout.split())
    ledger = SqliteLedger(path)
    count = sum(totals.purchases for totals in ledger.explored("r"))
    cost = sum(totals.cost for totals in ledger.explored("r"))
    ledger.close()
    assert (
        f"schedule:-: ${cost / 1e6:.6f} of this bought {count} attempts in order to learn" in said
    )


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["schedule", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_explain_tells_what_was_learnt_and_what_would_change_it(path: Path) -> None:
    code, out, err = run("explain", "-", ": 3 + 2 = 5", "--ledger", path, "--json")
    assert code == 0, err
    explained = json.loads(out)
    assert explained["learnt_from"] == 90
    assert (explained["next"], explained["explores"]) == ("flash", False)
    chances = {prospect["prover"]: prospect["chance"] for prospect in explained["prospects"]}
    assert chances["guesser"] < 0.25
    assert chances["flash"] > 0.5
    said = " ".join(explained["why"])
    for words in (
        "most like s",
        "flash: the next attempt is a proof with chance",
        "purchases so far put its odds at",
        "Next: flash, the best value per dollar, and above 1.",
        "would be bought instead if one of flash cost more than",
    ):
        assert words in said
    # What it says would change the decision does.
    price = said.split("if one of flash cost more than $")[1].split()[0]
    for factor, expected in ((0.97, "flash"), (1.03, "portfolio")):
        quote = f"flash={float(price) * factor / cost_share(explained):.6f}"
        code, out, err = run(
            "explain", "-", ": 3 + 2 = 5", "--ledger", path, "--json", "--quote", quote
        )
        assert json.loads(out)["next"] == expected, quote
    code, out, err = run("explain", "-", ": 3 + 2 = 5", "--ledger", path, "--value", "0.00001")
    assert code == 0, err
    assert "Next: stop; no attempt is worth what it costs." in out.replace("\n", " ")


def cost_share(explained: dict[str, object]) -> float:
    """Expected cost of flash over what it quotes."""
    prospects = explained["prospects"]
    assert isinstance(prospects, list)
    flash = next(prospect for prospect in prospects if prospect["prover"] == "flash")
    return float(flash["cost"]) / (SELLERS["flash"][1] / 1e6)


def test_explain_refuses_what_it_cannot_answer(path: Path, tmp_path: Path) -> None:
    code, _, err = run("explain", "-", ": 1 = 1")
    assert code == 2
    assert "no provers known" in err
    code, _, err = run("explain", "-", ": 1 = 1", "--quote", "flash")
    assert code == 2
    assert "PROVER=USD" in err
    other = tmp_path / "other.sqlite3"
    LocalBroker(other).prove(sums(3), policy="cascade")
    code, _, err = run("explain", "-", ": 1 = 1", "--ledger", other)
    assert code == 2
    assert "only by cascade" in err.replace("\n", " ")
    code, _, err = run("explain", "-", ": 1 = 1", "--ledger", tmp_path / "none")
    assert code == 2
    assert "no such ledger" in err


def test_fit_reads_a_ledger_in_which_not_everyone_was_tried_on_everything(
    path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "policy.json"
    code, _, err = run("fit", file, "--records", path)
    assert code == 0, err
    fitted = read_policy_file(file)
    assert {*fitted.provers} == {*SELLERS}
    assert len(fitted.rows) + len(fitted.learnt) == 90
    assert fitted.learnt
    assert all(recorded.statement for recorded in (*fitted.rows, *fitted.learnt))
    assert fitted.quotes == {name: price for name, (_, price) in SELLERS.items()}
    local = LocalBroker(tmp_path / "ledger.sqlite3")
    taught = local.prove(sums(24, "new"), policy=f"schedule:{file}", run="later")
    fresh = LocalBroker(tmp_path / "fresh.sqlite3").prove(sums(24, "new"), run="later")
    assert net(taught) > net(fresh)
    assert all(outcome.status == "proved" for outcome in taught)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda raw: raw["learnt"][0]["past"][0].update(cost=7), "it was edited"),
        (lambda raw: raw["learnt"][0]["past"][0].update(prover="nobody"), "learnt.0.past.0"),
        (lambda raw: raw["learnt"][0]["past"][0].update(cost=-7), "learnt.0.past.0"),
        (lambda raw: raw["learnt"][0]["past"][0].update(status="lucky"), "learnt.0.past.0.status"),
        (lambda raw: raw["quotes"].update(nobody=3), "quotes.nobody"),
        (lambda raw: raw["provers"].append("flash"), "named twice"),
        (lambda raw: raw.update(version=1), "it was edited"),
        (lambda raw: raw.update(version="new"), "'new' is not a version"),
        (lambda raw: raw.update(rows=[], learnt=[]), "no recorded theorem"),
    ],
)
def test_a_file_with_bad_learning_in_it_is_refused(
    path: Path, tmp_path: Path, edit: object, message: str
) -> None:
    file = tmp_path / "policy.json"
    assert run("fit", file, "--records", path)[0] == 0
    raw = json.loads(file.read_text())
    edit(raw)  # type: ignore[operator]
    file.write_text(json.dumps(raw))
    with pytest.raises(PolicyError, match=message):
        make_policy(f"schedule:{file}", SELLERS)


def rows(path: Path, query: str) -> list[sqlite3.Row]:
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()
