"""Two constants that the official kernel gives one hash: `Left.i` and `Right.j`.

    python collide.py LIBLEANSHARED     (in a process of its own)

Prints the two numbers as JSON. A hash has 32 bits, so some hundred thousand names are enough.
"""

from __future__ import annotations

import ctypes
import json
import sys
from pathlib import Path

from prover_arb.oracle.kernels.official.lean import NIL, Lean
from prover_arb.oracle.kernels.official.names import Names

_TRIED = 200_000


def main() -> None:
    path = Path(sys.argv[1])
    lean = Lean(path)
    names = Names(lean)
    hash_of = ctypes.CDLL(str(path)).lean_expr_hash
    hash_of.argtypes, hash_of.restype = [ctypes.c_void_p], ctypes.c_uint32

    def hashes(base: str) -> dict[int, int]:
        return {
            hash_of(lean.expr_mk_const(names[base, number], NIL)): number
            for number in range(_TRIED)
        }

    left, right = hashes("Left"), hashes("Right")
    both = next(iter(left.keys() & right.keys()))
    print(json.dumps([left[both], right[both]]))


if __name__ == "__main__":
    main()
