"""Exports: proofs and failures with where they come from, and no theorem that is measured on."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from prover_arb.bench.distill_export import CHAT, Exported, export, write_export
from prover_arb.bench.run_config import RunConfig
from prover_arb.bench.runs import RunFolder
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import StudentError
from prover_arb.problems.forms import form_digest
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.students.examples import read_examples
from prover_arb.provers.students.student_prover import StudentConfig
from tests.provers.students.test_student_prover import catalog

LEAN = ToolchainIdentity(lean="4.28.0", commit="c", origin="npm", integrity="i", library="l")
PROVED = Verdict(status="proved", kernels=("official", "embedded"))
REJECTED = Verdict(status="rejected", reason="elaboration_error")
NOTHING = "(n : ℕ) : n < n"


def theorem(statement: str, name: str = "t") -> Theorem:
    return Theorem(name=name, statement=statement)


class Market:
    """Writes the folder of a run as `bench run` does."""

    def __init__(
        self, path: Path, *, lean: ToolchainIdentity = LEAN, prices: Path | None = None
    ) -> None:
        self.path = path
        path.mkdir()
        config = RunConfig(
            run=path.name, created_at="2026-11-26T00:00:00+00:00", problems="", data_sha256="d",
            theorems=3, profile="core", policies=("single:portfolio",), budget=1000, seed=7,
            limits=Limits(), catalog=str(prices or ""), catalog_version="v",
            catalog_sha256=load_catalog(prices).sha256, toolchain=lean, package_version="1",
        )  # fmt: skip
        RunFolder(path).write_config(config)

    def buys(
        self, asked: Theorem, script: str | None, verdict: Verdict | None, prover: str = "portfolio"
    ) -> None:
        """One purchase that is over."""
        candidate = None if script is None else Candidate(kind="tactics", text=script)
        failure = "" if candidate else "nothing found"
        with closing(SqliteLedger(RunFolder(self.path).ledger)) as ledger:
            bought = ledger.reserve(
                run=self.path.name, theorem=asked, policy="p", prover=prover, reserved=50
            )
            attempt = Attempt(prover=prover, candidate=candidate, cost=20, failure=failure)
            bought = ledger.deliver(bought, attempt)
            ledger.judge(bought, verdict, verification_cost=3 if verdict else 0)


def exported(*runs: Path, held_out: frozenset[str] = frozenset()) -> Exported:
    return export(runs, held_out=held_out, toolchain=LEAN)


def test_proofs_are_positives_and_failures_negatives_with_provenance(tmp_path: Path) -> None:
    market = Market(tmp_path / "run")
    easy = theorem("(n : ℕ) : n ≤ n + 5", "easy")
    market.buys(easy, "bad", REJECTED, prover="flash")
    market.buys(easy, "intro\nomega", PROVED)
    market.buys(theorem(NOTHING), None, None)
    found = exported(tmp_path / "run").examples
    assert [(e.theorem, e.script, e.proved, e.prover, e.cost) for e in found] == [
        ("easy", "bad", False, "flash", 23),
        ("easy", "intro\nomega", True, "portfolio", 23),
        ("t", "", False, "portfolio", 20),
    ]
    assert found[1].steps == ("intro", "omega")
    assert found[1].kernels == ("official", "embedded")
    assert [e.purchase for e in found] == [1, 2, 3]
    assert {e.run for e in found} == {"run"}


def test_what_is_written_is_read_again_and_chat_holds_proofs_alone(tmp_path: Path) -> None:
    market = Market(tmp_path / "run")
    market.buys(theorem("(n : ℕ) : n ≤ n + 5", "easy"), "omega", PROVED)
    market.buys(theorem(NOTHING), "omega", REJECTED)
    out = tmp_path / "out"
    found = exported(tmp_path / "run")
    facts = write_export(found, out, runs=[tmp_path / "run"], apart_from=[])
    assert read_examples(out) == (found.examples, facts)
    assert (facts.positives, facts.negatives, facts.theorems) == (1, 1, 2)
    (line,) = (out / CHAT).read_text().splitlines()
    asked, answered = json.loads(line)["messages"]
    assert (asked["role"], answered["role"]) == ("user", "assistant")
    assert "theorem easy (n : ℕ) : n ≤ n + 5 := by" in asked["content"]
    assert "omega" in answered["content"]


def test_no_theorem_of_an_evaluation_set_leaks_in(tmp_path: Path) -> None:
    market = Market(tmp_path / "run")
    market.buys(theorem("(x : ℝ) (h : 3 * x = 12) : x = 4", "copy"), "grind", PROVED)
    market.buys(theorem("(n : ℕ) : n ≤ n + 5", "own"), "omega", PROVED)
    measured = "(zeta : ℝ) (h₀ : 17 * zeta = 51) : zeta = 3"
    found = exported(tmp_path / "run", held_out=frozenset({form_digest(measured)}))
    assert {e.theorem for e in found.examples} == {"own"}
    assert found.leaks == {"copy"}


def test_what_a_student_drew_in_vain_is_known_without_having_been_written_down(
    tmp_path: Path,
) -> None:
    prices = catalog(tmp_path)
    entry = load_catalog(prices).entries["pupil"]
    assert isinstance(entry, StudentConfig)
    market = Market(tmp_path / "run", prices=prices)
    first, second = theorem(NOTHING), theorem("(n : ℕ) (h : n % 5 = 1) : (n + 5) % 5 = 1", "s")
    market.buys(first, None, None, prover="pupil")
    drawn = entry.drawn(second.statement, number=0, seed=7)
    market.buys(second, drawn[-1], PROVED, prover="pupil")
    found = exported(tmp_path / "run").examples
    vain = entry.drawn(NOTHING, number=0, seed=7)
    assert [(e.script, e.proved) for e in found if e.statement == NOTHING] == [
        (script, False) for script in vain
    ]
    assert {(e.script, e.proved) for e in found if e.theorem == "s"} == {
        (script, script == drawn[-1]) for script in drawn
    }


def test_runs_that_teach_nothing_are_refused(tmp_path: Path) -> None:
    other = Market(tmp_path / "other", lean=LEAN.model_copy(update={"commit": "zzz"}))
    other.buys(theorem("(n : ℕ) : n ≤ n"), "omega", PROVED)
    with pytest.raises(StudentError, match=r"judged by another Lean .commit: zzz there, c here"):
        exported(tmp_path / "other")
    older = Market(tmp_path / "older", lean=LEAN.model_copy(update={"library": "m"}))
    older.buys(theorem("(n : ℕ) : n ≤ n"), "omega", PROVED)
    with pytest.raises(StudentError, match=r"judged by another Lean .library: m there, l here"):
        exported(tmp_path / "older")
    replay = Market(tmp_path / "replay", lean=LEAN.model_copy(update={"origin": "replay"}))
    replay.buys(theorem("(n : ℕ) : n ≤ n"), "omega", PROVED)
    with pytest.raises(StudentError, match="a replay of records; no kernel"):
        exported(tmp_path / "replay")
    empty = Market(tmp_path / "empty")
    empty.buys(theorem(NOTHING), None, None)
    with pytest.raises(StudentError, match="no verified proof among 1 examples"):
        exported(tmp_path / "empty")
