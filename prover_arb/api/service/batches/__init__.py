"""Batches: many theorems under one budget, each of which is an ordinary order of its tenant."""
