"""Starts and ends the program: exit codes, one-line errors, and commands that load on use.

Results go to standard output, everything else to standard error.

`prover-arb --help` needs only the names and one line about each command; a command's own module,
with everything that it imports in turn, is loaded when the command is called or asks for its help.
This module is therefore imported by every start of the program, and imports little itself.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from prover_arb.cli.quick_start import quick_imports
from prover_arb.cli.strict_numbers import strict_numbers
from prover_arb.cli.visible import visible
from prover_arb.errors import InputError, ProverArbError, RunError

DONE = PROVED = 0
NOT_PROVED = 1
BAD_INPUT = 2
FAILED = 3
INTERRUPTED = 130

EXIT_CODES = """Exit codes: 0 proved, or done; 1 not proved; 2 bad input (the message names the \
option, field, file or line); 3 the oracle or the toolchain failed; 130 stopped by Ctrl-C."""

Verbose = Annotated[
    int,
    typer.Option(
        "--verbose",
        "-v",
        count=True,
        help="Log every purchase, verdict, order and start of a worker to standard error; -vv logs "
        "the details too. Warnings and errors are always logged.",
    ),
]
LogJson = Annotated[
    bool, typer.Option("--log-json", help="Write the log as one JSON object per line.")
]


class Commands(TyperGroup):
    """A group whose commands end in one clear line and an exit code, never in a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (InputError, RunError) as error:
            complain(error)
            raise typer.Exit(BAD_INPUT) from None
        except ProverArbError as error:
            complain(error)
            raise typer.Exit(FAILED) from None
        except OSError as error:
            if error.errno != errno.EPIPE:  # the reader of our output has closed it
                complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
            raise typer.Exit(FAILED) from None
        except KeyboardInterrupt:
            complain("stopped")
            raise typer.Exit(INTERRUPTED) from None


def complain(problem: ProverArbError | str) -> None:
    """Prints to standard error what is wrong."""
    text = str(problem) or type(problem).__name__
    tell(f"prover-arb: {text}")


def tell(line: str) -> None:
    """Prints a line to standard error; invisible characters become numbers."""
    typer.echo(visible(line), err=True)


@dataclass(frozen=True)
class CommandSource:
    """The place of a command in the code."""

    help: str
    """One line for the list of commands: the first sentence of the command's own help."""
    module: str
    attribute: str = "app"
    """A function, or the `typer.Typer` of a group of commands."""
    epilog: str = "EXIT_CODES"
    """The module's constant that is printed under the help of a function."""
    extensions: tuple[str, ...] = ()
    """Further modules that add commands to the group."""
    remote: CommandSource | None = None
    """The command that runs in its place where --server names a server."""
    takes_server: bool = False
    """Whether it reads --server itself."""
    named_server_only: bool = False
    """Whether `remote` runs only where the command line has --server, not only the environment."""

    def served(self, parent: Any) -> CommandSource:
        """Returns the source of the command for the options before it.

        Raises:
            InputError: --server is given, but this command runs on this machine only.
        """
        if parent is None or not parent.params.get("server"):
            return self
        named = parent.get_parameter_source("server").name == "COMMANDLINE"
        if named and not (self.remote or self.takes_server):
            raise InputError(
                "--server goes with verify, prove, fill, bench run and mcp; this command has no "
                "use of it"
            )
        return self if self.named_server_only and not named else self.remote or self

    def load(self, name: str) -> Any:
        """Imports the modules and returns the command, as `name`."""
        with quick_imports():
            module = import_module(self.module)
            for extension in self.extensions:
                import_module(extension)
        target = getattr(module, self.attribute)
        command: Any
        if isinstance(target, typer.Typer):
            command = typer.main.get_group(target)
        else:
            single = typer.Typer(add_completion=False)
            single.command(name, epilog=getattr(module, self.epilog))(target)
            command = typer.main.get_command(single)
        command.name = name
        strict_numbers(command)
        return command


class LazyCommand(TyperCommand):
    """A command whose module is loaded when it is called; before, its name and one line suffice."""

    def __init__(self, name: str, source: CommandSource) -> None:
        super().__init__(name, help=source.help)
        self._own_name, self._source = name, source

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Parses the arguments with the real command, which then runs in place of this one."""
        source = self._source.served(parent)
        return source.load(self._own_name).make_context(info_name, args, parent, **extra)


class LazyCommands(Commands):
    """A group of commands given by their sources, in the order in which they are listed."""

    sources: ClassVar[Mapping[str, CommandSource]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.sources)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        source = self.sources.get(cmd_name)
        return None if source is None else LazyCommand(cmd_name, source)
