"""The compiled modules of a library: what is in them, and what each constant rests on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prover_arb.oracle.kernels.official.olean import Module, Pointer
from prover_arb.oracle.kernels.official.shipped import AXIOM, Shipped
from prover_arb.oracle.kernels.official.store import Name

Basis = int
"""What a constant rests on, as far as the files tell: a sum of the following."""
UNSHIPPED, UNTRUSTED = 8, 16
"""A proof or value that is not in the files, so that it may rest on any of the allowed axioms; and
another axiom, something unsafe or partial, or what the kernel would compute by running code."""
AXIOMS: dict[Name, Basis] = {("propext",): 1, ("Classical", "choice"): 2, ("Quot", "sound"): 4}
"""The axioms that proofs may rest on."""

_BY_CODE: frozenset[Name] = frozenset([("Lean", "reduceBool"), ("Lean", "reduceNat")])
"""A kernel may compute these by running code; what they are by definition says nothing of it."""

Place = tuple[Shipped, Pointer]


class Modules:
    """All modules that some roots import, with their constants by name."""

    def __init__(self, roots: Sequence[str], path: Sequence[Path], word: int) -> None:
        """Open them, found along `path`.

        Raises:
            Damaged, OSError: one is missing or unreadable.
        """
        self.by_name: dict[Name, Shipped] = {}
        self.constants: dict[Name, Place] = {}
        self._basis: dict[Name, Basis] = {}
        waiting: list[Name] = [tuple(root.split(".")) for root in roots]
        while waiting:
            name = waiting.pop()
            if name in self.by_name:
                continue
            relative = Path(*map(str, name)).with_suffix(".olean")
            found = next((p / relative for p in path if (p / relative).is_file()), None)
            if found is None:
                raise FileNotFoundError(f"module {'.'.join(map(str, name))} is not on the path")
            shipped = self.by_name[name] = Shipped(Module(found, word))
            waiting += shipped.imports
            for constant, at in shipped.constants:
                self.constants.setdefault(constant, (shipped, at))

    def is_untrusted(self, name: Name) -> bool:
        """Whether nothing may rest on a constant of the library, by its own kind."""
        place = self.constants.get(name)
        if place is None or name in AXIOMS:
            return False
        shipped, at = place
        return name in _BY_CODE or shipped.is_unsafe(name, at) or shipped.is_axiom(name, at)

    def basis(self, name: Name) -> Basis:
        """What a constant rests on, its proof included; computed once."""
        if name not in self._basis:
            self._settle(name)
        return self._basis[name]

    def _settle(self, root: Name) -> None:
        """Find the basis of a constant and of all that it reaches."""
        under: dict[Name, set[Name]] = {}
        waiting = [root]
        while waiting:
            name = waiting.pop()
            if name in self._basis:
                continue
            self._basis[name] = own = self._own(name)
            if own == 0:
                shipped, at = self.constants[name]
                under[name] = shipped.mentions([at]).all
                waiting += under[name]
        changed = True
        while changed:  # once for every turn of a cycle, of which there are few
            changed = False
            for name in reversed(under):
                basis = self._basis[name]
                for other in under[name]:
                    basis |= self._basis[other]
                if basis != self._basis[name]:
                    self._basis[name], changed = basis, True

    def _own(self, name: Name) -> Basis:
        """What a constant is itself; 0 where that depends on what it mentions."""
        if name in AXIOMS:
            return AXIOMS[name]
        if name not in self.constants:
            return UNSHIPPED
        if self.is_untrusted(name):
            return UNTRUSTED
        shipped, at = self.constants[name]
        return UNSHIPPED if shipped.module.tag(at) == AXIOM else 0


def axioms(basis: Basis) -> tuple[str, ...]:
    """The axioms that something rests on, at most: an unshipped proof may use all of them."""
    found = (name for name, one in AXIOMS.items() if basis & (one | UNSHIPPED))
    return tuple(sorted(".".join(map(str, name)) for name in found))
