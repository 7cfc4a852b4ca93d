"""Benchmarks: running policies over theorems, and the report."""
