"""Files of recorded answers: every form in use is read, and every fault is said with its place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.errors import RecordsError
from prover_arb.provers.recorded.dump import read_answers

THEOREM = Theorem(name="small", statement="(n : ℕ) : n ≤ n + 1")
ANSWER = "It is arithmetic.\n\n```lean4\ntheorem small (n : ℕ) : n ≤ n + 1 := by\n  omega\n```\n"
FILE = "import Mathlib\n\ntheorem small (n : ℕ) : n ≤ n + 1 := by\n  omega\n"
USAGE = {"prompt_tokens": 50, "completion_tokens": 21}
CHAT = {
    "choices": [
        {"index": k, "message": {"content": ANSWER}, "finish_reason": "stop"} for k in range(2)
    ],
    "usage": USAGE,
}

FORMS = {
    "ours": ([{"theorem": "small", "text": ANSWER, **USAGE}], [(50, 21)]),
    "several in a row": ([{"name": "small", "answers": [ANSWER, ANSWER], **USAGE}], [(50, 21)] * 2),
    "chat": ([{"problem_id": "small", **CHAT}], [(50, 11)] * 2),
    "a batch": (
        [
            {"custom_id": f"small-{k}", "response": {"status_code": 200, "body": CHAT}}
            for k in (0, 1)
        ],
        [(50, 11)] * 4,
    ),
    "vLLM offline": (
        [
            {
                "name": "small",
                "prompt_token_ids": [1, 2, 3],
                "outputs": [
                    {"text": ANSWER, "token_ids": [5, 6], "finish_reason": "stop"},
                    {"text": ANSWER, "token_ids": [5, 6, 7], "finish_reason": "stop"},
                ],
            }
        ],
        [(3, 2), (3, 3)],
    ),
    "Goedel": (
        [
            {"problem_id": f"small_g{k}", "origin_problem_id": "small", "model_output": ANSWER,
             "full_code": "None"}
            for k in range(2)
        ],
        [(None, None)] * 2,
    ),
    "Goedel's first": ([{"name": "small", "full_code": [FILE, FILE]}], [(None, None)] * 2),
    "Kimina": ([{"uuid": "small", "proof": FILE}], [(None, None)]),
    "a conversation": (
        [
            {
                "problem": {"name": "small", "statement": "say why"},
                "messages": [
                    {"role": "user", "content": "prove it"},
                    {"role": "assistant", "content": ANSWER},
                ],
            }
        ],
        [(None, None)],
    ),
    "DeepSeek": ([{"problem_name": "small", "formal_proof": "omega"}], [(None, None)]),
    "numbers beside": (
        [{"name": "small", "outputs": [ANSWER, ANSWER], "output_tokens": [7, 9]}],
        [(None, 7), (None, 9)],
    ),
}  # fmt: skip


def written(tmp_path: Path, rows: list[dict[str, object]]) -> Path:
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", ["lines", "array", "gzip"])
def test_every_form_gives_the_proofs_in_order_with_their_tokens(
    tmp_path: Path, form: str, layout: str
) -> None:
    rows, tokens = FORMS[form]
    path = written(tmp_path, rows)
    if layout == "array":
        path.write_text(json.dumps(rows))
    elif layout == "gzip":
        data = path.read_bytes()
        path = tmp_path / "answers.jsonl.gz"
        path.write_bytes(gzip.compress(data))
    answers = read_answers(path).of("small")
    assert [(a.prompt_tokens, a.completion_tokens) for a in answers] == tokens
    for answer in answers:
        assert answer.reading(THEOREM).candidate == Candidate(kind="tactics", text="omega")


def test_a_line_for_a_batch_is_its_candidate(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {
            "theorem": {"name": "small", "statement": ": True"},
            "candidate": {"kind": "term", "text": "Nat.le_succ n"},
        }
    ]
    (answer,) = read_answers(written(tmp_path, rows)).of("small")
    assert answer.reading(THEOREM).candidate == Candidate(kind="term", text="Nat.le_succ n")


def test_an_answer_that_was_cut_off_has_no_proof(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"theorem": "small", "text": ANSWER.removesuffix("```\n"), "finish_reason": "length"}
    ]
    (answer,) = read_answers(written(tmp_path, rows)).of("small")
    assert answer.reading(THEOREM).candidate is None


def test_answers_are_numbered_where_the_file_is_in_another_order(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"theorem": "small", "proof": "simp", "attempt": 1},
        {"theorem": "small", "proof": "omega", "attempt": 0},
    ]
    answers = read_answers(written(tmp_path, rows)).of("small")
    assert [answer.text for answer in answers] == ["omega", "simp"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"theorem": "small", "text": "a", "text": "b"}', "field 'text' is given twice"),
        ('{"theorem": "small", "text": ', "not JSON"),
        ('["small"]', ": item 1: expected an object"),
        ("7", "expected an object"),
        ('{"text": "omega"}', "theorem: missing"),
        ('{"theorem": "small", "notes": "omega"}', "text: missing"),
        ('{"theorem": "small", "answers": [3]}', r"answers\[0\]: is a number"),
        ('{"theorem": "small", "text": "a", "prompt_tokens": -1}', "prompt_tokens: -1 is no"),
        ('{"theorem": "small", "text": "a", "completion_tokens": 2.5}', "completion_tokens: 2.5"),
        ('{"theorem": "small", "candidate": {"kind": "poem", "text": ""}}', "candidate: kind"),
        ('{"custom_id": "small", "error": "overloaded", "response": null}', "the request failed"),
        ('{"custom_id": "small", "choices": []}', "choices: an answer without choices"),
        ('{"theorem": "small", "messages": [{"role": "user", "content": "?"}]}', "messages: no"),
        ('{"theorem": "small", "text": "a", "attempt": "first"}', "attempt: 'first' does not"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_field(
    tmp_path: Path, line: str, said: str
) -> None:
    path = tmp_path / "answers.jsonl"
    before = "" if line.startswith("[") else '{"theorem": "other", "text": "omega"}\n\n'
    path.write_text(before + line + "\n")
    with pytest.raises(RecordsError, match=said) as raised:
        read_answers(path)
    assert str(raised.value).startswith(f"{path}:3: " if before else f"{path}: item 1: ")


def test_a_number_given_twice_or_left_out_is_refused(tmp_path: Path) -> None:
    first: dict[str, object] = {"theorem": "small", "text": "a", "attempt": 0}
    with pytest.raises(RecordsError, match=r":2: attempt: number 0 of small stands at .*:1"):
        read_answers(written(tmp_path, [first, first]))
    with pytest.raises(RecordsError, match=r":2: attempt: missing"):
        read_answers(written(tmp_path, [first, {"theorem": "small", "text": "b"}]))


def test_a_file_without_answers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="no answer in it"):
        read_answers(written(tmp_path, []))
    with pytest.raises(RecordsError, match="nowhere"):
        read_answers(tmp_path / "nowhere.jsonl")
