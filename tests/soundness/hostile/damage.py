"""Honest answers, damaged: parts exchanged, bits flipped, lines lost, terms made deep or huge."""

from __future__ import annotations

import random

from tests.oracle.kernels.drafts import Draft
from tests.oracle.kernels.exports import joined, text
from tests.oracle.kernels.mutate import altered
from tests.soundness.hostile.answer import Answer, proof_of
from tests.soundness.hostile.meaning import Lines
from tests.soundness.hostile.statements import Asked, Corpus


def structured(draw: random.Random, corpus: Corpus) -> Answer:
    """An honest answer with indices, levels, names, literals, projections, kinds changed."""
    return _damaged(draw, corpus, draw.choice(corpus.true))


def structured_false(draw: random.Random, corpus: Corpus) -> Answer:
    """The same, claiming a false statement."""
    return _damaged(draw, corpus, draw.choice(corpus.false))


def _damaged(draw: random.Random, corpus: Corpus, asked: Asked) -> Answer:
    made = proof_of(draw, corpus, asked)
    for _ in range(draw.randrange(1, 5)):
        draw.choice((_exchange, _redirect, _redirect, _respell))(draw, made)
    return Answer(asked, altered(draw, made, draw.choice((0, 0, 0, 1, 3))))


def _exchange(draw: random.Random, made: Lines) -> None:
    """Two parts of one kind change places, or one of them changes."""
    what = draw.choice(("app", "lam", "forallE", "letE", "proj", "const", "num", "natVal", "strVal",
                        "sort", "bvar", "max", "imax", "param", "succ"))  # fmt: skip
    found = [line for line in made if what in line]
    if not found:
        return
    one, other = draw.choice(found), draw.choice(found)
    body, more = one[what], other[what]
    if what == "bvar":
        one[what] = max(0, body + draw.choice((-1, 1)))
    elif what == "natVal":
        one[what] = str(draw.choice((0, 1, 2, int(body) + 1)))
    elif not isinstance(body, dict):
        one[what], other[what] = more, body
    elif what == "proj":
        body["idx"] = draw.choice((0, 1, 2, body["idx"] + 1))
    elif what in {"lam", "forallE"} and draw.random() < 0.3:
        body["binderInfo"] = draw.choice(("implicit", "strictImplicit", "instImplicit", "default"))
    else:
        key = draw.choice([key for key in body if key in more])
        body[key], more[key] = more[key], body[key]


def _redirect(draw: random.Random, made: Lines) -> None:
    """A part of a term or of a declaration is another term that comes before it."""
    numbers = 0
    places = []
    for line in made:
        body = next((v for k, v in line.items() if k not in {"ie", "in", "il"}), None)
        if "ie" in line:
            numbers += 1
        if isinstance(body, dict) and numbers > 1:
            places += [(body, key, line.get("ie", numbers)) for key in body
                       if key in {"fn", "arg", "type", "value", "body", "struct"}]  # fmt: skip
    if places:
        body, key, below = draw.choice(places)
        body[key] = draw.choice((draw.randrange(below), max(0, body[key] - 1)))


def _respell(draw: random.Random, made: Lines) -> None:
    """A constant is another one, or takes other universes."""
    found = [line["const"] for line in made if "const" in line]
    if found:
        body, other = draw.choice(found), draw.choice(found)
        key = draw.choice(("name", "name", "us"))
        body[key] = other[key]


def bits(draw: random.Random, corpus: Corpus) -> Answer:
    """An honest answer in which some bits have tipped over."""
    asked = draw.choice(corpus.true)
    data = bytearray(text(asked.proof or []).encode())
    for _ in range(draw.randrange(1, 4)):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return Answer(asked, data.decode("utf-8", "replace"))


def shapes(draw: random.Random, corpus: Corpus) -> Answer:
    """Truncated, reordered, doubled, cyclic, deep or huge data."""
    asked = draw.choice((*corpus.false, *corpus.true))
    made = proof_of(draw, corpus, asked)
    return Answer(asked, draw.choice(SHAPES)(draw, made))


def _truncated(draw: random.Random, made: Lines) -> str:
    return text(made)[: draw.randrange(len(text(made)))]


def _reordered(draw: random.Random, made: Lines) -> str:
    start = draw.randrange(len(made))
    part = made[start : start + draw.randrange(2, 40)]
    draw.shuffle(part)
    return text([*made[:start], *part, *made[start + len(part) :]])


def _doubled(draw: random.Random, made: Lines) -> str:
    return draw.choice((text(joined(made, made)), text(made) * 2, text([*made, made[-1]])))


def _cyclic(draw: random.Random, made: Lines) -> str:
    """A term, level or name that refers to itself or forward; theorems that prove each other."""
    numbered = [(line, key) for line in made for key in ("ie", "il", "in") if key in line]
    line, key = draw.choice(numbered)
    for body in line.values():
        if isinstance(body, dict):
            inner = draw.choice(list(body))
            body[inner] = line[key] + draw.randrange(3)
    return text(made)


def _deep(draw: random.Random, made: Lines) -> str:
    draft = Draft.after(made[:-1])
    size = draw.choice((50, 500, 5_000, 31_000) if draw.random() < 0.1 else (50, 300))
    last = made[-1]["thm"]
    kind = draw.randrange(4)
    value = last["value"]
    if kind == 0:
        for _ in range(size):
            value = draft.lam(draft.terms - 1, value)
    elif kind == 1:
        for _ in range(size):
            value = draft.let(last["type"], last["value"], value)
    elif kind == 2:
        level = 0
        for _ in range(size):
            level = draft.level("succ", level)
        value = draft.sort(level)
    else:
        name = 0
        for _ in range(size):
            name = draft.part(name, 0)
        value = draft.term("const", {"name": name, "us": []})
    draft.add({"thm": {**last, "value": value}})
    return draft.text()


def _huge(draw: random.Random, made: Lines) -> str:
    draft = Draft.after(made[:-1])
    size = draw.choice((5_000, 1_100_000) if draw.random() < 0.05 else (5_000, 9_000))
    kind = draw.randrange(4)
    if kind == 0:
        value = draft.nat("9" * size)
    elif kind == 1:
        value = draft.term("strVal", "é" * size)
    elif kind == 2:
        value = draft.term("const", {"name": draft.part(0, "x" * size), "us": []})
    else:
        value = draft.term("bvar", 10 ** draw.randrange(1, 30))
    draft.add({"thm": {**made[-1]["thm"], "value": value}})
    return draft.text()


SHAPES = (_truncated, _reordered, _doubled, _cyclic, _deep, _huge)
