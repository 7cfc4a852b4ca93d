"""Where a Lean comes from: an installed one, or the embedded one, downloaded, patched and built."""
