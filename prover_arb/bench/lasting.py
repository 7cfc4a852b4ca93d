"""Where a run is written so that it is still there afterwards."""

from __future__ import annotations

from pathlib import Path

_PACKAGE_CACHE = ("runtime_resources", "working_dir_files")
"""Ray unpacks a job's `--working-dir` below folders of these names, and deletes it afterwards."""


def lasting(folder: Path) -> Path:
    """Returns the folder's absolute path, outside of Ray's cache of job packages.

    A relative path is meant from the current folder, as everywhere; in a job that was submitted
    with `--working-dir`, which runs inside that cache, it is meant from the home folder instead.
    """
    if folder.is_absolute():
        return folder
    here = Path.cwd()
    base = Path.home() if set(_PACKAGE_CACHE) <= set(here.parts) else here
    return base / folder
