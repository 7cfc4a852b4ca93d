"""Provers that are language models behind an OpenAI-compatible API."""
