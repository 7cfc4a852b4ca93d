"""Lean's names as objects, made once and kept."""

from __future__ import annotations

from collections.abc import Iterable

from prover_arb.oracle.kernels.official.lean import NIL, Lean, Object
from prover_arb.oracle.kernels.official.store import Name


class Names:
    """The object of each name; with `base`, names that it has are taken from there."""

    def __init__(self, lean: Lean, base: Names | None = None) -> None:
        self._lean, self._base = lean, base
        self._made: dict[Name, Object] = {(): NIL}

    def __getitem__(self, name: Name) -> Object:
        made = self._made.get(name) or (self._base._made.get(name) if self._base else None)
        if made is None:
            prefix, last = self[name[:-1]], name[-1]
            if isinstance(last, str):
                made = self._lean.name_mk_string(prefix, self._lean.string(last))
            else:
                made = self._lean.name_mk_numeral(prefix, self._lean.natural(last))
            self._lean.persist(made)
            self._made[name] = made
        return made

    def list(self, names: Iterable[Name]) -> Object:
        return self._lean.list([self[name] for name in names])
