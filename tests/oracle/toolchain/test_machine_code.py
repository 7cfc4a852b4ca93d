"""Workers start with the machine code of a rehearsal, and without it where V8 does not take it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from prover_arb.oracle.toolchain import download, embedded, launch, rehearsal

pytestmark = pytest.mark.lean


@pytest.fixture(scope="module")
def image() -> launch.Image:
    cache = download.cache_folder()
    return embedded.build(cache, download.fetch(cache)).image


def answers(image: launch.Image, *, light: bool = False) -> list[dict[str, object]]:
    """What a worker says when it is ready, and to one request."""
    request = next(rehearsal.requests())
    done = subprocess.run(
        launch.worker(image, memory_mb=700, light=light),
        env=launch.environment(),
        input=json.dumps(request) + "\n",
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_code_of_another_v8_is_refused_and_the_answers_stay_the_same(
    image: launch.Image, tmp_path: Path
) -> None:
    code = (image.code / "code.bin").read_bytes()
    no_code, foreign = tmp_path / "none", tmp_path / "foreign"
    for folder in (no_code, foreign):
        folder.mkdir()
    # The code begins with what it was made by: a number of its format, the version, the flags.
    (foreign / "code.bin").write_bytes(bytes(32) + code[32:])
    images = [image, *(replace(image, code=folder) for folder in (no_code, foreign))]
    said = [answers(each) for each in images] + [answers(image, light=True)]
    assert [ready["prepared"] for ready, _ in said] == [True, False, False, False]
    replies = [answer["reply"] for _, answer in said]
    assert all(isinstance(reply, dict) and reply["status"] == "ok" for reply in replies)
    assert len({json.dumps(untimed(reply)) for reply in replies}) == 1


def untimed(reply: object) -> dict[str, object]:
    assert isinstance(reply, dict)
    return {name: value for name, value in reply.items() if name != "elapsed_ms"}
