"""What an official toolchain says and holds, in the forms that are read."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from prover_arb.errors import ToolchainError
from prover_arb.oracle.kernels.official.olean import Damaged, word_of
from prover_arb.oracle.toolchain import installed


def program(folder: Path, says: str) -> Path:
    path = folder / "lean"
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("target", ["x86_64-unknown-linux-gnu, ", "arm64-apple-darwin23.6.0, ", ""])
def test_the_version_is_read(tmp_path: Path, target: str) -> None:
    lean = program(tmp_path, f"Lean (version 4.35.0, {target}commit eb6cafb7290e, Release)")
    assert installed._version(lean) == ("4.35.0", "eb6cafb7290e")


@pytest.mark.parametrize("says", ["", "Lean, version", "elan: no such toolchain"])
def test_another_answer_is_quoted(tmp_path: Path, says: str) -> None:
    with pytest.raises(ToolchainError, match="says something unknown: " + says):
        installed._version(program(tmp_path, says))


@pytest.mark.parametrize(("word", "code"), [(8, "<QQ"), (4, "<II")])
def test_the_size_of_a_pointer_is_told_by_the_file(tmp_path: Path, word: int, code: str) -> None:
    base = 0x7F12_3456_0000 if word == 8 else 0x1234_0000
    path = tmp_path / "Init.olean"
    head = b"olean\x02".ljust(80, b"\0") + struct.pack(code, base, base + 400)
    path.write_bytes(head.ljust(500, b"\1"))
    assert word_of(path) == word


@pytest.mark.parametrize("content", [b"", b"olean\x02", b"olean" * 100, b"ELF" * 100])
def test_what_is_no_module_has_no_pointers(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "Init.olean"
    path.write_bytes(content)
    with pytest.raises(Damaged, match=r"Init\.olean is not an .olean file"):
        word_of(path)
