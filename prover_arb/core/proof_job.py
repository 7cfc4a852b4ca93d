"""What a proof is to be bought by: the one value that goes through every layer of buying."""

from __future__ import annotations

from pydantic import Field

from prover_arb.core.money import MicroUSD
from prover_arb.core.theorem import Candidate, Limits, Value


class Origin(Value):
    """The order of a service that something is bought for."""

    order: str = ""
    key: str = ""
    """The id of the API key; empty where none was used."""
    request: str = ""
    """The id of the request that placed the order."""


class ProofJob(Value):
    """The terms on which a proof of a theorem is bought.

    One job serves any number of theorems. It travels unchanged from the command line, the
    benchmark or an HTTP order to the broker's loop, also between processes. A new option of a
    purchase is a field here, a line where it is read, and a line where it is asked for.
    """

    policy: str
    """The policy in its text form, such as `cascade`."""
    budget: MicroUSD
    """What may be spent on one theorem, for attempts and verification together."""
    run: str
    """The run whose purchases these are; a job with the same run resumes it."""
    seed: int = 0
    """The random seed, for policies and provers that draw at random."""
    limits: Limits = Field(default_factory=Limits)
    """What one verification may use."""
    max_parallel: int = Field(default=1, ge=1)
    """How many attempts on one theorem may be in flight at once."""
    run_budget: MicroUSD | None = None
    """What all purchases of the run may cost together; the first job of a run sets it."""
    value: MicroUSD | None = None
    """What a proof is worth until the theorem is resumed; None leaves it to the policy. A theorem
    bought for at a value is not finished, so nothing is learnt from it yet."""
    deadline: float | None = None
    """Seconds after which nothing more is bought for a theorem."""
    customer: str = ""
    """Who ordered it; texts of different customers never meet in one Lean process."""
    known_proof: Candidate | None = None
    """A proof of the same statement that was accepted before: it is judged before anything is
    bought, and is worth no more than that verdict."""
    origin: Origin | None = None
    """The order that it is bought for, which the ledger keeps with every purchase."""
    lease: int = 0
    """The number of the lease under which this program alone may take steps in the run; 0 is none.
    Each later lease of a run has a larger number."""
