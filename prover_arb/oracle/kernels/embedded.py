"""The embedded Lean's own kernel as a judge: asked about data, in a process that reads statements.

It is asked what an earlier judge asked its kernel, declaration for declaration, and decides nothing
but whether its own kernel accepts each of them. No candidate's text comes to that process.
"""

from __future__ import annotations

from prover_arb.errors import OracleError
from prover_arb.oracle import answers
from prover_arb.oracle.kernels.judging import Ruling, Submission, label
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.verification import Verification


class EmbeddedKernel:
    """A judge: the kernel in the Lean processes of a pool that reads no candidate."""

    def __init__(self, pool: LeanPool) -> None:
        """The pool stays its owner's: it is neither closed here nor used for anything but data."""
        self.pool = pool

    @property
    def name(self) -> str:
        """As certificates call it."""
        return label(self.pool.toolchain.identity)

    async def judge(self, check: Verification, submission: Submission) -> Ruling:
        """Does the kernel accept everything that an earlier judge asked its own? Asked once.

        Raises:
            OracleError: no earlier judge said what it asked; or as Verification.ask.
            WorkerTimeout, WorkerDied, ToolchainError: as Verification.ask.
        """
        if not submission.job:
            raise OracleError(f"{self.name} is not told what to judge")
        request = {
            "op": "judge",
            "job": submission.job,
            "heartbeats": check.limits.heartbeats,
        }
        data = (await check.ask(self.pool, request)).data
        status = data.get("status")
        return Ruling(
            status=status if status in ("accepted", "refused") else "failed",
            reason=answers.reason(data.get("reason")),
            detail=answers.text(data.get("detail")),
        )
