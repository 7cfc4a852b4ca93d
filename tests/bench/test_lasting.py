"""Where runs are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover_arb.bench.lasting import lasting


def test_a_relative_folder_is_taken_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert lasting(Path("runs/a")) == tmp_path / "runs" / "a"
    assert lasting(Path("/somewhere/a")) == Path("/somewhere/a")


def test_in_the_cache_of_a_job_it_is_taken_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "session" / "runtime_resources" / "working_dir_files" / "_ray_pkg_1"
    package.mkdir(parents=True)
    monkeypatch.chdir(package)
    assert lasting(Path("runs/a")) == Path.home() / "runs" / "a"
