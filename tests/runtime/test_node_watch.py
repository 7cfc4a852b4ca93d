"""A machine that is gone is said and counted."""

from __future__ import annotations

import pytest

from prover_arb.runtime.node_watch import NodeWatch


def node(number: int, *, alive: bool = True) -> dict[str, object]:
    return {
        "NodeID": f"{number}" * 56,
        "Alive": alive,
        "NodeManagerAddress": f"10.0.0.{number}",
        "Resources": {"CPU": 4.0} if alive else {},
    }


def test_a_lost_machine_is_said_once_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    watch = NodeWatch()
    watch.look([node(1), node(2), node(3)])
    watch.look([node(1), node(2), node(3)])
    assert (watch.alive, watch.lost, caplog.records) == (3, 0, [])
    for _ in range(2):
        watch.look([node(1), node(2, alive=False), node(3)])
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "lost: 10.0.0.2 (node 22222222, 4 CPUs); 2 are left" in record.getMessage()
    watch.look([node(1)])
    assert (watch.alive, watch.lost) == (1, 2)


def test_a_machine_that_joins_is_no_loss(caplog: pytest.LogCaptureFixture) -> None:
    watch = NodeWatch()
    with caplog.at_level("INFO", logger="prover_arb"):
        watch.look([node(1)])
        watch.look([node(1), node(2)])
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert (watch.alive, watch.lost) == (2, 0)


def test_a_machine_that_the_autoscaler_takes_away_is_no_loss(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = NodeWatch()
    with caplog.at_level("INFO", logger="prover_arb"):
        watch.look([node(1), node(2)])
        watch.look([node(1), node(2, alive=False) | {"DeathReason": 4}])
        watch.look([node(1), node(2, alive=False) | {"DeathReason": 4}])
    (record,) = caplog.records
    assert record.levelname == "INFO"
    assert "nothing ran has left" in record.getMessage()
    assert "10.0.0.2" in record.getMessage()
    assert (watch.alive, watch.lost) == (1, 0)
