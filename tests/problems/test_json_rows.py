"""JSON in every layout, damaged JSON, and whatever bytes a file may hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prover_arb.errors import ProblemError
from prover_arb.problems import survey
from prover_arb.problems.rows import read_row

ROWS = [
    {"name": f"t{n}", "formal_statement": f"theorem t{n} (x : ℕ) : x + {n} = {n} + x := by sorry"}
    for n in (1, 2, 3)
]
COLUMNS = {key: [row[key] for row in ROWS] for key in ROWS[0]}

LAYOUTS: dict[str, Callable[[], str]] = {
    "lines": lambda: "\n".join(map(json.dumps, ROWS)),
    "lines with gaps and line ends of Windows": lambda: "\r\n\r\n".join(map(json.dumps, ROWS)),
    "a list": lambda: json.dumps(ROWS),
    "a list over many lines": lambda: json.dumps(ROWS, indent=2),
    "a list of lists": lambda: json.dumps([ROWS[:1], ROWS[1:]]),
    "objects one after the other": lambda: "\n".join(json.dumps(row, indent=1) for row in ROWS),
    "an object by name": lambda: json.dumps({row["name"]: row for row in ROWS}),
    "statements by name": lambda: json.dumps({r["name"]: r["formal_statement"] for r in ROWS}),
    "under a key": lambda: json.dumps({"version": 1, "theorems": ROWS}),
    "by split": lambda: json.dumps({"test": ROWS[:2], "valid": ROWS[2:]}),
    "columns": lambda: json.dumps(COLUMNS),
    "columns by index": lambda: json.dumps(
        {key: {str(n): each for n, each in enumerate(column)} for key, column in COLUMNS.items()}
    ),
    "rows of a viewer": lambda: json.dumps(
        {"rows": [{"row_idx": n, "row": row} for n, row in enumerate(ROWS)], "partial": False}
    ),
}


def names(path: Path) -> list[str]:
    return [problem.name for problem in survey(path).problems]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("ending", [".jsonl", ".json"])
def test_every_layout_is_read(tmp_path: Path, layout: str, ending: str) -> None:
    path = tmp_path / f"m{ending}"
    path.write_bytes(LAYOUTS[layout]().encode())
    assert names(path) == ["t1", "t2", "t3"]
    assert survey(path).unread == []


def test_rows_of_a_list_are_named_by_their_line(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps(ROWS, indent=1))
    lines = [problem.origin for problem in survey(path).problems]
    assert lines == [f"{path}:2", f"{path}:6", f"{path}:10"]


def test_lists_by_split_say_the_split(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(LAYOUTS["by split"]())
    assert [problem.split for problem in survey(path).problems] == ["test", "test", "valid"]


def test_a_broken_value_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    lines = [json.dumps(row) for row in ROWS]
    path.write_text("\n".join([lines[0], "{", "nope", '{"name": ', lines[1], lines[2] + " }"]))
    found = survey(path)
    assert names(path) == ["t1", "t2"]
    assert [each.origin for each in found.unread] == [f"{path}:{n}" for n in (2, 3, 4, 6)]
    spread = json.dumps(ROWS, indent=2).replace('"t2",', "t2,")
    path.write_text(spread)
    assert names(path) == ["t1", "t3"]
    assert [each.origin for each in survey(path).unread] == [f"{path}:6"]
    assert "line 7" in survey(path).unread[0].reason


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 100_000, "1" * 5_000, '{"formal_statement": 1e999}', "[[[]]]", "{}"],
)
def test_what_json_cannot_be_read_is_listed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(text + "\n" + json.dumps(ROWS[0]))
    assert survey(path).problems == [] or names(path) == ["t1"]
    path.write_text(json.dumps(ROWS[0]) + "\n" + text)
    assert names(path) == ["t1"]


# One folder serves all examples; each writes its file anew.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.binary(max_size=120)
    | st.text(max_size=80).map(str.encode)
    | st.lists(
        st.sampled_from(
            [b"{", b"}", b"[", b"]", b'"', b":", b",", b"\n", b"\xff", b"\r\n", b"theorem ", b"t",
             b" : 1 = 1", b" := ", b"by", b" sorry", b"/-", b"-/", b"--", b"(", b")", b"\\ud800",
             b'"formal_statement"', b'"name"', b"in ", b"open ", b"\x00", b"\xef\xbb\xbf", b"null"]
        ),
        max_size=40,
    ).map(b"".join),
    ending=st.sampled_from([".jsonl", ".json", ".lean", ".jsonl.gz"]),
)  # fmt: skip
def test_whatever_a_file_holds_is_read_listed_or_refused_by_name(
    tmp_path: Path, data: bytes, ending: str
) -> None:
    path = tmp_path / f"m{ending}"
    path.write_bytes(data)
    try:
        found = survey(path)
    except ProblemError as error:
        assert str(error).startswith(f"{path}")  # noqa: PT017
        return
    assert all(str(each).startswith(f"{path}") for each in found.unread)
    assert len({problem.name for problem in found.problems}) == len(found.problems)
    for problem in found.problems:
        assert problem.theorem.digest
        assert problem.origin.startswith(f"{path}:")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
fields = st.sampled_from(["name", "formal_statement", "header", "statement", "lean4_code", "tags"])
texts = st.sampled_from(
    ["theorem t : 1 = 1", "lemma «a b» : p := by", "example : p := sorry", "open Nat in", "def k",
     "/- ", "theorem", "``` \ntheorem t : p\n```"]
)  # fmt: skip


@given(st.dictionaries(fields, values | texts, max_size=5) | values)
def test_whatever_a_row_holds_is_read_or_listed(row: object) -> None:
    found = read_row("f:1", row, "core")
    assert len(found.problems) + len(found.unread) == 1
