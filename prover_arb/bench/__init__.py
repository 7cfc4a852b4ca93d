"""Benchmarks: loading theorems, running policies over them, and the report."""
