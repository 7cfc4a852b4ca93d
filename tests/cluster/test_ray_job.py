"""`ray job submit -- prover-arb bench run ...` against a Ray of its own, as README.md has it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

pytestmark = [pytest.mark.ray, pytest.mark.lean]

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Head:
    """A running Ray head node."""

    dashboard: str
    environment: dict[str, str]


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="module")
def head() -> Iterator[Head]:
    """`ray start --head` on free ports; ended by its own processes, not by `ray stop`."""
    gcs, dashboard, client, agent = free_ports(4)
    # Short: Ray makes sockets in it, whose paths have a limit.
    folder = tempfile.mkdtemp(prefix="pa_", dir="/tmp")
    environment = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
    }
    for name in ("RAY_ADDRESS", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        environment.pop(name, None)
    token = subprocess.run(
        [str(BIN / "ray"), "get-auth-token", "--generate"],
        env=environment, capture_output=True, text=True, check=True, timeout=120,
    ).stdout.split()[-1]  # fmt: skip
    command = [
        str(BIN / "ray"),
        "start",
        "--head",
        "--block",
        f"--port={gcs}",
        f"--dashboard-port={dashboard}",
        f"--ray-client-server-port={client}",
        f"--dashboard-agent-listen-port={agent}",
        f"--temp-dir={folder}",
        "--dashboard-host=127.0.0.1",
        "--num-cpus=1",
        "--object-store-memory=100000000",
    ]
    with (Path(folder) / "start.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{dashboard}"
        _wait_for_jobs(url, token, process, Path(log.name))
        yield Head(dashboard=url, environment=environment)
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        _, alive = psutil.wait_procs([psutil.Process(process.pid), *family], timeout=20)
        for straggler in alive:
            straggler.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_jobs(url: str, token: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        assert process.poll() is None, log.read_text()
        try:
            headers = {"Authorization": f"Bearer {token}"}
            response = httpx.get(f"{url}/api/jobs/", timeout=5, headers=headers)
            if response.status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.5)


def submit(
    head: Head, *words: str, options: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "ray"), "job", "submit", "--address", head.dashboard]
    command += [*(options or []), "--", *words]
    return subprocess.run(
        command, env=head.environment, capture_output=True, text=True, timeout=500, check=False
    )


def test_the_benchmark_runs_as_a_job(head: Head, tmp_path: Path) -> None:
    run = tmp_path / "run"
    words = ["prover-arb", "bench", "run", "--limit", "3", "--policy", "cascade"]
    ended = submit(head, *words, "--out", str(run))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = [json.loads(line) for line in (run / "results.jsonl").read_text().splitlines()]
    assert len(rows) == 3
    assert json.loads((run / "summary.json").read_text())
    assert (run / "report.html").exists()


def test_a_run_is_written_where_it_lasts(head: Head, tmp_path: Path) -> None:
    """A job with a working folder runs in a copy of it, which Ray deletes."""
    (tmp_path / "one.lean").write_text("theorem one : 1 + 1 = 2 := by sorry\n")
    folder = f"prover-arb-test-{os.getpid()}"
    words = ["prover-arb", "bench", "run", "--problems", "one.lean", "--policy", "single:flash"]
    try:
        ended = submit(head, *words, "--out", folder, options=["--working-dir", str(tmp_path)])
        assert ended.returncode == 0, ended.stdout + ended.stderr
        report = Path.home() / folder / "report.html"
        assert f"report {report}" in ended.stdout
        assert report.exists()
    finally:
        shutil.rmtree(Path.home() / folder, ignore_errors=True)


def test_a_job_that_cannot_run_fails(head: Head, tmp_path: Path) -> None:
    words = ["prover-arb", "bench", "run", "--limit", "1", "--policy", "single:nobody"]
    ended = submit(head, *words, "--out", str(tmp_path / "run"))
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "known provers" in ended.stdout + ended.stderr
