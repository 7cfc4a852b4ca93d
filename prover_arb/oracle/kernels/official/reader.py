"""From the constants of a compiled module to those of the running Lean."""

from __future__ import annotations

from collections.abc import Callable

from prover_arb.oracle.kernels.official.lean import Lean, Object
from prover_arb.oracle.kernels.official.names import Names
from prover_arb.oracle.kernels.official.olean import Damaged, Pointer
from prover_arb.oracle.kernels.official.shipped import (
    AXIOM,
    CONSTRUCTOR,
    DEFINITION,
    INDUCTIVE,
    OPAQUE,
    QUOTIENT,
    RECURSOR,
    THEOREM,
    Shipped,
)
from prover_arb.oracle.kernels.official.store import Name

_AFTER_DATA = 8
"""Where a term's own bytes begin, after the hash and flags that Lean keeps with it."""
_ZERO, _SUCC, _MAX, _IMAX, _PARAM = range(5)


class Reader:
    """Builds the constants of one module; parts that they share stay shared."""

    def __init__(self, shipped: Shipped, lean: Lean, names: Names) -> None:
        self._shipped, self._module = shipped, shipped.module
        self._lean, self._names = lean, names
        self._level: dict[Pointer, Object] = {}
        self._expr: dict[Pointer, Object] = {}
        self._mentioned: set[Name] = set()

    def constant(self, at: Pointer, *, unsafe: bool) -> tuple[Object, set[Name]]:
        """The constant and the names it mentions.

        Theorems are axioms here, and so are opaque constants; `unsafe` is what those are marked.
        """
        module, lean = self._module, self._lean
        self._mentioned = set()
        self._expr.clear()  # so that every name mentioned is met
        kind = module.tag(at)
        (value,) = module.fields(at)
        base, *rest = module.fields(value)
        if kind in {AXIOM, THEOREM, OPAQUE}:
            made = lean.mk_axiom_val(*self._base(base), int(unsafe))
        else:
            made = self._makers[kind](self, self._base(base), value, rest)
        tag = AXIOM if kind in {THEOREM, OPAQUE} else kind
        return lean.constructor(tag, [made]), self._mentioned

    def _base(self, at: Pointer) -> list[Object]:
        """Name, universe parameters and type."""
        name, params, type_ = self._module.fields(at)
        return [self._names[self._shipped.name(name)], self._name_list(params), self._term(type_)]

    def _definition(self, base: list[Object], at: Pointer, rest: list[Pointer]) -> Object:
        value, hints, all_ = rest
        safety = self._module.byte(at, 0)
        return self._lean.mk_definition_val(
            *base, self._term(value), self._hints(hints), safety, self._name_list(all_)
        )

    def _hints(self, at: Pointer) -> Object:
        if at & 1:
            return at
        return self._lean.mk_reducibility_hints_regular(self._module.uint32(at))

    def _quot(self, base: list[Object], at: Pointer, rest: list[Pointer]) -> Object:
        return self._lean.mk_quot_val(*base, self._module.byte(at, 0))

    def _inductive(self, base: list[Object], at: Pointer, rest: list[Pointer]) -> Object:
        params, indices, all_, constructors, nested = rest
        flags = [self._module.byte(at, index) for index in range(3)]
        return self._lean.mk_inductive_val(
            *base, self._number(params), self._number(indices), self._mention_list(all_),
            self._mention_list(constructors), self._number(nested), *flags,
        )  # fmt: skip

    def _constructor(self, base: list[Object], at: Pointer, rest: list[Pointer]) -> Object:
        of, *numbers = rest
        return self._lean.mk_constructor_val(
            *base, self._mention(of), *map(self._number, numbers), self._module.byte(at, 0)
        )

    def _recursor(self, base: list[Object], at: Pointer, rest: list[Pointer]) -> Object:
        all_, *numbers, rules = rest
        flags = [self._module.byte(at, index) for index in range(2)]
        return self._lean.mk_recursor_val(
            *base, self._mention_list(all_), *map(self._number, numbers),
            self._lean.list([self._rule(rule) for rule in self._module.list(rules)]), *flags,
        )  # fmt: skip

    def _rule(self, at: Pointer) -> Object:
        constructor, fields, right = self._module.fields(at)
        return self._lean.constructor(
            0, [self._mention(constructor), self._number(fields), self._term(right)]
        )

    _makers: dict[int, Callable[..., Object]] = {  # noqa: RUF012
        DEFINITION: _definition,
        QUOTIENT: _quot,
        INDUCTIVE: _inductive,
        CONSTRUCTOR: _constructor,
        RECURSOR: _recursor,
    }

    def _number(self, at: Pointer) -> Object:
        return self._lean.natural(self._module.natural(at))

    def _mention(self, at: Pointer) -> Object:
        name = self._shipped.name(at)
        self._mentioned.add(name)
        return self._names[name]

    def _name_list(self, at: Pointer) -> Object:
        return self._names.list(self._shipped.name(item) for item in self._module.list(at))

    def _mention_list(self, at: Pointer) -> Object:
        return self._lean.list([self._mention(item) for item in self._module.list(at)])

    def _universe(self, at: Pointer) -> Object:
        lean, module = self._lean, self._module
        if at & 1 or module.tag(at) == _ZERO:
            return lean.zero
        made = self._level.get(at)
        if made is None:
            kind, parts = module.tag(at), module.fields(at)
            if kind == _PARAM:
                made = lean.level_mk_param(self._names[self._shipped.name(parts[0])])
            else:
                mk = {_SUCC: lean.level_mk_succ, _MAX: lean.level_mk_max, _IMAX: lean.level_mk_imax}
                made = mk[kind](*map(self._universe, parts))
            lean.persist(made)
            self._level[at] = made
        return made

    def _term(self, at: Pointer) -> Object:
        made = self._expr.get(at)
        if made is None:
            kind = self._module.tag(at)
            made = self._expr[at] = self._terms[kind](self, at, *self._module.fields(at))
        return made

    def _bvar(self, at: Pointer, index: Pointer) -> Object:
        return self._lean.expr_mk_bvar(self._number(index))

    def _open(self, at: Pointer, *parts: Pointer) -> Object:
        raise Damaged(f"{self._module.path}: a constant that is not closed")

    def _sort(self, at: Pointer, level: Pointer) -> Object:
        return self._lean.expr_mk_sort(self._universe(level))

    def _const(self, at: Pointer, name: Pointer, levels: Pointer) -> Object:
        made = [self._universe(item) for item in self._module.list(levels)]
        return self._lean.expr_mk_const(self._mention(name), self._lean.list(made))

    def _app(self, at: Pointer, f: Pointer, a: Pointer) -> Object:
        return self._lean.expr_mk_app(self._term(f), self._term(a))

    def _lam(self, at: Pointer, name: Pointer, type_: Pointer, body: Pointer) -> Object:
        parts = (self._names[self._shipped.name(name)], self._term(type_), self._term(body))
        return self._lean.expr_mk_lambda(*parts, self._module.byte(at, _AFTER_DATA))

    def _forall(self, at: Pointer, name: Pointer, type_: Pointer, body: Pointer) -> Object:
        parts = (self._names[self._shipped.name(name)], self._term(type_), self._term(body))
        return self._lean.expr_mk_forall(*parts, self._module.byte(at, _AFTER_DATA))

    def _let(self, at: Pointer, name: Pointer, *parts: Pointer) -> Object:
        return self._lean.expr_mk_let(
            self._names[self._shipped.name(name)], *map(self._term, parts), 0
        )

    def _literal(self, at: Pointer, literal: Pointer) -> Object:
        (value,) = self._module.fields(literal)
        if self._module.tag(literal) == 0:
            return self._lean.expr_mk_lit(self._lean.constructor(0, [self._number(value)]))
        held = self._lean.string(self._module.text(value))
        return self._lean.expr_mk_lit(self._lean.constructor(1, [held]))

    def _mdata(self, at: Pointer, data: Pointer, of: Pointer) -> Object:
        return self._term(of)

    def _proj(self, at: Pointer, name: Pointer, index: Pointer, of: Pointer) -> Object:
        return self._lean.expr_mk_proj(self._mention(name), self._number(index), self._term(of))

    _terms: tuple[Callable[..., Object], ...] = (
        _bvar, _open, _open, _sort, _const, _app, _lam, _forall, _let, _literal, _mdata, _proj,
    )  # fmt: skip
    """By the tag of a term."""
