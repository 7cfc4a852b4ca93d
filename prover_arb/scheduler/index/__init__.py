"""The index: what each prover's next attempt on a theorem is worth, learnt from recorded attempts.

Pure arithmetic, arrays in and arrays out.

attempts.py       what a budget buys of one prover, problem by problem, in three estimators
panel.py          recorded attempts as arrays
world.py          what a further attempt would do: the two readings of a record
lattice.py        plans over how many attempts of each prover failed: dynamic programme, greedy
features.py       numbers read off a theorem's name and statement
beliefs.py        what a belief about a new theorem is made of
forest.py         which recorded theorems a new one is like
rollout.py        what the index buys, its belief following what purchases reveal
prior.py          what is believed before anything is learnt
similarity.py     which recorded theorems one on sale is like
table.py          recorded theorems as the index reads them
reliability.py    what provers turned out to be, against what their records promised
attempt_index.py  what each prover's next attempt promises per dollar
learning.py       the index that learns from finished theorems while it runs
"""
