"""The index: what each prover's next attempt on a theorem is worth, learnt from recorded attempts.

Pure arithmetic: arrays in, arrays out. In the order in which they build on one another:

arrays.py         the types of the arrays
world.py          the two ways to read a record of attempts and successes
panel.py          recorded attempts as arrays
features.py       numbers read off a theorem's name and statement
beliefs.py        the quantities that a belief about a new theorem is made of
forest.py         a forest that says which recorded theorems a new one is like
similarity.py     similarity models, which give the weights over recorded theorems
table.py          recorded theorems as the index reads them, and the posterior about one theorem
prior.py          what is believed before anything is learnt
reliability.py    how reliable each prover turned out to be, against what its records promised
attempt_index.py  what each prover's next attempt is worth per dollar
learning.py       the index that learns from finished theorems while it runs
"""
