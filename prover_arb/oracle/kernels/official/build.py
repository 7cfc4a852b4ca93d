"""From the terms and declarations of a store to the kernel's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from prover_arb.oracle.kernels.official.export import Declaration, InductiveType
from prover_arb.oracle.kernels.official.lean import NIL, Lean, Object
from prover_arb.oracle.kernels.official.names import Names
from prover_arb.oracle.kernels.official.store import Name, Store

_DECLARATION = {"axiom": 0, "def": 1, "thm": 2, "opaque": 3}
_SAFE = 1
_BINDER: Name = ("x",)
"""Every variable is bound under this name: the kernel makes names out of those of a constructor's
variables, and some names that nobody would write end the process there."""
_DEFAULT = 0


class Builder:
    """Builds what declarations consist of; what has been built is kept until the process ends."""

    def __init__(self, lean: Lean, names: Names, store: Store) -> None:
        self._lean, self._names, self._store = lean, names, store
        self._binder = names[_BINDER]
        self._levels: dict[int, Object] = {0: lean.zero}
        self._lists: dict[tuple[int, ...], Object] = {(): NIL}
        self._terms: dict[int, Object] = {}

    def declaration(self, declaration: Declaration) -> Object:
        """The declaration as the kernel takes it."""
        self._build(declaration.roots)
        if declaration.kind == "inductive":
            made = self._inductive(declaration)
        else:
            made = self._lean.constructor(
                _DECLARATION[declaration.kind], [self._constant(declaration)]
            )
        self._lean.persist(made)
        return made

    def name(self, name: Name) -> Object:
        return self._names[name]

    def _build(self, roots: Iterable[int]) -> None:
        terms, nodes = self._terms, self._store.terms
        for number in self._store.reach(roots, terms):
            node = nodes[number]
            terms[number] = self._makers[node[0]](self, *node[1:])

    def _constant(self, declaration: Declaration) -> Object:
        lean, params = self._lean, self._params(declaration.params)
        name, type_ = self._names[declaration.name], self._terms[declaration.type]
        if declaration.kind == "axiom":
            return lean.mk_axiom_val(name, params, type_, 0)
        value, all_ = self._terms[declaration.value], lean.list([name])
        if declaration.kind == "thm":
            return lean.mk_theorem_val(name, params, type_, value, all_)
        if declaration.kind == "opaque":
            return lean.mk_opaque_val(name, params, type_, value, 0, all_)
        hints = self._hints(declaration.hints)
        return lean.mk_definition_val(name, params, type_, value, hints, _SAFE, all_)

    def _inductive(self, declaration: Declaration) -> Object:
        lean = self._lean
        types = [
            lean.constructor(0, [self._names[t.name], self._terms[t.type], self._constructors(t)])
            for t in declaration.types
        ]
        params, parameters = self._params(declaration.params), lean.natural(declaration.parameters)
        return lean.mk_inductive_decl(params, parameters, lean.list(types), 0)

    def _constructors(self, of: InductiveType) -> Object:
        made = [
            self._lean.constructor(0, [self._names[name], self._terms[type_]])
            for name, type_ in of.constructors
        ]
        return self._lean.list(made)

    def _hints(self, hints: str | int) -> Object:
        if isinstance(hints, int):
            return self._lean.mk_reducibility_hints_regular(hints)
        return {"opaque": 1, "abbrev": 3}[hints]

    def _params(self, numbers: Sequence[int]) -> Object:
        return self._names.list(self._store.names[n] for n in numbers)

    def _level(self, number: int) -> Object:
        made = self._levels.get(number)
        if made is None:
            lean, (kind, *parts) = self._lean, self._store.levels[number]
            if kind == "param":
                made = lean.level_mk_param(self._names[self._store.names[parts[0]]])
            else:
                mk = {"succ": lean.level_mk_succ, "max": lean.level_mk_max,
                      "imax": lean.level_mk_imax}[kind]  # fmt: skip
                made = mk(*map(self._level, parts))
            lean.persist(made)
            self._levels[number] = made
        return made

    def _level_list(self, numbers: tuple[int, ...]) -> Object:
        made = self._lists.get(numbers)
        if made is None:
            made = self._lists[numbers] = self._lean.list([self._level(n) for n in numbers])
            self._lean.persist(made)
        return made

    def _app(self, f: int, a: int) -> Object:
        return self._lean.expr_mk_app(self._terms[f], self._terms[a])

    def _lam(self, t: int, b: int) -> Object:
        return self._lean.expr_mk_lambda(self._binder, self._terms[t], self._terms[b], _DEFAULT)

    def _forall(self, t: int, b: int) -> Object:
        return self._lean.expr_mk_forall(self._binder, self._terms[t], self._terms[b], _DEFAULT)

    def _let(self, t: int, v: int, b: int) -> Object:
        parts = (self._terms[t], self._terms[v], self._terms[b])
        return self._lean.expr_mk_let(self._binder, *parts, 0)

    def _const(self, name: int, levels: tuple[int, ...]) -> Object:
        made = self._level_list(levels)
        return self._lean.expr_mk_const(self._names[self._store.names[name]], made)

    def _bvar(self, index: int) -> Object:
        return self._lean.expr_mk_bvar(self._lean.natural(index))

    def _sort(self, level: int) -> Object:
        return self._lean.expr_mk_sort(self._level(level))

    def _natural(self, digits: str) -> Object:
        return self._lean.expr_mk_lit(self._lean.constructor(0, [self._lean.decimal(digits)]))

    def _text(self, text: str) -> Object:
        return self._lean.expr_mk_lit(self._lean.constructor(1, [self._lean.string(text)]))

    def _proj(self, name: int, index: int, of: int) -> Object:
        structure = self._names[self._store.names[name]]
        return self._lean.expr_mk_proj(structure, self._lean.natural(index), self._terms[of])

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
    }
    """By the kind of a term."""
