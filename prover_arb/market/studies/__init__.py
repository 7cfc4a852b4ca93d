"""The studies behind the commands of `prover-arb market`, one file each, numbers in words."""

from __future__ import annotations

from prover_arb.market.studies.arbitrage import arbitrage_study, policy_study
from prover_arb.market.studies.auction import auction_study
from prover_arb.market.studies.competition import competition_study
from prover_arb.market.studies.curves import curves_study
from prover_arb.market.studies.distillation import distillation_study
from prover_arb.market.studies.dynamics import dynamics_study
from prover_arb.market.studies.entry import entry_study
from prover_arb.market.studies.revenue import revenue_study
from prover_arb.market.studies.robustness import robustness_study

__all__ = [
    "arbitrage_study",
    "auction_study",
    "competition_study",
    "curves_study",
    "distillation_study",
    "dynamics_study",
    "entry_study",
    "policy_study",
    "revenue_study",
    "robustness_study",
]
