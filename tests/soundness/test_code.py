"""Nothing of a preamble, a statement or a candidate runs: canaries that would be heard are silent.

A canary is a text that prints if Lean runs the code in it; `SONG` stands for the code that prints.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from prover_arb.core.workspace import workspace
from prover_arb.oracle.toolchain import download, embedded, launch
from prover_arb.oracle.toolchain.launch import Mount
from tests.conftest import Lean

pytestmark = pytest.mark.lean

CANARIES = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))["preamble"]
    for file in sorted(Path(__file__).with_name("canaries").glob("*.toml"))
}


def sung(canary: str) -> str:
    """A canary's text, which prints its name."""
    return CANARIES[canary].replace("SONG", f'dbgTrace "canary {canary} sings" fun _ =>')


@pytest.fixture(scope="module")
def heard(lean: Lean, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the canaries print where code does run: in the program that compiles our own sources."""
    folder = tmp_path_factory.mktemp("canaries")
    opening = (workspace() / embedded.PREAMBLE).read_text()
    blocks = (f"namespace C{i}\n{sung(name)}\nend C{i}" for i, name in enumerate(CANARIES))
    text = "\n".join([f"import {embedded.LIBRARY}", opening, *blocks])
    (folder / "Canaries.lean").write_text(text)
    cache = download.cache_folder()
    made = embedded.plan(cache, download.fetch(cache))
    job = launch.Job(
        made.module,
        [
            Mount(made.package / "lib", "/lean/lib/lean"),
            Mount(made.builder, "/builder"),
            Mount(made.library, "/library"),
            Mount(folder, "/src"),
        ],
        "main",
        ["/src/Canaries.lean", "Canaries", "/src/Canaries.olean"],
        imports=["Lean"],
        code=["/builder/Build.ir"],
    )
    return launch.finish(made.loader, job)[1]


@pytest.mark.parametrize("canary", CANARIES)
def test_every_canary_can_sing(heard: str, canary: str) -> None:
    assert f"canary {canary} sings" in heard


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("place", ["preamble", "candidate"])
def test_no_canary_sings(lean: Lean, canary: str, place: str) -> None:
    preamble = sung(canary) if place == "preamble" else ""
    helpers = sung(canary) if place == "candidate" else ""
    text = f"{helpers}\ntheorem target (n : ℕ) : n = n := rfl"
    request = {
        "op": "elaborate",
        "theorem": {"name": "target", "statement": "(n : ℕ) : n = n", "preamble": preamble},
        "candidate": {"kind": "file", "text": text},
        "heartbeats": 400_000,
        "output_bytes": 200_000,
        "export_bytes": 1 << 20,
    }
    reply = lean.run(lean.pool.request(request, wall_ms=30_000))
    assert reply.printed == 0
