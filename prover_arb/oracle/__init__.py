"""Is this a proof? Find or provision Lean, keep it running, and ask its kernel."""
