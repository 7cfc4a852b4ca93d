"""Which attempt to buy next: policies are pure, state in and decision out."""

from prover_arb.scheduler.cascade import ThresholdCascade
from prover_arb.scheduler.parse import make_policy
from prover_arb.scheduler.single import SingleProver

__all__ = ["SingleProver", "ThresholdCascade", "make_policy"]
