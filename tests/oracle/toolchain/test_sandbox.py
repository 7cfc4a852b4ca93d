"""Hostile programs under the wrapper that holds native Lean in."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain import sandbox

PYTHON = "/usr/bin/python3"


def _unusable() -> str:
    """Why bubblewrap cannot be used here; empty if it can."""
    if not Path(PYTHON).exists():
        return f"no {PYTHON} to run inside"
    try:
        command = sandbox.wrap(["/bin/true"], readable=(), environment={}, memory_mb=1_000)
    except ToolchainError as error:
        return str(error)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return "" if done.returncode == 0 else f"bubblewrap does not run here: {done.stderr.strip()}"


UNUSABLE = _unusable()
held = pytest.mark.skipif(bool(UNUSABLE), reason=UNUSABLE)


def run(
    program: str, *, readable: tuple[Path, ...] = (), memory_mb: int = 1_000, processes: int = 64
) -> subprocess.CompletedProcess[str]:
    command = sandbox.wrap(
        [PYTHON, "-c", textwrap.dedent(program)],
        readable=readable,
        environment={"SHOWN": "yes"},
        memory_mb=memory_mb,
        processes=processes,
    )
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def said(program: str, **options: object) -> str:
    done = run(program, **options)  # type: ignore[arg-type]
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that nobody can get to, too: a program started by root runs as nobody."""
    folder = Path(f"/var/tmp/prover_arb_sandbox_{os.getpid()}_{time.monotonic_ns()}")
    folder.mkdir(mode=0o755)
    (folder / "known").write_text("content")
    yield folder
    shutil.rmtree(folder)


@held
def test_what_is_named_can_be_read_and_not_written(shared: Path) -> None:
    assert said(f"print(open('{shared}/known').read())", readable=(shared,)) == "content"
    for attempt in (
        f"open('{shared}/known', 'w')",
        f"open('{shared}/new', 'w')",
        f"import os; os.remove('{shared}/known')",
        "open('/usr/bin/new', 'w')",
        "open('/etc/passwd', 'w')",
    ):
        assert run(attempt, readable=(shared,)).returncode != 0, attempt
    assert (shared / "known").read_text() == "content"
    assert sorted(path.name for path in shared.iterdir()) == ["known"]


@held
@pytest.mark.parametrize(
    "path", [str(Path.home()), "/home", "/root", "/etc/passwd", "/var", "/sys"]
)
def test_the_rest_of_the_disk_is_not_there(path: str) -> None:
    assert said(f"import os; print(os.path.exists({path!r}))") == "False"


@held
def test_what_is_written_to_tmp_stays_there() -> None:
    assert said("open('/tmp/x', 'w').write('x'); print(open('/tmp/x').read())") == "x"
    assert said("import os; print(os.listdir('/tmp'))") == "[]"


@held
def test_there_is_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
        assert subprocess.run([sys.executable, "-c", connect], check=False).returncode == 0
        done = run(connect)
        assert done.returncode != 0
        assert "refused" in done.stderr.lower() or "unreachable" in done.stderr.lower()
    names = said("import socket; print([name for _, name in socket.if_nameindex()])")
    assert names in {"['lo']", "[]"}


@held
def test_the_environment_is_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    seen = said("import os; print(dict(os.environ))")
    assert "SHOWN" in seen
    assert "secret" not in seen


@held
def test_other_processes_cannot_be_seen() -> None:
    pids = said("import os; print(len([p for p in os.listdir('/proc') if p.isdigit()]))")
    assert int(pids) <= 4
    assert run(f"import os; os.kill({os.getpid()}, 0)").returncode != 0


@held
def test_memory_runs_out_at_its_limit() -> None:
    grow = "x = bytearray(400 << 20); print(len(x) >> 20)"
    assert said(grow, memory_mb=1_000) == "400"
    done = run(grow, memory_mb=200)
    assert done.returncode != 0
    assert "MemoryError" in done.stderr


@held
def test_files_cannot_outgrow_the_scratch_folder() -> None:
    fill = f"""
        with open('/tmp/x', 'wb') as file:
            file.write(bytes({sandbox.SCRATCH_BYTES + 1}))
    """
    assert "File too large" in run(fill).stderr
    many = """
        for i in range(10):
            with open(f'/tmp/{i}', 'wb') as file:
                file.write(bytes(10 << 20))
    """
    assert "No space left" in run(many).stderr


@held
def test_processes_cannot_multiply_without_end() -> None:
    fork = """
        import os, signal, time
        children = []
        try:
            for _ in range(200):
                pid = os.fork()
                if pid == 0:
                    time.sleep(30)
                    os._exit(0)
                children.append(pid)
        except BlockingIOError:
            pass
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        print(len(children))
    """
    assert int(said(fork, processes=20)) < 20
    assert int(said(fork, processes=150)) >= 60


@held
def test_root_is_left_behind() -> None:
    assert said("import os; print(os.geteuid())") != "0"


@held
def test_killing_the_wrapper_kills_what_runs_inside() -> None:
    mark = f"{time.time_ns()}"
    command = sandbox.wrap(
        ["/bin/sh", "-c", f"sleep 300 # {mark}\ntrue"], readable=(), environment={}, memory_mb=1_000
    )
    process = subprocess.Popen(command, start_new_session=True)
    try:
        assert _eventually(lambda: mark in _command_lines())
    finally:
        process.kill()
        process.wait()
    assert _eventually(lambda: mark not in _command_lines())


def _command_lines() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def _eventually(condition: object, seconds: float = 20) -> bool:
    assert callable(condition)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_without_bubblewrap_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    with pytest.raises(ToolchainError, match="install the package `bubblewrap`"):
        sandbox.wrap(["/bin/true"], readable=(), environment={}, memory_mb=100)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that are closed to nobody")
@held
def test_root_is_told_when_nobody_cannot_read_lean(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(ToolchainError, match="closed; start prover-arb as an ordinary user"):
        sandbox.wrap(["/bin/true"], readable=(closed,), environment={}, memory_mb=100)
