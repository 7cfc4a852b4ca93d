"""Plans fitted on recorded attempts: pure arithmetic, arrays in and arrays out.

panel.py      recorded attempts as arrays
world.py      what a further attempt would do: the two readings of a record
lattice.py    plans over how many attempts of each prover failed: dynamic programme, greedy
cascades.py   threshold cascades in two accountings, single provers
features.py   numbers read off a statement's text
beliefs.py    which recorded theorems a new one is like
"""
