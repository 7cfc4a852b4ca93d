"""Saves time at the start and at the end of the program, most of which is Python's imports.

Each saving is one tenth of the processor time of a short command, or a little less.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def prepare() -> None:
    """Gets ready before anything heavy is imported; for the program itself, not for a library."""
    # pydantic would search every installed package for plugins of its own; none is used here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    # At its end Python would search all objects for cycles; their memory is freed anyway.
    atexit.register(gc.freeze)


@contextmanager
def quick_imports() -> Iterator[None]:
    """Imports made inside leave out what takes long and is not needed."""
    enabled = gc.isenabled()
    gc.disable()  # imports make many objects and hardly any garbage
    # httpx loads a command line of its own if it can, with rich, pygments and click.
    absent = "httpx._main" not in sys.modules
    if absent:
        sys.modules["httpx._main"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            sys.modules.pop("httpx._main", None)
        if enabled:
            gc.enable()
