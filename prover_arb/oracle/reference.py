"""The reference: what a statement means, as data, from processes that read no candidate.

Step 1 of a verification. A process of this kind reads the texts of one customer alone, so what it
says about that customer's statements is believed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from prover_arb.core.theorem import Candidate, Limits, Message, Theorem, Value, sha256
from prover_arb.errors import OracleError, WorkerTimeout
from prover_arb.oracle import answers
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.verification import Verification, limit_fields, theorem_fields

_KEPT_BYTES = 64_000_000
"""Of statements that are remembered, the latest used ones."""


@dataclass(frozen=True)
class Statement:
    """A statement as data."""

    data: str
    """The constants that the customer's text declares, then the theorem as an axiom: an export."""
    type: str
    """The elaborated type, fully explicit."""
    binders: int
    """How many binders stand before the goal, the profile's own among them."""


@dataclass(frozen=True)
class StatementRefused:
    """Why a customer's text states nothing."""

    detail: str
    messages: tuple[Message, ...] = ()


class StatementCheck(Value):
    """Whether the profile can state a theorem."""

    elaborates: bool
    reason: str = ""
    """Lean's message when it does not."""
    messages: tuple[Message, ...] = ()
    """All that Lean said about it, with lines and columns of the customer's text."""
    timed_out: bool = False
    """It may elaborate, given more time."""
    type: str = ""
    """The elaborated type, fully explicit."""
    statement_sha256: str = ""
    """The hash of the statement as data, as certificates have it (`asked.statement`)."""
    cpu_us: int = 0
    """Processor time of the check, in microseconds."""


class ReferenceService:
    """Elaborates statements, each once for each customer."""

    def __init__(self, pool: LeanPool) -> None:
        """`pool` must serve nothing that reads candidates."""
        self.pool = pool
        self._known: OrderedDict[tuple[str, str], Statement] = OrderedDict()
        self._bytes = 0

    async def inspect(self, theorem: Theorem, limits: Limits, customer: str = "") -> StatementCheck:
        """Whether a statement elaborates, and to what.

        Raises:
            OracleError, ToolchainError: Lean did not answer.
        """
        nothing = Candidate(kind="term", text="")
        check = Verification(theorem, nothing, limits, Clock(limits.wall_ms), customer)
        try:
            statement = await self.statement(check)
        except WorkerTimeout:
            reason = f"not elaborated within {limits.wall_ms} ms"
            used = check.usage.cpu_us
            return StatementCheck(elaborates=False, reason=reason, timed_out=True, cpu_us=used)
        used = check.usage.cpu_us
        if isinstance(statement, StatementRefused):
            return StatementCheck(
                elaborates=False,
                reason=statement.detail,
                messages=statement.messages,
                cpu_us=used,
            )
        return StatementCheck(
            elaborates=True,
            type=statement.type,
            statement_sha256=sha256(statement.data),
            cpu_us=used,
        )

    async def statement(self, check: Verification) -> Statement | StatementRefused:
        """What the check's theorem says.

        Raises:
            WorkerTimeout: it was not elaborated in time.
            WorkerDied: its elaboration ended the process.
            OracleError, ToolchainError: no process could be asked.
        """
        key = (check.customer, check.theorem.digest)
        if (known := self._known.get(key)) is not None:
            self._known.move_to_end(key)
            return known
        async with self.pool.lease(check.customer, fresh=check.fresh, clock=check.clock) as worker:
            if (known := self._known.get(key)) is not None:  # asked while this one waited
                return known
            fields, limits = theorem_fields(check.theorem), check.limits
            request = {"op": "reference", "theorem": fields, **limit_fields(limits)}
            allowed = min(limits.wall_ms, check.left_ms)
            reply = await check.ask_worker(worker, request, wall_ms=allowed)
            worker.suspect = worker.suspect or reply.data.get("status") != "ok"
        data = reply.data
        if data.get("status") == "invalid_statement":
            return StatementRefused(
                answers.text(data.get("detail")), answers.messages(data.get("messages"))
            )
        binders = data.get("binders")
        if data.get("status") != "ok" or not isinstance(binders, int):
            raise OracleError(f"the statement was not elaborated: {data.get('detail')}")
        statement = Statement(
            answers.text(data.get("statement")), answers.text(data.get("type")), binders
        )
        self._remember(key, statement)
        return statement

    def _remember(self, key: tuple[str, str], statement: Statement) -> None:
        if key in self._known:
            return
        self._known[key] = statement
        self._bytes += len(statement.data)
        while self._bytes > _KEPT_BYTES and len(self._known) > 1:
            _, dropped = self._known.popitem(last=False)
            self._bytes -= len(dropped.data)
