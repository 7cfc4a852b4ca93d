"""The elaborator: a candidate made into data, by a process that is believed in nothing.

Step 2 of a verification. Whatever a candidate does to the process that reads it, the data that
comes out is judged elsewhere. What this process says against a candidate, and with which messages,
is taken as it is; but a process that had read other candidates may have been made ill by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from prover_arb.core.theorem import Message, Reason
from prover_arb.errors import OracleError, WorkerDied
from prover_arb.oracle import answers
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.verification import Verification, limit_fields, theorem_fields

_ENDED: dict[str, Reason] = {
    "memory": "memory",
    "stack": "memory",
    "output": "output_limit",
    "trap": "elaboration_error",
}
"""What is said of a candidate whose elaboration ended the process, where the process told why."""
_KILLED: Reason = "memory"
"""Where something else killed the process, most often for want of memory."""
_ODD: frozenset[Reason] = frozenset({"forbidden_command", "malformed_declaration"})
"""After a rejection of this kind the process is reset."""
_PLACED: frozenset[Reason] = frozenset({"parse_error", "trailing_input"})
"""Lean's words for these say what it expected, but not what it found."""
_LONGEST_WORD = 40


def _nothing() -> None:
    """For elaborators that have no process to be careful with."""


@dataclass(frozen=True)
class Elaboration:
    """What came of a candidate."""

    status: Literal["elaborated", "rejected", "crashed", "invalid_statement"]
    """crashed: rejected because its elaboration ended the process."""
    proof: str = ""
    """The declarations that the theorem rests on, as an export, where it is elaborated."""
    reason: Reason = "elaboration_error"
    """Why it is rejected, where it is."""
    detail: str = ""
    messages: tuple[Message, ...] = ()
    own_doing: bool = True
    """Whether this candidate alone has made it so: its process had read no other before."""
    distrust: Callable[[], None] = _nothing
    """To be called when the data turned out to be wrong: the process is reset before it is used
    again."""


class Elaborator(Protocol):
    """Makes data of candidates; a hostile one can at worst have true proofs rejected."""

    async def elaborate(self, check: Verification) -> Elaboration:
        """
        Raises:
            WorkerTimeout: it took longer than the limits allow, or than the time that was left.
            OracleError, ToolchainError: no process could be asked.
        """
        ...


class LeanElaborator:
    """Elaborates on the processes of a pool."""

    def __init__(self, pool: LeanPool) -> None:
        self._pool = pool

    async def elaborate(self, check: Verification) -> Elaboration:
        candidate = check.candidate
        request = {
            "op": "elaborate",
            "theorem": theorem_fields(check.theorem),
            "candidate": {"kind": candidate.kind, "text": candidate.text},
            **limit_fields(check.limits),
        }
        limits, lease = (
            check.limits,
            self._pool.lease(
                check.customer, fresh=check.fresh, untouched=check.untouched, clock=check.clock
            ),
        )
        async with lease as worker:
            untouched, allowed = worker.requests == 0, min(limits.wall_ms, check.left_ms)
            try:
                reply = await check.ask_worker(worker, request, wall_ms=allowed)
            except WorkerDied as error:
                return Elaboration(
                    "crashed",
                    reason=_ENDED.get(error.cause, _KILLED),
                    detail=f"the elaboration ended the Lean process: {error}",
                    own_doing=untouched and error.cause in _ENDED,
                )

            def distrust() -> None:
                worker.suspect = True

            elaboration = _elaboration(reply.data, candidate.text, untouched, distrust)
            if elaboration.status != "elaborated" and elaboration.reason in _ODD:
                distrust()
            return elaboration


def _place(note: Message, text: str) -> str:
    """Where in a candidate's text a message points, and what stands there."""
    rest = text.split("\n")[note.line - 1 :][:1]
    there = rest[0][note.column :].split() if rest else []
    word = f"`{there[0][:_LONGEST_WORD]}`" if there else "the end of the line"
    return f"line {note.line}, column {note.column}, at {word}"


def _elaboration(
    data: dict[str, object], text: str, untouched: bool, distrust: Callable[[], None]
) -> Elaboration:
    status, reason = data.get("status"), answers.reason(data.get("reason"))
    detail, notes = answers.text(data.get("detail")), answers.messages(data.get("messages"))
    proof = data.get("proof")
    if status == "elaborated" and isinstance(proof, str):
        return Elaboration(
            "elaborated", proof, messages=notes, own_doing=untouched, distrust=distrust
        )
    if status == "rejected" and reason is not None:
        if reason in _PLACED and notes:
            detail = f"{detail} ({_place(notes[0], text)})"
        return Elaboration("rejected", reason=reason, detail=detail, messages=notes)
    if status == "invalid_statement":
        return Elaboration("invalid_statement", detail=detail, own_doing=untouched)
    raise OracleError(f"the elaborator answered {str(status)[:100]!r}: {detail[:500]}")
