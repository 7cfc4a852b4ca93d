"""One Lean process that answers one line of JSON per request.

The answers come from the driver around Lean, on a channel Lean itself cannot write to. A process
that overran its deadline, or whose Lean was interrupted, is never used again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import secrets
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prover_arb.errors import WorkerDied, WorkerNotStarted, WorkerTimeout
from prover_arb.oracle.process import ChildProcess

_log = logging.getLogger(__name__)

_LINE_LIMIT = 64 * 1024 * 1024
_START_SECONDS = 180
_METER_SECONDS = 0.1
"""How often the processor time of a request that has a limit of it is looked at."""
_DEATH_SECONDS = 2
"""How long a process may take to end after it closed its channel."""
_NO_MEMORY = ("out of memory", "cannot allocate memory")
"""What a process says that ends for want of memory: Lean and Node, and the numbers' library."""
_ERROR = re.compile(r"error|fatal|panic|abort|terminat|memory|limit", re.IGNORECASE)
_GIST = 300
_RESET_MS = 10_000
"""A process that takes longer to be reset is replaced."""


@dataclass(frozen=True)
class Reply:
    """What Lean answered, and what the answer took."""

    data: dict[str, object]
    cpu_us: int
    """Processor time of the process for this request, as the operating system counts it."""
    elapsed_ms: int
    """Wall clock seen from here."""
    memory: int
    """Bytes of memory: the embedded Lean's own, as its driver says, or the whole process's."""
    printed: int
    """Bytes the elaborated text wrote to its standard output."""


class LeanWorker:
    """A running Lean process; `start` one, ask it, `stop` it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._process: ChildProcess | None = None
        self._busy = False
        self.usable = False
        """Whether another request may be sent."""
        self.memory = 0
        self.requests = 0
        """How many were sent since it started or was last reset; it is untouched while 0."""
        self.suspect = False
        """Whether something odd happened on it: it is reset before it serves again."""

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Wait until Lean has imported the profile and is ready.

        Raises:
            WorkerNotStarted: the process ended, was not ready in time, or what it uses cannot be
                measured; the message says which.
        """
        try:
            self._process = await ChildProcess.start(
                self._command, self._environment, line_limit=_LINE_LIMIT
            )
        except OSError as error:
            raise WorkerNotStarted(f"a Lean process cannot be started: {error}") from error
        try:
            async with asyncio.timeout(_START_SECONDS):
                ready = await self._read(self._process)
        except TimeoutError:
            await self.stop()
            raise WorkerNotStarted(f"Lean was not ready within {_START_SECONDS} s") from None
        except WorkerDied as error:
            await self.stop()
            raise WorkerNotStarted(str(error)) from None
        except BaseException:
            await self.stop()
            raise
        self._process.settle()
        self.memory = _memory(ready, self._process)
        timed = self._process.cpu_us() > 0
        if not timed or not self.memory:
            await self.stop()
            raise WorkerNotStarted(
                f"the {'memory' if timed else 'processor time'} that Lean uses cannot be measured "
                "on this machine, and what is not metered is not sold"
            )
        self.usable = True

    async def request(
        self, op: Mapping[str, object], *, wall_ms: int, cpu_ms: int | None = None
    ) -> Reply:
        """Send one request and wait for its answer.

        Raises:
            WorkerTimeout: no answer within `wall_ms`, or within `cpu_ms` of the process's own
                processor time; the process is gone.
            WorkerDied: the process ended; `cause` is "memory", "stack", "trap" or "output" where
                what Lean was given to read did it, "killed" where another program did, or
                "unknown".
        """
        process = self._process
        if not self.usable or self._busy or process is None:
            raise WorkerDied("this Lean process takes no more requests")
        # What is elaborated cannot know the token, so nothing it prints passes for an answer.
        token = secrets.token_hex(16)
        line = json.dumps({**op, "id": token}, ensure_ascii=True) + "\n"
        started, before = time.monotonic(), process.cpu_us()
        self._busy = True
        self.requests += 1
        answered = False
        most_us = None if cpu_ms is None else before + cpu_ms * 1000
        try:
            async with asyncio.timeout(max(0, wall_ms) / 1000):
                envelope = await self._metered(process, line, most_us)
            if envelope.get("id") != token or not isinstance(envelope.get("reply"), dict):
                raise WorkerDied("Lean answered something else than it was asked")  # noqa: TRY301
            answered = True
        except TimeoutError:
            await self.stop()
            used = max(0, process.cpu_us() - before)
            overran = cpu_ms is not None and used > cpu_ms * 1000
            limit = f"{cpu_ms} ms of processor time" if overran else f"{wall_ms} ms"
            raise WorkerTimeout(f"no answer within {limit}", cpu_us=used) from None
        except WorkerDied as error:
            await self.stop()
            error.cpu_us = max(0, process.cpu_us() - before)
            raise
        finally:
            self._busy = False
            if not answered:  # also when cancelled: what Lean is doing now belongs to nobody
                await self.stop()
        self.memory = _memory(envelope, process)
        reply = envelope["reply"]
        assert isinstance(reply, dict)
        elapsed_ms = round((time.monotonic() - started) * 1000)
        _log.debug("Lean process %s: %s took %d ms", self.pid, op.get("op"), elapsed_ms)
        return Reply(
            data=reply,
            cpu_us=process.cpu_us() - before,
            elapsed_ms=elapsed_ms,
            memory=self.memory,
            printed=_number(envelope.get("printed")),
        )

    async def reset(self) -> None:
        """Put Lean back to the state in which it started; where that fails, end the process."""
        try:
            reply = await self.request({"op": "reset"}, wall_ms=_RESET_MS)
        except (WorkerDied, WorkerTimeout):
            return
        if reply.data.get("status") == "ok":
            self.requests, self.suspect = 0, False
        else:
            await self.stop()

    async def _metered(
        self, process: ChildProcess, line: str, most_us: int | None
    ) -> dict[str, object]:
        """Returns the answer; raises TimeoutError once the process's clock has passed `most_us`."""
        if most_us is None:
            return await self._exchange(process, line)
        exchange = asyncio.create_task(self._exchange(process, line))
        try:
            while not (await asyncio.wait({exchange}, timeout=_METER_SECONDS))[0]:
                if process.cpu_us() > most_us:
                    raise TimeoutError
            return exchange.result()
        finally:
            exchange.cancel()

    async def _exchange(self, process: ChildProcess, line: str) -> dict[str, object]:
        try:
            process.writer.write(line.encode())
            await process.writer.drain()
        except OSError:
            raise await self._death(process) from None
        return await self._read(process)

    async def _read(self, process: ChildProcess) -> dict[str, object]:
        try:
            line = await process.reader.readline()
        except ValueError:
            raise WorkerDied("Lean's answer is too long", cause="output") from None
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            raise await self._death(process)
        try:
            envelope = json.loads(line)
        except (ValueError, RecursionError):
            raise WorkerDied("Lean's answer is not JSON") from None
        if not isinstance(envelope, dict):
            raise WorkerDied("Lean's answer is not an object")
        fatal = envelope.get("fatal")
        if isinstance(fatal, dict):
            cause = str(fatal.get("cause", "unknown"))
            raise WorkerDied(f"Lean stopped: {fatal.get('detail')}", cause=cause)
        return envelope

    async def _death(self, process: ChildProcess) -> WorkerDied:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DEATH_SECONDS):
                await process.ended()
        cause, said = "unknown", process.said.lower()
        if any(words in said for words in _NO_MEMORY):
            cause = "memory"
        elif process.returncode == -signal.SIGKILL:
            cause = "killed"
        elif process.returncode == -signal.SIGSEGV or "call stack" in said:
            cause = "stack"
        said = _gist(process.said) or "it said nothing"
        return WorkerDied(f"Lean ended with status {process.returncode}: {said}", cause=cause)

    async def stop(self) -> None:
        """End the process and everything it started, at once."""
        self.usable = False
        if self._process is not None:
            await self._process.kill()


def _gist(said: str) -> str:
    """The line of a process's last words that says most: the last one that speaks of an error."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if _ERROR.search(line)] or lines
    return telling[-1][:_GIST] if telling else ""


def _memory(envelope: Mapping[str, object], process: ChildProcess) -> int:
    """What the driver says, which sees a machine inside its process, or else the system."""
    return _number(envelope.get("memory")) or process.memory()


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
