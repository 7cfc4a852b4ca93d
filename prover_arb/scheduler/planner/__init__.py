"""Plans fitted on recorded attempts: pure arithmetic, arrays in and arrays out.

panel.py      recorded attempts as arrays
world.py      what a further attempt would do: the two readings of a record
lattice.py    plans over how many attempts of each prover failed: dynamic programme, greedy
cascades.py   threshold cascades in two accountings, single provers
features.py   numbers read off a theorem's name and statement
beliefs.py    what a belief about a new theorem is made of
forest.py     which recorded theorems a new one is like
walk.py       what the index buys, its belief following what purchases reveal
"""
