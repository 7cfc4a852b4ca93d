"""What an accepted proof must be, told from its data alone, by none of the judges' code.

Constants and terms are compared by digests of what they say: names in full, binders without their
names. A judge could be wrong in how it compares, renames or drops; this looks at what came out.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

Lines = list[dict[str, Any]]


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Meaning:
    """The declarations of an export by their names, as digests."""

    def __init__(self, lines: Lines) -> None:
        self._names = ["[]"]
        self._levels = [_digest("zero")]
        self._terms: list[str] = []
        self.types: dict[str, str] = {}
        self.whole: dict[str, str] = {}
        """Type and value; of an inductive type its constructors too."""
        self.kinds: dict[str, str] = {}
        self.order: list[str] = []
        for line in lines:
            self._read(line)

    def _read(self, line: dict[str, Any]) -> None:
        if "in" in line:
            ((kind, body),) = ((k, v) for k, v in line.items() if k != "in")
            part = body["str"] if kind == "str" else body["i"]
            self._names.append(json.dumps([*json.loads(self._names[body["pre"]]), part]))
        elif "il" in line:
            ((kind, body),) = ((k, v) for k, v in line.items() if k != "il")
            if kind == "param":
                self._levels.append(_digest(kind, self._names[body]))
            else:
                parts = body if isinstance(body, list) else [body]
                self._levels.append(_digest(kind, *(self._levels[i] for i in parts)))
        elif "ie" in line:
            ((kind, body),) = ((k, v) for k, v in line.items() if k != "ie")
            self._terms.append(self._term(kind, body))
        else:
            ((kind, body),) = line.items()
            self._declaration(kind, body)

    def _term(self, kind: str, body: Any) -> str:
        if kind == "mdata":
            return self._terms[body["expr"]]
        if kind == "sort":
            return _digest(kind, self._levels[body])
        if kind == "const":
            return _digest(kind, self._names[body["name"]], *(self._levels[i] for i in body["us"]))
        if kind == "proj":
            structure = self._names[body["typeName"]]
            return _digest(kind, structure, body["idx"], self._terms[body["struct"]])
        if not isinstance(body, dict):
            return _digest(kind, str(body))
        inner = (key for key in ("fn", "arg", "type", "value", "body") if key in body)
        return _digest(kind, *(self._terms[body[key]] for key in inner))

    def _declaration(self, kind: str, body: Any) -> None:
        if kind == "inductive":
            names = [self._names[one["name"]] for one in body["types"]]
            block = _digest(kind, *(self._head(one) for one in (*body["types"], *body["ctors"])))
            for one in (*body["types"], *body["ctors"]):
                self._add(self._names[one["name"]], kind, self._terms[one["type"]], block)
            self.order.append(names[0])
        elif kind not in {"meta", "quot"}:
            value = self._terms[body["value"]] if "value" in body else ""
            name = self._names[body["name"]]
            self._add(name, kind, self._terms[body["type"]], _digest(kind, self._head(body), value))
            self.order.append(name)

    def _head(self, body: dict[str, Any]) -> list[Any]:
        params = [self._names[i] for i in body["levelParams"]]
        return [self._names[body["name"]], params, self._terms[body["type"]]]

    def _add(self, name: str, kind: str, type_: str, whole: str) -> None:
        assert name not in self.whole, f"{name} is declared twice"
        self.types[name], self.whole[name], self.kinds[name] = type_, whole, kind


def objection(reference: Lines, job: Lines) -> str:
    """Why a job is not about the statement; empty where it is."""
    asked, judged = Meaning(reference), Meaning(job)
    goal = asked.order[-1]
    if judged.order[-1] != goal or judged.kinds[goal] != "thm":
        return "the last declaration is not the theorem"
    if judged.types[goal] != asked.types[goal]:
        return "the theorem has another type"
    for name, whole in judged.whole.items():
        if name in asked.whole and name != goal and whole != asked.whole[name]:
            return f"{name} is not what the statement declares"
        if name not in asked.whole and judged.kinds[name] not in {"thm", "def"}:
            return f"{name} is a {judged.kinds[name]}"
    return ""
