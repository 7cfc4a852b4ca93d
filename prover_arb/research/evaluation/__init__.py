"""How good policies are on theorems they were not fitted on; exact expectations, no sampling.

folds.py               repeated k-fold cross-validation over theorems
candidate_policies.py  the policies that compete, each fitted on training theorems only
fitted_cascades.py     threshold cascades in two accountings, single provers
clairvoyant.py         the bound: what knowing every success rate and cost would give
metrics.py             band cost ratio with its interval, sub-bands, net value, calibration
evaluate.py            all of it for one market and one world
evaluation_study.py    the result as a table, JSON and plots
"""
