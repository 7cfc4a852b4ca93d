"""Has the options and arguments of commands take numbers of plain digits only."""

from __future__ import annotations

from typing import Any

import typer

from prover_arb.core.numerals import integer_fault, number_fault


def strict_numbers(command: Any) -> None:
    """Has a command, and all commands of a group, refuse numbers that are written otherwise."""
    for param in command.params:
        _be_strict(param)
    for nested in getattr(command, "commands", {}).values():
        strict_numbers(nested)


def _be_strict(param: Any) -> None:
    read = param.process_value

    def process_value(ctx: Any, written: Any) -> Any:
        value = read(ctx, written)
        for text, number in zip(_listed(written), _listed(value), strict=False):
            fault = _fault(text, number)
            if fault:
                raise typer.BadParameter(fault, ctx=ctx, param=param)
        return value

    param.process_value = process_value


def _listed(value: Any) -> list[Any] | tuple[Any, ...]:
    return value if isinstance(value, list | tuple) else [value]


def _fault(text: object, number: object) -> str:
    """Returns what is wrong with a text that was read as a number."""
    if not isinstance(text, str) or isinstance(number, bool):
        return ""
    if isinstance(number, int):
        return integer_fault(text)
    return number_fault(text) if isinstance(number, float) else ""
