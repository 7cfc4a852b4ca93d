"""The version of this package.

Python's own way to look it up takes longer to import than the rest of a small command. A test
compares it with pyproject.toml.
"""

from __future__ import annotations

VERSION = "0.1.0"
