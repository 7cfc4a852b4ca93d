"""Reads problem files, for every command.

Rows that cannot be read are listed with file, line and reason, and the caller decides whether that
is good enough. Only a path at which nothing can be read is an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container
from dataclasses import replace
from pathlib import Path

from prover_arb.core.theorem import Profile, Theorem, suffixed
from prover_arb.core.workspace import workspace
from prover_arb.errors import ProblemError
from prover_arb.problems.fields import STATES
from prover_arb.problems.files import (
    JSON_ENDINGS,
    LEAN_ENDING,
    bad_byte_line,
    decoded,
    ending,
    files_of,
    read_bytes,
    unpacked,
)
from prover_arb.problems.json_rows import json_rows
from prover_arb.problems.markdown import plain
from prover_arb.problems.problem import DataSet, Problem, Reading, Unread
from prover_arb.problems.rows import read_row
from prover_arb.problems.theorems import NO_THEOREM, as_identifier, read_lean

SPLITS = ("test", "valid", "train")


def shipped_problems() -> Path:
    """Returns the problem set that comes with this package.

    Raises:
        ProblemError: this installation lacks it.
    """
    path = workspace() / "problems" / "core.jsonl"
    if not path.is_file():
        raise ProblemError("the shipped problem set is missing; reinstall, or give --problems PATH")
    return path


def read_problems(
    path: Path | None = None, *, profile: Profile = "core", strict: bool = False
) -> DataSet:
    """Returns the problems of a file, a folder of files, or (None) the shipped set.

    Raises:
        ProblemError: nothing can be read; with `strict` also if something cannot. It names files
            and lines.
    """
    data = survey(path, profile=profile)
    lines = data.unread_lines()
    if not data.problems:
        raise ProblemError("\n".join(lines) or f"{data.path}: {NO_THEOREM}")
    if strict and lines:
        raise ProblemError("\n".join([*lines, "--strict refuses a file with such rows"]))
    return data


def survey(path: Path | None = None, *, profile: Profile = "core") -> DataSet:
    """Does the same as `read_problems`, and raises no error for a set that cannot be read at all.

    Raises:
        ProblemError: there is no such file or folder, or its kind is not supported.
    """
    root = shipped_problems() if path is None else path
    digest = hashlib.sha256()
    reading = Reading()
    for file in files_of(root):
        try:
            data = read_bytes(file)
            if file != root:
                digest.update(f"{file.relative_to(root).as_posix()}:{len(data)}:".encode())
            digest.update(data)
            text = decoded(file, unpacked(file, data))
        except ProblemError as error:
            if file == root:
                raise
            fault = str(error).removeprefix(f"{file}: ")
            reading.unread.append(Unread(str(file), fault))
            continue
        if ending(file) == LEAN_ENDING:
            reading.add(_lean_file(file, text, profile, named=file == root))
        else:
            reading.add(_json_file(file, text, profile))
    return _told_apart(root, digest.hexdigest(), reading)


def survey_text(name: str, text: str, *, profile: Profile = "core") -> DataSet:
    """Does the same as `survey` for the text of a file of this name, which need not exist.

    `text` is as `decoded` returns it.
    """
    path = Path(name)
    if ending(path) == LEAN_ENDING:
        reading = _lean_file(path, text, profile, named=True)
    else:
        reading = _json_file(path, text, profile)
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape"))
    return _told_apart(path, digest.hexdigest(), reading)


def read_theorem_file(path: Path, profile: Profile = "core") -> Theorem:
    """Returns the only theorem of a file that has no proof, with what precedes it as preamble.

    Raises:
        ProblemError: names the file and the line.
    """
    text = read_text(path)
    if ending(path) in JSON_ENDINGS:
        reading = _json_file(path, text, profile)
    else:
        reading = _lean_file(path, text, profile, named=True)
    if len(reading.problems) > 1:
        first, second = reading.problems[:2]
        raise ProblemError(
            f"{second.origin}: a second theorem to prove ({second.name}, after {first.name}); "
            "leave one per file"
        )
    if not reading.problems:
        raise ProblemError(str(reading.unread[0]) if reading.unread else f"{path}: {NO_THEOREM}")
    return reading.problems[0].theorem


def read_text(path: Path) -> str:
    """Returns the text of a file that the caller named.

    Raises:
        ProblemError: it cannot be read, or is not UTF-8; names the file and the line.
    """
    text = decoded(path, unpacked(path, read_bytes(path)))
    line = bad_byte_line(text)
    if line is not None:
        raise ProblemError(f"{path}:{line}: not UTF-8 text")
    return text


def _json_file(path: Path, text: str, profile: Profile) -> Reading:
    reading = Reading()
    if not text.strip():
        reading.unread.append(Unread(str(path), "the file is empty"))
    for row in json_rows(str(path), text):
        if row.fault:
            reading.unread.append(Unread(row.origin, row.fault))
        else:
            reading.add(read_row(row.origin, row.value, profile, key=row.key, split=row.split))
    return reading


def _lean_file(path: Path, text: str, profile: Profile, *, named: bool) -> Reading:
    """Returns the theorems without a proof; stating nothing is a fault of a named file only."""
    if not text.strip():
        return Reading(unread=[Unread(str(path), "the file is empty")] if named else [])
    line = bad_byte_line(text)
    if line is not None:
        return Reading(unread=[Unread(f"{path}:{line}", "not UTF-8 text")])
    if not STATES.search(text):
        return Reading(unread=[Unread(str(path), NO_THEOREM)] if named else [])
    split = next((part for part in SPLITS if part in path.stem.lower().split("_")), "")
    split = split or next((p.lower() for p in reversed(path.parts[:-1]) if p.lower() in SPLITS), "")
    name = as_identifier(path.name.partition(".")[0])
    return read_lean(str(path), plain(text), profile, split=split, lines=True, name=name)


def _told_apart(path: Path, sha256: str, reading: Reading) -> DataSet:
    """Returns the data set without repetitions and with distinct names.

    In some sets, theorems of different books share a name; the later ones get a number.
    """
    problems: dict[str, Problem] = {}
    texts: dict[tuple[str, str, str], Problem] = {}
    labels: set[str] = set()
    unread = list(reading.unread)
    for problem in reading.problems:
        theorem = problem.theorem
        text = (theorem.name, " ".join(theorem.statement.split()), theorem.preamble)
        same = texts.setdefault(text, problem)
        if same is not problem:
            reason = f"{theorem.name} is the theorem of {same.origin} once more"
            unread.append(
                Unread(problem.origin, reason, "repeated", "", problem.label, theorem.statement)
            )
            continue
        name = _free(theorem.name, problems, lambda name, number: suffixed(name, f"_{number}"))
        title = problem.title
        if title:
            title = _free(title, labels, lambda title, number: f"{title} ({number})")
        kept = replace(
            problem,
            theorem=theorem.model_copy(update={"name": name}),
            title="" if title == name else title,
        )
        problems[name] = kept
        labels.add(kept.label)
    return DataSet(path, sha256, list(problems.values()), unread)


def _free(text: str, taken: Container[str], numbered: Callable[[str, int], str]) -> str:
    """Returns the text, or the first numbered form of it, that is not taken."""
    free = text
    number = 2
    while free in taken:
        free = numbered(text, number)
        number += 1
    return free
