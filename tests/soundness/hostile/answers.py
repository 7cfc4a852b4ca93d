"""Answers of a hostile elaborator, by family; each is made from a random generator alone."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.oracle.kernels.drafts import Draft
from tests.oracle.kernels.exports import is_declaration, joined, text
from tests.oracle.kernels.mutate import altered
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


# --- forged meanings ---------------------------------------------------------------------------


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
    _finish(draw, draft, asked)
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


def _finish(draw: random.Random, draft: Draft, asked: Asked) -> None:
    """The theorem as it was asked for, with some proof that the forged meaning might allow."""
    shift = joined(draft.lines, asked.reference)
    goal = shift.pop()["axiom"]
    size = len(draft.lines)
    added = [line for line in shift[size:] if not is_declaration(line)]
    after = Draft.after([*shift[:size], *added])
    proof = _guess(draw, after)
    after.add({"thm": {**_head(goal), "value": proof, "all": [goal["name"]]}})
    draft.lines = after.lines


def _head(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in ("name", "levelParams", "type")}


def _guess(draw: random.Random, draft: Draft) -> int:
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


# --- names -------------------------------------------------------------------------------------


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
    _declare(draw, draft, number)
    if draw.random() < 0.3:
        goal["thm"]["value"] = draft.term("const", {"name": number, "us": []})
    draft.add(goal)
    return Answer(asked, draft.text(), never=True)


def _declare(draw: random.Random, draft: Draft, name: int) -> None:
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
        _declare(draw, draft, name)
    _finish(draw, draft, asked)
    return Answer(asked, draft.text())


# --- other proofs ------------------------------------------------------------------------------


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
    _finish(draw, draft, asked)
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
        body = {**_head(body), "isUnsafe": draw.random() < 0.5}
    elif kind == "def":
        body |= {"hints": "abbrev", "safety": draw.choice(("safe", "partial", "unsafe"))}
    elif kind == "opaque":
        body["isUnsafe"] = False
    here.add({kind: body})
    return Answer(asked, altered(draw, here.lines, draw.choice((0, 0, 1))))


# --- damage ------------------------------------------------------------------------------------


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


def json_types(draw: random.Random, corpus: Corpus) -> Answer:
    """Wrong types, extra and doubled fields, numbers that readers of JSON disagree about."""
    asked = draw.choice((*corpus.false, *corpus.true))
    lines = text(proof_of(draw, corpus, asked)).splitlines()
    place = draw.randrange(len(lines))
    line = lines[place]
    lines[place] = draw.choice(ODD)(draw, line)
    return Answer(
        asked, draw.choice(("\n", "\n", "\n", "\r\n", "\n\n", "\u2028", ", ")).join(lines) + "\n"
    )


def _number(draw: random.Random, line: str) -> str:
    """A number becomes something else that begins like one."""
    digits = [i for i, c in enumerate(line) if c.isdigit() and not line[i - 1].isalnum()]
    if not digits:
        return line
    at = draw.choice(digits)
    end = at
    while end < len(line) and line[end].isdigit():
        end += 1
    held = line[at:end]
    made = draw.choice((
        f"{held}.0", f"{held}e0", f"-{held}", f"0{held}", f"{held}.5", "1e400", "NaN", "Infinity",
        "-0", "true", "false", "null", "{}", f'"{held}"', f"[{held}]", "9" * 5_000,
        f"{held}{'0' * 400}", str(int(held[:18]) + 2**64),
    ))  # fmt: skip
    return line[:at] + made + line[end:]


def _doubled_key(draw: random.Random, line: str) -> str:
    item = json.loads(line)
    key = draw.choice(list(item))
    other = json.dumps(draw.choice((0, 1, {}, item[key])))
    return draw.choice((f'{line[:-1]},"{key}":{other}}}', f'{{"{key}":{other},{line[1:]}'))


def _wrapped(draw: random.Random, line: str) -> str:
    return draw.choice((
        f"[{line}]", f'{{"a":{line}}}', "[" * 10_000 + "]" * 10_000, line + line, "null",
        f"\ufeff{line}", line + "\0", line[:-1] + ',"status":"proved"}', line[:-1] + ',"ok":true}',
        '{"status":"proved"}', f"// {line}", line + ",", line.replace('"', "'"),
        line.replace(":", "="), " " * 10_000 + line, '{"meta":{"proved":true}}', '{"meta":1}',
        f"{line}\\", line.upper(),
    ))  # fmt: skip


def _word(draw: random.Random, line: str) -> str:
    """A text with surrogates, escapes, or a number in its place."""
    parts = line.split('"')
    if len(parts) < 4:
        return line
    at = draw.randrange(1, len(parts), 2)
    parts[at] = draw.choice((
        "\\ud800", "\\udc00\\ud800", "\\u0000", "\\u00e9", "é", "\u202e", "__proto__",
        "constructor", "thm", "axiom", "quot", "in", "", "\\n{\\\"thm\\\":1}",
    ))  # fmt: skip
    return '"'.join(parts)


ODD = (_number, _number, _doubled_key, _wrapped, _word)


def random_terms(draw: random.Random, corpus: Corpus) -> Answer:
    """Small declarations of random terms over the library, the statement and themselves."""
    asked = draw.choice((*corpus.false, *corpus.true))
    draft = Draft.after(
        [line for line in copy.deepcopy(asked.constants) if not is_declaration(line)]
    )
    for number in range(draw.randrange(4)):
        _random_term(draw, draft)
        name = draft.name(draw.choice(("a", "b", "target.a", f"target._aside.{number}", "_x.1")))
        _declare(draw, draft, name)
    _finish(draw, draft, asked)
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


FAMILIES: dict[str, Family] = {
    "forged constants and matchers": forged,
    "a constant of the statement redefined": redefined,
    "holes of the library": holes,
    "names of the library": collisions,
    "names of the statement": own_names,
    "another theorem's proof": another_proof,
    "the reference echoed": echoed,
    "parts of honest answers exchanged": structured,
    "the same for false statements": structured_false,
    "bits of honest answers flipped": bits,
    "truncated, reordered, cyclic, deep, huge": shapes,
    "JSON of wrong types": json_types,
    "random terms": random_terms,
}
