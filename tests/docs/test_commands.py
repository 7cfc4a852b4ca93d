"""The commands in README.md, CONTRIBUTING.md and docs/*.md run, in an empty folder for each page.

A fence of kind `sh` is a script, which must succeed. One of kind `console` shows commands after
`$ ` and what they print, which is compared with what they really print, numbers and hashes aside; a
line `...` stands for any lines. `<!-- not run: why -->` before a fence leaves it out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NEEDS_LEAN = re.compile(r"prover-arb (prove|verify|doctor|setup|bench run)\b")
MARKER = "=== next block ==="
TOO_BUSY = "the Lean process was lost: no answer within"
"""What `prove` prints if this machine was too busy for Lean; the page is then run once more, and
skipped if that happens again."""
NOT_RUN = re.compile(r"<!-- not run: \S.* -->\n?")


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    kind: str
    text: str
    runs: bool

    @property
    def script(self) -> str:
        if self.kind == "sh":
            return f"set -e\n{self.text}"
        commands = re.findall(r"^\$ (.*)$", self.text, re.MULTILINE)
        return "set +e\n" + "\n".join(commands) + "\n"

    @property
    def output(self) -> str:
        """What a console block shows beside the commands."""
        return re.sub(r"^\$ .*\n", "", self.text, flags=re.MULTILINE)


def blocks(page: Path) -> list[Block]:
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    return [
        Block(
            kind=token.info,
            text=token.content,
            runs=before is None or NOT_RUN.fullmatch(before.content) is None,
        )
        for before, token in zip([None, *tokens], tokens, strict=False)
        if token.type == "fence" and token.info in {"sh", "console"}
    ]


def masked(text: str) -> str:
    """The text with every number, hash and run id replaced, and without spaces at line ends."""
    text = re.sub(r"[0-9a-f]*\d[0-9a-f.,-]*", "N", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def shows(page: str, output: str) -> bool:
    """Whether a page's text is what was printed."""
    parts = [re.escape(masked(part)) for part in re.split(r"^\.\.\.$", page, flags=re.MULTILINE)]
    return re.fullmatch(r"(?s:\n.*\n)".join(parts), masked(output)) is not None


def pages() -> list[object]:
    params: list[object] = []
    for page in PAGES:
        to_run = [block for block in blocks(page) if block.runs]
        if to_run:
            marks = [
                pytest.mark.lean
                for block in to_run[:1]
                if NEEDS_LEAN.search("".join(b.script for b in to_run))
            ]
            params.append(pytest.param(to_run, id=page.stem, marks=marks))
    return params


def run(to_run: list[Block], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the blocks of a page in a new folder, with `prover-arb` from this checkout."""
    programs = folder / "bin"
    programs.mkdir(parents=True)
    program = programs / "prover-arb"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m prover_arb.cli "$@"\n')
    program.chmod(0o755)
    return subprocess.run(
        ["bash", "-u", "-c", f"\necho '{MARKER}'\n".join(block.script for block in to_run)],
        cwd=folder,
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


@pytest.mark.parametrize("to_run", pages())
def test_the_commands_of_a_page_run(to_run: list[Block], tmp_path: Path) -> None:
    done = run(to_run, tmp_path / "first")
    if TOO_BUSY in done.stdout:
        done = run(to_run, tmp_path / "second")
    if TOO_BUSY in done.stdout:
        pytest.skip("this machine is too busy: Lean did not answer in twice its processor time")
    outputs = done.stdout.split(f"{MARKER}\n")
    for block, output in zip(to_run, outputs, strict=False):
        if block.kind == "console":
            said = f"{block.output}\n--- printed:\n{output}{done.stderr[-3000:]}"
            assert shows(block.output, output), said
    assert len(outputs) == len(to_run), f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert done.returncode == 0 or to_run[-1].kind == "console", done.stderr[-3000:]


def test_every_page_that_shows_commands_runs_some_or_says_why_not() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        markers = re.findall(r"<!-- not run:[^\n]*-->\n(```\w*)?", text)
        assert all(markers), f"{page.name}: a marker does not stand before a fence"


def test_numbers_are_masked_and_words_are_not() -> None:
    assert shows("cost $0.000020, 1 attempt, 3.8 s", "cost $1.5, 2 attempt, 14.1 s")
    assert not shows("proved by flash", "proved by search")
    assert shows("runs/prove-20261126-174247-5ad3/x", "runs/prove-20270101-000000-b1c0/x")
    assert shows("first\n...\nlast", "first\na\nb\nlast")
    assert not shows("first\n...\nlast", "first\na\nb\nother")
