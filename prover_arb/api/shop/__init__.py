"""Sells attempts of local provers to others, over an OpenAI-compatible API."""
