"""A prover's attempts at N theorems, for each of S random seeds: what records are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from prover_arb.core.records import ProverRecords, Record
from prover_arb.scheduler.index.arrays import Floats

LEAST = 1e-6
"""What a free attempt counts as, so that a budget buys finitely many."""


@dataclass(frozen=True)
class SeededAttempts:
    """One prover's attempts; arrays are [S, N, K] for K attempts in order, S = 1 if all seeds do
    the same."""

    prover: str
    theorems: tuple[str, ...]
    solved: NDArray[np.bool_]
    cost: Floats
    """In dollars, verification included."""
    cpu_s: Floats
    """The prover's processor time, in seconds."""
    learnt: int = 0
    """Theorems with a proof that it learnt from."""
    tokens: int = 0
    """Tokens of those proofs."""

    def of_seed(self, place: int) -> SeededAttempts:
        """Returns the attempts of one seed."""
        at = slice(None) if len(self.solved) == 1 else slice(place, place + 1)
        return replace(self, solved=self.solved[at], cost=self.cost[at], cpu_s=self.cpu_s[at])

    def records(self) -> ProverRecords:
        """Returns the records of the attempts of all seeds."""
        cost = np.maximum(self.cost, LEAST).mean(axis=(0, 2))
        cpu_s = self.cpu_s.mean(axis=(0, 2))
        return ProverRecords(
            self.prover,
            {
                theorem: Record(
                    problem=theorem,
                    mean_cost=float(cost[i]),
                    outcomes=tuple(map(bool, self.solved[:, i].ravel())),
                    unit="USD",
                    cpu_s=float(cpu_s[i]),
                )
                for i, theorem in enumerate(self.theorems)
            },
        )

    def until_proved(self) -> tuple[Floats, Floats, Floats]:
        """Returns what a buyer gets who asks until a proof comes or the attempts are used up.

        That is whether each theorem is solved, what is spent, and the processor time, each [S, N].
        """
        before: NDArray[np.int64] = np.cumsum(self.solved, axis=2) - self.solved
        return (
            np.asarray(self.solved.any(axis=2), dtype=np.float64),
            np.asarray(np.where(before == 0, self.cost, 0.0).sum(axis=2)),
            np.asarray(np.where(before == 0, self.cpu_s, 0.0).sum(axis=2)),
        )
