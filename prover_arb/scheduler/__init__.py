"""Which attempt to buy next: policies are pure, state in and decision out."""

from prover_arb.scheduler.auction import Auction
from prover_arb.scheduler.cascade import ThresholdCascade
from prover_arb.scheduler.doubting import Doubting
from prover_arb.scheduler.parse import make_policy
from prover_arb.scheduler.single import SingleProver
from prover_arb.scheduler.valuing import at_value

__all__ = ["Auction", "Doubting", "SingleProver", "ThresholdCascade", "at_value", "make_policy"]
