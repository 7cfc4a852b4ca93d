"""One server for all tests that do not stop it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from service_process import Server, local_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with local_server(tmp_path_factory.mktemp("service") / "ledger.sqlite") as running:
        running.wait_for("/readyz", 30)
        yield running
