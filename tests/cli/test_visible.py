"""What is printed holds no character that a reader could not see."""

from __future__ import annotations

import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table

from prover_arb.cli.console import VisibleConsole
from prover_arb.cli.visible import show_logs, visible

HIDDEN = (
    "\u202e\u2066\u200b\u200d\ufeff\u00ad\u00a0\u2028\u0085\u3164\ufe0f\x1b\x07\x7f\r\U000e0041"
)


@pytest.mark.parametrize("char", HIDDEN)
def test_what_cannot_be_seen_is_a_number(char: str) -> None:
    shown = visible(f"a{char}b")
    assert char not in shown
    assert shown.isprintable()
    assert json.loads(f'"{shown}"') == f"a{char}b"


@given(st.text())
def test_no_text_of_json_changes_its_meaning(text: str) -> None:
    line = json.dumps({text: [text]}, ensure_ascii=False)
    assert json.loads(visible(line)) == {text: [text]}
    assert visible(line).isprintable()


def test_lean_text_stays_as_it_is() -> None:
    lean = "theorem t (a b : ℕ) (h : a ≤ b) : ∃ x, f x = λ⁻¹ • «é» ∧ 𝔸 :=\n\tby ⟨x, hx⟩"
    assert visible(lean) == lean


def test_tables_and_lines_are_shown_that_way_too() -> None:
    console = VisibleConsole(file=io.StringIO(), width=200)
    table = Table("theorem")
    table.add_row(f"x{HIDDEN}y")
    console.print(table)
    console.print(f"u{HIDDEN}v", markup=False, soft_wrap=True)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert not set(HIDDEN) & set(text)
    assert "\\u202e" in text


def test_so_are_log_records(capsys: pytest.CaptureFixture[str]) -> None:
    show_logs()
    logger = logging.Logger("nobody handles this one")
    logger.warning("the candidate said \u202e")
    assert "the candidate said \\u202e\n" in capsys.readouterr().err
