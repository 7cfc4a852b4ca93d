"""What models write around a proof, and the candidate that is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.core.theorem import Theorem
from prover_arb.provers.chat.answers import extract

STATEMENT = "(a b : ℕ) (h : a < b) : a + 1 ≤ b"
THEOREM = Theorem(name="target", statement=STATEMENT)
HEAD = f"theorem target {STATEMENT} := by"


def fenced(code: str, label: str = "lean4") -> str:
    return f"```{label}\n{code}\n```"


def found(answer: str, theorem: Theorem = THEOREM) -> tuple[str, str] | None:
    candidate = extract(answer, theorem)
    return None if candidate is None else (candidate.kind, candidate.text)


TACTICS = [
    pytest.param("omega", id="one tactic, nothing around it"),
    pytest.param("by omega", id="by"),
    pytest.param(":= by\n  omega", id="assigned by"),
    pytest.param(fenced("omega"), id="fenced tactics"),
    pytest.param(fenced("omega", ""), id="a fence without a label"),
    pytest.param(fenced("omega", "tactics"), id="a fence of tactics"),
    pytest.param(fenced("  omega"), id="indented tactics"),
    pytest.param(fenced("by\n  omega"), id="fenced by"),
    pytest.param(fenced(f"{HEAD}\n  omega"), id="the theorem"),
    pytest.param(fenced(f"{HEAD} omega"), id="the theorem on one line"),
    pytest.param(fenced(f"lemma target {STATEMENT} := by omega"), id="as a lemma"),
    pytest.param(fenced(f"theorem renamed {STATEMENT} := by omega"), id="under another name"),
    pytest.param(fenced(f"example {STATEMENT} := by omega"), id="as an example"),
    pytest.param(fenced(f"import Mathlib\n\n{HEAD}\n  omega"), id="with an import"),
    pytest.param(
        fenced(
            "import Mathlib\nimport Aesop\nset_option maxHeartbeats 400000\n"
            f"open BigOperators Real Nat Topology Rat\n\n{HEAD}\n  omega"
        ),
        id="the usual header",
    ),
    pytest.param(
        fenced("theorem target (a b : ℕ)\n    (h : a < b) :\n    a + 1 ≤ b := by\n  omega"),
        id="other line breaks",
    ),
    pytest.param(
        f"<think>First `simp`?\n{fenced('simp')}</think>\n{fenced('omega')}", id="thought"
    ),
    pytest.param(f"prompt ends in a tag: {fenced('simp')}</think>{fenced('omega')}", id="closed"),
    pytest.param(
        f"### Plan\n{fenced('have h := foo', 'lean')}\n### Proof\n{fenced(HEAD + ' omega')}",
        id="a draft before it",
    ),
    pytest.param(
        f"{fenced(HEAD + ' omega')}\nAs a check:\n{fenced('#check Nat.lt')}",
        id="the block that names the theorem wins over a later one",
    ),
    pytest.param(f"{fenced('omega')}\n{fenced('print(1)', 'python')}", id="python after it"),
    pytest.param(f"Sure!\r\n```lean4\r\n{HEAD}\r\n  omega\r\n```\r\n", id="Windows line ends"),
    pytest.param(f"Here it is:\n```lean4\n{HEAD}\n  omega", id="a fence that never closes"),
    pytest.param(f"The proof:\n\n{HEAD}\n  omega", id="no fence at all"),
    pytest.param(f"~~~lean\n{HEAD}\n  omega\n~~~", id="tildes"),
    pytest.param(f"  ```lean4\n{HEAD}\n  omega\n  ```", id="an indented fence"),
    pytest.param(f"````lean4\n{HEAD}\n  omega\n````", id="four ticks"),
    pytest.param(fenced(f"{HEAD}\n  omega\n\n#print axioms target"), id="a printing command"),
]


@pytest.mark.parametrize("answer", TACTICS)
def test_tactics_are_found(answer: str) -> None:
    assert found(answer) == ("tactics", "omega")


def test_the_first_tactic_may_stand_behind_by() -> None:
    answer = fenced(f"theorem target {STATEMENT}\n  := by have k := h\n        omega")
    assert found(answer) == ("tactics", "have k := h\nomega")


def test_indentation_within_the_block_is_kept() -> None:
    body = "  have k : a < b := by\n    exact h\n  omega"
    assert found(fenced(f"{HEAD}\n{body}")) == (
        "tactics",
        "have k : a < b := by\n  exact h\nomega",
    )


@pytest.mark.parametrize("answer", [f"theorem target {STATEMENT} := h", ":= h"])
def test_a_term_is_a_term(answer: str) -> None:
    assert found(fenced(answer)) == ("term", "h")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            f"import Mathlib\nlemma helper {STATEMENT} := h\n\n{HEAD}\n  exact helper a b h",
            f"theorem helper {STATEMENT} := h\n\n{HEAD}\n  exact helper a b h",
        ),
        ("theorem target : True := by trivial", "theorem target : True := by trivial"),
        (
            "theorem target {a b : ℕ} (h : a < b) : a.succ ≤ b := h",
            "theorem target {a b : ℕ} (h : a < b) : a.succ ≤ b := h",
        ),
    ],
    ids=["a lemma beside it", "another statement", "other words"],
)
def test_anything_else_is_a_file_without_imports(code: str, text: str) -> None:
    assert found(fenced(code)) == ("file", text)


def test_the_customers_preamble_is_not_repeated() -> None:
    theorem = THEOREM.model_copy(update={"preamble": "def f (n : ℕ) := n"})
    code = f"import Mathlib\n\ndef f (n : ℕ) := n\n\n{HEAD}\n  omega"
    assert found(fenced(code), theorem) == ("tactics", "omega")


def test_what_is_opened_stays_open_with_mathlib() -> None:
    theorem = THEOREM.model_copy(update={"profile": "mathlib"})
    code = f"import Mathlib\nopen Nat\n{HEAD}\n  omega"
    assert found(fenced(code), theorem) == ("file", f"open Nat\n{HEAD}\n  omega")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "   \n",
        "I could not prove it.",
        "Have a look at the docs, sorry.",
        "<think>Let me see.\n```lean4\nomega\n```",
        f"<think>{fenced('simp')}</think>",
        fenced(""),
        fenced("print('hello')", "python"),
        "<html><body>502 Bad Gateway</body></html>",
        "```",
    ],
)
def test_no_proof_is_no_candidate(answer: str) -> None:
    assert found(answer) is None


def test_a_proof_too_long_for_any_candidate_is_none() -> None:
    assert found(fenced("omega\n" * 200_000)) is None


@given(
    st.text(alphabet=st.sampled_from("`~<>/think\n lean4:=by theorem target.·-()"), max_size=400)
)
def test_no_text_whatever_breaks_it(answer: str) -> None:
    candidate = extract(answer, THEOREM)
    assert candidate is None or candidate.text.strip()
