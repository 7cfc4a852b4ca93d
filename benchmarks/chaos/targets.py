"""What the chaos benchmark kills: replicas, the model server, Ray's workers and brokers, and
connections of the database."""

from __future__ import annotations

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

import psutil
import psycopg

HERE = Path(__file__).parent

LOCKED_SECONDS = 1.0
"""How long the files of SQLite are locked where there are no connections to kill."""

RESTART_SECONDS = 0.3


class Program:
    """A program on a port of this machine that is started again when it was killed."""

    def __init__(self, log: IO[bytes], name: str, *arguments: str) -> None:
        self._log = log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._command = [sys.executable, str(HERE / name), str(self.port), *arguments]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=self._log, stderr=self._log)

    def kill(self) -> None:
        """Kills it and starts it again."""
        self._process.kill()
        self._process.wait()
        time.sleep(RESTART_SECONDS)
        self.start()

    def stop(self) -> int:
        """Ends it as an operator does, and returns its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(90)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Targets:
    """Everything that can be killed; each method says what it did, or nothing if there was none."""

    def __init__(
        self, replicas: list[Program], model: Program, files: list[Path], database: str | None
    ) -> None:
        """`files` are the SQLite files, `database` is the URL of a PostgreSQL database."""
        self.replicas = replicas
        self.model = model
        self._files = files
        self._database = database

    def kill(self, kind: str, draw: random.Random) -> str:
        """Kills one of this kind."""
        match kind:
            case "replica":
                number = draw.randrange(len(self.replicas))
                self.replicas[number].kill()
                return f"replica {number}"
            case "prover":
                self.model.kill()
                return "the model server"
            case "database":
                return self._disconnect(draw)
            case _:
                return self._kill_actor(draw, broker=kind == "broker")

    def _disconnect(self, draw: random.Random) -> str:
        if self._database is None:
            with closing(sqlite3.connect(draw.choice(self._files), timeout=30)) as db:
                db.execute("BEGIN EXCLUSIVE")
                time.sleep(LOCKED_SECONDS)
                db.rollback()
            return f"a file was locked for {LOCKED_SECONDS:g} s"
        # Half of the time one connection that is in work, the other half all of them.
        which = draw.choice(["", " ORDER BY state = 'idle', random() LIMIT 1"])
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        query = (
            "SELECT count(pg_terminate_backend(pid)) FROM"
            f" (SELECT pid FROM pg_stat_activity WHERE {others}{which}) AS chosen"
        )
        with psycopg.connect(self._database, autocommit=True) as db:
            row = db.execute(query).fetchone()
        return f"{row[0] if row else 0} database connections"

    def _kill_actor(self, draw: random.Random, *, broker: bool) -> str:
        actors = [process for process in _actors() if self._is_broker(process) == broker]
        if not actors:
            return ""
        chosen = draw.choice(sorted(actors, key=lambda process: process.pid))
        os.kill(chosen.pid, signal.SIGKILL)
        return f"{'broker' if broker else 'worker'} process {chosen.pid}"

    def _is_broker(self, process: psutil.Process) -> bool:
        """Returns whether an actor has the ledger open, as brokers do and workers do not."""
        with suppress(psutil.Error):
            if self._database is None:
                paths = {file.path for file in process.open_files()}
                return any(str(file) in paths for file in self._files)
            port = psycopg.conninfo.conninfo_to_dict(self._database)["port"]
            remotes = [c.raddr for c in process.net_connections("tcp") if c.raddr]
            return any(str(remote.port) == str(port) for remote in remotes)
        return False


def _actors() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if " ".join(process.cmdline()).startswith("ray::ActorBody"):
                found.append(process)
    return found
