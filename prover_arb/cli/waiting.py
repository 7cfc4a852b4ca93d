"""Says on standard error what a command waits for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prover_arb.cli.commands import tell
from prover_arb.core.lazy import lazy_module

if TYPE_CHECKING:
    from prover_arb.cli import console
else:
    console = lazy_module("prover_arb.cli.console")


@contextmanager
def waiting_for(text: str) -> Iterator[Callable[[str], None]]:
    """Shows what is waited for: a spinner on a terminal, and a plain line where there is none.

    Yields a function that says what is waited for next.
    """
    if not sys.stderr.isatty():
        _line(text)
        yield _line
        return
    with console.spinner(text) as update:
        yield update


def _line(text: str) -> None:
    tell(f"{text} ...")
