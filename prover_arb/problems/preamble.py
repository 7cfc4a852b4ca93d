"""The commands before a theorem that become its preamble.

Imports and resource options never do (the profile and the limits of a check decide those); in the
core profile `open`s do not either unless they open something the text itself declares, because that
profile has its own preamble.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from prover_arb.core.theorem import Profile
from prover_arb.problems.commands import Command
from prover_arb.problems.declaration import Declaration


class Unit(NamedTuple):
    """A command with the `open ... in` and the like that reach over it alone."""

    reaching: tuple[Command, ...]
    command: Command


def units_of(commands: Iterable[Command]) -> Iterator[Unit]:
    """Yields the commands of a text, each with those before it that reach over it."""
    reaching: list[Command] = []
    for command in commands:
        if command.reaches:
            reaching.append(command)
        else:
            yield Unit(tuple(reaching), command)
            reaching = []
    # Nothing follows that they could reach over.
    yield from (Unit((), command) for command in reaching)


def without_unused(
    before: Sequence[Unit], proved: Collection[Command], target: Declaration
) -> Sequence[Unit]:
    """Without the proved theorems of a data set, unless what is asked for names them."""
    if not proved:
        return before
    words = {token.text for token in target.words}
    for unit in before:
        if unit.command not in proved:
            words.update(token.text for token in unit.command.tokens)
    return [
        unit
        for unit in before
        if unit.command not in proved
        or ((token := unit.command.name_token) is not None and token.text in words)
    ]


def enclosing(before: Sequence[Unit]) -> list[str]:
    """Returns the kinds of blocks that are open after these commands, such as `section`."""
    stack: list[str] = []
    for unit in before:
        if unit.command.word in {"namespace", "section", "mutual"}:
            stack.append(unit.command.word)
        elif unit.command.word == "end" and stack:
            stack.pop()
    return stack


def kept_commands(
    before: Sequence[Unit], reaching: Sequence[Command], profile: Profile
) -> list[Command]:
    """Returns the commands that become the preamble."""
    declared = {
        token.text
        for unit in before
        if unit.command.word == "namespace" and (token := unit.command.name_token) is not None
    }
    kept: list[Command] = []
    for unit in before:
        if _is_kept(unit.command, profile, declared):
            kept += [command for command in unit.reaching if _is_kept(command, profile, declared)]
            kept.append(unit.command)
    kept += [command for command in reaching if _is_kept(command, profile, declared)]
    return kept


def _is_kept(command: Command, profile: Profile, declared: set[str]) -> bool:
    words = [token.text for token in command.tokens]
    if command.word in {"import", "prelude", "module", "#"}:
        return False
    if command.word == "set_option" and len(words) > 1:
        return not words[1].lower().endswith("heartbeats")
    if command.word == "open" and profile == "core":
        return any(word in declared for word in words[1:])
    return True


def preamble_text(
    kept: Iterable[Command], profile: Profile, *, reaching: Collection[Command]
) -> str:
    """These commands as a preamble; those that are `reaching` reach over the theorem alone."""
    return "\n".join(_text(command, profile, command in reaching) for command in kept)


def _text(command: Command, profile: Profile, reaches_theorem: bool) -> str:
    """Returns the command as it stands in the preamble.

    `open X in` and its like reach over the next command, here the theorem itself, which is
    elaborated apart from its preamble. `lemma` is Mathlib's word; Lean's is `theorem`.
    """
    if reaches_theorem:
        return command.text.removesuffix("in").rstrip()
    if command.word == "lemma" and profile == "core":
        word = next(token for token in command.tokens if token.text == "lemma")
        source = command.source
        return f"{source[command.start : word.start]}theorem{source[word.end : command.end]}"
    return command.text
