"""Policies: from a theorem's state and the quotes, which attempt to buy next, or to stop."""
