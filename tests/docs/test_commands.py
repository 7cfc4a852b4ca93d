"""The commands in docs/*.md run: every fenced `sh` block, in order, in an empty folder.

What a page shows without meaning it to be run stands in a fence of another kind.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDS_LEAN = re.compile(r"prover-arb (prove|verify|doctor|setup|bench run)\b")


def _blocks(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _pages() -> list[object]:
    pages: list[object] = []
    for page in sorted((ROOT / "docs").glob("*.md")):
        script = "\n".join(_blocks(page))
        if script:
            marks = [pytest.mark.lean] if NEEDS_LEAN.search(script) else []
            pages.append(pytest.param(script, id=page.stem, marks=marks))
    return pages


@pytest.mark.parametrize("script", _pages())
def test_the_commands_of_a_page_run(script: str, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "prover-arb"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m prover_arb.cli "$@"\n')
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
