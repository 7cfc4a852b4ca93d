"""A PostgreSQL server of its own for tests, from Debian's package."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.api.service.service_process import free_port

USER = "nobody"
"""Who runs the server if the tests run as root, whom PostgreSQL refuses."""


class PostgreSQL:
    """A server that can be stopped and started; `url` is of an empty database."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._data = folder / "data"
        self._user = USER if os.geteuid() == 0 else None
        if self._user is not None:
            shutil.chown(folder, pwd.getpwnam(USER).pw_uid)
        self._port = free_port()
        self._log = folder / "log"
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "--no-sync")

    def start(self) -> None:
        options = f"-p {self._port} -h 127.0.0.1 -k {self._data} -F"
        self._run("pg_ctl", "-D", self._data, "-l", self._log, "-o", options, "-w", "start")

    def stop(self) -> None:
        """Stops at once, as in a crash."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._programs / program, *arguments]
        subprocess.run(
            command,
            user=self._user,
            check=True,
            timeout=60,
            cwd="/",
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A running server; skips where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    programs = found[-1].parent if found else Path(str(on_path)).parent
    folder = Path(mkdtemp(prefix="prover_arb-postgresql-"))
    server = PostgreSQL(programs, folder)
    try:
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
