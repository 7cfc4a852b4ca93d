"""Recorded answers judged without a market: pass@k, reasons, and results that go on."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from prover_arb.bench.judged_answers import (
    AnswersSetting,
    JudgedAnswer,
    ResultsFile,
    pass_at_k,
    summarise,
)
from prover_arb.cli.app import app
from prover_arb.core.theorem import Limits, ToolchainIdentity
from prover_arb.errors import RunError

LEAN = ToolchainIdentity(lean="4", commit="", origin="here", integrity="", library="")
SETTING = AnswersSetting(
    answers_sha256="a",
    data_sha256="d",
    profile="core",
    limits=Limits(),
    toolchain=LEAN,
    one_kernel=False,
    package_version="0",
)


def row(theorem: str, number: int, **more: object) -> JudgedAnswer:
    fields = {"status": "rejected", "why": "unsolved goals", **more}
    return JudgedAnswer.model_validate(
        {"theorem": theorem, "number": number, "origin": "f:1", "statement_sha256": "", **fields}
    )


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_pass_at_k_is_the_share_of_draws_with_a_proof(
    proofs: list[bool], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(proofs)))
    draws = list(combinations(proofs, k))
    share = sum(map(any, draws)) / len(draws)
    assert pass_at_k(len(proofs), sum(proofs), k) == pytest.approx(share)


@pytest.mark.parametrize("k", [0, 4])
def test_pass_at_k_looks_at_no_more_answers_than_there_are(k: int) -> None:
    with pytest.raises(ValueError, match="number of answers, 3"):
        pass_at_k(3, 1, k)


def test_void_answers_and_statements_that_do_not_elaborate_stand_apart() -> None:
    rows = [
        row("a", 0, status="proved", why=""),
        row("a", 1),
        row("a", 2, status="void", why="no memory"),
        row("b", 0, status="nothing", why="no Lean code in the answer"),
        row("c", 0, status="invalid_statement", why="unknown identifier"),
    ]
    summary = summarise(rows, theorems=5)
    a, b, c = summary.theorems
    assert (a.answers, a.proved, a.void, a.pass_at) == (2, 1, 1, {1: 0.5, 2: 1.0})
    assert (b.answers, b.proved, b.pass_at) == (1, 0, {1: 0.0})
    assert (c.invalid, c.pass_at) == (True, {})
    assert (summary.pass_at, summary.counted) == ({1: 0.25, 2: 1.0}, {1: 2, 2: 1})
    assert summary.unanswered == 2
    assert {(g.why, g.count) for g in summary.reasons} == {
        ("unsolved goals", 1), ("no Lean code in the answer", 1)
    }  # fmt: skip
    assert [(g.why, g.count) for g in summary.void] == [("no memory", 1)]


def test_results_go_on_where_they_were_and_void_ones_are_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "out" / "results.jsonl"
    results = ResultsFile(SETTING, path)
    results.open()
    results.add(row("a", 0))
    results.add(row("a", 1, status="void"))
    with path.open("a") as file:
        file.write('{"cut off')
    again = ResultsFile(SETTING, path)
    again.open()
    assert list(again.rows.values()) == [row("a", 0)]
    other = ResultsFile(SETTING.model_copy(update={"one_kernel": True}), path)
    with pytest.raises(RunError, match=r"made otherwise .*one_kernel: False -> True"):
        other.open()
    path.write_text('{"theorem": "a"}\n')
    with pytest.raises(RunError, match=r"results\.jsonl:1: no result"):
        ResultsFile(SETTING, path).open()


@pytest.mark.lean
def test_a_file_of_answers_is_judged_by_the_kernels(tmp_path: Path) -> None:
    problems = tmp_path / "problems.jsonl"
    problems.write_text(
        json.dumps({"name": "small", "formal_statement": "theorem small (n : ℕ) : n ≤ n + 1 :="})
        + "\n"
        + json.dumps({"name": "other", "formal_statement": "theorem other : 1 + 1 = 2 := by sorry"})
        + "\n"
    )
    answers, out = tmp_path / "answers.jsonl", tmp_path / "out.jsonl"
    proofs = ["omega", "exact no_such_lemma n", "omega", None]
    answers.write_text(
        "".join(
            json.dumps({"theorem": "small", "text": f"```lean4\n{p}\n```" if p else "?"}) + "\n"
            for p in proofs
        )
    )
    command = ["verify", "--answers", str(answers), "--problems", str(problems)]
    command += ["--out", str(out), "--workers", "1"]
    run = CliRunner().invoke(app, [*command, "--json"])
    assert run.exit_code == 0, run.output
    summary = json.loads(run.stdout)
    assert summary["theorems"][0]["proved"] == 2
    assert summary["pass_at"] == {"1": 0.5, "2": pytest.approx(5 / 6), "4": 1.0}
    assert summary["unanswered"] == 1
    kept = out.read_text()
    shown = CliRunner().invoke(app, command)
    assert out.read_text() == kept  # nothing is judged again
    assert "2 of 4 judged answers are proofs" in shown.stdout
    assert "no_such_lemma" in shown.stdout

    answers.write_text('{"theorem": "unheard_of", "text": "omega"}\n')
    refused = CliRunner().invoke(app, command)
    assert refused.exit_code == 2
    assert "answers.jsonl:1: theorem: " in refused.stderr
    stray = CliRunner().invoke(app, ["verify", "--problems", str(problems)])
    assert (stray.exit_code, "go with --answers" in stray.stderr) == (2, True)
