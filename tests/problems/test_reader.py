"""Loading theorems from files, folders and the command line."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from prover_arb.errors import ProblemError
from prover_arb.problems import (
    Problem,
    parse_statement,
    read_problems,
    read_theorem_file,
    survey,
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


def read(path: Path, **options: Any) -> list[Problem]:
    return read_problems(path, **options).problems


def left_out(path: Path) -> list[str]:
    return [str(each) for each in survey(path).unread]


def test_minif2f_rows_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "m.jsonl", row(), row("two", "(x : ℝ) : x = x", split="valid"), "")
    one, two = read(path)
    assert (one.name, one.theorem.statement, one.theorem.preamble) == ("one", ": 1 = 1", "")
    assert (one.split, two.split) == ("test", "valid")
    assert two.theorem.statement == "(x : ℝ) : x = x"
    assert two.origin == f"{path}:2"
    assert two.header == HEADER


def test_the_revision_is_the_hash_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "m.jsonl", row())
    assert survey(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_mathlib_profile_keeps_what_the_header_opens(tmp_path: Path) -> None:
    [problem] = read(write(tmp_path / "m.jsonl", row()), profile="mathlib")
    assert problem.theorem.preamble == "open BigOperators Real Nat Topology Rat"
    assert problem.theorem.profile == "mathlib"


def test_definitions_of_a_header_become_the_preamble(tmp_path: Path) -> None:
    header = HEADER + "\ndef double (n : ℕ) : ℕ := n + n\nnamespace A\ndef b := 1\nend A\nopen A"
    [problem] = read(write(tmp_path / "m.jsonl", row(header=header)))
    assert problem.theorem.preamble == (
        "def double (n : ℕ) : ℕ := n + n\nnamespace A\ndef b := 1\nend A\nopen A"
    )


def test_what_the_data_set_says_about_a_problem_is_kept(tmp_path: Path) -> None:
    line = row(source="AMC 12 2001", difficulty=3, category="algebra", informal="Find x.")
    [problem] = read(write(tmp_path / "m.jsonl", line))
    assert (problem.source, problem.difficulty) == ("AMC 12 2001", "3")
    assert (problem.category, problem.informal) == ("algebra", "Find x.")


def test_a_checkout_with_one_theorem_per_file(tmp_path: Path) -> None:
    write(tmp_path / "MiniF2F.lean", "import MiniF2F.Test")
    write(tmp_path / "MiniF2F/Test/a.lean", HEADER, "theorem a : 1 = 1 := by sorry")
    write(tmp_path / "MiniF2F/Valid/b.lean", HEADER, "/-- B. -/", "theorem b : 2 = 2 := sorry")
    write(tmp_path / ".lake/packages/x/c.lean", "theorem c : 3 = 3 := by sorry")
    a, b = read(tmp_path)
    assert (a.name, a.split, b.name, b.split, b.informal) == ("a", "test", "b", "valid", "B.")
    assert b.origin.endswith("b.lean:7")


def test_a_checkout_with_many_theorems_per_file(tmp_path: Path) -> None:
    source = [HEADER, "theorem a : 1 = 1 := by sorry", "def two := 2"]
    source += ["theorem b : two = 2 :=", "  by sorry", "theorem c : 3 = 3 := by", "sorry"]
    a, b, c = read(write(tmp_path / "Test.lean", *source))
    assert [p.theorem.preamble for p in (a, b, c)] == ["", "def two := 2", "def two := 2"]
    assert {p.split for p in (a, b, c)} == {"test"}
    assert c.origin.endswith("Test.lean:10")


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("{nope", "m.jsonl:3: not JSON"),
        ('{"name": "a"} x', "m.jsonl:3: not JSON"),
        ("[1]", "m.jsonl:3: expected an object"),
        ("null", "m.jsonl:3: expected an object .*, not null"),
        ('{"name": "a"}', "m.jsonl:3: no field holds a theorem.*`name`"),
        (row(formal_statement=5), "m.jsonl:3: the field `formal_statement`: .*a number"),
        (row(formal_statement=["theorem"]), "3: the field `formal_statement`: .*a list"),
        (row(formal_statement=""), "m.jsonl:3: the field `formal_statement` is empty"),
        (row(formal_statement="def one := 1"), "m.jsonl:3: .*no theorem"),
        (row(formal_statement="theorem one : 1 = 1 := by rfl"), "3: .*one has a proof"),
        (row(formal_statement="theorem x : 1 = 1 := sorry theorem y : 1 = 1 := sorry"),
         r"m.jsonl:3: .*declares 2 theorems to prove \(x, y\)"),
        (row(formal_statement="theorem one : 1 = 1 /- := by sorry"), "3: .*never closed"),
        (row(header="/- open"), "m.jsonl:3: the field `header`: line 1: a comment"),
        (row(formal_statement="theorem x : \ud835 = 1 := sorry"), "half of a surrogate pair"),
        (row(formal_statement="theorem x : 1 = " + "1" * 1_000_001), "3: .*at most 1000000"),
        (row("two", ": 2 = 2"), "m.jsonl:3: two is the theorem of .*m.jsonl:2 once more"),
        (row(header="import data.real.basic"), "m.jsonl:3: .*`import data.real.basic` is Lean 3"),
        (row(header="open_locale real"), "m.jsonl:3: .*Lean 3"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_file_and_line_and_the_others_are_read(
    tmp_path: Path, bad: str, message: str
) -> None:
    path = write(tmp_path / "m.jsonl", row("one"), row("two", ": 2 = 2"), bad, row("three"))
    found = survey(path)
    assert [problem.name for problem in found.problems] == ["one", "two", "three"]
    [reason] = map(str, found.unread)
    assert re.search(message, reason), reason
    assert found.rows == 4
    with pytest.raises(ProblemError, match="3 of 4 theorems read"):
        read_problems(path, strict=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.lean: the file is empty"),
        ("def a := 1", "t.lean: no theorem"),
        ("\ntheorem a : 1 = 1 := by rfl", "t.lean:2: a has a proof"),
        ("theorem a : 1 = 1 := by sorry /-", "t.lean: line 1: a comment"),
        ("mutual\ntheorem a : 1 = 1 := sorry\nend", "t.lean:2: a stands inside `mutual`"),
        ("theorem a-b : 1 = 1 := sorry", "t.lean:1: line 1: `a-...` is not a name"),
    ],
)
def test_bad_lean_files_are_named_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        read(write(tmp_path / "t.lean", text))


def test_theorems_of_a_lean_file_that_cannot_be_read_are_listed(tmp_path: Path) -> None:
    source = [
        "theorem a : 1 = 1 := by sorry",
        "theorem b : 1 = 1 := by rfl",
        "theorem a : 1 =  1 := sorry",
        "theorem 3c : 1 = 1 := sorry",
        "theorem c (h : 1 = 1 := sorry",
        "theorem d : 2 = 2",
    ]
    path = write(tmp_path / "t.lean", *source)
    found = read(path)
    assert [(problem.name, problem.theorem.preamble) for problem in found] == [
        ("a", ""),
        ("c", ""),
        ("d", ""),
    ]
    assert [(each.origin, each.kind) for each in survey(path).unread] == [
        (f"{path}:4", "unreadable"),
        (f"{path}:2", "proved"),
        (f"{path}:3", "repeated"),
    ]


def test_a_proved_theorem_of_a_data_set_is_kept_only_for_what_names_it(tmp_path: Path) -> None:
    source = [
        "theorem a : 1 = 1 := by rfl",
        "theorem b : 2 = 2 := by rfl",
        "def k := Classical.choose b",
        "theorem c : k = 1 := sorry",
        "theorem d : 3 = 3 := sorry",
    ]
    c, d = read(write(tmp_path / "t.lean", *source))
    assert c.theorem.preamble == "\n".join(source[1:3])
    assert d.theorem.preamble == "\n".join(source[1:3])


def test_a_theorem_in_a_namespace_is_read_there(tmp_path: Path) -> None:
    source = ["namespace N", "def k := 1", "theorem a : k = 1 := sorry", "end N",
              "theorem b : N.k = 1 := sorry"]  # fmt: skip
    a, b = read(write(tmp_path / "t.lean", *source))
    assert (a.name, a.theorem.preamble) == ("a", "namespace N\ndef k := 1")
    assert (b.name, b.theorem.preamble) == ("b", "namespace N\ndef k := 1\nend N")


def test_a_line_that_is_not_utf8_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_bytes(row().encode() + b'\n\xff\xfe\n{"name": "\xff"}\n' + row("b").encode())
    assert [problem.name for problem in read(path)] == ["one", "b"]
    assert left_out(path) == [f"{path}:2: not UTF-8 text", f"{path}:3: not UTF-8 text"]
    lean = tmp_path / "t.lean"
    lean.write_bytes(b"theorem a : 1 = 1 := sorry\n-- \xff\n")
    assert left_out(lean) == [f"{lean}:2: not UTF-8 text"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_utf_16_is_called_by_its_name(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_bytes(row().encode(encoding))
    with pytest.raises(ProblemError, match=r"m.jsonl: .*UTF-16"):
        read(path)


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl.gz"
    path.write_bytes(gzip.compress(row().encode()))
    assert [problem.name for problem in read(path)] == ["one"]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ProblemError, match=r"m.jsonl.gz: not a whole gzip file"):
        read(path)


def test_theorems_of_one_name_get_numbers(tmp_path: Path) -> None:
    rows = [row("ex_3_3", f": {n} = {n}") for n in range(3)]
    titled = json.loads(row("ex_3_3", ": 4 = 4")) | {"name": "Rudin|ex_3_3"}
    rows.append(json.dumps(titled))
    found = read(write(tmp_path / "m.jsonl", *rows))
    assert [problem.name for problem in found] == ["ex_3_3", "ex_3_3_2", "ex_3_3_3", "ex_3_3_4"]
    assert [problem.label for problem in found][2:] == ["ex_3_3_3", "Rudin|ex_3_3"]


def test_what_was_left_out_is_said_in_few_lines(tmp_path: Path) -> None:
    odd = [row(formal_statement=f"theorem {'x' * n}-y : p") for n in range(1, 13)]
    path = write(tmp_path / "m.jsonl", row(), *["nope"] * 30, *odd)
    lines = survey(path).unread_lines()
    assert lines[0] == f"{path}: 1 of 43 theorems read; not read:"
    assert lines[1].startswith(f"  {path}:2 and 29 more: not JSON")
    assert lines[2].startswith(f"  {path}:32: the field `formal_statement`: line 1: `x-...`")
    assert lines[-1] == "  and 3 other reasons; `prover-arb problems check --all` lists all"
    assert len(lines) == 12
    assert survey(write(path, row())).unread_lines() == []


@pytest.mark.parametrize("name", ["missing.jsonl", "notes.txt", "data.parquet", "empty_folder"])
def test_paths_that_hold_no_problems_are_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path / "notes.txt", "theorem a : 1 = 1 := by sorry")
    write(tmp_path / "data.parquet", "PAR1")
    (tmp_path / "empty_folder").mkdir()
    with pytest.raises(ProblemError, match=name):
        read(tmp_path / name)


def test_a_theorem_file_has_a_preamble_and_one_theorem(tmp_path: Path) -> None:
    text = "import Mathlib\nopen Nat\ndef k := 2\nlemma k2 : k = 2 := rfl\n"
    path = write(tmp_path / "t.lean", text + "theorem t : k * k = 4 := by sorry\n\nend")
    theorem = read_theorem_file(path)
    assert theorem.preamble == "def k := 2\ntheorem k2 : k = 2 := rfl"
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
        ("theorem t : 1 = 1 := by rfl", None, "t has a proof"),
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
    problems = read(SHARED)
    sources = [json.loads(line)["formal_statement"] for line in SHARED.read_text().splitlines()]
    assert len(problems) == 488
    for problem, source in zip(problems, sources, strict=True):
        statement = problem.theorem.statement
        assert source.split() == f"theorem {problem.name} {statement} := by sorry".split()
        assert statement in source


def test_a_theorem_file_may_be_a_row(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", row("one"))
    assert read_theorem_file(path).name == "one"
    with pytest.raises(ProblemError, match=r"t.jsonl:2: a second theorem to prove"):
        read_theorem_file(write(path, row("one"), row("two")))
    with pytest.raises(ProblemError, match=r"t.jsonl:1: not JSON"):
        read_theorem_file(write(path, "nope"))


def test_a_folder_of_json_beside_a_lakefile(tmp_path: Path) -> None:
    write(tmp_path / "lakefile.lean", "package sets")
    write(tmp_path / "data/test.jsonl", row("one"))
    write(tmp_path / "data/valid.json", f"[{row('two')}]")
    assert [problem.name for problem in read(tmp_path)] == ["one", "two"]


def test_a_file_of_a_folder_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    write(tmp_path / "a.lean", "theorem a : 1 = 1 := sorry")
    (tmp_path / "b.lean").write_bytes("theorem b : 1 = 1 := sorry".encode("utf-16"))
    (tmp_path / "c.lean.gz").write_bytes(b"\x1f\x8b nothing")
    (tmp_path / "d.lean").symlink_to(tmp_path / "none")
    assert [problem.name for problem in read(tmp_path)] == ["a"]
    reasons = left_out(tmp_path)
    assert reasons[0].startswith(f"{tmp_path / 'b.lean'}: this is UTF-16")
    assert reasons[1].startswith(f"{tmp_path / 'c.lean.gz'}: not a whole gzip file")
