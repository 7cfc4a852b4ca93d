"""The same proof in every spelling that models and people are known to use for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.core.theorem import Theorem
from prover_arb.provers.chat.answers import extract, read
from prover_arb.provers.chat.answers.wrapping import LEFTOVER

STATEMENT = "(n m : ℕ) (h : n = m + 2) : m + 2 = n"
THEOREM = Theorem(name="goal", statement=STATEMENT)
HEAD = f"theorem goal {STATEMENT} := by"
CODE = f"{HEAD}\n  omega"
FENCED = f"```lean4\n{CODE}\n```"


def indented(text: str, by: str) -> str:
    return "\n".join(by + line for line in text.split("\n"))


FENCES = {
    "opens in the middle of a line": f"Here is my proof: {FENCED}",
    "opens in the middle of a line without a label": f"My proof: ```\n{CODE}\n```",
    "closes behind the last tactic": FENCED.replace("\n```", "```"),
    "closes behind the last tactic, with prose": FENCED.replace("\n```", "``` That is all.\n"),
    "closes with prose behind it": f"{FENCED} Done.",
    "no opening": f"{CODE}\n```\n\nThe tactic does it.",
    "no opening, closes behind the last tactic": f"{CODE}```\nThe tactic does it.",
    "no opening, with prose before": f"The proof:\n\n{CODE}\n```\n\nThe tactic does it.",
    "no opening, and a block after": f"{CODE}\n```\nLean says:\n```\nno goals\n```",
    "no opening, the goal's tactics alone": "  omega\n```\nThis is short.",
    "no closing": f"Here:\n```lean4\n{CODE}",
    "no closing, half of one": f"Here:\n```lean4\n{CODE}\n``",
    "no closing, and another block": f"```lean4\n{HEAD}\n  simp\n```lean4\n{CODE}\n```",
    "in a list": "1. The proof:\n\n" + indented(FENCED, "   "),
    "in a list's line": f"- ```lean4\n{indented(CODE, '  ')}\n  ```",
    "in a list in a list": "1. Steps\n   - last\n\n" + indented(FENCED, "     "),
    "in a list, the code at the margin": f"1. The proof:\n\n   ```lean4\n{CODE}\n   ```",
    "indented by eight": "Look:\n" + indented(FENCED, " " * 8),
    "indented by tabs": "Look:\n" + indented(FENCED, "\t"),
    "quoted": indented(FENCED, "> "),
    "quoted twice": indented(FENCED, "> > "),
    "quoted without spaces": indented(FENCED, ">"),
    "quoted, without a fence": "> The proof:\n>\n" + indented(CODE, "> "),
    "in a comment of the code": FENCED.replace(
        "theorem", "/-- As in\n```\nexample : 1 + 1 = 2 := rfl\n```\n-/\ntheorem"
    ),
    "in a labelled comment": FENCED.replace(
        "theorem", "/- draft\n```lean4\nsimp\n```\nends here -/\ntheorem"
    ),
    "in line comments": FENCED.replace("  omega", "  -- ```\n  -- 1 + 1\n  -- ```\n  omega"),
    "behind a line comment": FENCED.replace("\n```", " -- done```"),
    "tildes": f"~~~lean4\n{CODE}\n~~~",
    "tildes without a label": f"~~~\n{CODE}\n~~~",
    "five ticks": f"`````lean4\n{CODE}\n`````",
    "four ticks and three": f"````lean4\n{CODE}\n```",
    "three ticks and four": f"```lean4\n{CODE}\n````",
    "a block of Markdown around it": f"````markdown\n# Proof\n{FENCED}\n````",
    "a block of Markdown of the same length": f"```markdown\n{FENCED}\n```",
    "code behind the label": f"```lean4 {CODE}\n```",
    "all on one line": f"The proof is ```lean4 {HEAD} omega```.",
    "on one line, without a label": f"```{HEAD} omega```",
    "labelled Lean": f"```Lean\n{CODE}\n```",
    "labelled LEAN4": f"```LEAN4\n{CODE}\n```",
    "labelled Lean 4": f"```Lean 4\n{CODE}\n```",
    "labelled lean-4": f"```lean-4\n{CODE}\n```",
    "labelled with attributes": f"```lean4 {{linenos=true}}\n{CODE}\n```",
    "labelled as Pandoc does": f"``` {{.lean4 .numberLines}}\n{CODE}\n```",
    "labelled with a file": f"```lean4:Goal.lean\n{CODE}\n```",
    "labelled with a title": f'```lean4 title="Goal.lean"\n{CODE}\n```',
    "labelled with words": f"```lean4 complete proof\n{CODE}\n```",
    "a space before the label": f"``` lean4\n{CODE}\n```",
    "Windows line ends and a last space": FENCED.replace("\n", " \r\n"),
    "old Macintosh line ends": FENCED.replace("\n", "\r"),
    "no line break before prose": f"{FENCED}In short, it is linear.",
    "triple quotes": f"'''lean4\n{CODE}\n'''",
    "a listing of LaTeX": f"\\begin{{lstlisting}}[language=Lean]\n{CODE}\n\\end{{lstlisting}}",
    "an indented block": "The proof:\n\n" + indented(CODE, "    "),
    "single ticks": f"The proof is `{HEAD} omega`.",
    "double ticks": f"The proof is ``{HEAD} omega``.",
    "typographic marks": f"\u00b4\u00b4\u00b4lean4\n{CODE}\n\u00b4\u00b4\u00b4",
    "a difference": f"```diff\n- {HEAD}\n-   sorry\n+ {HEAD}\n+   omega\n```",
    "numbered lines": f"```lean4\n1 | {HEAD}\n2 |   omega\n```",
    "quoted in the block": f"```lean4\n> {HEAD}\n>   omega\n```",
    "in a block of YAML": f"```yaml\nproof: |\n{indented(CODE, '  ')}\n```",
}

SEVERAL = {
    "a draft, then the proof": f"```lean4\nhave k := h\n```\nSo:\n{FENCED}",
    "the statement again": f"{FENCED}\nIt proves\n```lean4\n{HEAD}\n  sorry\n```",
    "the bare statement again": f"{FENCED}\nIt proves\n```lean4\ntheorem goal {STATEMENT}\n```",
    "the statement first": f"To prove:\n```lean4\n{HEAD}\n  sorry\n```\nThe proof:\n{FENCED}",
    "an output after it": f"{FENCED}\nLean says\n```\nno goals\n```",
    "a check after it": f"{FENCED}\n```lean4\n#check goal\n```",
    "Python after it": f"{FENCED}\n```python\nprint(2)\n```",
    "two proofs": f"```lean4\n{HEAD}\n  simp\n```\nBetter:\n{FENCED}",
    "another theorem after it": f"{FENCED}\nCompare\n```lean4\ntheorem two : 2 = 2 := rfl\n```",
    "the statement, then the tactics": f"```lean4\n{HEAD}\n```\nwith\n```lean4\nomega\n```",
    "a schema after it": f"{FENCED}\nIts form is\n```lean4\ntheorem goal ... := by\n  ...\n```",
    "a proof between rules": f"---\n\n{FENCED}\n\n---\n\n**Remark.** Done.",
}

BARE = {
    "nothing around it": CODE,
    "prose after it": f"{CODE}\n\nThis completes the proof.",
    "prose right after it": f"{CODE}\nThis completes the proof.",
    "prose before it": f"We use linear arithmetic.\n\n{CODE}",
    "prose on both sides": f"Sure! Here you are:\n\n{CODE}\n\nLet me know if it helps.",
    "a list after it": f"{CODE}\n\n- `omega` decides linear arithmetic.",
    "a heading before it": f"## Proof\n{CODE}",
    "Chinese after it": f"{CODE}\n\n这样就证明了。",
    "Russian after it": f"{CODE}\n\nЭто доказывает теорему.",
    "a check mark after it": f"{CODE}\n\n\u2705 Done!",
    "a formula after it": f"{CODE}\n\n\\(n = m + 2\\) is used.",
    "a table after it": f"{CODE}\n\n| step | tactic |\n|---|---|\n| 1 | omega |",
    "indented prose after it": f"{CODE}\n\n  This completes the proof.",
    "a role before it": f"Assistant: {CODE}",
    "imports before it": f"import Mathlib\nimport Aesop\n\n{CODE}",
    "by": "by\n  omega",
    "by, with prose after it": "by omega\n\nThis closes the goal.",
    "prose, then by": "The proof is one tactic:\n\nby omega",
    "prose, then a tactic": "The tactic that does it is this one.\n\nomega",
    "a tactic, then prose": "omega\n\nQED",
    "an answer in ticks": "The answer is `by omega`.",
}

HEADS = {
    "protected": FENCED.replace("theorem", "protected theorem"),
    "private": FENCED.replace("theorem", "private theorem"),
    "noncomputable": FENCED.replace("theorem", "noncomputable theorem"),
    "nonrec": FENCED.replace("theorem", "nonrec theorem"),
    "an attribute": FENCED.replace("theorem", "@[simp] theorem"),
    "an attribute on a line": FENCED.replace("theorem", "@[simp, norm_cast]\ntheorem"),
    "an attribute and a modifier": FENCED.replace("theorem", "@[simp] private theorem"),
    "documentation": FENCED.replace("theorem", "/-- What is asked. -/\ntheorem"),
    "a comment": FENCED.replace("theorem", "-- linear\ntheorem"),
    "a module comment": FENCED.replace("theorem", "/-! # Proof -/\n\ntheorem"),
    "lemma": FENCED.replace("theorem", "lemma"),
    "example": FENCED.replace("theorem goal", "example"),
    "another name": FENCED.replace("goal", "my_goal"),
    "a rooted name": FENCED.replace("goal", "_root_.goal"),
    "universes": FENCED.replace("goal", "goal.{u}"),
    "by on a line": FENCED.replace(" := by\n", " :=\nby\n"),
    "the statement on lines": FENCED.replace(") :", ")\n    :").replace(" := by", "\n  := by"),
    "no spaces": FENCED.replace("m + 2 = n :=", "m+2=n:="),
    "a comment in the statement": FENCED.replace(") :", ") -- so\n    :"),
    "no by": FENCED.replace(" := by", " :="),
    "no assignment": FENCED.replace(" := by", " by"),
    "neither": FENCED.replace(" := by", ""),
    "the usual header": FENCED.replace(
        "theorem",
        "import Mathlib\nimport Aesop\n\nset_option maxHeartbeats 400000\n\n"
        "open BigOperators Real Nat Topology Rat\n\ntheorem",
    ),
    "commands that print": FENCED.replace(
        "\n```", "\n\n#check goal\n#print axioms goal\n```"
    ).replace("theorem", "#eval 1 + 1\n\ntheorem"),
    "an example beside it": FENCED.replace("\n```", "\n\nexample : 1 + 1 = 2 := by norm_num\n```"),
    "prose in the block": FENCED.replace("\n```", "\n\nThis completes the proof.\n```"),
    "prose before it in the block": FENCED.replace("theorem", "Here is the proof:\ntheorem", 1),
    "a command that prints in the proof": FENCED.replace("\n```", "\n  #check h\n```"),
    "an end too many": FENCED.replace("\n```", "\n\nend\n```"),
}

CHANNELS = {
    "harmony": "<|channel|>analysis<|message|>Is it\n```lean4\ntheorem a : True := by\n  trivial\n"
    f"```\n<|end|><|start|>assistant<|channel|>final<|message|>{FENCED}<|return|>",
    "harmony, glued": f"<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final"
    f"<|message|>{CODE}<|return|>",
    "harmony, begun by the prompt": "analysis<|message|>Hm.<|end|><|start|>assistant"
    f"<|channel|>final<|message|>{FENCED}",
    "harmony, without its tokens": f"analysisWe try omega.assistantfinal{FENCED}",
    "harmony, with a tool": "<|channel|>commentary to=functions.submit <|constrain|>json<|message|>"
    f"{json.dumps({'code': CODE})}<|call|>",
    "harmony, the final channel is missing": f"<|channel|>analysis<|message|>So {FENCED}<|end|>",
    "think": f"<think>\nPerhaps `simp`?\n```lean4\n{HEAD}\n  simp\n```\n</think>\n{FENCED}",
    "think, begun by the prompt": f"Perhaps `simp`?\n```lean4\nfoo\n``` no\n</think>\n\n{FENCED}",
    "think, glued": f"<think>Hm.</think>{CODE}",
    "think, never ended": f"<think>\nI think this is it: {FENCED}",
    "think, with nothing after it": f"<think>\nThis is it:\n{FENCED}\n</think>",
    "think, twice": f"<think>a</think> <think>b</think>{FENCED}",
    "think, empty": f"<think>\n\n</think>\n\n{FENCED}",
    "thinking": f"<thinking>Let me see.</thinking>\n{FENCED}",
    "thought": f"<thought>Let me see.</thought>\n{FENCED}",
    "reasoning": f"<reasoning>Let me see.</reasoning>\n{FENCED}",
    "THINK": f"[THINK]Let me see.[/THINK]{FENCED}",
    "Kimi": f"◁think▷Let me see.◁/think▷{FENCED}",
    "begin of thought": "<|begin_of_thought|>Hm<|end_of_thought|>\n<|begin_of_solution|>\n"
    f"{FENCED}\n<|end_of_solution|>",
    "Command A": f"<|START_THINKING|>Hm<|END_THINKING|><|START_RESPONSE|>{FENCED}<|END_RESPONSE|>",
    "Seed": f"<seed:think>Hm</seed:think>{FENCED}",
    "an end of the turn": f"{FENCED}<|im_end|>",
    "an end of the turn behind bare code": f"{CODE}<|im_end|>",
    "an end of the turn behind a fence": f"```lean4\n{CODE}\n```<|eot_id|>",
    "an end of the turn in the block": f"```lean4\n{CODE}<|endoftext|>",
    "DeepSeek's end": f"{FENCED}<｜end▁of▁sentence｜>",
    "Gemma's turns": f"<start_of_turn>model\n{FENCED}<end_of_turn>",
    "Llama's turns": f"<|start_header_id|>assistant<|end_header_id|>\n\n{FENCED}<|eot_id|>",
    "ChatML's turns": f"<|im_start|>assistant\n{FENCED}<|im_end|>",
    "the next turn too": f"{FENCED}<|im_end|>\n<|im_start|>user\nAnd simp?<|im_end|>\n"
    f"<|im_start|>assistant\n```lean4\n{HEAD}\n  simp\n```",
    "Mistral's": f"[/INST] {FENCED}</s>",
    "a box": f"<|begin_of_box|>{FENCED}<|end_of_box|>",
}

TAGS = {
    "answer": f"Hm. <answer>{CODE}</answer>",
    "answer with a fence": f"<answer>\n{FENCED}\n</answer>",
    "answer, one tactic": "<answer>by omega</answer>",
    "answer, never closed": f"<answer>\n{CODE}",
    "lean": f"<lean>\n{CODE}\n</lean>",
    "lean4, with prose after it": f"<lean4>\n{CODE}\n</lean4>\nI hope this helps.",
    "proof": f"<proof>\n{CODE}\n</proof>",
    "code in pre": f'<pre><code class="language-lean4">{CODE}</code></pre>',
    "CDATA": f"<lean><![CDATA[\n{CODE}\n]]></lean>",
    "attributes": f'<artifact type="text/lean" title="Goal">\n{CODE}\n</artifact>',
    "an unknown tag": f"<lemma_proof>\n{CODE}\n</lemma_proof>",
    "tags in tags": f"<response><explanation>Linear.</explanation><code>{CODE}</code></response>",
    "brackets": f"[PROOF]\n{CODE}\n[/PROOF]",
    "details": f"<details>\n<summary>Proof</summary>\n\n{FENCED}\n</details>",
    "escaped": f"<answer>{FENCED}</answer>".replace("<", "&lt;").replace(">", "&gt;"),
    "escaped ticks": FENCED.replace("`", "&#96;"),
}

JSON = {
    "an object": json.dumps({"proof": CODE}),
    "an object of tactics": json.dumps({"thought": "It is linear.", "proof": "by omega"}),
    "a tactic as value": json.dumps({"tactic": "omega"}),
    "a fence in an object": json.dumps({"answer": f"Here:\n{FENCED}"}),
    "an object in a block": f"```json\n{json.dumps({'lean4': CODE})}\n```",
    "an object in prose": f"The result is {json.dumps({'code': CODE})}, as asked.",
    "an object in a list": json.dumps([{"type": "text", "text": FENCED}]),
    "real line breaks in it": json.dumps({"proof": CODE}).replace("\\n", "\n"),
    "Python's spelling": repr({"proof": CODE}),
    "a text in a text": json.dumps(FENCED),
    "an object that never ends": json.dumps({"why": "linear", "proof": CODE})[:-1],
    "an object that is cut": json.dumps({"proof": CODE})[:-2],
    "a call in tags": f"<tool_call>{json.dumps({'arguments': {'proof': CODE}})}</tool_call>",
    "line breaks written out": FENCED.replace("\n", "\\n"),
}

CHARACTERS = {
    "no-break spaces": FENCED.replace("  omega", "\u00a0\u00a0omega"),
    "zero-width spaces": FENCED.replace("omega", "\u200bomega\ufeff"),
    "a byte order mark": "\ufeff" + FENCED,
    "line separators": FENCED.replace("\n", "\u2028"),
    "halves of a character": FENCED.replace("theorem", "-- \ud835\udcdd\ntheorem"),
    "a half of a character": FENCED.replace("theorem", "-- \ud835\ntheorem"),
    "a NUL": FENCED.replace("omega", "om\x00ega"),
}

ALL = {
    f"{group}: {title}": answer
    for group, table in {
        "fences": FENCES,
        "several": SEVERAL,
        "bare": BARE,
        "heads": HEADS,
        "channels": CHANNELS,
        "tags": TAGS,
        "JSON": JSON,
        "characters": CHARACTERS,
    }.items()
    for title, answer in table.items()
}


@pytest.mark.parametrize("answer", ALL.values(), ids=ALL)
def test_the_proof_is_found(answer: str) -> None:
    candidate = extract(answer, THEOREM)
    assert candidate is not None
    lines = [line for line in candidate.text.split("\n") if not line.strip().startswith("--")]
    assert (candidate.kind, "\n".join(lines).strip()) == ("tactics", "omega")
    assert LEFTOVER.search(candidate.text) is None


@pytest.mark.parametrize("answer", ALL.values(), ids=ALL)
def test_an_answer_that_was_cut_off_is_no_proof_without_the_end_of_its_block(answer: str) -> None:
    """Where the model did not end by itself, what is taken is what is whole."""
    candidate = read(answer, THEOREM, whole=False).candidate
    assert candidate is None or candidate.kind == "tactics"


def test_a_block_that_was_cut_off_is_told() -> None:
    cut = read(f"The proof:\n```lean4\n{HEAD}\n  om", THEOREM, whole=False)
    assert (cut.candidate, cut.cut) == (None, True)


PIECES = st.lists(
    st.sampled_from([
        "```", "````", "~~~", "```lean4", "lean4", "\n", " ", "  ", "> ", "1. ", "- ", "/-", "-/",
        "--", "<think>", "</think>", "<answer>", "</answer>", "<|im_end|>", "<|channel|>", "final",
        "<|message|>", "[THINK]", "</s>", HEAD, "omega", "theorem", "sorry", "Prose here.", '"',
        "{", '{"proof": "', '"}', "`", "#check", "end", "import Mathlib", "&lt;", "\\n"
    ]),
    max_size=24,
)  # fmt: skip


@given(PIECES)
@settings(deadline=None)
def test_nothing_that_is_no_lean_reaches_the_kernels(pieces: list[str]) -> None:
    candidate = extract("".join(pieces), THEOREM)
    assert candidate is None or LEFTOVER.search(candidate.text) is None


def test_a_text_that_still_holds_a_fence_says_so() -> None:
    reading = read("```lean4\nomega /- a ```comment``` without an end\n```", THEOREM)
    assert reading.candidate is None
    assert reading.why == "the code still holds '```'"
