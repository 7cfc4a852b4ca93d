"""Provers that work in Lean on our own processors, and are billed by processor time."""
