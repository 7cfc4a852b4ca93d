"""`prover-arb schedule learn`: a policy file of what ledgers bought, and what is refused."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from prover_arb.bench.runs import RunFolder
from prover_arb.cli.app import app
from prover_arb.core.theorem import Theorem, Verdict
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
    assert "5 theorems, 5 purchases from portfolio" in said
    file = read_policy_file(out)
    assert [history.past[0].status for history in file.learnt] == [
        "proved", "nothing", "proved", "proved", "nothing",
    ]  # fmt: skip
    assert file.quotes == {"portfolio": 50}
    assert list(file.cascade) == ["portfolio"]
    assert "best cascade on them: cascade:portfolio=0.0000" in said
    assert make_policy(f"schedule:{out}", ["portfolio"]).name == f"schedule:{out}"
    assert run(out, first, second, "--last", 2)[0] == 0
    assert [history.theorem for history in read_policy_file(out).learnt] == ["t1", "t2"]


def test_nothing_to_learn_from_is_bad_input(tmp_path: Path) -> None:
    assert run(tmp_path / "p", tmp_path / "absent.sqlite3")[0] == 2
    folder = tmp_path / "empty"
    Market(folder)
    code, _ = run(tmp_path / "p", RunFolder(folder).ledger)
    assert code == 2
