"""From the tables of an export to the kernel's own terms and declarations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prover_arb.oracle.kernels.official.export import Declaration, Export, InductiveType
from prover_arb.oracle.kernels.official.lean import NIL, Lean, Object
from prover_arb.oracle.kernels.official.names import Names
from prover_arb.oracle.kernels.official.nodes import Name, Node

_DECLARATION = {"axiom": 0, "def": 1, "thm": 2, "opaque": 3}
_SAFE = 1


class Terms:
    """Every level and term of an export, built; they are kept until the process ends."""

    def __init__(self, lean: Lean, names: Names, export: Export) -> None:
        self.export = export
        self._lean = lean
        self.names = names
        self._names = [names[name] for name in export.names]
        self._levels: list[Object] = [lean.zero]
        for level in export.levels[1:]:
            self._levels.append(self._level(level))
        self._lists: dict[tuple[int, ...], Object] = {(): NIL}
        self.exprs: list[Object] = []
        for expr in export.exprs:
            self.exprs.append(self._expr(expr))

    def name(self, name: Name) -> Object:
        return self.names[name]

    def params(self, one: Declaration) -> list[Name]:
        return [self.export.names[p] for p in one.params]

    def declaration(self, one: Declaration) -> Object:
        """The declaration as the kernel takes it."""
        if one.kind == "inductive":
            made = self._inductive(one)
        else:
            made = self._lean.constructor(_DECLARATION[one.kind], [self._constant(one)])
        self._lean.persist(made)
        return made

    def _constant(self, one: Declaration) -> Object:
        lean, params = self._lean, self._name_list(one.params)
        name, type_ = self.name(one.name), self.exprs[one.type]
        if one.kind == "axiom":
            return lean.mk_axiom_val(name, params, type_, 0)
        value, all_ = self.exprs[one.value], lean.list([name])
        if one.kind == "thm":
            return lean.mk_theorem_val(name, params, type_, value, all_)
        if one.kind == "opaque":
            return lean.mk_opaque_val(name, params, type_, value, 0, all_)
        hints = self._hints(one.hints)
        return lean.mk_definition_val(name, params, type_, value, hints, _SAFE, all_)

    def _inductive(self, one: Declaration) -> Object:
        lean = self._lean
        types = [
            lean.constructor(0, [self._names[t.name], self.exprs[t.type], self._constructors(t)])
            for t in one.types
        ]
        params, parameters = self._name_list(one.params), lean.natural(one.parameters)
        return lean.mk_inductive_decl(params, parameters, lean.list(types), 0)

    def _constructors(self, of: InductiveType) -> Object:
        made = [
            self._lean.constructor(0, [self._names[name], self.exprs[type_]])
            for name, type_ in of.constructors
        ]
        return self._lean.list(made)

    def _hints(self, hints: str | int) -> Object:
        if isinstance(hints, int):
            return self._lean.mk_reducibility_hints_regular(hints)
        return {"opaque": 1, "abbrev": 3}[hints]

    def _name_list(self, numbers: Sequence[int]) -> Object:
        return self._lean.list([self._names[n] for n in numbers])

    def _level(self, node: Node) -> Object:
        lean, kind = self._lean, node[0]
        if kind == "param":
            made = lean.level_mk_param(self._names[node[1]])
        elif kind == "succ":
            made = lean.level_mk_succ(self._levels[node[1]])
        else:
            mk = lean.level_mk_max if kind == "max" else lean.level_mk_imax
            made = mk(self._levels[node[1]], self._levels[node[2]])
        lean.persist(made)
        return made

    def _level_list(self, numbers: tuple[int, ...]) -> Object:
        made = self._lists.get(numbers)
        if made is None:
            made = self._lists[numbers] = self._lean.list([self._levels[n] for n in numbers])
            self._lean.persist(made)
        return made

    def _expr(self, node: Node) -> Object:
        kind, *parts = node
        return self._makers[kind](self, *parts)

    def _app(self, f: int, a: int) -> Object:
        return self._lean.expr_mk_app(self.exprs[f], self.exprs[a])

    def _lam(self, name: int, t: int, b: int, info: int) -> Object:
        return self._lean.expr_mk_lambda(self._names[name], self.exprs[t], self.exprs[b], info)

    def _forall(self, name: int, t: int, b: int, info: int) -> Object:
        return self._lean.expr_mk_forall(self._names[name], self.exprs[t], self.exprs[b], info)

    def _let(self, name: int, t: int, v: int, b: int) -> Object:
        parts = (self.exprs[t], self.exprs[v], self.exprs[b])
        return self._lean.expr_mk_let(self._names[name], *parts, 0)

    def _const(self, name: int, levels: tuple[int, ...]) -> Object:
        return self._lean.expr_mk_const(self._names[name], self._level_list(levels))

    def _bvar(self, index: int) -> Object:
        return self._lean.expr_mk_bvar(self._lean.natural(index))

    def _sort(self, level: int) -> Object:
        return self._lean.expr_mk_sort(self._levels[level])

    def _natural(self, digits: str) -> Object:
        return self._lean.expr_mk_lit(self._lean.constructor(0, [self._lean.decimal(digits)]))

    def _text(self, text: str) -> Object:
        return self._lean.expr_mk_lit(self._lean.constructor(1, [self._lean.string(text)]))

    def _proj(self, name: int, index: int, of: int) -> Object:
        number = self._lean.natural(index)
        return self._lean.expr_mk_proj(self._names[name], number, self.exprs[of])

    def _mdata(self, of: int) -> Object:
        return self.exprs[of]

    _makers: dict[str, Callable[..., Object]] = {  # noqa: RUF012
        "app": _app,
        "lam": _lam,
        "forallE": _forall,
        "letE": _let,
        "const": _const,
        "bvar": _bvar,
        "sort": _sort,
        "natVal": _natural,
        "strVal": _text,
        "proj": _proj,
        "mdata": _mdata,
    }
