"""Rows of published data sets: every set's fields, and every way it ends a statement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prover_arb.problems import Problem, Unread, survey
from prover_arb.problems.rows import read_row

HEADER = "import Mathlib\nimport Aesop\n\nset_option maxHeartbeats 400000\n\nopen Nat Real\n\n"
BODY = "(x : ℕ) (h₀ : x + 3 = 5) : x = 2"
STATED = f"theorem add_three {BODY}"
DOC = "/-- What plus three is five? Show that it is 2.-/\n"

PUBLISHED: dict[str, dict[str, Any]] = {
    "DeepSeek-Prover, MiniF2F": {
        "name": "add_three", "split": "valid", "informal_prefix": DOC,
        "formal_statement": f"{STATED} := by\n", "goal": "x : ℕ\n⊢ x = 2", "header": HEADER,
    },
    "DeepSeek-Prover, ProofNet": {
        "name": "add_three", "split": "test", "informal_prefix": DOC,
        "formal_statement": f"{STATED} :=", "goal": "⊢ x = 2", "header": "import Mathlib\n\n",
    },
    "DeepSeek-Prover, ProverBench": {
        "name": "add_three", "area": "number theory", "header": HEADER, "is_aime": False,
        "formal_statement": f"{DOC}{STATED} := by\n  sorry",
    },
    "Goedel-Prover, MiniF2F": {
        "name": "add_three", "informal_prefix": DOC, "split": "test", "problem_id": "add_three",
        "formal_statement": f"{HEADER}{DOC}{STATED} := by\n",
        "lean4_code": f"{HEADER}{DOC}{STATED} := by sorry",
    },
    "Goedel-Prover, olympiads": {
        "name": "Imo1900P1", "solved": True, "tags": ["algebra"], "problem_id": "Imo1900P1",
        "header": f"\n{HEADER}", "informal_prefix": "/-!\n# What plus three is five?\n-/",
        "formal_statement": f"/- special open -/ open Set\n\n\n{STATED} := by sorry",
        "lean4_code": f"\n{HEADER}/- special open -/ open Set\n\n{STATED} := by sorry",
    },
    "Goedel-Prover, problem set": {
        "problem_id": "goedel_1", "lean4_code": f"{HEADER}{DOC}{STATED} := by sorry",
        "informal": "What plus three is five?",
    },
    "Kimina-Prover, prompts": {
        "statement_id": "0f3", "natural_language": "What plus three is five?",
        "formal_statement": f"import Mathlib\n\n{DOC}{STATED} := by sorry\n",
    },
    "NuminaMath-LEAN": {
        "uuid": "0f-31", "problem": "What plus three is five?", "answer": "2", "author": "human",
        "formal_statement": f"import Mathlib\n\n/- What plus three is five? -/\n{STATED} := by\n"
        "  sorry\n", "formal_proof": None, "rl_data": {"n_proofs": 0}, "source": "amc",
    },
    "yangky11, MiniF2F": {
        "id": "add_three", "split": "valid", "header": HEADER,
        "formal_statement": f"{STATED} := sorry", "informal_proof": "Subtract three.",
        "informal_stmt": "What plus three is five?",
    },
    "InternLM, MiniF2F": {
        "full_name": "add_three", "statement": STATED, "url": "https://example.org/x",
        "commit": "1ef4", "file_path": "MiniF2F/Validation.lean", "split": "valid",
    },
    "InternLM, Lean Workbook": {
        "id": "lean_workbook_plus_2", "status": "proved", "tags": ["number_theory"],
        "natural_language_statement": "What plus three is five?", "answer": "",
        "formal_statement": f"theorem lean_workbook_plus_2 {BODY}   :=  by sorry",
        "tactic": "", "state_before": "", "split": "lean_workbook_plus",
    },
    "ProofNet in Lean 4": {
        "id": "Rudin|add_three", "nl_statement": "What plus three is five?", "nl_proof": "Easy.",
        "lean4_src_header": HEADER, "lean4_formalization": f"{STATED} :=",
    },
    "PutnamBench": {
        "name": "add_three", "lean4_statement": f"{STATED} :=\nsorry", "tags": ["algebra"],
        "informal_statement": "What plus three is five?", "informal_solution": "None.",
        "coq_statement": "Theorem add_three: forall x, x + 3 = 5 -> x = 2.",
    },
    "FormalMATH": {
        "theorem_names": "add_three", "source": "omni", "refined_statement": "What plus three?",
        "autoformalization": "Complete the following Lean 4 code:\n```lean4\n"
        f"{HEADER}{STATED} := by\n```\n", "domain": "algebra",
    },
    "CombiBench": {
        "theorem_name": "add_three", "natural_language": "What plus three is five?", "answer": "2",
        "formal_statement": f"{HEADER}{STATED} := by sorry", "tag": "hackmath",
    },
    "Herald": {
        "id": 17, "name": "add_three", "header": HEADER, "informal_theorem": "What plus three?",
        "formal_theorem": f"{STATED} := by sorry",
    },
    "miniCTX": {
        "srcContext": HEADER, "theoremStatement": f"{STATED} ", "theoremName": "add_three",
    },
    "nested": {
        "metadata": {"idx": "7"},
        "formal_language": {"src_header": HEADER, "formal_theorem": f"{STATED} := by\n  sorry"},
    },
    "this program's batches": {
        "theorem": {"name": "add_three", "statement": BODY, "preamble": ""},
        "candidate": {"kind": "tactics", "text": "omega"},
    },
}  # fmt: skip


def one(row: object, profile: Any = "core") -> Problem:
    found = read_row("f.jsonl:1", row, profile)
    assert found.unread == []
    [problem] = found.problems
    return problem


def fault(row: object) -> Unread:
    found = read_row("f.jsonl:1", row, "core")
    assert found.problems == []
    [unread] = found.unread
    return unread


@pytest.mark.parametrize("form", PUBLISHED)
def test_every_published_form_is_read(form: str) -> None:
    row = PUBLISHED[form]
    problem = one(row)
    assert problem.theorem.statement == BODY
    assert problem.theorem.preamble == ""
    assert problem.name == row.get("id" if "Workbook" in form else "", "add_three")
    mathlib = one(row, "mathlib").theorem.preamble
    header = json.dumps(row, ensure_ascii=False)
    assert ("open Nat Real" in header) == ("open Nat Real" in mathlib)
    assert mathlib.count("open Nat Real") <= 1


@pytest.mark.parametrize(
    ("form", "label"),
    [
        ("Goedel-Prover, olympiads", "Imo1900P1"),
        ("ProofNet in Lean 4", "Rudin|add_three"),
        ("NuminaMath-LEAN", "0f-31"),
        ("yangky11, MiniF2F", "add_three"),
    ],
)
def test_a_row_is_shown_by_its_own_name(form: str, label: str) -> None:
    problem = one(PUBLISHED[form])
    assert (problem.label, problem.name) == (label, "add_three")


def test_what_a_row_says_beside_its_statement_is_kept() -> None:
    problem = one(PUBLISHED["DeepSeek-Prover, MiniF2F"])
    assert problem.informal == "What plus three is five? Show that it is 2."
    assert (problem.split, problem.header) == ("valid", HEADER)
    assert one(PUBLISHED["InternLM, Lean Workbook"]).category == "number_theory"
    assert one(PUBLISHED["Goedel-Prover, olympiads"]).informal == "# What plus three is five?"


def test_an_open_after_a_comment_reaches_the_preamble() -> None:
    preamble = one(PUBLISHED["Goedel-Prover, olympiads"], "mathlib").theorem.preamble
    assert preamble == "open Nat Real\nopen Set"


@pytest.mark.parametrize(
    "ending",
    [
        " := by sorry", " := sorry", " := by", " :=", "", " := by\n  sorry", " :=\nsorry",
        " := by\n  -- a hint\n  sorry -- done", " := by sorry\n-- 2\n", " /- why -/",
        " := by\n  sorry\n\nend", " := by\r\n  sorry\r\n", " := by { sorry }", " := by admit",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "before",
    [
        "", DOC, "@[simp] ", "private ", "@[simp]\nprotected ", "open Nat in\n",
        "open Nat in\nopen Real in\n", f"set_option maxHeartbeats 9 in\n{DOC}", "-- theorem x\n",
    ],
)  # fmt: skip
def test_every_ending_after_every_beginning(before: str, ending: str) -> None:
    for word in ("theorem", "lemma"):
        problem = one({"name": "t", "formal_statement": f"{before}{word} t {BODY}{ending}"})
        assert (problem.name, problem.theorem.statement) == ("t", BODY)
        assert problem.theorem.preamble == ""


def test_an_example_takes_the_name_of_its_row() -> None:
    problem = one({"id": "my example", "formal_statement": f"example {BODY} := by sorry"})
    assert (problem.name, problem.label) == ("my_example", "my example")


def test_names_in_guillemets_are_read() -> None:
    problem = one({"name": "my thm", "formal_statement": f"theorem «my thm» {BODY} := sorry"})
    assert (problem.name, problem.title) == ("«my thm»", "")


def test_opens_that_reach_over_the_theorem_stay_in_force() -> None:
    text = f"open Nat in\nopen Real in\ndef k := 2\nopen Set in open Nat in\n{STATED} := sorry"
    problem = one({"formal_statement": text}, "mathlib")
    assert problem.theorem.preamble == ("open Nat in\nopen Real in\ndef k := 2\nopen Set\nopen Nat")


def test_lines_that_were_joined_are_told_apart() -> None:
    text = f"import Mathlib import Aesop open Nat Real {STATED} := by sorry"
    problem = one({"lean4_code": text}, "mathlib")
    assert (problem.theorem.preamble, problem.theorem.statement) == ("open Nat Real", BODY)


def test_a_row_with_a_lemma_is_about_its_theorem() -> None:
    proved = "lemma helper (a : ℕ) : a + 0 = a := by simp"
    problem = one({"name": "x", "formal_statement": f"{proved}\n\n{STATED} := by sorry"})
    # Lean has no `lemma`; Mathlib has.
    preamble = "theorem helper (a : ℕ) : a + 0 = a := by simp"
    assert (problem.name, problem.theorem.preamble) == ("add_three", preamble)
    row = {"name": "x", "formal_statement": f"{proved}\n\n{STATED} := by sorry"}
    assert one(row, "mathlib").theorem.preamble == proved
    left_open = "lemma helper (a : ℕ) : a + 0 = a := by sorry"
    problem = one({"name": "x", "formal_statement": f"{left_open}\n{STATED} := by sorry"})
    assert (problem.name, problem.theorem.preamble) == ("add_three", "")


def test_a_row_with_two_theorems_is_about_the_one_of_its_name() -> None:
    text = f"theorem a : 1 = 1 := sorry\n{STATED} := sorry"
    assert one({"name": "a", "formal_statement": text}).name == "a"
    assert "declares 2 theorems to prove (a, add_three)" in fault({"formal_statement": text}).reason


def test_the_first_field_that_can_be_read_counts() -> None:
    row = {
        "formal_statement": "A number.",
        "statement": "x is 2",
        "lean4_code": f"{STATED} := sorry",
    }
    assert one(row).theorem.statement == BODY
    assert one({"informal": "x is 2", "my_lean": f"{STATED} := by sorry"}).name == "add_three"
    assert one({"Name": "add_three", "Formal Statement": STATED}).theorem.statement == BODY


def test_a_fence_in_a_doc_comment_is_part_of_it() -> None:
    doc = "/-- As in\n```lean\ntheorem no : 1 = 2 := sorry\n```\n-/\n"
    assert one({"formal_statement": f"{doc}{STATED} := sorry"}).name == "add_three"


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"name": "a"}, "", "no field holds a theorem"),
        ({"formal_statement": "Prove it."}, "formal_statement", "no theorem"),
        ({"statement": "Prove: (x) is 1.", "name": "a"}, "statement", "no theorem"),
        ({"formal_statement": f"{STATED} := by omega"}, "formal_statement", "has a proof"),
        ({"formal_statement": STATED, "header": '"'}, "header", "a string is never closed"),
        ({"formal_statement": "theorem mathd-x : 1 = 1"}, "formal_statement", "not a name"),
        (
            {"formal_statement": "theorem t : 1 = 1 := begin sorry end"},
            "formal_statement",
            "Lean 3",
        ),
        ({"formal_statement": 5}, "formal_statement", "not text but a number"),
        (5, "", "expected an object"),
    ],
)
def test_a_row_that_cannot_be_read_says_which_field_and_why(
    row: object, field: str, reason: str
) -> None:
    found = fault(row)
    assert (found.origin, found.field) == ("f.jsonl:1", field)
    assert reason in found.reason


def test_a_folder_of_files_with_answers_to_fill_in(tmp_path: Path) -> None:
    head = "import Mathlib\n\nopen Set\n\n"
    (tmp_path / "p1.lean").write_text(
        f"{head}abbrev p1_solution : ℕ := sorry\n-- 2\n{DOC}theorem p1 (x : ℕ) :\n"
        "    x = p1_solution :=\n  sorry\n"
    )
    (tmp_path / "p2.lean").write_text(f"{head}{DOC}{STATED} :=\nsorry\n")
    (tmp_path / "README.md").write_text("theorem")
    found = survey(tmp_path)
    assert [problem.name for problem in found.problems] == ["add_three"]
    assert [(each.kind, each.name) for each in found.unread] == [("unprovable", "p1")]


def test_words_that_lean_would_take_for_a_comment_cost_nothing() -> None:
    doc = "/-- Show that $a/-b$ is 2. -/\n"
    problem = one({"name": "t", "lean4_code": f"{HEADER}{doc}{STATED} := by sorry"})
    assert problem.theorem.statement == BODY


def test_spaces_of_pages_and_word_processors_are_spaces() -> None:
    text = f"\ufeff{STATED.replace(' ', chr(0xA0))} :=\r  by\u200b sorry\r"
    problem = one({"formal_statement": text})
    assert (problem.name, problem.theorem.statement) == ("add_three", BODY)


def test_what_is_stated_for_another_prover_is_called_by_its_name() -> None:
    isabelle = 'theorem add_three:\n  fixes x :: nat\n  assumes "x + 3 = 5"\n  shows "x = 2"'
    assert "Isabelle" in fault({"formal_statement": isabelle}).reason
    coq = "Theorem add_three: forall x, x + 3 = 5 -> x = 2."
    assert fault({"formal_statement": coq}).reason == "no theorem in it"
