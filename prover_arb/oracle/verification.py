"""One verification under way: what is to be judged, for whom, within what, and what it used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prover_arb.core.lexer import tokens
from prover_arb.core.theorem import Candidate, Limits, Theorem
from prover_arb.errors import ProblemError, WorkerDied, WorkerTimeout
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.worker import LeanWorker, Reply

DATA_BYTES = 40_000_000
"""The largest statement or proof that is handed over as data."""


@dataclass
class Usage:
    """What a verification has used so far, on whatever process."""

    cpu_us: int = 0


@dataclass(frozen=True)
class Verification:
    """Every process that works for a verification is asked through it, so that all is metered."""

    theorem: Theorem
    candidate: Candidate
    limits: Limits
    clock: Clock
    customer: str = ""
    """Processes that read texts of one customer never read those of another."""
    fresh: bool = False
    """Whether only processes may be asked that have answered nothing since they started."""
    untouched: bool = False
    """Whether the candidate must be elaborated by a process in the state in which it started."""
    usage: Usage = field(default_factory=Usage)

    @property
    def left_ms(self) -> int:
        """Milliseconds until the verdict must be there."""
        return self.clock.left_ms

    async def ask(self, pool: LeanPool, request: Mapping[str, object]) -> Reply:
        """One request on a process of this customer, within the time that is left.

        Raises:
            WorkerTimeout, WorkerDied: as LeanWorker.request.
            OracleError, ToolchainError: as LeanPool.lease.
        """
        async with pool.lease(self.customer, fresh=self.fresh, clock=self.clock) as worker:
            return await self.ask_worker(worker, request, wall_ms=self.left_ms)

    async def ask_worker(
        self, worker: LeanWorker, request: Mapping[str, object], *, wall_ms: int
    ) -> Reply:
        """One request on a leased process.

        Raises:
            WorkerTimeout, WorkerDied: as LeanWorker.request.
        """
        try:
            reply = await worker.request(request, wall_ms=wall_ms)
        except (WorkerDied, WorkerTimeout) as error:
            self.usage.cpu_us += error.cpu_us
            raise
        self.usage.cpu_us += reply.cpu_us
        return reply


def theorem_fields(theorem: Theorem) -> dict[str, str]:
    """A theorem as Lean's requests have it."""
    return {
        "name": theorem.name,
        "statement": theorem.statement,
        "preamble": "" if _is_blank(theorem.preamble) else theorem.preamble,
    }


def _is_blank(text: str) -> bool:
    """Whether a text has space and comments only, where Lean expects a command."""
    try:
        return next(tokens(text), None) is None
    except ProblemError:  # Lean says it better
        return False


def limit_fields(limits: Limits) -> dict[str, int]:
    """Limits as Lean's requests have them."""
    return {
        "heartbeats": limits.heartbeats,
        "output_bytes": limits.output_bytes,
        "export_bytes": DATA_BYTES,
    }
