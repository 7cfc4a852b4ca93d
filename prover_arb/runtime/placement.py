"""On which machines of a Ray cluster the Lean workers go.

Machines that were started with the label `prover-arb/role=lean` take all of them, if there are any:

    ray start --address=HEAD:6379 --labels prover-arb/role=lean

So machines with GPUs, on which model servers run, keep their processors for those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LABEL = "prover-arb/role"
ROLE = "lean"


@dataclass(frozen=True)
class Placement:
    """Where workers may run."""

    cpus: int
    """How many processors there are for them; at least 1."""
    options: Mapping[str, object]
    """The options of Ray with which their actors are created."""


def lean_placement(nodes: Iterable[Mapping[str, Any]]) -> Placement:
    """Returns where Lean workers may run among machines in the form of `ray.nodes()`."""
    alive = [node for node in nodes if node["Alive"]]
    labelled = [node for node in alive if node.get("Labels", {}).get(LABEL) == ROLE]
    cpus = sum(node["Resources"].get("CPU", 0) for node in labelled or alive)
    options = {"label_selector": {LABEL: ROLE}} if labelled else {}
    return Placement(max(1, int(cpus)), options)
