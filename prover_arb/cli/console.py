"""Prints tables, spinners and progress with rich, which only the commands that need it import.

Single lines are printed by `say` and `complain`, without it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table

from prover_arb.cli.visible import visible

UNREAD = 3
"""The exit code if the program's output is closed before all of it is written."""


class VisibleConsole(Console):
    """A console that prints texts, tables and all the rest through `visible`."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else visible(text), style, control)

    def on_broken_pipe(self) -> None:
        """Ends quietly if nobody reads the output, but not with 1, which means "not proved"."""
        with contextlib.suppress(SystemExit):
            super().on_broken_pipe()
        raise SystemExit(UNREAD)


errors = VisibleConsole(stderr=True, emoji=False)
"""For progress and errors."""

output = VisibleConsole(emoji=False)
"""For results."""


def show(table: Table) -> None:
    """Prints a table, wider than the terminal if figures would be cut off otherwise."""
    roomy = output.options.update(max_width=500)
    width = max(output.width, Measurement.get(output, roomy, table).maximum)
    VisibleConsole(width=width, emoji=False).print(table)


@contextlib.contextmanager
def spinner(text: str) -> Iterator[Callable[[str], None]]:
    """Shows a spinner beside a text, and yields a function that replaces the text."""
    with errors.status(escape(text)) as status:
        yield lambda news: status.update(escape(news))
