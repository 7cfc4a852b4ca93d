"""What a policy itself takes: the processor time of its decisions, and of what it learns."""

from __future__ import annotations

from prover_arb.core.theorem import Value


class Overhead(Value):
    """Processor time of the broker, in microseconds, that a policy took."""

    deciding_us: int
    """For decisions on one theorem."""
    learning_us: int
    """For what it learnt from theorems that were finished; it belongs to no theorem."""
    price: int
    """Micro-dollars per CPU-hour."""

    @property
    def nothing(self) -> bool:
        return not (self.deciding_us or self.learning_us)
