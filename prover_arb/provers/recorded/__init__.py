"""Answers that a model gave earlier: read from a file, sold one by one, judged like any other."""
