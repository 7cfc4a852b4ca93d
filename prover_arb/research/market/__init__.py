"""The economics of a market of provers, studied on recorded attempts.

Pure functions on arrays: nothing here opens a file (core/record_files.py reads them), calls a
prover or moves money. Costs are floats in the unit of the records, per problem unless stated
otherwise; the live auction, where money moves, works in whole micro-dollars.

Sources: Olmedo, Schölkopf, Hardt 2026 (arXiv 2603.22404); Velasco et al. 2026 (arXiv 2601.21839).
"""
