"""Objectives of a batch on recorded theorems: what is planned, and what then happens."""
