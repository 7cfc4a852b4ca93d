"""What one broker tells the others of a theorem that it is done with."""

from __future__ import annotations

from prover_arb.core.history import TheoremHistory
from prover_arb.core.purchases import Dealing
from prover_arb.core.theorem import Value


class EndedTheorem(Value):
    """What was bought for a theorem, as far as decisions on other theorems depend on it."""

    run: str
    policy: str
    """The name of the policy in the ledger."""
    digest: str
    """Of the theorem."""
    dealings: tuple[Dealing, ...]
    """What was settled with provers, oldest first."""
    history: TheoremHistory | None
    """What policies learn from it; None if that is nothing, or if more may be bought for it."""
