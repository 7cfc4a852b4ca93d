"""Answers that prove something else, or nothing."""

from __future__ import annotations

import copy
import random

from tests.oracle.kernels.drafts import Draft
from tests.oracle.kernels.exports import is_declaration, joined
from tests.oracle.kernels.mutate import altered
from tests.soundness.hostile.answer import LIBRARY, Answer, claiming, closed, declare, finish, head
from tests.soundness.hostile.statements import Corpus


def another_proof(draw: random.Random, corpus: Corpus) -> Answer:
    """The proof of another theorem, under its own type or under the one asked for."""
    asked = draw.choice((*corpus.false, *corpus.true))
    other = draw.choice([one for one in corpus.true if one is not asked])
    made = copy.deepcopy(other.proof or [])
    if draw.random() < 0.5:
        made = joined(copy.deepcopy(other.constants), made)
    if draw.random() < 0.7:
        made = claiming(made, asked)
    return Answer(asked, altered(draw, made, draw.choice((0, 0, 1))))


def echoed(draw: random.Random, corpus: Corpus) -> Answer:
    """The reference itself comes back, the theorem proved by something near at hand."""
    asked = draw.choice((*corpus.false, *corpus.true))
    draft = Draft.after(copy.deepcopy(asked.constants))
    if draw.random() < 0.3:
        draft.lines = [line for line in draft.lines if not is_declaration(line)]
    finish(draw, draft, asked)
    last = draft.lines.pop()
    body = last["thm"]
    here = Draft.after(draft.lines)
    choice = draw.randrange(6)
    if choice == 0:
        body["value"] = here.term("const", {"name": body["name"], "us": []})
    elif choice == 1:
        body["value"], body["type"] = body["type"], body["value"]
    elif choice == 2:
        body["value"] = body["type"]
    kind = draw.choice(("thm", "thm", "thm", "axiom", "def", "opaque"))
    if kind == "axiom":
        body = {**head(body), "isUnsafe": draw.random() < 0.5}
    elif kind == "def":
        body |= {"hints": "abbrev", "safety": draw.choice(("safe", "partial", "unsafe"))}
    elif kind == "opaque":
        body["isUnsafe"] = False
    here.add({kind: body})
    return Answer(asked, altered(draw, here.lines, draw.choice((0, 0, 1))))


def random_terms(draw: random.Random, corpus: Corpus) -> Answer:
    """Small declarations of random terms over the library, the statement and themselves."""
    asked = draw.choice((*corpus.false, *corpus.true))
    draft = Draft.after(
        [line for line in copy.deepcopy(asked.constants) if not is_declaration(line)]
    )
    for number in range(draw.randrange(4)):
        _random_term(draw, draft)
        name = draft.name(draw.choice(("a", "b", "target.a", f"target._aside.{number}", "_x.1")))
        declare(draw, draft, name)
    finish(draw, draft, asked)
    last = draft.lines.pop()["thm"]
    after = Draft.after(draft.lines)
    last["value"] = _random_term(draw, after)
    after.add({"thm": last})
    return Answer(asked, after.text())


def _random_term(draw: random.Random, draft: Draft) -> int:
    made = [
        draft.const("Nat"),
        draft.const("True.intro"),
        draft.sort(),
        draft.nat(draw.randrange(3)),
    ]
    for _ in range(draw.randrange(12)):
        kind = draw.randrange(7)
        if kind == 0:
            made.append(draft.app(draw.choice(made), draw.choice(made)))
        elif kind == 1:
            made.append(draft.lam(draw.choice(made), draw.choice(made)))
        elif kind == 2:
            made.append(draft.pi(draw.choice(made), draw.choice(made)))
        elif kind == 3:
            made.append(draft.let(draw.choice(made), draw.choice(made), draw.choice(made)))
        elif kind == 4:
            made.append(draft.bvar(draw.randrange(3)))
        elif kind == 5:
            name = draw.choice((*LIBRARY, "target", "a", "b"))
            made.append(draft.const(name, *([draft.one()] * draw.randrange(2))))
        else:
            made.append(draft.proj(draw.choice(("And", "Prod", "True", "Nat")), draw.randrange(3),
                                   draw.choice(made)))  # fmt: skip
    whole = set(closed(draft.lines))
    return next((term for term in reversed(made) if term in whole), made[0])
