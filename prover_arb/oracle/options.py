"""How an oracle judges, as far as its operator chooses."""

from __future__ import annotations

from prover_arb.core.theorem import Value

RESET_EVERY = 200
"""Requests after which a Lean process is put back to its first state, unless told otherwise."""


class OracleOptions(Value):
    """Travels as one from the command line to the processes; no verdict's soundness rests on it."""

    one_kernel: bool = False
    """Whether the official kernel judges alone; certificates show it."""
    pristine: bool = False
    """Whether every candidate meets a Lean that nothing has touched, instead of one that is reset
    after anything odd and every so many requests."""

    @property
    def reset_every(self) -> int:
        """Requests after which a Lean process is reset."""
        return 1 if self.pristine else RESET_EVERY


DEFAULTS = OracleOptions()
"""Two kernels, and resets as they come."""
