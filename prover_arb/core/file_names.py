"""Makes file names of texts that may hold anything."""

from __future__ import annotations

import hashlib
import re


def slug(text: str) -> str:
    """Returns a file name for a text: the text itself if it is plain, else cleaned and unique."""
    clean = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip(".-")[:80]
    if clean == text:
        return clean
    if clean == text.replace(":", "-"):
        return clean
    return f"{clean}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
