"""An official Lean toolchain on this machine: a built copy of lean_workspace and its `lake`."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from prover_arb.core.theorem import Profile, ToolchainIdentity
from prover_arb.core.workspace import workspace
from prover_arb.errors import ToolchainError
from prover_arb.oracle.kernels.official import olean
from prover_arb.oracle.toolchain import sandbox

_MODULES = {"core": ["Init", "ProverArb.Core"], "mathlib": ["Mathlib"]}
_PREAMBLES = {"core": "ProverArb/core_preamble.lean", "mathlib": "ProverArb/mathlib_preamble.lean"}
_SAID = re.compile(r"\bversion (?P<version>[^\s,]+),.*\bcommit (?P<commit>[0-9a-f]+)")
"""What `lean --version` says: Lean (version 4.35.0, TARGET, commit HASH, Release)."""
_LAKE_SECONDS = 60
_MAPPED = 4
"""Address space to memory in use: Mathlib is mapped, not resident."""


@dataclass(frozen=True)
class Installed:
    """A project folder whose verifier has been built."""

    identity: ToolchainIdentity
    project: Path
    verifier: Path
    profile: Profile
    environment: dict[str, str]

    @property
    def modules(self) -> tuple[str, ...]:
        """What the profile imports."""
        return tuple(_MODULES[self.profile])

    @property
    def search_path(self) -> tuple[Path, ...]:
        """Where the modules that proofs rest on lie."""
        folders = [Path(part) for part in self.environment["LEAN_PATH"].split(":") if part]
        return (*folders, Path(self.environment["LEAN_SYSROOT"]) / "lib" / "lean")

    @property
    def word(self) -> int:
        """Bytes of a pointer in its compiled modules.

        Raises:
            ToolchainError: they are missing, or are none.
        """
        try:
            return olean.word_of(self.search_path[-1] / "Init.olean")
        except (OSError, olean.Damaged) as error:
            raise ToolchainError(
                f"the installed Lean has no library that can be read: {error}"
            ) from None

    def server_command(self, memory_mb: int) -> list[str]:
        """The native verifier under bubblewrap, without network, writes, or the home folder.

        Raises:
            ToolchainError: it cannot be held in; native Lean never runs without bubblewrap.
        """
        sysroot = Path(self.environment["LEAN_SYSROOT"])
        preamble = self.project / _PREAMBLES[self.profile]
        return sandbox.wrap(
            [str(self.verifier), str(preamble), *self.modules],
            readable=(sysroot, self.project),
            environment={name: self.environment[name] for name in ("LEAN_PATH", "LEAN_SYSROOT")},
            memory_mb=memory_mb * _MAPPED,
        )


def find(project: Path | None, profile: Profile) -> Installed | None:
    """The installed toolchain, if the project (or the workspace shipped here) has been built.

    Raises:
        ToolchainError: `project` was named on purpose and cannot serve.
    """
    folder = project or workspace()
    verifier = folder / ".lake" / "build" / "bin" / "verifier"
    lake = shutil.which("lake")
    if not verifier.is_file() or lake is None:
        if project is None:
            return None
        raise ToolchainError(
            f"{project} has no built verifier or `lake` is not on the PATH; run `lake build` there"
        )
    variables = _lake_environment(lake, folder)
    sysroot = Path(variables["LEAN_SYSROOT"])
    lean = sysroot / "bin" / "lean"
    version, commit = _version(lean)
    identity = ToolchainIdentity(
        lean=version,
        commit=commit,
        origin=str(sysroot),
        integrity=_sha256(lean),
        library=_sha256(verifier),
    )
    return Installed(identity, folder, verifier, profile, variables)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _lake_environment(lake: str, folder: Path) -> dict[str, str]:
    done = _ask([lake, "env", "printenv"], folder)
    pairs = dict(line.split("=", 1) for line in done.splitlines() if "=" in line)
    try:
        return {key: pairs[key] for key in ("LEAN_PATH", "LEAN_SYSROOT")}
    except KeyError as missing:
        raise ToolchainError(f"`lake env` in {folder} does not set {missing}") from None


def _version(lean: Path) -> tuple[str, str]:
    said = _ask([str(lean), "--version"], lean.parent)
    match = _SAID.search(said)
    if match is None:
        raise ToolchainError(f"{lean} --version says something unknown: {said.strip()[:500]}")
    return match["version"], match["commit"]


def _ask(command: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_LAKE_SECONDS,
            check=True,
            env=os.environ.copy(),
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise ToolchainError(f"{' '.join(command)} failed in {folder}: {error}") from error
    return done.stdout
