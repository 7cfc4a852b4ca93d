"""`prover-arb schedule learn`: a policy file of what ledgers bought, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from prover_arb.bench.runs import RunFolder
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.cli.app import app
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Candidate, Theorem, Verdict
from prover_arb.scheduler import make_policy
from prover_arb.scheduler.policy_file import read_policy_file
from tests.bench.test_distill_export import PROVED, Market


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["schedule", "learn", *map(str, words)])
    return result.exit_code, result.output


def bought(folder: Path, verdicts: list[Verdict | None]) -> Path:
    market = Market(folder)
    for n, verdict in enumerate(verdicts):
        theorem = Theorem(name=f"t{n}", statement=f"(x : ℕ) : x + {n} = {n} + x")
        market.buys(theorem, "omega" if verdict else None, verdict)
    return RunFolder(folder).ledger


def test_all_that_ledgers_bought_is_in_the_file(tmp_path: Path) -> None:
    first = bought(tmp_path / "a", [PROVED, None])
    second = bought(tmp_path / "b", [PROVED, PROVED, None])
    out = tmp_path / "policy.json"
    code, said = run(out, first, second)
    assert code == 0, said
    assert "3 theorems that every prover was tried on and 0 others, with 5 purchases" in said
    file = read_policy_file(out)
    assert [(row.attempts, row.successes) for row in file.rows] == [
        ([2], [2]), ([2], [1]), ([1], [0]),
    ]  # fmt: skip
    assert file.quotes == {"portfolio": 50}
    assert list(file.cascade) == ["portfolio"]
    assert "best cascade on them: cascade:portfolio=0.0000" in said
    assert make_policy(f"schedule:{out}", ["portfolio"]).name == f"schedule:{out}"
    assert run(out, first, second, "--last", 2)[0] == 0
    assert [row.theorem for row in read_policy_file(out).rows] == ["t1", "t2"]


def test_slices_are_learnt_as_products_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    ledger = SqliteLedger(path)
    for n in range(12):
        theorem = Theorem(name=f"t{n}", statement=f"(x : ℕ) : x + {n} = {n} + x")
        for index, proved in enumerate([n % 3 == 0, True]):
            purchase = ledger.reserve(
                run="r", theorem=theorem, policy="cascade", prover="portfolio",
                reserved=100 * (index + 1), slice_=index,
            )  # fmt: skip
            candidate = Candidate(kind="tactics", text="omega") if proved else None
            attempt = Attempt(
                prover="portfolio", candidate=candidate, cost=30, resume="" if proved else "more"
            )
            delivered = ledger.deliver(purchase, attempt)
            ledger.judge(delivered, PROVED if proved else None, verification_cost=int(proved))
            if proved:
                break
    ledger.close()
    out = tmp_path / "policy.json"
    code, said = run(out, path)
    assert code == 0, said
    assert "20 purchases from portfolio#1, portfolio#2" in said
    file = read_policy_file(out)
    assert file.quotes == {"portfolio#1": 100, "portfolio#2": 200}
    # Room for the first slice and the worst case of the second.
    assert file.cascade == {"portfolio": 30 + 200}
    assert make_policy(f"schedule:{out}", ["portfolio"]).name == f"schedule:{out}"
    assert file.value is None
    assert run(out, path, "--value", "0.0005")[0] == 0
    assert read_policy_file(out).value == 500
    for text, why in (("0", "buys nothing"), ("-1", "negative"), ("much", "not an amount")):
        code, said = run(out, path, "--value", text)
        assert (code, why in said) == (2, True)
    # Only the slice that is for sale is explained: the second one once the first was bought.
    for bought_so_far, sold in ((), "portfolio#1"), (("portfolio#1=0.00003",), "portfolio#2"):
        options = [word for text in bought_so_far for word in ("--bought", text)]
        explained = CliRunner().invoke(
            app, ["schedule", "explain", str(out), "(x : ℕ) : x + 99 = 99 + x", "--json", *options]
        )
        assert explained.exit_code == 0, explained.output
        answer = json.loads(explained.stdout)
        assert answer["next"] == sold
        assert [prospect["prover"] for prospect in answer["prospects"]] == [sold]


def test_nothing_to_learn_from_is_bad_input(tmp_path: Path) -> None:
    assert run(tmp_path / "p", tmp_path / "absent.sqlite3")[0] == 2
    folder = tmp_path / "empty"
    Market(folder)
    code, _ = run(tmp_path / "p", RunFolder(folder).ledger)
    assert code == 2
