"""The rewritten module: little is exported, and every function can still be found by its name."""

from __future__ import annotations

import json
import struct
import subprocess

import pytest

from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain import download, embedded
from prover_arb.oracle.toolchain.calls import catching
from prover_arb.oracle.toolchain.npm import node
from prover_arb.oracle.toolchain.rewrite import MUTABLE, rewrite

EXPORTS = """
const { exports } = WebAssembly.Module;
const names = (file) => exports(new WebAssembly.Module(require("fs").readFileSync(file)));
const [before, after] = process.argv.slice(1).map(names);
const functions = before.filter((e) => e.kind === "function").map((e) => e.name);
console.log(JSON.stringify({ functions, after: after.map((e) => e.name) }));
"""


def symbols(data: bytes) -> dict[str, int]:
    """The table of names as symbols.cjs reads it."""
    (count,) = struct.unpack_from("<I", data)
    found = {}
    for offset in struct.unpack_from(f"<{count}I", data, 4):
        value, size = struct.unpack_from("<IH", data, 4 + 4 * count + offset)
        start = 4 + 4 * count + offset + 6
        found[data[start : start + size].decode()] = value
    return found


@pytest.mark.lean
def test_functions_move_from_the_exports_to_the_table() -> None:
    cache = download.cache_folder()
    build = embedded.build(cache, download.fetch(cache))
    files = [build.package / "lean.wasm", build.module / "lean.wasm"]
    done = subprocess.run(
        [node(), "-e", EXPORTS, *files], capture_output=True, text=True, check=True, timeout=120
    )
    said = json.loads(done.stdout)
    found = symbols((build.module / "symbols.bin").read_bytes())
    assert list(found) == sorted(found, key=str.encode)
    assert [name for name in said["functions"] if not found.get(name)] == []
    assert len(said["after"]) < 200
    assert sum(name.startswith(MUTABLE) for name in said["after"]) > 0
    assert "__indirect_function_table" in said["after"]
    links = json.loads((build.module / "links.json").read_text())
    assert {name for name, place in links.items() if place} == {
        "__cxa_throw", "__cxa_rethrow", "__cxa_end_catch", "exit",
    }  # fmt: skip


@pytest.mark.parametrize("text", [b"", b"MZ\0\0", b"\0asm\2\0\0\0"])
def test_another_file_is_refused(text: bytes) -> None:
    with pytest.raises(ToolchainError, match="not a WebAssembly module"):
        rewrite(text, ())


def test_an_import_that_names_no_function_by_its_place_is_refused() -> None:
    types = b"\x01\x05\x01\x60\x01\x7e\0"  # (i64) -> ()
    imports = b"\x02\x11\x01\x03env\x09invoke_vj\0\0"
    with pytest.raises(ToolchainError, match="invoke_vj with another first argument"):
        catching(b"\0asm\1\0\0\0" + types + imports, 1)
