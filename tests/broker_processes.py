"""The processes of brokers on Ray, for tests that kill one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import psutil


def broker_processes(ledger: Path, program: int | None = None) -> list[psutil.Process]:
    """Returns the actors, under this program or another one, that have the ledger's file open."""
    brokers = []
    for process in psutil.Process(program).children(recursive=True):
        with suppress(psutil.Error):
            if " ".join(process.cmdline()).startswith("ray::ActorBody") and any(
                file.path == str(ledger.resolve()) for file in process.open_files()
            ):
                brokers.append(process)
    return brokers
