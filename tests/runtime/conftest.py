"""One local Ray for every test that needs one: starting it costs seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def local_ray() -> Iterator[None]:
    import ray  # noqa: PLC0415

    from prover_arb.runtime.ray_session import connect  # noqa: PLC0415

    assert connect("local", workers=2)
    yield
    ray.shutdown()
