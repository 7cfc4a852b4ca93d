"""The judges: kernels in processes that never elaborate a candidate. Data in, ruling out.

Step 3 of a verification, and the only one whose word for a proof counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from prover_arb.core.theorem import Reason, ToolchainIdentity
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.verification import Verification


@dataclass(frozen=True)
class Submission:
    """What is put before a judge."""

    statement: str
    """The reference's data: the customer's constants, and the theorem as an axiom."""
    proof: str
    """The elaborator's data, which is believed in nothing."""
    job: str = ""
    """What exactly an earlier judge asked its kernel, in one canonical form, for the next one."""
    wants_job: bool = False
    """Whether the judge must say what exactly it asked its kernel."""


@dataclass(frozen=True)
class Ruling:
    """What a judge says."""

    status: Literal["accepted", "refused", "unusable", "failed"]
    """unusable: the statement, as data, is none; failed: it could not tell. Neither says anything
    of the proof."""
    reason: Reason | None = None
    """Set where the proof is refused."""
    detail: str = ""
    axioms: tuple[str, ...] = ()
    """Those that an accepted proof rests on, at most."""
    exact: bool = False
    """Whether it rests on every one of them."""
    job: str = ""
    """Where it was wanted."""


class Judge(Protocol):
    """Decides whether data proves a statement."""

    @property
    def name(self) -> str:
        """As certificates call it."""
        ...

    @property
    def pool(self) -> LeanPool:
        """Where its processes are from."""
        ...

    async def judge(self, check: Verification, submission: Submission) -> Ruling:
        """
        Raises:
            WorkerTimeout: no ruling in the time that was left.
            WorkerDied: the process ended over it.
            OracleError, ToolchainError: no process could be asked.
        """
        ...


def label(identity: ToolchainIdentity) -> str:
    """A kernel's name in certificates."""
    return f"lean {identity.lean} ({identity.commit[:12]})"
