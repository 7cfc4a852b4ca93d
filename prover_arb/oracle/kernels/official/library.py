"""The trusted library: constants of compiled modules, put into a kernel environment as needed.

Nothing here is checked: these modules are what the profile trusts. A constant is loaded with all
that it mentions, once, and kept for as long as the process lives. Proofs of theorems are left out.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable

from prover_arb.oracle.kernels.official.lean import Lean, Object
from prover_arb.oracle.kernels.official.modules import Modules
from prover_arb.oracle.kernels.official.names import Names
from prover_arb.oracle.kernels.official.reader import Reader
from prover_arb.oracle.kernels.official.shipped import Shipped
from prover_arb.oracle.kernels.official.store import Name

KERNEL_NAMES = (
    "Nat", "Nat.zero", "Nat.succ", "Nat.add", "Nat.sub", "Nat.mul", "Nat.div", "Nat.mod",
    "Nat.gcd", "Nat.beq", "Nat.ble", "Nat.land", "Nat.lor", "Nat.xor", "Nat.shiftLeft",
    "Nat.shiftRight", "Nat.pow", "Nat.log2", "Bool.true", "Bool.false", "String",
    "String.ofList", "Char", "Char.ofNat", "List.nil", "List.cons", "Eq", "Quot", "Quot.mk",
    "Quot.lift", "Quot.ind",
)  # fmt: skip
"""What the kernel looks for by name, whatever it is given."""

DEEPEST = 200_000
"""How deep our own recursion over terms of the library may go."""

_PRIVATE, _NESTED = "_private", "_nested"
"""How the private names of a module begin, and those of the kernel's own auxiliary types."""


class Library:
    """An environment that grows with the constants asked for."""

    def __init__(self, lean: Lean, modules: Modules, gaps: Iterable[Name] = ()) -> None:
        """The constants of `modules`, which mention the names in `gaps` but do not have them."""
        self.modules, self.names = modules, Names(lean)
        self._lean = lean
        self._readers: dict[Shipped, Reader] = {}
        self._loaded: set[Name] = set()
        self._gaps = set(gaps)
        environment = lean.environment_mark_quot_init(lean.empty_environment())
        self.environment: Object = environment
        self.load(tuple(name.split(".")) for name in KERNEL_NAMES)

    def __contains__(self, name: Name) -> bool:
        return name in self.modules.constants

    def __len__(self) -> int:
        return len(self.modules.constants)

    def reserved(self, name: Name) -> str | None:
        """Why nothing outside the library may have this name; None where it may."""
        if name in self.modules.constants:
            return "is declared already, in the library"
        if name[0] == _PRIVATE:
            module = tuple(itertools.takewhile(lambda part: isinstance(part, str), name[1:]))
            if module in self.modules.by_name:
                return "is private to a module of the library"
        if name in self._gaps:
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
        constants = self.modules.constants
        while waiting:
            name = waiting.pop()
            if name in self._loaded or name not in constants:
                continue
            shipped, at = constants[name]
            reader = self._readers.get(shipped)
            if reader is None:
                reader = self._readers[shipped] = Reader(shipped, self._lean, self.names)
            unsafe = shipped.is_unsafe(name, at)
            constant, mentioned = reader.constant(at, unsafe=unsafe)
            self._lean.persist(constant)
            self.environment = self._lean.environment_add(self.environment, constant)
            self._loaded.add(name)
            self._gaps.update(name for name in mentioned if name not in constants)
            waiting += [name for name in mentioned if name not in self._loaded]
