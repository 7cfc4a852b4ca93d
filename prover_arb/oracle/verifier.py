"""The oracle: is this candidate a proof of this theorem?

Lean decides; this module turns its answers, and the ways a Lean process can end, into verdicts.
What Lean calls proved is given to a second kernel, in a process of its own, as data.
"""

from __future__ import annotations

import logging
import time
from typing import get_args

from prover_arb.core.theorem import (
    Candidate,
    Limits,
    Message,
    Reason,
    Theorem,
    ToolchainIdentity,
    Value,
    Verdict,
)
from prover_arb.errors import InputError, OracleError, WorkerDied, WorkerTimeout
from prover_arb.oracle.kernels.official.kernel import EXPORT_BYTES, Bundle, SecondKernel, label
from prover_arb.oracle.pool import LeanPool
from prover_arb.oracle.refutation import RefutationJudge
from prover_arb.oracle.worker import Reply

_log = logging.getLogger(__name__)

_REASONS = frozenset(get_args(Reason))
_KILLED: dict[str, Reason] = {
    "memory": "memory",
    "stack": "memory",
    "trap": "elaboration_error",
    "output": "output_limit",
}
_EXPORT_MS = 300_000
_SEVERITIES = {"error": "error", "warning": "warning", "information": "information"}


class StatementCheck(Value):
    """Whether the profile can state a theorem."""

    elaborates: bool
    reason: str = ""
    """Lean's message when it does not."""
    timed_out: bool = False
    """It may elaborate, given more time."""
    type: str = ""
    """The elaborated type, fully explicit."""
    cpu_us: int = 0
    """Processor time of the check, in microseconds; where it ran out of time, that time."""


class LeanOracle:
    """Judges candidates on a pool of Lean processes, and with a second kernel beside them."""

    def __init__(self, pool: LeanPool, *, one_kernel: bool = False) -> None:
        """With `one_kernel` the first kernel's word is enough; certificates show it.

        Raises:
            ToolchainError: there is no second kernel on this machine; says what to do.
        """
        self._pool = pool
        self._refutations = RefutationJudge(self)
        self._second: SecondKernel | None = None
        if not one_kernel:
            self._second = SecondKernel(pool.toolchain.library, size=pool.size)
            pool.at_close(self._second.close)

    async def identity(self) -> ToolchainIdentity:
        """Which Lean judges."""
        return self._pool.toolchain.identity

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        """Judge one candidate; never raises for anything a candidate does.

        A candidate whose check ends the Lean process is checked once more on a fresh one, so that
        a process which was ill already is not held against it.

        Raises:
            InputError: the theorem is of another profile than this oracle.
        """
        limits = limits or Limits()
        self._require_profile(theorem)
        if candidate.kind == "refutation":
            return await self._refutation(theorem, candidate, limits)
        return await self._proof(theorem, candidate, limits)

    async def _proof(self, theorem: Theorem, candidate: Candidate, limits: Limits) -> Verdict:
        if self._second is not None:
            self._second.warm()
        began = time.monotonic()
        request = self._request(theorem, candidate, limits)
        died: WorkerDied | None = None
        for _ in range(2):
            try:
                reply = await self._pool.request(request, wall_ms=limits.wall_ms)
            except WorkerTimeout:
                return self._rejected("timeout", f"no verdict within {limits.wall_ms} ms", limits)
            except WorkerDied as error:
                died = error
                if error.cause in _KILLED:
                    return self._rejected(_KILLED[error.cause], str(error), limits)
            except OracleError as error:
                return self._void(str(error))
            else:
                verdict = self._verdict(reply)
                if verdict.status != "proved" or self._second is None:
                    return verdict
                left = limits.wall_ms - round((time.monotonic() - began) * 1000)
                return await self._confirmed(self._second, verdict, reply, theorem, left)
        return self._void(str(died))

    async def export(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> str:
        """A proof with all that it rests on, in Lean's export format (NDJSON).

        Raises:
            OracleError: no second kernel serves, or the candidate is no proof for both kernels.
        """
        limits = limits or Limits()
        if candidate.kind == "refutation":
            raise OracleError("nothing to export: no proof of the statement, but that it is false")
        if self._second is None:
            raise OracleError("the second kernel writes exports; do not say --one-kernel")
        request = self._request(theorem, candidate, limits)
        reply = await self._pool.request(request, wall_ms=limits.wall_ms)
        bundle = Bundle.read(reply.data.get("export"))
        if bundle is None:
            raise OracleError(f"nothing to export: {reply.data.get('detail', 'no proof')}")
        opinion = await self._second.export(bundle, wall_ms=_EXPORT_MS)
        if not opinion.accepted:
            raise OracleError(f"nothing to export: {opinion.detail}")
        return opinion.text

    async def _refutation(self, theorem: Theorem, candidate: Candidate, limits: Limits) -> Verdict:
        try:
            verdict = await self._refutations.verify(theorem, candidate, limits)
        except OracleError as error:
            return self._void(str(error))
        return verdict.model_copy(update={"toolchain": self._pool.toolchain.identity})

    def _request(self, theorem: Theorem, candidate: Candidate, limits: Limits) -> dict[str, object]:
        return {
            "op": "check",
            "theorem": _theorem_fields(theorem),
            "candidate": {"kind": candidate.kind, "text": candidate.text},
            **_limit_fields(limits),
            "export_bytes": EXPORT_BYTES if self._second is not None else 0,
        }

    async def inspect(self, theorem: Theorem, limits: Limits | None = None) -> StatementCheck:
        """Whether the statement elaborates, and to what.

        Raises:
            InputError: the theorem is of another profile than this oracle.
            OracleError: Lean did not answer.
        """
        limits = limits or Limits()
        self._require_profile(theorem)
        request = {"op": "inspect", "theorem": _theorem_fields(theorem), **_limit_fields(limits)}
        try:
            reply = await self._pool.request(request, wall_ms=limits.wall_ms)
        except WorkerTimeout:
            return StatementCheck(
                elaborates=False,
                reason=f"not elaborated within {limits.wall_ms} ms",
                timed_out=True,
                cpu_us=limits.wall_ms * 1000,
            )
        spent, data = reply.cpu_us, reply.data
        if data.get("status") == "ok":
            return StatementCheck(elaborates=True, type=str(data.get("type", "")), cpu_us=spent)
        return StatementCheck(elaborates=False, reason=str(data.get("detail", "")), cpu_us=spent)

    def _require_profile(self, theorem: Theorem) -> None:
        served = self._pool.toolchain.profile
        if theorem.profile != served:
            raise InputError(
                f"profile: theorem {theorem.name} is of profile {theorem.profile!r}, "
                f"this oracle serves {served!r}"
            )

    async def _confirmed(
        self, second: SecondKernel, verdict: Verdict, reply: Reply, theorem: Theorem, left: int
    ) -> Verdict:
        """The verdict after the second kernel has had its say."""
        bundle = Bundle.read(reply.data.get("export"))
        if bundle is None:
            return self._void("the verifier gave nothing to the second kernel")
        opinion = await second.judge(bundle, wall_ms=left)
        spent = {
            "cpu_us": verdict.cpu_us + opinion.cpu_us,
            "elapsed_ms": verdict.elapsed_ms + opinion.elapsed_ms,
        }
        if opinion.failed:
            return self._void(opinion.detail).model_copy(update=spent)
        if opinion.accepted:
            kernels = (*verdict.kernels, second.name)
            return verdict.model_copy(update={**spent, "kernels": kernels})
        _log.critical(
            "THE KERNELS DISAGREE on %s (theorem %s): %s accepts, %s says %s",
            theorem.name, theorem.digest, verdict.kernels[0], second.name, opinion.detail,
        )  # fmt: skip
        refused: dict[str, object] = {
            "status": "rejected",
            "reason": "kernels_disagree",
            "detail": f"the second kernel refuses what the first accepts: {opinion.detail}",
            "axioms": (),
            "kernels": (),
        }
        return verdict.model_copy(update={**spent, **refused})

    def _verdict(self, reply: Reply) -> Verdict:
        data = reply.data
        status, reason = data.get("status"), data.get("reason")
        messages = tuple(_message(m) for m in _items(data.get("messages")))
        common = {
            "detail": str(data.get("detail", "")),
            "messages": messages,
            "elapsed_ms": reply.elapsed_ms,
            "cpu_us": reply.cpu_us,
            "toolchain": self._pool.toolchain.identity,
        }
        if status == "proved":
            axioms = tuple(sorted({str(a) for a in _items(data.get("axioms"))}))
            first = label(self._pool.toolchain.identity)
            return Verdict(status="proved", axioms=axioms, kernels=(first,), **common)
        if status == "rejected" and reason in _REASONS:
            return Verdict(status="rejected", reason=reason, **common)
        if status == "invalid_statement":
            return Verdict(status="invalid_statement", **common)
        return self._void(f"the verifier answered {status!r}: {data.get('detail', '')}")

    def _rejected(self, reason: Reason, detail: str, limits: Limits) -> Verdict:
        # The process is gone, so what it used is not known; the wall clock bounds it.
        spent = limits.wall_ms if reason == "timeout" else 0
        return Verdict(
            status="rejected",
            reason=reason,
            detail=detail,
            elapsed_ms=spent,
            cpu_us=spent * 1000,
            toolchain=self._pool.toolchain.identity,
        )

    def _void(self, detail: str) -> Verdict:
        return Verdict(status="void", detail=detail, toolchain=self._pool.toolchain.identity)


def _theorem_fields(theorem: Theorem) -> dict[str, str]:
    return {
        "name": theorem.name,
        "statement": theorem.statement,
        "preamble": theorem.preamble,
    }


def _limit_fields(limits: Limits) -> dict[str, int]:
    return {"heartbeats": limits.heartbeats, "output_bytes": limits.output_bytes}


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _message(value: object) -> Message:
    fields = value if isinstance(value, dict) else {}
    return Message.model_validate(
        {
            "severity": _SEVERITIES.get(str(fields.get("severity")), "error"),
            "line": fields.get("line", 0),
            "column": fields.get("column", 0),
            "text": str(fields.get("text", "")),
        }
    )
