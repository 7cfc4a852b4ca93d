"""A checker that trusts nothing: every declaration of an export, from an empty environment on.

    python recheck.py LIBLEANSHARED FILE.ndjson     (in a process of its own)

Prints as JSON how many declarations of each kind the kernel accepted, and the axioms among them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from prover_arb.oracle.kernels.official.build import Builder
from prover_arb.oracle.kernels.official.export import parse
from prover_arb.oracle.kernels.official.lean import Lean, box
from prover_arb.oracle.kernels.official.names import Names
from prover_arb.oracle.kernels.official.store import Store

QUOTIENT = box(4)


def main() -> None:
    lean = Lean(Path(sys.argv[1]))
    text = Path(sys.argv[2]).read_text()
    lines = [line for line in text.splitlines() if not line.startswith('{"quot"')]
    store = Store()
    declarations = parse("\n".join(lines), store)
    builder = Builder(lean, Names(lean), store)
    kinds = ("axiom", "thm", "def", "opaque", "inductive", "quot")
    order = [k for line in text.splitlines() if (k := next(iter(json.loads(line)))) in kinds]
    left = iter(declarations)
    environment, found, quotient = lean.empty_environment(), Counter[str](), False
    for kind in order:
        if kind != "quot":
            environment = lean.add(environment, builder.declaration(next(left)))
        elif not quotient:
            environment, quotient = lean.add(environment, QUOTIENT), True
        found[kind] += 1
    print(json.dumps(found))


if __name__ == "__main__":
    main()
