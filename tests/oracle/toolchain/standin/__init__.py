"""A folder that looks like an official Lean with a project built by it, made of the embedded Lean.

It shows that the parts of the road fit together. It cannot show anything of a native Lean; see
docs/verification.md.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from prover_arb.core.workspace import workspace
from prover_arb.oracle.toolchain import download, embedded, npm

SCRIPT = Path(__file__).with_name("native.cjs")

LEAN = f"""#!/bin/sh
[ "$1" = --version ] || exit 1
echo "Lean (version {embedded.LEAN_VERSION}, x86_64-unknown-linux-gnu, \
commit {embedded.LEAN_COMMIT}, Release)"
"""
LAKE = """#!/bin/sh
[ "$1 $2" = "env printenv" ] || exit 1
LEAN_SYSROOT=$(dirname "$(dirname "$0")")
echo "LEAN_SYSROOT=$LEAN_SYSROOT"
echo "LEAN_PATH=$PWD/.lake/build/lib/lean"
"""
VERIFIER = """#!/bin/sh
ulimit -s 262000
exec "$LEAN_SYSROOT/bin/node" --stack-size=250000 --no-warnings --wasm-lazy-validation \
--expose-gc --disable-wasm-trap-handler "${0%/*}/native.cjs" "$@"
"""


class StandIn:
    """The folders, and the variables that lead to them."""

    def __init__(self, folder: Path) -> None:
        """Make both under `folder`, which must be open to all."""
        self.sysroot, self.project = folder / "lean", folder / "project"
        cache = download.cache_folder()
        built = embedded.build(cache, download.fetch(cache))
        _program(self.sysroot / "bin" / "lean", LEAN)
        _program(self.sysroot / "bin" / "lake", LAKE)
        _link(npm.node(), self.sysroot / "bin" / "node")
        _tree(built.package / "lib", self.sysroot / "lib" / "lean", "*.olean")
        shutil.copytree(workspace(), self.project, ignore=shutil.ignore_patterns(".lake"))
        build = self.project / ".lake" / "build"
        _tree(built.library, build / "lib" / "lean", "*.olean")
        _program(build / "bin" / "verifier", VERIFIER)
        shutil.copy(SCRIPT, build / "bin")
        for name in ("loader", "module", "snapshot"):
            _tree(getattr(built, name), build / "bin" / "embedded" / name, "*")

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.sysroot / 'bin'}:{os.environ['PATH']}"
        return {"PROVER_ARB_LEAN": str(self.project), "PATH": path}


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def _tree(source: Path, target: Path, pattern: str) -> None:
    for path in source.rglob(pattern):
        if path.is_file():
            _link(path, target / path.relative_to(source))


def _link(source: Path, target: Path) -> None:
    """The same file under another name, or a copy where that cannot be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)
