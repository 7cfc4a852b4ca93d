"""One Lean process that answers one line of JSON per request.

The answers come from the driver around Lean, on a channel Lean itself cannot write to. A process
that overran its deadline, or whose Lean was interrupted, is never used again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prover_arb.errors import WorkerDied, WorkerTimeout

_LINE_LIMIT = 64 * 1024 * 1024
_GRACE_MS = 1_000
"""Wall clock beyond a request's own limit before its process is killed."""
_START_SECONDS = 180
_ERROR_KEPT = 4_000


@dataclass(frozen=True)
class Reply:
    """What Lean answered, and what the answer took."""

    data: dict[str, object]
    cpu_us: int
    """Processor time of the Lean process for this request."""
    elapsed_ms: int
    """Wall clock seen from here."""
    memory: int
    """Bytes of Lean's memory, which never shrinks."""
    printed: int
    """Bytes the elaborated text wrote to its standard output."""


class LeanWorker:
    """A running Lean process; `start` one, ask it, `stop` it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None
        self._errors = bytearray()
        self._drain: asyncio.Task[None] | None = None
        self._busy = False
        self.usable = False
        """Whether another request may be sent."""
        self.memory = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Wait until Lean has imported the profile and is ready.

        Raises:
            WorkerDied: the process ended, or was not ready in time; the message quotes it.
        """
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE_LIMIT,
            start_new_session=True,
        )
        self._drain = asyncio.create_task(self._keep_errors(self._process))
        try:
            async with asyncio.timeout(_START_SECONDS):
                ready = await self._read()
        except TimeoutError:
            await self.stop()
            raise WorkerDied(f"Lean was not ready within {_START_SECONDS} s") from None
        except BaseException:
            await self.stop()
            raise
        self.memory = _number(ready.get("memory"))
        self.usable = True

    async def request(self, op: Mapping[str, object], *, wall_ms: int) -> Reply:
        """Send one request and wait for its answer.

        Raises:
            WorkerTimeout: no answer within `wall_ms` plus a second; the process is gone.
            WorkerDied: the process ended; `cause` says whether memory or the stack ran out.
        """
        if not self.usable or self._busy or self._process is None:
            raise WorkerDied("this Lean process takes no more requests")
        # What is elaborated cannot know the token, so nothing it prints passes for an answer.
        token = secrets.token_hex(16)
        line = json.dumps({**op, "id": token}, ensure_ascii=True) + "\n"
        loop = asyncio.get_running_loop()
        started = loop.time()
        self._busy = True
        answered = False
        try:
            async with asyncio.timeout((wall_ms + _GRACE_MS) / 1000):
                envelope = await self._exchange(line)
            answered = True
        except TimeoutError:
            raise WorkerTimeout(f"no answer within {wall_ms} ms") from None
        finally:
            self._busy = False
            if not answered:  # also when cancelled: what Lean is doing now belongs to nobody
                await self.stop()
        if envelope.get("id") != token or not isinstance(envelope.get("reply"), dict):
            await self.stop()
            raise WorkerDied("Lean answered something else than it was asked")
        self.memory = _number(envelope.get("memory"))
        reply = envelope["reply"]
        assert isinstance(reply, dict)
        return Reply(
            data=reply,
            cpu_us=_number(envelope.get("cpu_us")),
            elapsed_ms=round((loop.time() - started) * 1000),
            memory=self.memory,
            printed=_number(envelope.get("printed")),
        )

    async def _exchange(self, line: str) -> dict[str, object]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(line.encode())
            await process.stdin.drain()
        except (ConnectionError, BrokenPipeError):
            raise await self._death() from None
        return await self._read()

    async def _read(self) -> dict[str, object]:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        try:
            line = await process.stdout.readline()
        except ValueError:
            raise WorkerDied("Lean's answer is too long", cause="output") from None
        if not line.endswith(b"\n"):
            raise await self._death()
        try:
            envelope = json.loads(line)
        except ValueError:
            raise WorkerDied("Lean's answer is not JSON") from None
        if not isinstance(envelope, dict):
            raise WorkerDied("Lean's answer is not an object")
        fatal = envelope.get("fatal")
        if isinstance(fatal, dict):
            cause = str(fatal.get("cause", "unknown"))
            raise WorkerDied(f"Lean stopped: {fatal.get('detail')}", cause=cause)
        return envelope

    async def _death(self) -> WorkerDied:
        process = self._process
        assert process is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await process.wait()
                if self._drain is not None:
                    await self._drain
        said = self._errors.decode(errors="replace").strip()
        cause = "unknown"
        if process.returncode == -signal.SIGKILL or "out of memory" in said.lower():
            cause = "memory"
        elif process.returncode == -signal.SIGSEGV or "call stack" in said.lower():
            cause = "stack"
        tail = said[-500:] or "it said nothing"
        return WorkerDied(f"Lean ended with status {process.returncode}: {tail}", cause=cause)

    async def _keep_errors(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while chunk := await process.stderr.read(65536):
            self._errors += chunk
            del self._errors[:-_ERROR_KEPT]

    async def stop(self) -> None:
        """End the process and everything it started, at once."""
        self.usable = False
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await asyncio.shield(process.wait())
        if self._drain is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._drain
            self._drain = None
        if process.stdin is not None:
            process.stdin.close()


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
