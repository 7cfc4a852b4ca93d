"""Lean files whose theorems end in `sorry`: an order buys proofs of all of them, in order."""
