"""A first request, of nobody's text, to a process that stands by for its first customer.

Node compiles each function of Lean when it is first called, so the first requests to a process take
several times the processor time of later ones. Code stays compiled when the process is reset.
"""

from __future__ import annotations

from prover_arb.errors import WorkerDied, WorkerNotStarted, WorkerTimeout
from prover_arb.oracle.worker import LeanWorker

_PREAMBLE = "theorem rehearsed (a b : ℕ) (h : a < b) : a + 0 + 1 ≤ b := by\n  simp\n  omega\n"
_THEOREM = {
    "name": "rehearsal",
    "statement": "(n : ℕ) (p : Prop) (h : p) : n + 1 = n.succ ∧ p",
    "preamble": _PREAMBLE,
}
_WALL_MS = 60_000


async def rehearse(worker: LeanWorker) -> None:
    """Has a process elaborate a text of ours, and puts it back to the state in which it started.

    Raises:
        WorkerNotStarted: it did not do so; it is gone.
    """
    request = {"op": "reference", "theorem": _THEOREM, "heartbeats": 400_000}
    try:
        await worker.request(request, wall_ms=_WALL_MS)
    except (WorkerDied, WorkerTimeout) as error:
        raise WorkerNotStarted(f"its first request, which is ours, failed: {error}") from None
    await worker.reset()
    if not worker.usable:
        raise WorkerNotStarted("it could not be reset after its first request, which is ours")
