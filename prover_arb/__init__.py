"""Buys Lean 4 proofs from many provers; the Lean kernel alone decides what is a proof.

    from prover_arb import prove, verify

    verify("(n : ℕ) : n + 0 = n", "simp").status                      # "proved"
    prove("(a b : ℕ) (h : a < b) : a + 1 ≤ b", budget_usd="0.05")      # an Outcome

docs/python-api.md describes this interface. The names below are all of it; modules beneath may
change without notice. A name is loaded when it is first used, so that `import prover_arb` is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prover_arb.core.outcome import Outcome
    from prover_arb.core.theorem import Candidate, Certificate, Limits, Message, Theorem, Verdict
    from prover_arb.errors import (
        BudgetError,
        InputError,
        LedgerError,
        OracleError,
        PolicyError,
        ProverArbError,
        ToolchainError,
    )
    from prover_arb.runtime.filling import FilledFile, FilledGap
    from prover_arb.runtime.python_api import (
        prove,
        prove_async,
        verify,
        verify_async,
        verify_many,
        verify_many_async,
    )
    from prover_arb.runtime.python_filling import fill, fill_async

__all__ = [
    "BudgetError",
    "Candidate",
    "Certificate",
    "FilledFile",
    "FilledGap",
    "InputError",
    "LedgerError",
    "Limits",
    "Message",
    "OracleError",
    "Outcome",
    "PolicyError",
    "ProverArbError",
    "Theorem",
    "ToolchainError",
    "Verdict",
    "fill",
    "fill_async",
    "prove",
    "prove_async",
    "verify",
    "verify_async",
    "verify_many",
    "verify_many_async",
]

_MODULES = {
    "prover_arb.core.outcome": {"Outcome"},
    "prover_arb.core.theorem": {
        "Candidate",
        "Certificate",
        "Limits",
        "Message",
        "Theorem",
        "Verdict",
    },
    "prover_arb.errors": {name for name in __all__ if name.endswith("Error")},
    "prover_arb.runtime.filling": {"FilledFile", "FilledGap"},
    "prover_arb.runtime.python_api": {
        name for name in __all__ if name.startswith(("prove", "verify"))
    },
    "prover_arb.runtime.python_filling": {"fill", "fill_async"},
}


def __getattr__(name: str) -> object:
    for module, names in _MODULES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(module), name)
            return value
    raise AttributeError(f"module 'prover_arb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
