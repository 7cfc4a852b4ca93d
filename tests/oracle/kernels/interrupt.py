"""A library whose loading fails on the way, and is then asked again.

    python interrupt.py LIBLEANSHARED LIBRARY     (in a process of its own; the second is JSON)

Prints whether the constant is there after the first attempt, and after the second.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from prover_arb.oracle.kernels.official.lean import Lean, Object
from prover_arb.oracle.kernels.official.library import Library
from prover_arb.oracle.kernels.official.modules import Modules
from prover_arb.oracle.kernels.official.olean import Pointer
from prover_arb.oracle.kernels.official.reader import Reader
from prover_arb.oracle.kernels.official.store import Name

WANTED = ("Nat", "Coprime")


class Failing(Reader):
    """Fails once, in the middle of a constant."""

    failed = False

    def _term(self, at: Pointer) -> Object:
        if not Failing.failed:
            Failing.failed = True
            raise MemoryError
        return super()._term(at)


def main() -> None:
    lean = Lean(Path(sys.argv[1]))
    held = json.loads(sys.argv[2])
    modules = Modules(held["roots"], [Path(folder) for folder in held["path"]], held["word"])
    library = Library(lean, modules)

    def there(name: Name) -> bool:
        return lean.find(library.environment, library.names[name]) is not None

    shipped, _ = modules.constants[WANTED]
    library._readers[shipped] = Failing(shipped, lean, library.names)
    try:
        library.load([WANTED])
    except MemoryError:
        found = [there(WANTED)]
    else:
        sys.exit("nothing failed")
    del library._readers[shipped]
    library.load([WANTED])
    print(json.dumps([*found, there(WANTED)]))


if __name__ == "__main__":
    main()
