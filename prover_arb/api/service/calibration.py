"""How often what was quoted at some probability was proved: are quotes worth believing?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prover_arb.core.lazy import lazy_module

stats = lazy_module("scipy.stats")

BINS = 10
"""Into how many equal parts probabilities are divided."""

CONFIDENCE = 0.95


@dataclass(frozen=True)
class CalibrationBin:
    """The ordered quotes whose probability lies from `low` to below `high`."""

    low: float
    high: float
    count: int
    proved: int
    quoted: float | None
    """Their mean probability; None if there are none."""

    @property
    def share(self) -> float | None:
        """The share of them that was proved; None if there are none."""
        return self.proved / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval for the probability of a proof; everything if there are none."""
        if not self.count:
            return 0.0, 1.0
        test = stats.binomtest(self.proved, self.count)
        low, high = test.proportion_ci(CONFIDENCE, method="wilson")
        return max(0.0, float(low)), min(1.0, float(high))


def calibration(settled: Sequence[tuple[float, bool]]) -> list[CalibrationBin]:
    """Returns the bins of quotes, each a probability and whether it was proved.

    A probability of 1 belongs to the last bin.
    """
    members: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for probability, proved in settled:
        members[min(BINS - 1, int(probability * BINS))].append((probability, proved))
    return [
        CalibrationBin(
            low=k / BINS,
            high=(k + 1) / BINS,
            count=len(inside),
            proved=sum(proved for _, proved in inside),
            quoted=sum(p for p, _ in inside) / len(inside) if inside else None,
        )
        for k, inside in enumerate(members)
    ]
