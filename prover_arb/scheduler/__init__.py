"""Which attempt to buy next: policies are pure, state in and decision out."""

from prover_arb.scheduler.auction import Auction
from prover_arb.scheduler.cascade import ThresholdCascade
from prover_arb.scheduler.parse import at_value, make_policy
from prover_arb.scheduler.single import SingleProver

__all__ = ["Auction", "SingleProver", "ThresholdCascade", "at_value", "make_policy"]
