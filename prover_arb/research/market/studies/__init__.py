"""The studies behind the commands of `prover-arb market`, one file for each.

To add a study, write a function from a `Market` to a `Study` in a module here, list it below, and
make it a command with `study_command` in `cli/market.py`. For the page of all studies, list it in
`market_report.all_studies` too.
"""

from __future__ import annotations

from prover_arb.research.market.studies.arbitrage_study import arbitrage_study, policy_study
from prover_arb.research.market.studies.auction_study import auction_study
from prover_arb.research.market.studies.competition_study import competition_study
from prover_arb.research.market.studies.curves_study import curves_study
from prover_arb.research.market.studies.distillation_study import distillation_study
from prover_arb.research.market.studies.dynamics_study import dynamics_study
from prover_arb.research.market.studies.entry_study import entry_study
from prover_arb.research.market.studies.revenue_study import revenue_study
from prover_arb.research.market.studies.robustness_study import robustness_study
from prover_arb.research.market.studies.students_study import students_study

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
    "students_study",
]
