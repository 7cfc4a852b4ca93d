"""What a command waits for: a spinner on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io

import pytest

from prover_arb.cli import waiting
from prover_arb.cli.visible import VisibleConsole
from prover_arb.oracle.toolchain.download import progress_bar


def said(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> str:
    written = io.StringIO()
    console = VisibleConsole(file=written, force_terminal=terminal, width=80, emoji=False)
    monkeypatch.setattr(waiting, "errors", console)
    with waiting.waiting_for("buying a proof of [bold]t") as wait_for:
        wait_for("judging t\u202e")
    return written.getvalue()


def test_without_a_terminal_each_thing_that_is_waited_for_is_a_plain_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = said(monkeypatch, terminal=False).splitlines()
    assert lines == ["buying a proof of [bold]t ...", "judging t\\u202e ..."]


def test_on_a_terminal_a_spinner_names_what_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(monkeypatch, terminal=True)
    assert "\x1b[" in text
    assert "judging t\\u202e" in text


def test_a_download_bar_prints_no_bar_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_bar() as progress:
        progress.add_task("Downloading", total=10)
    assert capsys.readouterr().err == ""
