"""What the Lean side answers: the statement as data, a candidate's declarations as data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Lean

pytestmark = pytest.mark.lean

CUSTOMER = """
structure Point where
  x : ℕ
  y : ℕ
inductive Tree | node (label : ℕ) (children : List Tree)
mutual
inductive Even' | zero | next (n : Odd')
inductive Odd' | next (n : Even')
end
def double : ℕ → ℕ | 0 => 0 | n + 1 => double n + 2
theorem double_eq (n : ℕ) : double n = 2 * n := by induction n with simp [double] <;> omega
axiom convenient : (1 : ℕ) = 2
theorem unfinished : (2 : ℕ) = 3 := by sorry
theorem upon : (3 : ℕ) = 2 := unfinished.symm
partial def endless (n : ℕ) : ℕ := endless (n + 1)
"""
DECLARATIONS = ("axiom", "def", "thm", "opaque", "inductive")


def ask(lean: Lean, op: str, statement: str, preamble: str = "", **more: object) -> dict[str, Any]:
    theorem = {"name": "target", "statement": statement, "preamble": preamble}
    limits = {"heartbeats": 400_000, "output_bytes": 200_000, "export_bytes": 1 << 24}
    request = {"op": op, "theorem": theorem, **limits, **more}
    return lean.run(lean.pool.request(request, wall_ms=30_000)).data


def declarations(ndjson: str) -> list[tuple[str, list[str]]]:
    """Kind and names of every declaration, in order."""
    names = {0: ""}
    found = []
    for line in map(json.loads, ndjson.splitlines()):
        if "str" in line and "in" in line:
            before = names[line["str"]["pre"]]
            names[line["in"]] = f"{before}.{line['str']['str']}" if before else line["str"]["str"]
        elif "num" in line and "in" in line:
            names[line["in"]] = f"{names[line['num']['pre']]}.{line['num']['i']}"
        for kind in set(line) & set(DECLARATIONS):
            parts = line[kind]["types"] if kind == "inductive" else [line[kind]]
            found.append((kind, [names[part["name"]] for part in parts]))
    return found


def test_a_reference_holds_all_that_the_customer_declared(lean: Lean) -> None:
    statement = "(p : Point) : match p with | ⟨0, _⟩ => True | _ => double p.x > 0"
    reply = ask(lean, "reference", statement, CUSTOMER)
    found = declarations(reply["statement"])
    kinds = {name: kind for kind, names in found for name in names}
    assert reply["binders"] == 1
    assert found[-1] == ("axiom", ["target"])
    assert ("inductive", ["Even'", "Odd'"]) in found
    assert {kinds[n] for n in ("Point", "Tree")} == {"inductive"}
    assert {kinds[n] for n in ("double", "target.match_1", "Point.x")} == {"def"}
    assert {kinds[n] for n in ("double_eq", "upon")} == {"thm"}
    assert {kinds[n] for n in ("convenient", "unfinished")} == {"axiom"}
    assert kinds["endless"] == "opaque"
    assert not {n for n in kinds if n.endswith(".rec")}


def test_a_reference_says_each_thing_after_what_it_needs(lean: Lean) -> None:
    found = declarations(ask(lean, "reference", ": double 2 = 4", CUSTOMER)["statement"])
    order = [name for _, names in found for name in names]
    for first, then in [("Point", "Point.x"), ("double", "double_eq"), ("unfinished", "upon")]:
        assert order.index(first) < order.index(then)
    assert len(set(order)) == len(order)


@pytest.mark.parametrize(
    ("statement", "culprit"),
    [
        ("(h : convenient = convenient) : True", "the axiom `convenient`"),
        ("(h : upon = upon) : True", "`sorry`"),
        (": (⟨1, of_decide_eq_true rfl⟩ : Fin 2) = ⟨1, sorry⟩", "`sorry`"),
    ],
)
def test_nobody_is_asked_to_prove_what_rests_on_nothing(
    lean: Lean, statement: str, culprit: str
) -> None:
    reply = ask(lean, "reference", statement, CUSTOMER)
    assert reply["status"] == "invalid_statement"
    assert culprit in reply["detail"]


def test_a_candidate_becomes_its_own_declarations(lean: Lean) -> None:
    text = """
def unrelated : ℕ := 5
theorem helper (n : ℕ) : double n = n + n := by rw [double_eq]; omega
theorem target (n : ℕ) : double n = n + n := helper n
"""
    candidate = {"kind": "file", "text": text}
    reply = ask(lean, "elaborate", "(n : ℕ) : double n = n + n", CUSTOMER, candidate=candidate)
    assert reply["status"] == "elaborated"
    found = declarations(reply["proof"])
    assert found[-2:] == [("thm", ["helper"]), ("thm", ["target"])]
    assert {kind for kind, _ in found} <= {"thm", "def"}
    assert not {"unrelated", "double", "double_eq"} & {n for _, names in found for n in names}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("theorem target (n : ℕ) : n = n := by sorry", "uses_sorry"),
        ("theorem target (n : ℕ) : 2 = 2 := rfl", "wrong_statement"),
        ("theorem other (n : ℕ) : n = n := rfl", "wrong_statement"),
        ("theorem target (n : ℕ) : n = n := foo", "elaboration_error"),
        ("theorem target (n : ℕ) : n = n := rfl\n)", "parse_error"),
        ("#eval 1", "forbidden_command"),
    ],
)
def test_what_is_no_proof_is_told_early(lean: Lean, text: str, reason: str) -> None:
    candidate = {"kind": "file", "text": text}
    reply = ask(lean, "elaborate", "(n : ℕ) : n = n", candidate=candidate)
    assert (reply["status"], reply["reason"]) == ("rejected", reason)


def test_universes_go_by_any_name(lean: Lean) -> None:
    text = "theorem target.{v} (α : Type v) (a : α) : a = a := rfl"
    candidate = {"kind": "file", "text": text}
    statement = ".{u} (α : Type u) (a : α) : a = a"
    assert ask(lean, "elaborate", statement, candidate=candidate)["status"] == "elaborated"


def test_what_fails_fails_once_however_deep_it_stands(lean: Lean) -> None:
    """Lean tries each evaluator of a kind of syntax in turn; ours stand in the place of its own.

    Beside them, a sequence that fails would run again at every level, and `simp` as often.
    """
    scripts = ["(simp_all; grind)", "((((simp_all; grind))))", "{ · { · (simp_all; grind) } }"]
    reply = ask(lean, "try", "(k : ℕ) : 3 ∣ k * (k + 1) * (k + 2)", scripts=scripts)
    assert reply["solved"] is None
    flat, *deep = (tried["heartbeats"] for tried in reply["tried"])
    assert flat > 0
    assert all(heartbeats < 1.3 * flat for heartbeats in deep)
