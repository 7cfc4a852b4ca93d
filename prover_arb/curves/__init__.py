"""The arithmetic of cost and solve rate that markets and schedulers share; no I/O, no world.

attempts.py   what a budget buys of one prover, problem by problem, in three estimators
solve.py      from problems to curves: solve rate and expected spend, and how to read them
cascade.py    threshold cascades over several provers
"""

from prover_arb.curves.attempts import ESTIMATORS, Estimator, Seller, seller
from prover_arb.curves.solve import Curve, read_cost

__all__ = ["ESTIMATORS", "Curve", "Estimator", "Seller", "read_cost", "seller"]
