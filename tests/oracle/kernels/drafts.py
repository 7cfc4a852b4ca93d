"""Writing exports by hand: declarations as data, right or wrong, for the second kernel."""

from __future__ import annotations

import json
from typing import Any

from prover_arb.oracle.kernels.official.export import parse
from prover_arb.oracle.kernels.official.store import Malformed, Store

NUMBERS = {"in", "il", "ie"}

Term = int
"""The number of a term in its draft."""


class Draft:
    """Lines of an export in the making; every term gets the next number."""

    def __init__(self) -> None:
        self.lines: list[Any] = []
        self._names: dict[str, int] = {"": 0}
        self._name_count = 1
        self._terms = 0
        self._levels = 1

    @classmethod
    def after(cls, lines: list[dict[str, Any]]) -> Draft:
        """A draft that goes on where other lines end."""
        draft = cls()
        names = [""]
        for item in lines:
            if "in" in item:
                [(key, body)] = ((k, v) for k, v in item.items() if k != "in")
                part = body["str"] if key == "str" else str(body["i"])
                names.append(f"{names[body['pre']]}.{part}".lstrip("."))
                draft._names.setdefault(names[-1], len(names) - 1)
            draft._terms += "ie" in item
            draft._levels += "il" in item
        draft.lines, draft._name_count = list(lines), len(names)
        return draft

    @property
    def terms(self) -> int:
        """How many terms there are."""
        return self._terms

    def add(self, item: Any) -> None:
        self.lines.append(item)

    def name(self, dotted: str) -> int:
        """The number of a name; parts that are digits are numbers."""
        if dotted not in self._names:
            prefix, _, last = dotted.rpartition(".")
            part: str | int = int(last) if last.isascii() and last.isdigit() else last
            self._names[dotted] = self.part(self.name(prefix), part)
        return self._names[dotted]

    def part(self, before: int, part: str | int) -> int:
        """The number of the name that `part` makes of the one numbered `before`."""
        kind, key = ("num", "i") if isinstance(part, int) else ("str", "str")
        self.add({kind: {"pre": before, key: part}, "in": self._name_count})
        self._name_count += 1
        return self._name_count - 1

    def level(self, kind: str, body: Any) -> int:
        self.add({kind: body, "il": self._levels})
        self._levels += 1
        return self._levels - 1

    def param(self, name: str) -> int:
        return self.level("param", self.name(name))

    def one(self) -> int:
        """The level of `Type`."""
        return self.level("succ", 0)

    def term(self, kind: str, body: Any) -> Term:
        self.add({kind: body, "ie": self._terms})
        self._terms += 1
        return self._terms - 1

    def const(self, name: str, *levels: int) -> Term:
        return self.term("const", {"name": self.name(name), "us": list(levels)})

    def app(self, f: Term, *arguments: Term) -> Term:
        for a in arguments:
            f = self.term("app", {"fn": f, "arg": a})
        return f

    def bind(self, kind: str, type_: Term, body: Term, name: str = "x") -> Term:
        fields = {"name": self.name(name), "type": type_, "body": body, "binderInfo": "default"}
        return self.term(kind, fields)

    def lam(self, type_: Term, body: Term) -> Term:
        return self.bind("lam", type_, body)

    def pi(self, type_: Term, body: Term) -> Term:
        return self.bind("forallE", type_, body)

    def bvar(self, index: int) -> Term:
        return self.term("bvar", index)

    def sort(self, level: int = 0) -> Term:
        return self.term("sort", level)

    def nat(self, digits: str | int) -> Term:
        return self.term("natVal", str(digits))

    def let(self, type_: Term, value: Term, body: Term) -> Term:
        fields = {
            "name": self.name("x"),
            "type": type_,
            "value": value,
            "body": body,
            "nondep": False,
        }
        return self.term("letE", fields)

    def proj(self, structure: str, index: int, of: Term) -> Term:
        return self.term("proj", {"typeName": self.name(structure), "idx": index, "struct": of})

    def eq(self, left: Term, right: Term) -> Term:
        """`left = right` among the natural numbers."""
        return self.app(self.const("Eq", self.one()), self.const("Nat"), left, right)

    def refl(self, value: Term) -> Term:
        return self.app(self.const("Eq.refl", self.one()), self.const("Nat"), value)

    def declare(
        self, kind: str, name: str, type_: Term, value: Term | None = None, **more: Any
    ) -> None:
        fields: dict[str, Any] = {"name": self.name(name), "levelParams": [], "type": type_}
        if value is not None:
            fields |= {"value": value, "all": [self.name(name)]}
        if kind == "def":
            fields |= {"hints": "abbrev", "safety": "safe"}
        if kind in {"axiom", "opaque"}:
            fields["isUnsafe"] = False
        self.add({kind: fields | more})

    def theorem(self, type_: Term, value: Term, name: str = "target", **more: Any) -> Draft:
        self.declare("thm", name, type_, value, **more)
        return self

    def axiom(self, type_: Term, name: str = "target", **more: Any) -> Draft:
        self.declare("axiom", name, type_, **more)
        return self

    def inductive(
        self,
        name: str,
        type_: Term,
        constructors: dict[str, Term],
        parameters: int = 0,
        indices: int = 0,
    ) -> None:
        self.mutual({name: (type_, constructors)}, parameters, indices)

    def mutual(
        self, types: dict[str, tuple[Term, dict[str, Term]]], parameters: int = 0, indices: int = 0
    ) -> None:
        """A block of types, each with its constructors."""
        shared = {"levelParams": [], "isUnsafe": False, "numParams": parameters}
        block = {"all": [self.name(name) for name in types], "numIndices": indices,
                 "numNested": 0, "isRec": False, "isReflexive": False, **shared}  # fmt: skip
        heads, made = [], []
        for name, (type_, constructors) in types.items():
            own = [self.name(c) for c in constructors]
            heads.append({"name": self.name(name), "type": type_, "ctors": own, **block})
            for index, (c, t) in enumerate(constructors.items()):
                place = {"induct": self.name(name), "cidx": index, "numFields": 0}
                made.append({"name": self.name(c), "type": t, **place, **shared})
        self.add({"inductive": {"types": heads, "ctors": made, "recs": []}})

    def own_statement(self) -> str | None:
        """What the last declaration claims to prove, as an export; None where it is no theorem."""
        last = self.lines[-1] if self.lines else None
        claim = last.get("thm") if isinstance(last, dict) else None
        if claim is None or not claim["name"]:
            return None
        asked = Draft()
        asked.lines = [one for one in self.lines if isinstance(one, dict) and one.keys() & NUMBERS]
        asked.add({"axiom": {k: claim[k] for k in ("name", "levelParams", "type")}})
        try:
            parse(asked.text(), Store())
        except Malformed:
            return None
        return asked.text()

    def text(self) -> str:
        return "".join(
            (line if isinstance(line, str) else json.dumps(line)) + "\n" for line in self.lines
        )


def two(draft: Draft) -> Term:
    """`1 + 1 = 2`, with literals."""
    one = draft.nat(1)
    total = draft.app(draft.const("Nat.add"), one, one)
    return draft.eq(total, draft.nat(2))
