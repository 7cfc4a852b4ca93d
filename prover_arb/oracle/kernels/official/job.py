"""What a kernel was asked, as text in one canonical form, so that another can be asked the same.

The lines are those of an export: names, levels and terms, numbered in the order in which they are
needed, then the declaration that needs them. Binders have one neutral name and kind, numbers no
leading zeros. Constants of the library are only mentioned. The last line is the theorem.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from prover_arb.oracle.kernels.official.export import Declaration, InductiveType
from prover_arb.oracle.kernels.official.refusal import Refused
from prover_arb.oracle.kernels.official.rules import Question
from prover_arb.oracle.kernels.official.store import Name, Store

LARGEST = 30_000_000
"""Most characters of a question; quoted in an answer, it must still be one line."""
_BINDER = ("x",)


def written(question: Question) -> str:
    """The question as lines of JSON.

    Raises:
        Refused: it is too large.
    """
    writer = _Writer(question.store)
    for declaration in (*question.given, *question.own):
        writer.declaration(declaration)
    if sum(map(len, writer.lines)) > LARGEST:
        raise Refused("memory", "the proof is too large to be handed to another kernel")
    return "".join(writer.lines)


class _Writer:
    def __init__(self, store: Store) -> None:
        self.lines: list[str] = []
        self._store = store
        self._names: dict[Name, int] = {(): 0}
        self._levels: dict[int, int] = {0: 0}
        self._terms: dict[int, int] = {}

    def declaration(self, declaration: Declaration) -> None:
        for number in self._store.reach(declaration.roots, self._terms):
            self._term(number)
        if declaration.kind == "inductive":
            self._inductive(declaration)
            return
        name, fields = self._name(declaration.name), ""
        if declaration.kind != "axiom":
            fields = f',"value":{self._terms[declaration.value]},"all":[{name}]'
        if declaration.kind == "def":
            hints = declaration.hints
            how = hints if isinstance(hints, str) else {"regular": hints}
            fields += f',"hints":{json.dumps(how)},"safety":"safe"'
        if declaration.kind in {"axiom", "opaque"}:
            fields += ',"isUnsafe":false'
        head = self._head(name, declaration.params, declaration.type)
        self._line(f'{{"{declaration.kind}":{{{head}{fields}}}}}')

    def _inductive(self, block: Declaration) -> None:
        every = ",".join(str(self._name(t.name)) for t in block.types)
        types = ",".join(self._type(block, t, every) for t in block.types)
        made = [self._constructor(block, t, index) for t in block.types
                for index in range(len(t.constructors))]  # fmt: skip
        self._line(f'{{"inductive":{{"types":[{types}],"ctors":[{",".join(made)}],"recs":[]}}}}')

    def _type(self, block: Declaration, type_: InductiveType, every: str) -> str:
        head = self._head(self._name(type_.name), block.params, type_.type)
        own = ",".join(str(self._name(name)) for name, _ in type_.constructors)
        return (
            f'{{{head},"numParams":{block.parameters},"all":[{every}],"ctors":[{own}],'
            '"isUnsafe":false}'
        )

    def _constructor(self, block: Declaration, of: InductiveType, index: int) -> str:
        name, type_ = of.constructors[index]
        head = self._head(self._name(name), block.params, type_)
        return (
            f'{{{head},"induct":{self._name(of.name)},"cidx":{index},'
            f'"numParams":{block.parameters},"isUnsafe":false}}'
        )

    def _head(self, name: int, params: Sequence[int], type_: int) -> str:
        listed = ",".join(str(self._name(self._store.names[p])) for p in params)
        return f'"name":{name},"levelParams":[{listed}],"type":{self._terms[type_]}'

    def _term(self, number: int) -> None:
        kind, *parts = self._store.terms[number]
        body = self._bodies[kind](self, *parts)
        self._terms[number] = made = len(self._terms)
        self._line(f'{{"{kind}":{body},"ie":{made}}}')

    def _app(self, f: int, a: int) -> str:
        return f'{{"fn":{self._terms[f]},"arg":{self._terms[a]}}}'

    def _binding(self, t: int, b: int) -> str:
        name, terms = self._name(_BINDER), self._terms
        return f'{{"name":{name},"type":{terms[t]},"body":{terms[b]},"binderInfo":"default"}}'

    def _let(self, t: int, v: int, b: int) -> str:
        name, terms = self._name(_BINDER), self._terms
        parts = f'"type":{terms[t]},"value":{terms[v]},"body":{terms[b]}'
        return f'{{"name":{name},{parts},"nondep":false}}'

    def _const(self, name: int, levels: tuple[int, ...]) -> str:
        us = ",".join(str(self._level(level)) for level in levels)
        return f'{{"name":{self._name(self._store.names[name])},"us":[{us}]}}'

    def _sort(self, level: int) -> str:
        return str(self._level(level))

    def _plain(self, value: object) -> str:
        return json.dumps(value)

    def _proj(self, name: int, index: int, of: int) -> str:
        structure = self._name(self._store.names[name])
        return f'{{"typeName":{structure},"idx":{index},"struct":{self._terms[of]}}}'

    _bodies: dict[str, Callable[..., str]] = {  # noqa: RUF012
        "app": _app, "lam": _binding, "forallE": _binding, "letE": _let, "const": _const,
        "bvar": _plain, "sort": _sort, "natVal": _plain, "strVal": _plain, "proj": _proj,
    }  # fmt: skip

    def _level(self, number: int) -> int:
        made = self._levels.get(number)
        if made is None:
            kind, *parts = self._store.levels[number]
            if kind == "param":
                body = str(self._name(self._store.names[parts[0]]))
            else:
                under = [str(self._level(part)) for part in parts]
                body = under[0] if kind == "succ" else f"[{','.join(under)}]"
            self._levels[number] = made = len(self._levels)
            self._line(f'{{"{kind}":{body},"il":{made}}}')
        return made

    def _name(self, name: Name) -> int:
        made = self._names.get(name)
        if made is None:
            before, last = self._name(name[:-1]), name[-1]
            body = f'"str":{{"pre":{before},"str":{json.dumps(last)}}}'
            if isinstance(last, int):
                body = f'"num":{{"pre":{before},"i":{last}}}'
            self._names[name] = made = len(self._names)
            self._line(f'{{{body},"in":{made}}}')
        return made

    def _line(self, text: str) -> None:
        self.lines.append(text + "\n")
