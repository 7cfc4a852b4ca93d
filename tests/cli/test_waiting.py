"""What a command waits for: a spinner on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys

import pytest

from prover_arb.cli import console, waiting
from prover_arb.oracle.toolchain.download import progress_bar


def wait() -> None:
    with waiting.waiting_for("buying a proof of [bold]t") as wait_for:
        wait_for("judging t\u202e")


def test_without_a_terminal_each_thing_that_is_waited_for_is_a_plain_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wait()
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["buying a proof of [bold]t ...", "judging t\\u202e ..."]


def test_on_a_terminal_a_spinner_names_what_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    monkeypatch.setenv("TERM", "xterm")
    text = ""
    with os.fdopen(ours, "rb", buffering=0) as screen, os.fdopen(theirs, "w") as terminal:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stderr", terminal)
            patched.setattr(console, "errors", console.VisibleConsole(stderr=True))
            wait()
        while "\x1b[?25h" not in text:  # the cursor is shown again when the spinner ends
            text += screen.read(100_000).decode()
    assert "judging t\\u202e" in text


def test_a_download_bar_prints_no_bar_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_bar() as progress:
        progress.add_task("Downloading", total=10)
    assert capsys.readouterr().err == ""
