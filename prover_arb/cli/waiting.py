"""Says on standard error what a command waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.markup import escape

from prover_arb.cli.commands import errors


@contextmanager
def waiting_for(text: str) -> Iterator[Callable[[str], None]]:
    """Shows what is waited for: a spinner on a terminal, and a plain line where there is none.

    Yields a function that says what is waited for next.
    """
    if not errors.is_terminal:
        _line(text)
        yield _line
        return
    with errors.status(escape(text)) as status:
        yield lambda news: status.update(escape(news))


def _line(text: str) -> None:
    errors.print(f"{text} ...", markup=False, highlight=False, soft_wrap=True)
