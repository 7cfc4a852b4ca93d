"""The ledger: every purchase and every micro-dollar, in one SQLite file."""
