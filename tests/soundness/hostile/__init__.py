"""A stand-in for the elaborator that answers whatever it likes, before the real judges."""
