"""How the work on one theorem ended."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from prover_arb.core.money import NO_MONEY, MicroUSD
from prover_arb.core.purchases import Offer, Purchase
from prover_arb.core.stopwatch import Stages
from prover_arb.core.theorem import Certificate, Value

OutcomeStatus = Literal["proved", "replayed", "refuted", "not_proved", "invalid_statement", "void"]
"""replayed: solved by recorded attempts, which no kernel judges; refuted: the statement is false;
void: the oracle failed on a candidate, which may be a proof, and no other candidate is one."""


class Outcome(Value):
    """How the work on one theorem ended."""

    theorem: str
    policy: str
    budget: MicroUSD
    status: OutcomeStatus
    cost: MicroUSD
    """What was paid to provers, in earlier programs of the same run too."""
    verification_cost: MicroUSD
    forfeited: MicroUSD = NO_MONEY
    """What provers forfeited to the customer, because they sold no proof by auction."""
    certificate: Certificate | None
    refutation: Certificate | None = None
    """The certificate of the negation, if the statement is refuted; see negation.py."""
    purchases: tuple[Purchase, ...]
    why_stopped: str
    wall_ms: int
    """The wall-clock time of this call."""
    stages: Stages
    """Where that time was spent."""
    asking: dict[int, MicroUSD] = Field(default_factory=dict)
    """What a proof had to be worth for a purchase, by the purchase's id; for purchases of this call
    by a policy that says so."""
    offer: Offer | None = None
    """What would be bought next if a proof were worth more, if the policy says so."""

    @property
    def open(self) -> bool:
        """Whether another attempt may still prove it."""
        return self.status in {"not_proved", "void"}

    @property
    def attempts(self) -> int:
        """How many attempts were bought; one that was bought in slices is one."""
        return sum(not purchase.slice for purchase in self.purchases)

    @property
    def proof(self) -> Certificate | None:
        """The certificate of the statement or of its negation, if either is proved."""
        return self.certificate or self.refutation
