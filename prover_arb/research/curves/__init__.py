"""The arithmetic of cost and solve rate that market studies share; no I/O, no world.

solve.py           from problems to curves: solve rate and expected spend, and how to read them
cascade.py         threshold cascades over several provers
cascade_search.py  cheap cascades over many provers
"""

from prover_arb.research.curves.prover_curve import ESTIMATORS, Estimator, ProverCurve, prover_curve
from prover_arb.research.curves.solve import Curve, read_cost

__all__ = ["ESTIMATORS", "Curve", "Estimator", "ProverCurve", "prover_curve", "read_cost"]
