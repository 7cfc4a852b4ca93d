"""Finds the Lean workspace and the problem set, in a checkout or in an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from prover_arb.errors import ToolchainError


@cache
def workspace() -> Path:
    """Returns the `lean_workspace` folder.

    Raises:
        ToolchainError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "lean_workspace", package.parent / "lean_workspace"):
        if (folder / "ProverArb").is_dir():
            return folder
    raise ToolchainError("this installation lacks lean_workspace; install prover-arb again")
