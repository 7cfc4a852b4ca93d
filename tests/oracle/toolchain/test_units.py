"""Built units: made once, whole or not at all, checked, and deleted when long unused."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain import units

MONTH = 30 * 24 * 3600


def write(text: str = "made") -> units.Make:
    def make(folder: Path) -> None:
        (folder / "below").mkdir()
        (folder / "below" / "file").write_text(text)

    return make


def never(folder: Path) -> None:
    raise AssertionError(f"{folder} is made again")


def test_a_unit_is_made_once(tmp_path: Path) -> None:
    unit = tmp_path / units.name("kind", b"part")
    units.make(unit, write())
    units.make(unit, never, full=True)
    assert (unit / "below/file").read_text() == "made"
    assert units.damage(unit, full=True) == []


def test_two_at_once_make_it_once(tmp_path: Path) -> None:
    unit = tmp_path / "kind-0"
    made = []

    def slowly(folder: Path) -> None:
        made.append(folder)
        time.sleep(0.2)
        write()(folder)

    threads = [threading.Thread(target=units.make, args=(unit, slowly)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert units.damage(unit) == []


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    unit = tmp_path / "kind-0"

    def fail(folder: Path) -> None:
        write()(folder)
        raise ToolchainError("no luck")

    with pytest.raises(ToolchainError, match="no luck"):
        units.make(unit, fail)
    assert [path.name for path in tmp_path.iterdir()] == ["kind-0.lock"]


def test_what_was_interrupted_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "kind-0.partial-killed").mkdir()
    units.make(tmp_path / "kind-0", write())
    assert not (tmp_path / "kind-0.partial-killed").exists()


@pytest.mark.parametrize(("content", "full"), [("longer than before", False), ("dame", True)])
def test_a_damaged_unit_is_made_again(tmp_path: Path, content: str, full: bool) -> None:
    unit = tmp_path / "kind-0"
    units.make(unit, write())
    (unit / "below/file").write_text(content)
    assert units.damage(unit, full=full) == ["below/file"]
    units.make(unit, write("again"), full=full)
    assert (unit / "below/file").read_text() == "again"


def test_a_unit_without_its_list_is_damaged(tmp_path: Path) -> None:
    assert units.damage(tmp_path / "absent") == ["manifest.json"]


def test_names_depend_on_every_part_and_its_place() -> None:
    parts = [(b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"c", b"ab")]
    names = {units.name("kind", *some) for some in parts}
    assert len(names) == len(parts)
    assert all(name.startswith("kind-") for name in names)


def test_units_that_nobody_uses_are_deleted(tmp_path: Path) -> None:
    for name in ("kind-old", "kind-used", "other-old"):
        units.make(tmp_path / name, write())
    long_ago = time.time() - MONTH
    for name in ("kind-old", "kind-used", "other-old"):
        os.utime(tmp_path / name, (long_ago, long_ago))
    units.used(tmp_path / "kind-used")
    units.make(tmp_path / "kind-new", write())
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {
        "kind-new", "kind-used", "other-old",
    }  # fmt: skip


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolchainError, match="PROVER_ARB_CACHE"):
        units.make(tmp_path / "file" / "kind-0", write())
