"""Objectives of a batch of recorded theorems: what is planned for them, and what then happens."""
