"""The trusted library: constants of compiled modules, put into a kernel environment as needed.

Nothing here is checked: these modules are what the profile trusts. A constant is loaded with all
that it mentions, once, and kept for as long as the process lives. Proofs of theorems are left out.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from prover_arb.oracle.kernels.official.lean import Lean, Object
from prover_arb.oracle.kernels.official.names import Names
from prover_arb.oracle.kernels.official.olean import Damaged, Module, Pointer
from prover_arb.oracle.kernels.official.store import Name

KERNEL_NAMES = (
    "Nat", "Nat.zero", "Nat.succ", "Nat.add", "Nat.sub", "Nat.mul", "Nat.div", "Nat.mod",
    "Nat.gcd", "Nat.beq", "Nat.ble", "Nat.land", "Nat.lor", "Nat.xor", "Nat.shiftLeft",
    "Nat.shiftRight", "Nat.pow", "Nat.log2", "Bool.true", "Bool.false", "String",
    "String.ofList", "Char", "Char.ofNat", "List.nil", "List.cons", "Eq", "Quot", "Quot.mk",
    "Quot.lift", "Quot.ind",
)  # fmt: skip
"""What the kernel looks for by name, whatever it is given."""

UNTRUSTED: frozenset[Name] = frozenset(
    tuple(name.split("."))
    for name in (
        "sorryAx", "Lean.ofReduceBool", "Lean.ofReduceNat", "Lean.reduceBool", "Lean.reduceNat",
        "Lean.trustCompiler", "lcAny", "lcProof", "lcUnreachable", "unsafeCast", "ptrAddrUnsafe",
    )
)  # fmt: skip
"""Constants of the library that are not mathematics: nothing may rest on them."""

DEEPEST = 200_000
"""How deep our own recursion over terms of the library may go."""

_AXIOM, _DEF, _THEOREM, _OPAQUE, _QUOT, _INDUCTIVE, _CONSTRUCTOR, _RECURSOR = range(8)
_PRIVATE, _NESTED = "_private", "_nested"
"""How the private names of a module begin, and those of the kernel's own auxiliary types."""
_AFTER_DATA = 8
"""Where a term's own bytes begin, after the hash and flags that Lean keeps with it."""
_ZERO, _SUCC, _MAX, _IMAX, _PARAM = range(5)


class Library:
    """An environment that grows with the constants asked for."""

    def __init__(self, lean: Lean, roots: Sequence[str], path: Sequence[Path], word: int) -> None:
        """All that `roots` import, found along `path`.

        Raises:
            Damaged, OSError: a module is missing or unreadable.
        """
        self.names = Names(lean)
        self._lean = lean
        self._where: dict[Name, tuple[_Reader, Pointer]] = {}
        self._loaded: set[Name] = set()
        self._unshipped: set[Name] = set()
        """Names that loaded constants mention, which are in no module."""
        self._modules: set[Name] = set()
        self._path, self._word = path, word
        self._open(roots)
        environment = lean.environment_mark_quot_init(lean.empty_environment())
        self.environment: Object = environment
        self.load(self.named(name) for name in KERNEL_NAMES)

    def named(self, dotted: str) -> Name:
        return tuple(dotted.split("."))

    def __contains__(self, name: Name) -> bool:
        return name in self._where

    def __len__(self) -> int:
        return len(self._where)

    def reserved(self, name: Name) -> str | None:
        """Why nothing outside the library may have this name; None where it may."""
        if name in self._where or name in UNTRUSTED:
            return "is declared already, in the library"
        if name[0] == _PRIVATE:
            module = tuple(itertools.takewhile(lambda part: isinstance(part, str), name[1:]))
            if module in self._modules:
                return "is private to a module of the library"
        if name in self._unshipped:
            return "is mentioned in the library, which does not ship it"
        if name[0] == _NESTED:
            return "is a name that the kernel uses itself"
        return None

    @property
    def loaded(self) -> int:
        """Constants in the environment."""
        return len(self._loaded)

    def load(self, names: Iterable[Name]) -> None:
        """Put constants and all that they mention into the environment; unknown ones are passed."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(DEEPEST)
        try:
            self._load([name for name in names if name not in self._loaded])
        finally:
            sys.setrecursionlimit(limit)

    def _load(self, waiting: list[Name]) -> None:
        while waiting:
            name = waiting.pop()
            if name in self._loaded or name not in self._where:
                continue
            reader, at = self._where[name]
            constant, mentioned = reader.constant(at)
            self._lean.persist(constant)
            self.environment = self._lean.environment_add(self.environment, constant)
            self._loaded.add(name)
            self._unshipped.update(mentioned - self._where.keys())
            waiting += [one for one in mentioned if one not in self._loaded]

    def _open(self, roots: Sequence[str]) -> None:
        waiting = [self.named(root) for root in roots]
        while waiting:
            name = waiting.pop()
            if name in self._modules:
                continue
            self._modules.add(name)
            relative = Path(*map(str, name)).with_suffix(".olean")
            found = next((p / relative for p in self._path if (p / relative).is_file()), None)
            if found is None:
                raise FileNotFoundError(f"module {'.'.join(map(str, name))} is not on the path")
            module = Module(found, self._word)
            reader = _Reader(module, self._lean, self.names)
            for one in module.array(module.imports):
                waiting.append(reader.name(module.fields(one)[0]))
            constants = module.array(module.constants)
            for where, at in zip(module.array(module.names), constants, strict=True):
                self._where.setdefault(reader.name(where), (reader, at))


class _Reader:
    """From the objects of one module to those of the running Lean; shared parts stay shared."""

    def __init__(self, module: Module, lean: Lean, names: Names) -> None:
        self._module, self._lean, self._names = module, lean, names
        self._name: dict[Pointer, Name] = {}
        self._level: dict[Pointer, Object] = {}
        self._expr: dict[Pointer, Object] = {}
        self._mentioned: set[Name] = set()

    def name(self, at: Pointer) -> Name:
        if at & 1:
            return ()
        found = self._name.get(at)
        if found is None:
            module = self._module
            prefix, last = module.fields(at)
            part = module.text(last) if module.tag(at) == 1 else module.natural(last)
            found = self._name[at] = (*self.name(prefix), part)
        return found

    def constant(self, at: Pointer) -> tuple[Object, set[Name]]:
        """The constant and the names it mentions."""
        module, lean = self._module, self._lean
        self._mentioned = set()
        self._expr.clear()  # so that every name mentioned is met
        kind = module.tag(at)
        (value,) = module.fields(at)
        base, *rest = module.fields(value)
        made = self._makers[kind](self, self._base(base), value, rest)
        tag = _AXIOM if kind == _THEOREM else kind
        return lean.constructor(tag, [made]), self._mentioned

    def _base(self, at: Pointer) -> list[Object]:
        """Name, universe parameters and type."""
        name, params, type_ = self._module.fields(at)
        return [self._names[self.name(name)], self._name_list(params), self._term(type_)]

    def _axiom(self, base: list[Object], at: Pointer, rest: list[Pointer]) -> Object:
        return self._lean.mk_axiom_val(*base, self._module.byte(at, 0))

    def _theorem(self, base: list[Object], at: Pointer, rest: list[Pointer]) -> Object:
        return self._lean.mk_axiom_val(*base, 0)

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

    def _opaque(self, base: list[Object], at: Pointer, rest: list[Pointer]) -> Object:
        return self._lean.mk_axiom_val(*base, self._module.byte(at, 0))

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

    _makers: tuple[Callable[..., Object], ...] = (
        _axiom, _definition, _theorem, _opaque, _quot, _inductive, _constructor, _recursor,
    )  # fmt: skip

    def _number(self, at: Pointer) -> Object:
        return self._lean.natural(self._module.natural(at))

    def _mention(self, at: Pointer) -> Object:
        name = self.name(at)
        self._mentioned.add(name)
        return self._names[name]

    def _name_list(self, at: Pointer) -> Object:
        return self._names.list(self.name(one) for one in self._module.list(at))

    def _mention_list(self, at: Pointer) -> Object:
        return self._lean.list([self._mention(one) for one in self._module.list(at)])

    def _universe(self, at: Pointer) -> Object:
        lean, module = self._lean, self._module
        if at & 1 or module.tag(at) == _ZERO:
            return lean.zero
        made = self._level.get(at)
        if made is None:
            kind, parts = module.tag(at), module.fields(at)
            if kind == _PARAM:
                made = lean.level_mk_param(self._names[self.name(parts[0])])
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
        made = [self._universe(one) for one in self._module.list(levels)]
        return self._lean.expr_mk_const(self._mention(name), self._lean.list(made))

    def _app(self, at: Pointer, f: Pointer, a: Pointer) -> Object:
        return self._lean.expr_mk_app(self._term(f), self._term(a))

    def _lam(self, at: Pointer, name: Pointer, type_: Pointer, body: Pointer) -> Object:
        parts = (self._names[self.name(name)], self._term(type_), self._term(body))
        return self._lean.expr_mk_lambda(*parts, self._module.byte(at, _AFTER_DATA))

    def _forall(self, at: Pointer, name: Pointer, type_: Pointer, body: Pointer) -> Object:
        parts = (self._names[self.name(name)], self._term(type_), self._term(body))
        return self._lean.expr_mk_forall(*parts, self._module.byte(at, _AFTER_DATA))

    def _let(self, at: Pointer, name: Pointer, *parts: Pointer) -> Object:
        return self._lean.expr_mk_let(self._names[self.name(name)], *map(self._term, parts), 0)

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
