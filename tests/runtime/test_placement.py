"""Lean workers go to the machines that are labelled for them."""

from __future__ import annotations

from prover_arb.runtime.placement import LABEL, ROLE, lean_placement


def node(cpus: float, *, role: str = "", alive: bool = True) -> dict[str, object]:
    labels = {LABEL: role} if role else {}
    return {"Alive": alive, "Labels": labels, "Resources": {"CPU": cpus} if cpus else {}}


def test_without_labels_every_processor_takes_a_worker() -> None:
    placement = lean_placement([node(2), node(3, role="models"), node(8, alive=False)])
    assert (placement.cpus, placement.options) == (5, {})


def test_labelled_machines_take_all_workers() -> None:
    nodes = [node(2), node(4, role=ROLE), node(3, role=ROLE), node(64, role="models")]
    placement = lean_placement(nodes)
    assert (placement.cpus, placement.options) == (7, {"label_selector": {LABEL: ROLE}})


def test_a_labelled_machine_that_is_gone_counts_for_nothing() -> None:
    placement = lean_placement([node(2), node(4, role=ROLE, alive=False)])
    assert (placement.cpus, placement.options) == (2, {})
    assert lean_placement([node(0)]).cpus == 1
