"""The glossary points at code that is there, and is complete about its columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| word |", "| --- |"))
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_word_has_a_sentence_and_a_place_in_the_code(row: list[str]) -> None:
    _, meaning, place, _ = row
    assert meaning.endswith(".")
    path, *names = re.findall(r"`([^`]+)`", place)
    target = ROOT / "prover_arb" / path
    assert target.exists(), path
    for name in names:
        assert re.search(rf"\b{re.escape(name)}\b", target.read_text(encoding="utf-8")), name


def test_no_word_is_listed_twice_and_sources_are_named_in_full() -> None:
    words = [row[0] for row in ROWS]
    assert len(set(words)) == len(words)
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    sources = text[text.index("## Sources") :]
    for source in {row[3] for row in ROWS if row[3]}:
        first, year = re.split(r"[ ,]", source)[0], source.split()[-1]
        assert re.search(rf"{first}[^\n]*(?:\n[^-\n][^\n]*)*{year}", sources), source
