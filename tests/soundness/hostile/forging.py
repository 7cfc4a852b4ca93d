"""Answers that give the names of the statement, or of the library, another meaning."""

from __future__ import annotations

import copy
import random
from typing import Any

from tests.oracle.kernels.drafts import Draft
from tests.oracle.kernels.exports import is_declaration
from tests.oracle.kernels.mutate import altered
from tests.soundness.hostile.answer import (
    KERNEL_MADE,
    LEAN_MADE,
    LIBRARY,
    Answer,
    claiming,
    closed,
    declare,
    finish,
    proof_of,
)
from tests.soundness.hostile.meaning import Lines
from tests.soundness.hostile.statements import Corpus


def forged(draw: random.Random, corpus: Corpus) -> Answer:
    """The statement's constants and matchers mean something else, for which there is a proof."""
    asked, other = draw.choice(corpus.forged)
    made = claiming(other, asked) if draw.random() < 0.6 else copy.deepcopy(other)
    if draw.random() < 0.5:
        _hide(draw, made)
    return Answer(asked, altered(draw, made, draw.choice((0, 0, 0, 1, 2))), never=True)


def redefined(draw: random.Random, corpus: Corpus) -> Answer:
    """One of the statement's own declarations is changed, and the proof relies on it."""
    asked = draw.choice([one for one in corpus.false if any(map(is_declaration, one.constants))])
    draft = Draft.after(copy.deepcopy(asked.constants))
    places = [i for i, line in enumerate(draft.lines) if is_declaration(line)]
    place = draw.choice(places)
    ((kind, body),) = draft.lines[place].items()
    line = draft.lines.pop(place)
    if kind in {"def", "thm", "opaque"}:
        whole = closed(draft.lines)
        depth = draw.randrange(1, 6)
        branch = draw.choice((draft.bvar(draw.randrange(depth)), draw.choice(whole)))
        domains = _domains(draft, body["type"])
        for level in reversed(range(depth)):
            domain = domains[level] if level < len(domains) else draw.choice(whole)
            branch = draft.lam(domain, branch)
        body["value"] = draw.choice((branch, branch, draw.choice(whole)))
        if draw.random() < 0.2:
            body["type"] = draw.choice((draft.const("True"), draft.const("False")))
    elif kind == "inductive":
        _other_block(draw, body)
    draft.add(line)
    finish(draw, draft, asked)
    return Answer(asked, draft.text(), never=True)


def _domains(draft: Draft, type_: int) -> list[int]:
    """The types of the variables that a function type binds, each in its own context."""
    terms = [line for line in draft.lines if isinstance(line, dict) and "ie" in line]
    found = []
    while "forallE" in terms[type_]:
        body = terms[type_]["forallE"]
        found.append(body["type"])
        type_ = body["body"]
    return found


def _other_block(draw: random.Random, body: dict[str, Any]) -> None:
    first = body["types"][0]
    if body["ctors"] and draw.random() < 0.7:
        gone = body["ctors"].pop(draw.randrange(len(body["ctors"])))
        for one in body["types"]:
            one["ctors"] = [name for name in one["ctors"] if name != gone["name"]]
    else:
        first["numParams"] = draw.randrange(3)


def _hide(draw: random.Random, made: Lines) -> None:
    """Some declared names become others that look as if nobody had chosen them."""
    named = [line["str"] for line in made if "str" in line]
    for body in draw.sample(named, min(len(named), draw.randrange(3))):
        body["str"] = draw.choice((*LEAN_MADE, *KERNEL_MADE, body["str"] + "_1", "_private"))


def holes(draw: random.Random, corpus: Corpus) -> Answer:
    """What the library mentions and does not ship is declared, and what stands for it."""
    name = list(draw.choice(corpus.gaps))
    if draw.random() < 0.2:
        name[-1] = draw.choice((*LEAN_MADE, 0, 1))
        if name[0] != "_private":
            name[:0] = ["_private", "Init", "Prelude", 0]
    return _declaring(draw, corpus, name)


def collisions(draw: random.Random, corpus: Corpus) -> Answer:
    """Names of the library, and those that its types, kernel and compiler make."""
    name: list[str | int] = list(draw.choice(LIBRARY).split("."))
    kind = draw.randrange(4)
    if kind == 1:
        name = ["Nat", draw.choice(("rec", "casesOn", "noConfusion", "below", "succ", "zero"))]
    elif kind == 2:
        name = ["_private", "Init", "Core", draw.choice((0, 1)), *name]
    elif kind == 3:
        name = ["_nested", draw.choice(("target", "Nat")), draw.randrange(3)]
    return _declaring(draw, corpus, name)


def _declaring(draw: random.Random, corpus: Corpus, name: list[str | int]) -> Answer:
    """A proof, right or not, that also declares a constant of this name."""
    asked = draw.choice(corpus.true if draw.random() < 0.7 else corpus.false)
    *before, goal = proof_of(draw, corpus, asked)
    draft = Draft.after(before)
    number = 0
    for part in name:
        number = draft.part(number, part)
    declare(draw, draft, number)
    if draw.random() < 0.3:
        goal["thm"]["value"] = draft.term("const", {"name": number, "us": []})
    draft.add(goal)
    return Answer(asked, draft.text(), never=True)


def own_names(draw: random.Random, corpus: Corpus) -> Answer:
    """Names that the statement declares, mentions, or makes Lean or the kernel make."""
    asked = draw.choice((*corpus.false, *corpus.true))
    draft = Draft.after(copy.deepcopy(asked.constants))
    places = [i for i, line in enumerate(draft.lines) if is_declaration(line)]
    declared = [draft.lines[i] for i in places]
    keep = draw.random() < 0.5
    if not keep:
        draft.lines = [line for line in draft.lines if not is_declaration(line)]
    bodies = [next(iter(line.values())) for line in declared]
    names = [body.get("name") or body["types"][0]["name"] for body in bodies]
    base = draw.choice((*names, draft.name("target")))
    name = base
    if draw.random() < 0.8:
        name = draft.part(base, draw.choice((*KERNEL_MADE, *LEAN_MADE, 0, 1, 2**32)))
    for _ in range(draw.randrange(1, 4)):
        declare(draw, draft, name)
    finish(draw, draft, asked)
    return Answer(asked, draft.text())
