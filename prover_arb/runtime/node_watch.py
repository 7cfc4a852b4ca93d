"""Watches the machines of a Ray cluster, and says when one is lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any

import ray

log = logging.getLogger(__name__)

SECONDS = 2.0
"""Between two looks; Ray itself needs some seconds more to notice that a machine is gone."""


_IDLE = 4
"""Ray's reason AUTOSCALER_DRAIN_IDLE: its autoscaler ended a machine on which nothing ran."""


class NodeWatch:
    """The machines of the cluster that this program is connected to."""

    def __init__(self) -> None:
        self.alive = 1
        """How many there are."""
        self.lost = 0
        """How many were lost since the watch began."""
        self._names: dict[str, str] = {}
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to watch, in the running event loop."""
        self._watching = asyncio.create_task(self._watch())

    def stop(self) -> None:
        """Ends the watch."""
        if self._watching is not None:
            self._watching.cancel()

    def look(self, nodes: Iterable[Mapping[str, Any]]) -> None:
        """Compares the machines, in the form of `ray.nodes()`, with those of the last look."""
        nodes = list(nodes)
        names = {node["NodeID"]: _name(node) for node in nodes if node["Alive"]}
        idle = {node["NodeID"] for node in nodes if node.get("DeathReason") == _IDLE}
        self.alive = len(names)
        for node, name in self._names.items():
            if node in idle:
                log.info("a machine on which nothing ran has left the Ray cluster: %s", name)
            elif node not in names:
                self.lost += 1
                log.error(
                    "a machine of the Ray cluster is lost: %s; %d are left. Its workers start "
                    "again where there is room; attempts that ran there are lost and cost nothing, "
                    "and verdicts are asked for again",
                    name,
                    self.alive,
                )
        for node, name in names.items():
            if self._names and node not in self._names:
                log.info("a machine has joined the Ray cluster: %s; there are %d", name, self.alive)
        self._names = names

    async def _watch(self) -> None:
        while True:
            try:
                self.look(await asyncio.to_thread(ray.nodes))
            except (ConnectionError, RuntimeError) as error:
                log.debug("the Ray cluster does not say which machines it has: %s", error)
            await asyncio.sleep(SECONDS)


def _name(node: Mapping[str, Any]) -> str:
    cpus = node.get("Resources", {}).get("CPU", 0)
    return f"{node['NodeManagerAddress']} (node {node['NodeID'][:8]}, {cpus:g} CPUs)"
