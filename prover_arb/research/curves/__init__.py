"""The arithmetic of cost and solve rate that market studies share.

prover_curve.py    what a budget buys of one prover on each problem, in three estimators
solve.py           curves of solve rate and expected spend, and how to read them
cascade.py         threshold cascades over several provers
cascade_search.py  cheap cascades over many provers
"""

from prover_arb.research.curves.prover_curve import ESTIMATORS, Estimator, ProverCurve, prover_curve
from prover_arb.research.curves.solve import Curve, read_cost

__all__ = ["ESTIMATORS", "Curve", "Estimator", "ProverCurve", "prover_curve", "read_cost"]
