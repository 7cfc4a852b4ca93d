"""From Lean text to problems: each theorem without a proof, and what it needs before it.

Imports and resource options never reach the preamble (the profile and the limits of a check decide
those); in the core profile `open`s are dropped as well unless they open something the text itself
declares, because that profile has its own preamble.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from prover_arb.core.theorem import Profile, Theorem, is_identifier
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import Command, commands
from prover_arb.problems.declaration import Declaration, declaration
from prover_arb.problems.foundations import unfounded
from prover_arb.problems.problem import Problem, Reading, Unread

NO_THEOREM = "no theorem in it"

_LEAN_3_IMPORT = re.compile(
    r"import\s+(?:\.|tactic\b|(?:algebra|analysis|data|field_theory|group_theory|linear_algebra"
    r"|measure_theory|number_theory|order|ring_theory|topology)\.)"
)


class _Unit(NamedTuple):
    """A command with the `open ... in` and the like that reach over it alone."""

    reaching: tuple[Command, ...]
    command: Command


@dataclass(frozen=True)
class _Target:
    unit: _Unit
    declared: Declaration
    place: int
    """How many units stand before it."""


def read_lean(
    origin: str,
    text: str,
    profile: Profile,
    *,
    split: str = "",
    lines: bool = False,
    name: str = "",
) -> Reading:
    """All theorems without a proof of a Lean text; see `theorems_of`."""
    try:
        found = commands(text)
    except ProblemError as error:
        return Reading(unread=[Unread(origin, str(error), name=name)])
    return theorems_of(origin, found, profile, split=split, lines=lines, name=name)


def theorems_of(
    origin: str,
    found: Sequence[Command],
    profile: Profile,
    *,
    split: str = "",
    lines: bool = False,
    name: str = "",
    header: Sequence[Command] = (),
) -> Reading:
    """All theorems without a proof among the commands of a text, each with those before it.

    A text with one such theorem may prove lemmas before it; in a text with several, those that have
    a proof are listed as not read. `lines` says that `origin` is the file of the text, so that
    lines in it can be named. `name` is for an `example`, which has none. `header` comes before the
    text; its theorems are not asked for.
    """

    def at(command: Command) -> str:
        return f"{origin}:{command.line}" if lines else origin

    reading = Reading()
    units = list(_units([*header, *found]))
    try:
        _refuse_lean_3(units)
    except ProblemError as error:
        reading.unread.append(Unread(origin, str(error), name=name))
        return reading
    given = set(header)
    targets: list[_Target] = []
    proved: dict[Command, Declaration] = {}
    for place, unit in enumerate(units):
        command = unit.command
        if not command.states or command in given:
            continue
        try:
            declared = declaration(command)
        except ProblemError as error:
            token = command.name_token
            called = token.text if token else ""
            reading.unread.append(Unread(at(command), str(error), name=called or name))
            continue
        if declared.to_prove:
            targets.append(_Target(unit, declared, place))
        else:
            proved[command] = declared
    alone = len(targets) == 1
    if not alone:
        reading.unread += [_proved(at(each), declared) for each, declared in proved.items()]
    set_aside = set(proved) if not alone else set()
    before: list[_Unit] = []
    reached = 0
    unproved = {target.unit.command for target in targets}
    for target in targets:
        new = units[reached : target.place]
        before += [unit for unit in new if unit.command not in unproved]
        reached = target.place
        needed = _without_unused(before, set_aside, target.declared)
        where = at(target.unit.command)
        called = target.declared.name or name
        try:
            problem = _problem(
                where, target, name=called, before=needed, profile=profile, split=split
            )
        except ProblemError as error:
            said = target.declared.statement
            reading.unread.append(Unread(where, str(error), error.kind, "", called, said))
        else:
            reading.problems.append(problem)
    return reading


def make_theorem(name: str, statement: str, preamble: str, profile: Profile) -> Theorem:
    """A validated theorem.

    Raises:
        ProblemError: names the field that Lean or the limits do not allow.
    """
    try:
        return Theorem(name=name, statement=statement, preamble=preamble, profile=profile)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ProblemError(f"{field}: {first['msg'].removeprefix('Value error, ')}") from None


def as_identifier(text: str) -> str:
    """A name that Lean takes without «», as like `text` as can be."""
    name = text
    if not is_identifier(name):
        name = re.sub(r"[^\w'!?]", "_", text)
    return name if is_identifier(name) else f"_{name}"


def _units(found: Iterable[Command]) -> Iterator[_Unit]:
    reaching: list[Command] = []
    for command in found:
        if command.reaches:
            reaching.append(command)
        else:
            yield _Unit(tuple(reaching), command)
            reaching = []
    # Nothing follows that they could reach over.
    yield from (_Unit((), command) for command in reaching)


def _refuse_lean_3(units: Sequence[_Unit]) -> None:
    for unit in units:
        command = unit.command
        if command.word == "open_locale" or (
            command.word == "import" and _LEAN_3_IMPORT.match(command.text)
        ):
            sign = " ".join(command.text.split())
            raise ProblemError(f"line {command.line}: `{sign}` is Lean 3; only Lean 4 is read")


def _proved(origin: str, declared: Declaration) -> Unread:
    called = declared.name or "the example"
    reason = f"{called} has a proof; put `sorry` in its place to have it proved"
    return Unread(origin, reason, "proved", "", declared.name, declared.statement)


def _without_unused(
    before: Sequence[_Unit], proved: set[Command], target: Declaration
) -> Sequence[_Unit]:
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


def _problem(
    origin: str,
    target: _Target,
    *,
    name: str,
    before: Sequence[_Unit],
    profile: Profile,
    split: str,
) -> Problem:
    _refuse_mutual(name, before)
    header = [command for unit in before for command in (*unit.reaching, unit.command)]
    header += target.unit.reaching
    kept = _kept(before, target.unit.reaching, profile)
    reason = unfounded(target.declared.words, kept)
    if reason:
        raise ProblemError(reason, kind="unprovable")
    theorem = make_theorem(
        name or "theorem_1",
        target.declared.statement,
        "\n".join(_text(command, profile, command in target.unit.reaching) for command in kept),
        profile,
    )
    return Problem(
        theorem,
        origin,
        split,
        informal=target.unit.command.doc,
        header="\n".join(command.text for command in header),
    )


def _refuse_mutual(name: str, before: Sequence[_Unit]) -> None:
    stack: list[str] = []
    for unit in before:
        if unit.command.word in {"namespace", "section", "mutual"}:
            stack.append(unit.command.word)
        elif unit.command.word == "end" and stack:
            stack.pop()
    if "mutual" in stack:
        raise ProblemError(f"{name} stands inside `mutual`; a theorem to prove must stand alone")


def _kept(before: Sequence[_Unit], reaching: Sequence[Command], profile: Profile) -> list[Command]:
    """The commands that become the preamble."""
    declared = {
        token.text
        for unit in before
        if unit.command.word == "namespace" and (token := unit.command.name_token) is not None
    }
    kept: list[Command] = []
    for unit in before:
        if _is_kept(unit.command, profile, declared):
            kept += [each for each in unit.reaching if _is_kept(each, profile, declared)]
            kept.append(unit.command)
    kept += [each for each in reaching if _is_kept(each, profile, declared)]
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


def _text(command: Command, profile: Profile, reaches_theorem: bool) -> str:
    """The command as it stands in the preamble.

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
