"""A seller in a process of its own, bought from over HTTP: started, killed, started again.

It is `prover-arb provers serve`, as anybody would run it, on a port of this machine. The first
start takes a free port; a seller that comes back comes back there.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import sys
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

from prover_arb.core.theorem import Profile, Value
from prover_arb.errors import OracleError

CLOSING_SECONDS = 10.0
"""What a seller gets to finish what it has in hand, before it is killed."""

_ADDRESS = re.compile(r" sells at (http://\S+)")
_LINES_KEPT = 20


class Conditions(Value):
    """What a buyer meets at a seller besides its prices."""

    prover: str
    latency_ms: int
    """What every answer takes longer."""
    per_minute: int
    """Requests it takes from one buyer in any 60 seconds."""


class SellerProcess:
    """One seller of the shipped catalog, with one Lean worker, for whoever has the key in `keys`.

    Used on one event loop.
    """

    def __init__(self, conditions: Conditions, *, keys: Path, profile: Profile) -> None:
        self.conditions = conditions
        self.keys = keys
        self._profile = profile
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._said: deque[str] = deque(maxlen=_LINES_KEPT)
        self._url = ""

    @property
    def name(self) -> str:
        return self.conditions.prover

    @property
    def url(self) -> str:
        """Base of its API; empty before the first start."""
        return self._url

    async def start(self) -> None:
        """Start it, or start it again where it was, and wait until it sells.

        Raises:
            OracleError: it ended instead; the message quotes it.
        """
        await self.stop()
        self._process = await asyncio.create_subprocess_exec(
            *self._command(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl-C is for the buyer; it ends its sellers itself.
            start_new_session=True,
        )
        at_work: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._listening = asyncio.create_task(self._listen(self._process, at_work))
        self._url = await at_work

    def kill(self) -> None:
        """SIGKILL, as a machine that loses power: no request is answered, nothing is put away."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def stop(self) -> None:
        """End it and wait until it has ended, whether it was at work, starting or dead."""
        process = self._process
        if process is None:
            return
        try:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGTERM)
                async with asyncio.timeout(CLOSING_SECONDS):
                    await process.wait()
        except TimeoutError:
            pass
        finally:
            self.kill()
        await process.wait()
        if self._listening is not None:
            await self._listening

    def _command(self) -> list[str]:
        asked = self.conditions
        return [
            *(sys.executable, "-m", "prover_arb.cli", "provers", "serve", self.name),
            *("--port", str(urlsplit(self._url).port or 0)),
            *("--per-minute", str(asked.per_minute), "--latency-ms", str(asked.latency_ms)),
            *("--keys", str(self.keys), "--profile", self._profile),
        ]

    async def _listen(
        self, process: asyncio.subprocess.Process, at_work: asyncio.Future[str]
    ) -> None:
        """Read what it says to the end, for the address and for the reason when it ends."""
        assert process.stderr is not None
        async for data in process.stderr:
            line = data.decode(errors="replace").rstrip()
            self._said.append(line)
            found = _ADDRESS.search(line)
            if found and not at_work.done():
                at_work.set_result(found[1].removesuffix("/"))
        await process.wait()
        if not at_work.done():
            said = "\n".join(self._said) or "it said nothing"
            at_work.set_exception(
                OracleError(f"seller {self.name} ended with status {process.returncode}: {said}")
            )
