"""Buying: the loop, one theorem's account, attempts in flight, settlement, and the ledger."""
