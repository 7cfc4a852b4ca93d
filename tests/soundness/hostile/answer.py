"""What a hostile elaborator answers, and what its answers are put together from."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.oracle.kernels.drafts import Draft
from tests.oracle.kernels.exports import is_declaration, joined
from tests.oracle.kernels.mutate import claiming as claiming_itself
from tests.soundness.hostile.meaning import Lines
from tests.soundness.hostile.statements import Asked, Corpus


@dataclass(frozen=True)
class Answer:
    """Data that claims to prove a statement."""

    asked: Asked
    data: str
    never: bool = False
    """Whether it must be refused even where the statement is true."""


Family = Callable[[random.Random, Corpus], Answer]

LIBRARY = (
    "False", "True", "True.intro", "Nat", "Nat.add", "Nat.rec", "Nat.lt", "Nat.le.step", "Eq",
    "Eq.refl", "Eq.rec", "propext", "Classical.choice", "Quot.lift", "Quot.sound", "sorryAx",
    "lcProof", "Lean.ofReduceBool", "Lean.trustCompiler", "Nat.lt_irrefl", "absurd", "False.elim",
    "id", "Or.inl", "And.intro", "instLTNat", "instDecidableEqNat", "ite", "dite", "String.append",
)  # fmt: skip
KERNEL_MADE = (
    "rec", "rec_1", "rec_2", "casesOn", "recOn", "noConfusion", "noConfusionType", "below",
    "brecOn", "ctorIdx", "mk", "sizeOf_spec", "inj", "injEq",
)  # fmt: skip
LEAN_MADE = (
    "match_1", "match_2", "_proof_1", "proof_1", "eq_1", "eq_def", "_auto_1", "_aux", "_lambda_1",
    "_sunfold", "_unary", "induct", "fun_cases", "_hyg", "_@", "splitter", "_cstage1", "_aside",
)  # fmt: skip


def claiming(proof: Lines, asked: Asked) -> Lines:
    """A proof whose theorem claims to be the one asked for."""
    return copy.deepcopy(claiming_itself(proof, asked.reference))


def proof_of(draw: random.Random, corpus: Corpus, asked: Asked) -> Lines:
    """The right proof of a true statement; of a false one the proof of another."""
    if asked.proof is not None:
        return copy.deepcopy(asked.proof)
    return claiming(draw.choice(corpus.true).proof or [], asked)


def closed(lines: Lines) -> list[int]:
    """The terms that mention no variable from outside themselves."""
    loose: list[int] = []
    for line in lines:
        if "ie" not in line:
            continue
        if "bvar" in line:
            loose.append(line["bvar"] + 1)
            continue
        body = next((v for k, v in line.items() if k != "ie"), None)
        under = 0
        if isinstance(body, dict):
            for key in ("fn", "arg", "type", "value", "struct", "expr", "body"):
                if key in body:
                    under = max(under, loose[body[key]] - (key == "body"))
        loose.append(under)
    return [number for number, under in enumerate(loose) if under <= 0]


def finish(draw: random.Random, draft: Draft, asked: Asked) -> None:
    """The theorem as it was asked for, with some proof that the forged meaning might allow."""
    shift = joined(draft.lines, asked.reference)
    goal = shift.pop()["axiom"]
    size = len(draft.lines)
    added = [line for line in shift[size:] if not is_declaration(line)]
    after = Draft.after([*shift[:size], *added])
    proof = guess(draw, after)
    after.add({"thm": {**head(goal), "value": proof, "all": [goal["name"]]}})
    draft.lines = after.lines


def head(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in ("name", "levelParams", "type")}


def guess(draw: random.Random, draft: Draft) -> int:
    """A term that might be taken for a proof."""
    choice = draw.randrange(6)
    if choice == 0:
        proof = draft.const("True.intro")
    elif choice == 1:
        proof = draft.app(draft.const("Eq.refl", draft.one()), draft.const("Nat"), draft.nat(0))
    elif choice == 2:
        proof = draft.app(
            draft.const("sorryAx", 0), draft.const("False"), draft.const("Bool.false")
        )
    elif choice == 3:
        proof = draw.choice(closed(draft.lines))
    elif choice == 4:
        return draft.lam(draw.choice(closed(draft.lines)), draft.bvar(0))
    else:
        proof = draft.const(draw.choice(LIBRARY), *([draft.one()] * draw.randrange(3)))
    for _ in range(draw.randrange(4)):
        proof = draft.lam(draw.choice(closed(draft.lines)), proof)
    return proof


def declare(draw: random.Random, draft: Draft, name: int) -> None:
    kind = draw.choice(("def", "thm", "def", "thm", "axiom", "opaque"))
    true = (draft.const("True"), draft.const("True.intro"))
    others = [(draft.const("False"), true[1]), (draft.sort(), true[0])]
    type_, value = draw.choice((true, true, *others, (draft.const("Nat"), draft.nat(1))))
    fields: dict[str, Any] = {"name": name, "levelParams": [], "type": type_}
    if kind != "axiom":
        fields |= {"value": value, "all": [name]}
    if kind == "def":
        fields |= {"hints": draw.choice(("abbrev", "opaque")), "safety": "safe"}
    if kind in {"axiom", "opaque"}:
        fields["isUnsafe"] = False
    draft.add({kind: fields})
