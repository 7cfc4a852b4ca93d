"""Which of the blocks in an answer is the proof."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from prover_arb.core.theorem import Theorem
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import Command
from prover_arb.problems.lean_looks import DECLARING, is_unfinished, looks_lean
from prover_arb.problems.loose_fences import Block
from prover_arb.provers.chat.answers.statement import commands_in, proof_of

_DECLARED = re.compile(
    r"^[ \t]*(?:@\[[^\]\n]*\]\s*)?(?:(?:private|protected|noncomputable|nonrec)\s+)*"
    r"(?:theorem|lemma|def|abbrev|instance)\s+([^\s({\[:]+)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Choice:
    """A block, and how much speaks for it."""

    block: Block
    worth: int
    """4: the theorem as it was stated, with a proof; 3: in other words; 2: other Lean; 1: it is not
    finished; 0: nothing to judge."""


def best(blocks: Sequence[Block], theorem: Theorem) -> Choice | None:
    """The last of the blocks that most speaks for, with the lemmas that earlier ones declare."""
    usable = [b for b in blocks if b.code.strip() and not b.is_foreign and not b.indented]
    usable = usable or [b for b in blocks if b.indented and looks_lean(b.code)]
    choices = [Choice(block, _worth(block, theorem)) for block in usable]
    if not choices:
        return None
    order = range(len(choices))
    place = max(order, key=lambda i: (choices[i].worth, choices[i].block.is_lean, i))
    chosen = choices[place]
    code = _with_lemmas(chosen.block.code, [choice.block for choice in choices[:place]])
    return replace(chosen, block=replace(chosen.block, code=code))


def _worth(block: Block, theorem: Theorem) -> int:
    code = block.code
    if DECLARING.search(code) is not None:
        try:
            return _worth_of_file(code, commands_in(code), theorem)
        except ProblemError:
            return 1
    if all(line.startswith("#") for line in code.split("\n") if line.strip()):
        return 0
    return 1 if is_unfinished(code) else 2


def _worth_of_file(code: str, commands: Sequence[Command], theorem: Theorem) -> int:
    stated = [
        declared
        for declared in (proof_of(code, command, theorem) for command in commands)
        if declared
    ]
    stating = [command for command in commands if command.states]
    proofs = any(token.kind == "assign" for command in stating for token in command.tokens)
    if stating and not stated and not proofs:
        return 0
    if is_unfinished(code):
        return 1
    if not stated:
        return 2
    return 4 if any(declared.same for declared in stated) else 3


def _with_lemmas(code: str, earlier: Sequence[Block]) -> str:
    """The code after those earlier blocks that declare what it uses and does not declare itself."""
    before: list[str] = []
    for block in reversed(earlier):
        whole = "\n\n".join([*before, code])
        new = set(_DECLARED.findall(block.code)) - set(_DECLARED.findall(whole))
        if is_unfinished(block.code) or set(_DECLARED.findall(block.code)) != new:
            continue
        if any(re.search(rf"(?<![\w.]){re.escape(name)}(?![\w'])", whole) for name in new):
            before.insert(0, block.code.strip("\n"))
    return "\n\n".join([*before, code])
