"""Our sellers as others buy from them: an OpenAI-compatible API over any local prover."""
