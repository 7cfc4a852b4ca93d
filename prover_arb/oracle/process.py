"""A child process that is spoken to in lines, and whose processor time is known even after it died.

The operating system is asked what a process used, never the process itself: a process that was
killed says nothing, and one that a candidate took over would say what it likes.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

import psutil

_ERROR_KEPT = 4_000
_LAST_WORDS_SECONDS = 1.0
_PROCESS_CLOCK = 2
"""Linux: the clock of all threads of a process, those that have ended included."""
_LAUNCHER = """
import _signal, ctypes, os, sys
PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, _signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    sys.exit("the program that wanted this process is gone")
for ignored in (_signal.SIGPIPE, _signal.SIGXFSZ):
    _signal.signal(ignored, _signal.SIG_DFL)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Linux kills the process when its parent ends, which may itself be killed and can do nothing then.

It is a program, because Python code between fork and exec may hang where a program has threads.
Python ignores two signals as it starts; what it executes gets them back."""


class ChildProcess:
    """A process with a line channel on its standard input and output; `start` makes one.

    Its standard error is read away all the time, and the end of it is kept.
    """

    def __init__(
        self,
        popen: subprocess.Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        errors: asyncio.StreamReader,
    ) -> None:
        self.reader, self.writer = reader, writer
        self.pid = popen.pid
        self.returncode: int | None = None
        """None while it runs; negative where a signal ended it."""
        self._popen = popen
        self._members: tuple[int, ...] = (popen.pid,)
        self._used_us = 0
        self._over = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._said = bytearray()
        self._drain = asyncio.create_task(self._keep_errors(errors))
        threading.Thread(target=self._reap, name=f"reaper-{self.pid}", daemon=True).start()

    @classmethod
    async def start(
        cls, command: Sequence[str], environment: Mapping[str, str], *, line_limit: int
    ) -> ChildProcess:
        """Start a process in a session of its own, which ends when the thread ends that called.

        Raises:
            OSError: it cannot be started: no such program, no file descriptor or process left.
        """
        program = shutil.which(command[0])
        if program is None:
            raise FileNotFoundError(errno.ENOENT, "no such program", command[0])
        launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid())]
        ours, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as stack:
            stack.callback(ours.close)
            errors_out, errors_in = os.pipe()
            errors_file = stack.enter_context(os.fdopen(errors_out, "rb", buffering=0))
            with os.fdopen(errors_in, "wb", buffering=0) as errors_end:
                popen = subprocess.Popen(
                    [*launcher, program, *command[1:]],
                    env=dict(environment),
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=errors_end,
                    start_new_session=True,
                )
            stack.callback(popen.wait)
            stack.callback(os.killpg, popen.pid, signal.SIGKILL)
            errors = asyncio.StreamReader()
            await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(errors), errors_file
            )
            reader, writer = await asyncio.open_connection(sock=ours, limit=line_limit)
            stack.pop_all()  # the event loop owns our ends now
        return cls(popen, reader, writer, errors)

    @property
    def said(self) -> str:
        """The end of what it wrote to its standard error."""
        return self._said.decode(errors="replace").strip()

    def settle(self) -> None:
        """Note which processes belong to it; to be called once it has started all it will start."""
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(self.pid).children(recursive=True)
            self._members = (self.pid, *(child.pid for child in children))

    def cpu_us(self) -> int:
        """Microseconds of processor time that it and its children used so far, or in all."""
        running = sum(_clock_us(pid) for pid in self._members)
        return max(running, self._used_us)

    def memory(self) -> int:
        """Bytes that it and its children hold in memory and share with nobody; 0 if not known."""
        held = 0
        for pid in self._members:
            with contextlib.suppress(psutil.Error):
                info = psutil.Process(pid).memory_info()
                held += info.rss - getattr(info, "shared", 0)
        return held

    async def ended(self) -> None:
        """Wait until it is over, and all that it said was read."""
        await self._over.wait()
        # What it left behind may hold its standard error open.
        await asyncio.wait({self._drain}, timeout=_LAST_WORDS_SECONDS)

    async def kill(self) -> None:
        """End it and everything it started, at once."""
        self._used_us = self.cpu_us()
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self.writer.close()
        await asyncio.shield(self.ended())
        self._drain.cancel()

    async def _keep_errors(self, errors: asyncio.StreamReader) -> None:
        while chunk := await errors.read(65536):
            self._said += chunk
            del self._said[:-_ERROR_KEPT]

    def _reap(self) -> None:
        status, used = 0, 0.0
        with contextlib.suppress(ChildProcessError):
            _, status, usage = os.wait4(self.pid, 0)
            used = usage.ru_utime + usage.ru_stime
        code = os.waitstatus_to_exitcode(status)
        self._popen.returncode = code  # nobody else need wait for it
        with contextlib.suppress(RuntimeError):  # the event loop is closed
            self._loop.call_soon_threadsafe(self._note_end, code, round(used * 1_000_000))

    def _note_end(self, code: int, used_us: int) -> None:
        self.returncode = code
        self._used_us = max(self._used_us, used_us)
        self._members = ()
        self._over.set()


def _clock_us(pid: int) -> int:
    """Microseconds of processor time of one process; 0 where there is none any more."""
    try:
        return time.clock_gettime_ns((~pid << 3) | _PROCESS_CLOCK) // 1_000
    except OSError:
        return 0
