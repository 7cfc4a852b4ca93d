"""What a user's machine can do wrong ends in one line and the right exit code."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = f"{sys.executable} -m prover_arb.cli"
RUN = "bench run --no-ray --workers 1 --policy single:flash --problems t.lean"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.lean").write_text("theorem t : 1 = 1 := by sorry")
    return tmp_path


@pytest.fixture
def full(folder: Path) -> Iterator[Path]:
    """A folder on a disk without room."""
    disk = folder / "full"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can make a small disk here")
    try:
        (disk / "most").write_bytes(bytes(56 << 10))
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a shell says of `prover-arb`, which stands for the program in `command`."""
    script = f"set -o pipefail; {command.replace('prover-arb', PROGRAM)}"
    return subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def the_line(done: subprocess.CompletedProcess[str]) -> str:
    """The last line of what the program says is wrong."""
    assert done.returncode == 3, done
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.lean
@pytest.mark.parametrize("command", [RUN, "prove '1 = 1'", "verify --theorem t.lean"])
def test_too_few_open_files_are_named(folder: Path, command: str) -> None:
    (folder / "p").write_text("rfl")
    more = " --candidate p --kind tactics" if command.startswith("verify") else ""
    said = the_line(shell(f"ulimit -n 128; prover-arb {command}{more}"))
    assert "only 128 files open at once" in said
    assert not list(folder.glob("runs/*/results.jsonl"))


@pytest.mark.lean
def test_a_run_on_a_full_disk_names_its_file(full: Path) -> None:
    said = the_line(shell(f"prover-arb {RUN} --out {shlex.quote(str(full / 'run'))}"))
    assert str(full / "run") in said
    assert "full" in said.split(str(full / "run"))[1] or "No space left" in said


@pytest.mark.lean
def test_a_proof_is_shown_where_its_certificate_cannot_be_written(full: Path) -> None:
    (full / "rest").write_bytes(b"")
    subprocess.run(f"cat /dev/zero > {full}/rest", shell=True, check=False, capture_output=True)
    done = shell("prover-arb prove '1 = 1' --policy single:flash --out full/c.json")
    assert "full/c.json: the certificate cannot be written: No space left" in the_line(done)
    assert "theorem theorem_1" in done.stdout


def test_a_cache_that_cannot_be_written_is_named(folder: Path) -> None:
    (folder / "file").touch()
    cache = folder / "file" / "cache"
    said = the_line(shell("prover-arb prove '1 = 1'", PROVER_ARB_CACHE=str(cache)))
    assert f"cannot set up in {cache}" in said
    assert "PROVER_ARB_CACHE" in said


def test_output_that_cannot_be_written_is_said(folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    assert "No space left on device" in the_line(shell("prover-arb provers list > /dev/full"))


def test_output_that_nobody_reads_ends_quietly(folder: Path) -> None:
    done = shell("prover-arb provers list --json | true")
    assert (done.stderr, done.returncode) in {("", 0), ("", 3)}, "1 would say: not proved"
    assert shell("prover-arb provers list >&-").stderr == ""


def test_names_that_are_not_utf8_are_read_in_any_locale(folder: Path) -> None:
    os.rename("t.lean", b"\xff.lean")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for locale in ({}, plain):
        done = shell("prover-arb problems check $'\\xff.lean'", **locale)
        assert (done.returncode, done.stderr) == (0, "")
        assert "1 of 1 theorems read" in done.stdout
        missing = shell("prover-arb problems check $'\\xfe.lean'", **locale)
        assert missing.returncode == 2
        assert "Traceback" not in missing.stderr


def test_a_temporary_folder_or_home_that_is_not_there_does_not_matter(folder: Path) -> None:
    for environment in ({"TMPDIR": "/nonexistent"}, {"HOME": "/nonexistent"}):
        assert shell("prover-arb problems check t.lean", **environment).returncode == 0
    assert shell("env -u HOME prover-arb problems check t.lean").returncode == 0
