"""Makes problems of a Lean text: each theorem without a proof, with what it needs before it."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from prover_arb.core.theorem import Profile, Theorem, is_identifier
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import Command, commands
from prover_arb.problems.declaration import Declaration, declaration
from prover_arb.problems.foundations import name_parts, unfounded
from prover_arb.problems.preamble import (
    Unit,
    enclosing,
    kept_commands,
    preamble_text,
    units_of,
    without_unused,
)
from prover_arb.problems.problem import Problem, Reading, Unread

NO_THEOREM = "no theorem in it"

_LEAN_3_IMPORT = re.compile(
    r"import\s+(?:\.|tactic\b|(?:algebra|analysis|data|field_theory|group_theory|linear_algebra"
    r"|measure_theory|number_theory|order|ring_theory|topology)\.)"
)


@dataclass(frozen=True)
class _Target:
    unit: Unit
    declared: Declaration
    place: int
    """How many units stand before it."""


@dataclass(frozen=True)
class _Stated:
    """The theorems of a text, sorted by whether they have a proof."""

    targets: list[_Target] = field(default_factory=list)
    proved: dict[Command, Declaration] = field(default_factory=dict)
    broken: dict[Command, str] = field(default_factory=dict)
    """Commands that cannot be taken apart, and why."""


def read_lean(
    origin: str,
    text: str,
    profile: Profile,
    *,
    split: str = "",
    lines: bool = False,
    name: str = "",
) -> Reading:
    """Returns all theorems without a proof of a Lean text; see `theorems_of`."""
    try:
        parts = commands(text)
    except ProblemError as error:
        return Reading(unread=[Unread(origin, str(error), name=name)])
    return theorems_of(origin, parts, profile, split=split, lines=lines, name=name)


def theorems_of(
    origin: str,
    commands: Sequence[Command],
    profile: Profile,
    *,
    split: str = "",
    lines: bool = False,
    name: str = "",
    header: Sequence[Command] = (),
) -> Reading:
    """Returns the theorems without a proof among the commands of a text, each with those before it.

    A text with one such theorem may prove lemmas before it; in a text with several, theorems that
    have a proof are listed as unread. `lines` says that `origin` is the file of the text, so that
    lines in it can be named. `name` is for an `example`, which has none. `header` comes before the
    text; its theorems are not asked for.
    """

    def at(command: Command) -> str:
        return f"{origin}:{command.line}" if lines else origin

    units = list(units_of([*header, *commands]))
    try:
        _refuse_lean_3(units)
    except ProblemError as error:
        return Reading(unread=[Unread(origin, str(error), name=name)])
    stated = _stated(units, given=set(header))
    reading = Reading()
    for command, reason in stated.broken.items():
        token = command.name_token
        called = token.text if token else name
        reading.unread.append(Unread(at(command), reason, name=called))
    listed: Collection[Command] = ()
    if len(stated.targets) != 1:
        listed = stated.proved
        reading.unread += [_proved(at(command), what) for command, what in stated.proved.items()]
    left_open = {target.unit.command for target in stated.targets} | stated.broken.keys()
    before: list[Unit] = []
    reached = 0
    for target in stated.targets:
        new = units[reached : target.place]
        before += [unit for unit in new if unit.command not in left_open]
        reached = target.place
        needed = without_unused(before, listed, target.declared)
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


def theorem_at(
    commands: Sequence[Command],
    command: Command,
    declared: Declaration,
    *,
    name: str,
    profile: Profile,
) -> Theorem:
    """Returns the theorem that a command of a text states, with the commands before it.

    Of the theorems before it, those without a proof are left out unless something names them.

    Raises:
        ProblemError: it cannot stand alone, or rests on something that is left unproved.
    """
    units = list(units_of(commands))
    _refuse_lean_3(units)
    place = next(i for i, unit in enumerate(units) if unit.command is command)
    stated = _stated(units[:place], given=())
    before = [unit for unit in units[:place] if unit.command not in stated.broken]
    left_open = {target.unit.command for target in stated.targets}
    return _problem(
        "",
        _Target(units[place], declared, place),
        name=name,
        before=_without_unnamed(before, left_open, declared),
        profile=profile,
        split="",
    ).theorem


def _without_unnamed(
    before: Sequence[Unit], left_open: Container[Command], declared: Declaration
) -> list[Unit]:
    """Returns the commands before a theorem, less those of `left_open` that nothing kept names."""
    used = name_parts(declared.words)
    kept = []
    for unit in reversed(before):
        name = unit.command.name_token
        named = name is not None and name.text.rpartition(".")[2] in used
        if named or unit.command not in left_open:
            kept.append(unit)
            used |= name_parts(unit.command.tokens)
    return kept[::-1]


def make_theorem(name: str, statement: str, preamble: str, profile: Profile) -> Theorem:
    """Returns a validated theorem.

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
    """Returns a name close to `text` that Lean accepts without «»."""
    name = text
    if not is_identifier(name):
        name = re.sub(r"[^\w'!?]", "_", text)
    return name if is_identifier(name) else f"_{name}"


def _stated(units: Sequence[Unit], *, given: Container[Command]) -> _Stated:
    """Returns the theorems of a text, except those of its header (`given`)."""
    stated = _Stated()
    for place, unit in enumerate(units):
        command = unit.command
        if not command.states or command in given:
            continue
        try:
            declared = declaration(command)
        except ProblemError as error:
            stated.broken[command] = str(error)
            continue
        if declared.to_prove:
            stated.targets.append(_Target(unit, declared, place))
        else:
            stated.proved[command] = declared
    return stated


def _refuse_lean_3(units: Sequence[Unit]) -> None:
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


def _problem(
    origin: str,
    target: _Target,
    *,
    name: str,
    before: Sequence[Unit],
    profile: Profile,
    split: str,
) -> Problem:
    if "mutual" in enclosing(before):
        raise ProblemError(f"{name} stands inside `mutual`; a theorem to prove must stand alone")
    header = [command for unit in before for command in (*unit.reaching, unit.command)]
    header += target.unit.reaching
    kept = kept_commands(before, target.unit.reaching, profile)
    reason = unfounded(target.declared.words, kept)
    if reason:
        raise ProblemError(reason, kind="unprovable")
    theorem = make_theorem(
        name or "theorem_1",
        target.declared.statement,
        preamble_text(kept, profile, reaching=target.unit.reaching),
        profile,
    )
    return Problem(
        theorem,
        origin,
        split,
        informal=target.unit.command.doc,
        header="\n".join(command.text for command in header),
    )
