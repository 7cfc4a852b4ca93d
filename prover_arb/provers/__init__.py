"""Provers of proof attempts, and the catalog that lists them with their prices."""
