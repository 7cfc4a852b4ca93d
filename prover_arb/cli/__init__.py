"""The command line, `prover-arb`: a thin layer over the rest of the package."""

from __future__ import annotations

from prover_arb.cli.app import app, main

__all__ = ["app", "main"]
