"""Studies on recorded attempts; nothing here runs when a proof is bought."""
