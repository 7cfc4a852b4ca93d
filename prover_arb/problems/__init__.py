"""Reading theorems: Lean files and folders, JSON lines, one statement as text."""
