"""A child process answers in lines, and what it used is known however it ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from prover_arb.oracle.process import ChildProcess

BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"
ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
IN_THREADS = (
    "import hashlib, threading, time\n"
    "def burn():\n"
    "    while time.thread_time() < 0.3: hashlib.sha256(bytes(1 << 22)).digest()\n"
    "threads = [threading.Thread(target=burn) for _ in range(2)]\n"
    "[t.start() for t in threads]; [t.join() for t in threads]\n"
    "print('done', flush=True); time.sleep(60)\n"
)
IN_CHILD = (
    "import subprocess, sys\n"
    "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=subprocess.PIPE)\n"
    "print('ready', flush=True); sys.stdin.readline()\n"
    "child.communicate(b'go')\n"
)


async def python(code: str, *arguments: str) -> ChildProcess:
    command = [sys.executable, "-c", code, *arguments]
    return await ChildProcess.start(command, {}, line_limit=1_000_000)


def test_lines_go_in_and_come_out() -> None:
    async def main() -> list[bytes]:
        child = await python(ECHO)
        child.writer.write(b"one\ntwo\n")
        lines = [await child.reader.readline() for _ in range(2)]
        await child.kill()
        return lines

    assert asyncio.run(main()) == [b"one\n", b"two\n"]


def test_a_process_that_is_killed_was_metered() -> None:
    async def main() -> tuple[int, int, int | None]:
        child = await python(IN_THREADS)
        await child.reader.readline()
        running = child.cpu_us()
        await child.kill()
        return running, child.cpu_us(), child.returncode

    running, over, code = asyncio.run(main())
    assert running >= 500_000  # both threads, though they have ended
    assert over >= running
    assert code == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_process_that_died_by_itself_was_metered(number: signal.Signals) -> None:
    async def main() -> tuple[int, int | None]:
        child = await python(
            BURN.format(seconds=0.3) + f"import os; os.kill(os.getpid(), {number})"
        )
        assert await child.reader.readline() == b""
        await child.ended()
        await child.kill()
        return child.cpu_us(), child.returncode

    used, code = asyncio.run(main())
    assert used >= 300_000
    assert code == -number


@pytest.mark.parametrize("killed", [True, False])
def test_its_children_are_metered_with_it(killed: bool) -> None:
    burn = "import sys; sys.stdin.readline()\n" + BURN.format(seconds=0.3)
    wait = "import time; time.sleep(60)" if killed else ""

    async def main() -> int:
        child = await python(IN_CHILD, burn + wait)
        await child.reader.readline()
        child.settle()
        before = child.cpu_us()
        child.writer.write(b"go\n")
        if killed:
            while child.cpu_us() - before < 200_000:
                await asyncio.sleep(0.01)
        else:
            await child.ended()
        await child.kill()
        return child.cpu_us() - before

    assert asyncio.run(main()) >= 200_000


def test_it_says_why_it_ended() -> None:
    async def main() -> tuple[str, int | None]:
        child = await python("import sys; sys.exit('no luck')")
        await child.ended()
        await child.kill()
        return child.said, child.returncode

    assert asyncio.run(main()) == ("no luck", 1)


def test_what_it_left_behind_is_ended_too() -> None:
    code = (
        "import os, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True); sys.stdin.readline()\n"
    )

    async def main() -> int:
        child = await python(code)
        left = int(await child.reader.readline())
        await child.kill()
        return left

    left = asyncio.run(main())
    deadline = time.monotonic() + 30
    while runs(left) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not runs(left)


def runs(pid: int) -> bool:
    """An orphan that was killed stays in the table until its new parent looks."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_what_cannot_be_started_is_an_error() -> None:
    async def main() -> None:
        with pytest.raises(FileNotFoundError):
            await ChildProcess.start(["/nonexistent/program"], {}, line_limit=1_000)

    before = len(os.listdir("/proc/self/fd"))
    asyncio.run(main())
    assert len(os.listdir("/proc/self/fd")) == before
