"""Look the machine and the provisioned Lean over, and try the oracle on proofs true and false."""

from __future__ import annotations

import asyncio
import hashlib
import os
import platform
import shutil
import sys
import time
from pathlib import Path

import psutil

from prover_arb.core.machine import processors
from prover_arb.core.protocols import Oracle
from prover_arb.core.theorem import (
    Candidate,
    Limits,
    Profile,
    Theorem,
    ToolchainIdentity,
)
from prover_arb.errors import OracleError, ToolchainError
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.diagnosis import Diagnosis, Finding
from prover_arb.oracle.kernels.judging import Submission
from prover_arb.oracle.kernels.official.kernel import SHA256, OfficialKernel, find
from prover_arb.oracle.kernels.official.probes import PROBES as PROOFS
from prover_arb.oracle.toolchain import embedded, installed, npm, units
from prover_arb.oracle.toolchain.download import (
    CACHE_VARIABLE,
    LEAN,
    Package,
    cache_folder,
    damage,
)
from prover_arb.oracle.toolchain.resolve import LEAN_VARIABLE, Library, ensure
from prover_arb.oracle.verification import Verification
from prover_arb.oracle.verifier import open_oracle

WORKER_BYTES = 2_000_000_000
"""Memory that one Lean worker may need."""

_SETUP = "run `prover-arb setup`"

PROBES: tuple[tuple[str, Theorem, Candidate, bool], ...] = (
    (
        "true proof",
        Theorem(name="doctor_true", statement="(a b : Nat) (h : a < b) : a + 1 ≤ b"),
        Candidate(kind="tactics", text="omega"),
        True,
    ),
    (
        "false proof",
        Theorem(name="doctor_false", statement="(a b : Nat) (h : a < b) : a + 2 ≤ b"),
        Candidate(kind="tactics", text="omega"),
        False,
    ),
    (
        "proof by sorry",
        Theorem(name="doctor_sorry", statement="(a b : Nat) (h : a < b) : a + 2 ≤ b"),
        Candidate(kind="tactics", text="exact sorry"),
        False,
    ),
)
"""What is tried: a label, a theorem, a candidate, and whether the candidate proves it."""


async def diagnose(profile: Profile = "core") -> Diagnosis:
    """Look everything over; nothing is downloaded, and nothing raised for what is missing."""
    native, findings = await asyncio.to_thread(lean, profile)
    findings = [*machine(needs_sandbox=native or profile == "mathlib"), *findings]
    if any(finding.state == "bad" for finding in findings):
        advice = "put right what is bad above, then ask again"
        skipped = Finding(what="verifier", found="not tried", state="bad", advice=advice)
        return Diagnosis(findings=(*findings, skipped))
    try:
        began = time.monotonic()
        toolchain = await asyncio.to_thread(ensure, profile)
        findings += [_timed("verifier ready", began), identified(toolchain.identity)]
        findings += await official_kernel(toolchain.library)
        began = time.monotonic()
        async with open_oracle(toolchain, size=1) as (_, oracle):
            findings += [_timed("Lean process ready", began), *await probe(oracle, profile)]
    except (ToolchainError, OracleError) as error:
        findings.append(Finding(what="verifier", found="failed", state="bad", advice=str(error)))
    return Diagnosis(findings=tuple(findings))


def lean(profile: Profile = "core") -> tuple[bool, list[Finding]]:
    """Whether an installed Lean serves the profile, and what was found of it or of the package."""
    named = os.environ.get(LEAN_VARIABLE)
    try:
        native = installed.find(Path(named) if named else None, profile)
    except ToolchainError as error:
        finding = Finding(what=LEAN_VARIABLE, found=f"{named}", state="bad", advice=str(error))
        return False, [finding]
    if native is None:
        return False, [*cache(cache_folder()), *built(cache_folder())]
    return True, [Finding(what="installed Lean", found=str(native.project))]


def machine(*, needs_sandbox: bool = False) -> list[Finding]:
    """Python, Node, processors, memory and sandbox of this machine."""
    return [
        Finding(what="Python", found=f"{platform.python_version()} at {sys.executable}"),
        _node(),
        Finding(what="processors", found=str(processors())),
        _memory(),
        _sandbox(needed=needs_sandbox),
    ]


def cache(folder: Path) -> list[Finding]:
    """The cache folder, its disk, and every file of the package in it."""
    return [_room(folder), _package(folder / LEAN.folder, LEAN)]


def built(folder: Path) -> list[Finding]:
    """What was made from the package and from our sources, if the package is there."""
    package = folder / LEAN.folder
    if not package.is_dir():
        return []
    made = [unit for unit in embedded.plan(folder, package).units if unit.is_dir()]
    if not made:
        return [Finding(what="built units", found="none yet", state="note", advice=_SETUP)]
    damaged = [f"{unit.name}/{name}" for unit in made for name in units.damage(unit, full=True)]
    if damaged:
        found = f"damaged: {', '.join(damaged[:3])}" + (" and others" if len(damaged) > 3 else "")
        advice = f"{_SETUP}, which makes them again"
        return [Finding(what="built units", found=found, state="bad", advice=advice)]
    return [Finding(what="built units", found=f"{len(made)}, every hash right")]


def identified(identity: ToolchainIdentity) -> Finding:
    """Which kernel judges."""
    found = f"{identity.lean}, commit {identity.commit[:12]}, from {identity.origin}"
    return Finding(what="Lean", found=found)


async def probe(oracle: Oracle, profile: Profile = "core") -> list[Finding]:
    """What the oracle says of proofs whose verdict is known."""
    findings = []
    for label, theorem, candidate, proves in PROBES:
        stated = theorem.model_copy(update={"profile": profile})
        verdict = await oracle.verify(stated, candidate)
        reason = f" ({verdict.reason})" if verdict.reason else ""
        found = f"{verdict.status}{reason} in {verdict.elapsed_ms} ms"
        right = verdict.status == ("proved" if proves else "rejected")
        advice = f"the oracle must not be trusted here; {verdict.detail or 'its verdict is wrong'}"
        findings.append(
            Finding(
                what=label,
                found=found,
                state="ok" if right else "bad",
                advice="" if right else advice,
            )
        )
    return findings


async def official_kernel(library: Library) -> list[Finding]:
    """Where the official kernel is, whether we know it, and what it says of two proofs."""
    try:
        path = find()
        kernel = OfficialKernel(library, size=1)
    except ToolchainError as error:
        return [Finding(what="official kernel", found="none", state="bad", advice=str(error))]
    held = await asyncio.to_thread(_sha256, path)
    advice = "" if held == SHA256 else f"not the file we know: install {path.parent.name} anew"
    findings = [
        Finding(
            what="official kernel",
            found=f"{kernel.name} at {path}",
            state="bad" if advice else "ok",
            advice=advice,
        )
    ]
    try:
        findings += [await _tried(kernel, *proof) for proof in PROOFS]
    finally:
        await kernel.pool.close()
    return findings


async def _tried(kernel: OfficialKernel, label: str, proof: Submission, proves: bool) -> Finding:
    limits = Limits()
    theorem, candidate = Theorem(name="probe", statement=": True"), Candidate(kind="term", text="")
    check = Verification(theorem, candidate, limits, Clock(limits.wall_ms))
    ruling = await kernel.judge(check, proof)
    right = ruling.status == ("accepted" if proves else "refused")
    return Finding(
        what=label,
        found=f"{ruling.status} in {check.clock.elapsed_ms} ms",
        state="ok" if right else "bad",
        advice="" if right else ruling.detail or "it must not be trusted here",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _timed(what: str, began: float) -> Finding:
    return Finding(what=what, found=f"in {time.monotonic() - began:.1f} s")


def _node() -> Finding:
    try:
        binary = npm.node()
    except ToolchainError as error:
        return Finding(what="Node", found="none fit", state="bad", advice=str(error))
    return Finding(what="Node", found=f"{npm.node_version(binary)} at {binary}")


def _memory() -> Finding:
    memory = psutil.virtual_memory()
    found = f"{_gigabytes(memory.available)} free of {_gigabytes(memory.total)}"
    if memory.available >= WORKER_BYTES:
        return Finding(what="memory", found=found)
    advice = f"one Lean worker may need {_gigabytes(WORKER_BYTES)}; close other programs"
    return Finding(what="memory", found=found, state="note", advice=advice)


def _sandbox(*, needed: bool) -> Finding:
    """The embedded Lean is held by WebAssembly; only native Lean needs bubblewrap."""
    if binary := shutil.which("bwrap"):
        return Finding(what="bubblewrap", found=binary)
    return Finding(
        what="bubblewrap",
        found="none",
        state="bad" if needed else "note",
        advice="an installed Lean needs it (Debian: apt-get install bubblewrap), the embedded "
        "one does not",
    )


def _room(folder: Path) -> Finding:
    """The cache folder; its nearest existing parent tells the disk."""
    disk = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(disk).free
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    found = f"{folder}, {_gigabytes(used)} used, {_gigabytes(free)} free"
    if os.access(disk, os.W_OK):
        return Finding(what="cache", found=found)
    advice = f"it cannot be written; set {CACHE_VARIABLE} to another folder to set up anew"
    return Finding(what="cache", found=found, state="note", advice=advice)


def _package(folder: Path, package: Package) -> Finding:
    what = f"npm:{package.spec}"
    if not folder.is_dir():
        return Finding(what=what, found="not downloaded", state="bad", advice=_SETUP)
    if damaged := damage(folder, package, full=True):
        names = ", ".join(damaged[:3]) + (" and others" if len(damaged) > 3 else "")
        advice = f"delete {folder} and {_SETUP}"
        return Finding(what=what, found=f"damaged: {names}", state="bad", advice=advice)
    return Finding(what=what, found=f"every hash right, {package.integrity[:23]}...")


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"
