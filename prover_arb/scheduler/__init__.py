"""Which attempt to buy next: policies are pure, state in and decision out."""

from prover_arb.scheduler.policies.auction import Auction
from prover_arb.scheduler.policies.parse import make_policy
from prover_arb.scheduler.policies.refute_first import Doubting
from prover_arb.scheduler.policies.single_prover import SingleProver
from prover_arb.scheduler.policies.threshold_cascade import ThresholdCascade
from prover_arb.scheduler.policies.valuing import at_value

__all__ = ["Auction", "Doubting", "SingleProver", "ThresholdCascade", "at_value", "make_policy"]
