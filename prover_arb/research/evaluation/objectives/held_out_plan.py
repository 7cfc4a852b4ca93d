"""Recorded theorems, each as if it was never seen: what is planned for it, and what happens.

Every theorem is held out once. The belief about it comes from the others, by the primary policy of
`schedule evaluate`. Its *planned path* follows from that belief alone. Its *rollout* is what the
policy buys as it pays the theorem's own prices, with gains and costs as they are in truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from prover_arb.research.evaluation.candidate_policies import CONTEXTUAL
from prover_arb.research.evaluation.evaluate import features_of
from prover_arb.research.evaluation.folds import folds
from prover_arb.research.evaluation.held_out import Observation, TrainingData
from prover_arb.research.evaluation.lattice import Lattice, in_blocks, tables_of
from prover_arb.research.evaluation.rollout import Rollout
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World
from prover_arb.scheduler.planning.cells import Cells, recorded_cells, true_cells
from prover_arb.scheduler.planning.paths import NOBODY, Paths, paths_for


@dataclass(frozen=True)
class Fold:
    """Theorems that are held out together."""

    held: Ints
    known: TrainingData
    """The other theorems."""
    rows: Ints
    """The numbers of the other theorems."""
    observation: Observation
    weights: Floats
    """The beliefs before anything is bought [held, known]."""
    cells: Cells
    """The cells of the other theorems."""

    @property
    def most(self) -> Ints:
        """The most attempts of each prover [m]: as many as were ever recorded on one theorem."""
        return np.asarray(self.known.panel.attempts.max(axis=0))


def held_out(
    panel: Panel, statements: Mapping[str, str] | None, *, count: int, seed: int
) -> list[Fold]:
    """Returns `count` folds, in which every theorem of the panel is held out once.

    Raises:
        InputError: there are more folds than theorems, or the statements belong to others.
    """
    features = features_of(panel, statements)
    lattice = in_blocks(panel)
    folds_ = []
    for train, held in folds(len(panel), count, seed):
        prior, truth = panel.on(train), panel.on(held)
        tables = tables_of(prior, lattice, "beta")
        known = TrainingData(prior, tables, tables, "beta", features[train], np.array([np.inf]))
        observation = Observation(
            truth.theorems,
            features[held],
            lambda j, rows, attempts, cost=truth.cost: cost[rows, j],  # type: ignore[misc]
        )
        weights = CONTEXTUAL.belief(known, observation)
        folds_.append(Fold(held, known, train, observation, weights, recorded_cells(prior)))
    return folds_


def planned_paths(parts: list[Fold], highest: float) -> Paths:
    """Returns the planned path of every theorem up to a value of a proof, in panel order."""
    return _joined(
        [(part.held, paths_for(part.cells, part.weights, highest, part.most)) for part in parts]
    )


def rollouts_in_truth(panel: Panel, parts: list[Fold], highest: float, world: World) -> Paths:
    """Returns the rollout of every theorem up to a value of a proof, with its true gains."""
    rollouts = []
    for part in parts:
        known = replace(part.known, values=np.array([highest]))
        rollout = CONTEXTUAL.roll_out(known, part.observation)
        rollouts.append((part.held, _attempts(rollout, part.known.fine.lattice)))
    return _joined(rollouts).played(true_cells(panel, world))


def _attempts(rollout: Rollout, blocks: Lattice) -> Paths:
    """Returns the blocks of a rollout as single attempts; those of a block ask the same."""
    steps: list[list[int]] = []
    askings: list[list[float]] = []
    for provers, values in zip(rollout.prover, rollout.asking, strict=True):
        reached = [0] * len(blocks.counts)
        steps.append([])
        askings.append([])
        for j, value in zip(provers[provers != NOBODY].tolist(), values, strict=False):
            counts = blocks.counts[j]
            size = int(counts[reached[j] + 1] - counts[reached[j]])
            reached[j] += 1
            steps[-1] += [j] * size
            askings[-1] += [float(value)] * size
    longest = max(map(len, steps))
    prover = np.full((len(steps), longest), NOBODY)
    asking = np.full((len(steps), longest), np.inf)
    for row, (own, values) in enumerate(zip(steps, askings, strict=True)):
        prover[row, : len(own)], asking[row, : len(own)] = own, values
    nothing = np.zeros((len(steps), longest))
    return Paths(prover, nothing, nothing, asking)


def _joined(parts: list[tuple[Ints, Paths]]) -> Paths:
    count = sum(len(held) for held, _ in parts)
    longest = max(paths.prover.shape[1] for _, paths in parts)
    prover = np.full((count, longest), NOBODY)
    gain, cost = np.zeros((count, longest)), np.zeros((count, longest))
    asking = np.full((count, longest), np.inf)
    for held, paths in parts:
        width = paths.prover.shape[1]
        prover[held, :width], gain[held, :width] = paths.prover, paths.gain
        cost[held, :width], asking[held, :width] = paths.cost, paths.asking
    return Paths(prover, gain, cost, asking)
