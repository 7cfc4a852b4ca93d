"""Loading theorems from files, folders and the command line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from prover_arb.errors import ProblemError
from prover_arb.problems.loading import (
    load_data_set,
    load_problems,
    parse_statement,
    read_theorem_file,
)

HEADER = "import Mathlib\n\nset_option maxHeartbeats 0\n\nopen BigOperators Real Nat Topology Rat"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "minif2f" / "minif2f_lean4.jsonl"


def row(name: str = "one", statement: str = ": 1 = 1", **more: object) -> str:
    source = f"theorem {name} {statement} := by sorry"
    fields = {"name": name, "split": "test", "header": HEADER, "formal_statement": source}
    return json.dumps(fields | more)


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_minif2f_rows_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "m.jsonl", row(), row("two", "(x : ℝ) : x = x", split="valid"), "")
    one, two = load_problems(path)
    assert (one.name, one.theorem.statement, one.theorem.preamble) == ("one", ": 1 = 1", "")
    assert (one.split, two.split) == ("test", "valid")
    assert two.theorem.statement == "(x : ℝ) : x = x"
    assert two.origin == f"{path}:2"
    assert two.header == HEADER


def test_the_revision_is_the_hash_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "m.jsonl", row())
    assert load_data_set(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_mathlib_profile_keeps_what_the_header_opens(tmp_path: Path) -> None:
    [problem] = load_problems(write(tmp_path / "m.jsonl", row()), profile="mathlib")
    assert problem.theorem.preamble == "open BigOperators Real Nat Topology Rat"
    assert problem.theorem.profile == "mathlib"


def test_definitions_of_a_header_become_the_preamble(tmp_path: Path) -> None:
    header = HEADER + "\ndef double (n : ℕ) : ℕ := n + n\nnamespace A\ndef b := 1\nend A\nopen A"
    [problem] = load_problems(write(tmp_path / "m.jsonl", row(header=header)))
    assert problem.theorem.preamble == (
        "def double (n : ℕ) : ℕ := n + n\nnamespace A\ndef b := 1\nend A\nopen A"
    )


def test_what_the_data_set_says_about_a_problem_is_kept(tmp_path: Path) -> None:
    line = row(source="AMC 12 2001", difficulty=3, category="algebra", informal="Find x.")
    [problem] = load_problems(write(tmp_path / "m.jsonl", line))
    assert (problem.source, problem.difficulty) == ("AMC 12 2001", "3")
    assert (problem.category, problem.informal) == ("algebra", "Find x.")


def test_a_checkout_with_one_theorem_per_file(tmp_path: Path) -> None:
    write(tmp_path / "MiniF2F.lean", "import MiniF2F.Test")
    write(tmp_path / "MiniF2F/Test/a.lean", HEADER, "theorem a : 1 = 1 := by sorry")
    write(tmp_path / "MiniF2F/Valid/b.lean", HEADER, "/-- B. -/", "theorem b : 2 = 2 := sorry")
    write(tmp_path / ".lake/packages/x/c.lean", "theorem c : 3 = 3 := by sorry")
    a, b = load_problems(tmp_path)
    assert (a.name, a.split, b.name, b.split, b.informal) == ("a", "test", "b", "valid", "B.")
    assert b.origin.endswith("b.lean:7")


def test_a_checkout_with_many_theorems_per_file(tmp_path: Path) -> None:
    source = [HEADER, "theorem a : 1 = 1 := by sorry", "def two := 2"]
    source += ["theorem b : two = 2 :=", "  by sorry", "theorem c : 3 = 3 := by", "sorry"]
    a, b, c = load_problems(write(tmp_path / "Test.lean", *source))
    assert [p.theorem.preamble for p in (a, b, c)] == ["", "def two := 2", "def two := 2"]
    assert {p.split for p in (a, b, c)} == {"test"}
    assert c.origin.endswith("Test.lean:10")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([row(), "{nope"], "m.jsonl:2: not JSON"),
        ([row(), "", "[1]"], "m.jsonl:3: expected an object"),
        ([row(name="a"), row(name="b"), row(name="a")], r"m.jsonl:3: .*m.jsonl:1"),
        (['{"name": "a"}'], "m.jsonl:1: the field `formal_statement` is missing"),
        (['{"formal_statement": "theorem a : 1 = 1 := by sorry"}'], "1: the field `name`"),
        ([row(formal_statement=5)], "m.jsonl:1: no theorem"),
        ([row(formal_statement=["theorem"])], "m.jsonl:1: the field `formal_statement`"),
        ([row(formal_statement="def one := 1")], "m.jsonl:1: no theorem"),
        ([row(formal_statement="theorem one : 1 = 1 := by rfl")], "1: one does not end in"),
        ([row(formal_statement="theorem two : 1 = 1 := by sorry")], "declares two"),
        ([row(formal_statement="theorem one : 1 = 1 /- := by sorry")], "never closed"),
        ([row(formal_statement="theorem «o n» : 1 = 1 := by sorry")], "m.jsonl:1: name"),
        ([""], "m.jsonl: the file is empty"),
    ],
)
def test_bad_rows_are_named_with_file_and_line(
    tmp_path: Path, lines: list[str], message: str
) -> None:
    with pytest.raises(ProblemError, match=message):
        load_problems(write(tmp_path / "m.jsonl", *lines))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.lean: the file is empty"),
        ("def a := 1", "t.lean: no theorem"),
        ("\ntheorem a : 1 = 1 := by rfl", "t.lean:2: a does not end in `:= by sorry`"),
        ("theorem a : 1 = 1 := by sorry\ntheorem b : 1 = 1 := by rfl\ntheorem c : 1 = 1 := sorry",
         "t.lean:2: b does not end"),
        ("theorem a : 1 = 1 := sorry\ntheorem a : 1 = 1 := sorry", "t.lean:2: .*t.lean:1"),
        ("namespace N\ntheorem a : 1 = 1 := sorry\nend N", "t.lean:2: .*namespace N"),
        ("theorem a : 1 = 1 := by sorry /-", "t.lean: line 1: a comment"),
    ],
)  # fmt: skip
def test_bad_lean_files_are_named_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        load_problems(write(tmp_path / "t.lean", text))


def test_what_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_bytes(row().encode() + b"\n\xff\xfe\n")
    with pytest.raises(ProblemError, match=r"m.jsonl:2: not UTF-8"):
        load_problems(path)


@pytest.mark.parametrize("name", ["missing.jsonl", "notes.txt", "empty_folder"])
def test_paths_that_hold_no_problems_are_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path / "notes.txt", "theorem a : 1 = 1 := by sorry")
    (tmp_path / "empty_folder").mkdir()
    with pytest.raises(ProblemError, match=name):
        load_problems(tmp_path / name)


def test_a_theorem_file_has_a_preamble_and_one_theorem(tmp_path: Path) -> None:
    text = "import Mathlib\nopen Nat\ndef k := 2\nlemma k2 : k = 2 := rfl\n"
    path = write(tmp_path / "t.lean", text + "theorem t : k * k = 4 := by sorry\n\nend")
    theorem = read_theorem_file(path)
    assert theorem.preamble == "def k := 2\nlemma k2 : k = 2 := rfl"
    assert theorem.statement == ": k * k = 4"


def test_an_open_that_reaches_over_the_theorem_stays_in_force(tmp_path: Path) -> None:
    text = "namespace A\ndef k := 2\nend A\nopen A in\ntheorem t : k = 2 := by sorry"
    theorem = read_theorem_file(write(tmp_path / "t.lean", text))
    assert theorem.preamble.endswith("end A\nopen A")


def test_resource_options_never_reach_the_preamble(tmp_path: Path) -> None:
    text = "set_option maxHeartbeats 0 in\ntheorem t : 1 = 1 := by sorry"
    assert read_theorem_file(write(tmp_path / "t.lean", text)).preamble == ""
    assert read_theorem_file(tmp_path / "t.lean", "mathlib").preamble == ""


def test_two_theorems_in_a_theorem_file_are_refused(tmp_path: Path) -> None:
    text = "theorem a : 1 = 1 := by sorry\ntheorem b : 1 = 1 := by sorry"
    with pytest.raises(ProblemError, match=r"t.lean:2: a second theorem .*b, after a"):
        read_theorem_file(write(tmp_path / "t.lean", text))


def test_statements_from_the_command_line() -> None:
    plain = parse_statement("(a b : ℕ) (h : a < b) : a + 1 ≤ b")
    assert (plain.name, plain.statement) == ("theorem_1", "(a b : ℕ) (h : a < b) : a + 1 ≤ b")
    assert parse_statement("1 = 1 := by sorry", name="x").statement == ": 1 = 1"
    whole = parse_statement("theorem t (x : ℕ) : x = x := by sorry", preamble="def k := 1")
    assert (whole.name, whole.statement, whole.preamble) == ("t", "(x : ℕ) : x = x", "def k := 1")


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("", None, "statement: the statement is empty"),
        ("1 = 1", "not a name", "statement: name: 'not a name'"),
        ("theorem t : 1 = 1 := by sorry", "u", "it is called t"),
        ("theorem t : 1 = 1 := by rfl", None, "does not end in"),
        ("theorem t : 1 = 1 := sorry theorem u : 1 = 1 := sorry", None, "more than one"),
        ("1 = /- 1", None, "never closed"),
    ],
)
def test_bad_statements_from_the_command_line(text: str, name: str | None, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        parse_statement(text, name=name)


@pytest.mark.needs_shared
@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent")
def test_every_minif2f_statement_is_cut_out_verbatim() -> None:
    problems = load_problems(SHARED)
    sources = [json.loads(line)["formal_statement"] for line in SHARED.read_text().splitlines()]
    assert len(problems) == 488
    for problem, source in zip(problems, sources, strict=True):
        statement = problem.theorem.statement
        assert source.split() == f"theorem {problem.name} {statement} := by sorry".split()
        assert statement in source
