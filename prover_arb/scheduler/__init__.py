"""Which attempt to buy next: pure policies, each a function from a theorem's state to a decision.

policies/       the policies and their text forms
index/          what an attempt is worth: the model behind the `schedule` policy
planning/       one budget, a solve rate or a deadline for many theorems
policy_file.py  the file that `prover-arb schedule fit` writes
fitting.py      what a ledger contributes to such a file
explain.py      one decision of the `schedule` policy in sentences
"""

from prover_arb.scheduler.policies.auction import Auction
from prover_arb.scheduler.policies.index_policy import IndexPolicy
from prover_arb.scheduler.policies.parse import make_policy
from prover_arb.scheduler.policies.refute_first import RefuteFirst
from prover_arb.scheduler.policies.single_prover import SingleProver
from prover_arb.scheduler.policies.threshold_cascade import ThresholdCascade
from prover_arb.scheduler.policies.valuing import at_value

__all__ = [
    "Auction",
    "IndexPolicy",
    "RefuteFirst",
    "SingleProver",
    "ThresholdCascade",
    "at_value",
    "make_policy",
]
