"""How good policies are on theorems they were not fitted on; exact expectations, without sampling.

folds.py               repeated k-fold cross-validation over theorems
world_outcomes.py      what further attempts do in each of the two worlds
lattice.py             plans over how many attempts of each prover have failed
rollout.py             what the index buys, its belief following what purchases reveal
held_out.py            what policies are fitted on, and what they see of held-out theorems
candidate_policies.py  the policies that are compared
fitted_cascades.py     threshold cascades in three accountings, and single provers
clairvoyant.py         the bound: what knowing every success rate and cost would give
metrics.py             band cost ratio with its interval, and calibration
scores.py              the figures of each policy against a reference
evaluate.py            all of it for one market and one world
evaluation_study.py    the result as a table, as JSON and as plots
objectives/            budgets, solve rates and deadlines for a batch of theorems
"""
