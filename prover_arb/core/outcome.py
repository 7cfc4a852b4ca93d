"""How one theorem ended."""

from __future__ import annotations

from typing import Literal

from prover_arb.core.purchases import Offer, Purchase
from prover_arb.core.stopwatch import Stages
from prover_arb.core.theorem import Certificate, Value


class Outcome(Value):
    """How one theorem ended; money in micro-dollars."""

    theorem: str
    policy: str
    budget: int
    status: Literal["proved", "replayed", "refuted", "not_proved", "invalid_statement"]
    """replayed: solved by what was recorded, where no kernel judges; refuted: it is false."""
    cost: int
    """Paid to sellers, in earlier programs of the same run too."""
    verification_cost: int
    forfeited: int = 0
    """Deposits that sellers lost to the customer, having sold by auction what is no proof."""
    certificate: Certificate | None
    refutation: Certificate | None = None
    """That the negation is proved, where the statement is refuted; see negation.py."""
    purchases: tuple[Purchase, ...]
    why_stopped: str
    wall_ms: int
    """Wall clock of this call."""
    stages: Stages
    """Where that time went."""
    offer: Offer | None = None
    """What would be bought next if a proof were worth more, as far as the policy says."""

    @property
    def proof(self) -> Certificate | None:
        """Of the statement, or of its negation: what the buying came to."""
        return self.certificate or self.refutation
