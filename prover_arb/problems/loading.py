"""Loading theorems: MiniF2F as JSON lines or as Lean files, one file, or the command line.

Every reader ends in `lean_source.cut`, so that the same Lean text means the same theorem wherever
it came from.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover_arb.core.theorem import Profile, Theorem
from prover_arb.core.workspace import workspace
from prover_arb.errors import ProblemError
from prover_arb.problems.lean_source import Problem, cut, make_theorem
from prover_arb.problems.lean_text import as_signature, commands, declaration, is_theorem

SPLITS = ("test", "valid", "train")


@dataclass(frozen=True)
class DataSet:
    """Problems and the revision they were read from."""

    path: Path
    sha256: str
    """Of the file's bytes; for a folder, of every file's name, length and bytes in order."""
    problems: list[Problem]


def shipped_problems() -> Path:
    """The problem set that comes with this package.

    Raises:
        ProblemError: this installation lacks it.
    """
    path = workspace() / "problems" / "core.jsonl"
    if not path.is_file():
        raise ProblemError("the shipped problem set is missing; reinstall, or give --problems PATH")
    return path


def load_problems(path: Path | None = None, *, profile: Profile = "core") -> list[Problem]:
    """The problems of a JSONL file, a Lean file, a folder of Lean files, or (None) the shipped set.

    Raises:
        ProblemError: names the file and the line.
    """
    return load_data_set(path, profile=profile).problems


def load_data_set(path: Path | None = None, *, profile: Profile = "core") -> DataSet:
    """As `load_problems`, with the hash of everything that was read.

    Raises:
        ProblemError: names the file and the line.
    """
    root = shipped_problems() if path is None else path
    digest = hashlib.sha256()
    problems: list[Problem] = []
    for file in _files(root):
        data = _read(file)
        if file != root:
            digest.update(f"{file.relative_to(root).as_posix()}:{len(data)}:".encode())
        digest.update(data)
        text = _decode(file, data)
        if file.suffix == ".lean":
            problems += _lean_problems(file, text, profile, named=file == root)
        else:
            problems += _jsonl_problems(file, text, profile)
    if not problems:
        raise ProblemError(f"{root}: no theorem in it")
    _refuse_duplicates(problems)
    return DataSet(root, digest.hexdigest(), problems)


def read_theorem_file(path: Path, profile: Profile = "core") -> Theorem:
    """The one theorem ending in `sorry` of a Lean file, with what stands before it as preamble.

    Raises:
        ProblemError: names the file and the line.
    """
    problems = _lean_problems(path, read_text(path), profile, named=True)
    if len(problems) > 1:
        raise ProblemError(
            f"{problems[1].origin}: a second theorem ending in `sorry` ({problems[1].name}, after "
            f"{problems[0].name}); leave one per file"
        )
    return problems[0].theorem


def parse_statement(
    text: str, *, name: str | None = None, preamble: str = "", profile: Profile = "core"
) -> Theorem:
    """A theorem from the command line: a statement, a bare proposition, or a whole declaration.

    `name` may be left out: a declaration brings its own, anything else is called `theorem_1`.

    Raises:
        ProblemError: it is empty, has two theorems or two names, or is no Lean text.
    """
    try:
        found = commands(text)
        if not any(is_theorem(command) for command in found):
            statement = as_signature(_without_sorry(text))
            return make_theorem(name or "theorem_1", statement, preamble, profile)
    except ProblemError as error:
        raise ProblemError(f"statement: {error}") from None
    problems = cut("statement", text, profile)
    if len(problems) > 1:
        raise ProblemError("statement: it declares more than one theorem")
    theorem = problems[0].theorem
    if name not in (None, theorem.name):
        raise ProblemError(f"statement: it is called {theorem.name}, but --name says {name}")
    both = "\n".join(part for part in (preamble, theorem.preamble) if part)
    return make_theorem(theorem.name, theorem.statement, both, profile)


def _without_sorry(text: str) -> str:
    """Allow `STATEMENT := by sorry` without the theorem's name, too."""
    wrapped = f"theorem t {text}"
    try:
        parts = declaration(wrapped, commands(wrapped)[0])
    except ProblemError:
        return text
    return parts.statement if parts.sorry else text


def _files(root: Path) -> list[Path]:
    if root.is_file():
        if root.suffix not in {".jsonl", ".lean"}:
            raise ProblemError(f"{root}: expected a .jsonl or .lean file, or a folder of them")
        return [root]
    if not root.is_dir():
        raise ProblemError(f"{root}: no such file or folder")
    hidden = [".lake", "lake-packages"]
    return sorted(
        path
        for path in root.rglob("*.lean")
        if path.is_file()
        and not any(p in hidden or p.startswith(".") for p in path.relative_to(root).parts)
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProblemError(f"{path}: {error.strerror or error}") from None


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProblemError(f"{path}:{line}: not UTF-8 text ({error.reason})") from None


def read_text(path: Path) -> str:
    """A text file the caller named.

    Raises:
        ProblemError: it cannot be read, or is not UTF-8; names the file and the line.
    """
    return _decode(path, _read(path))


def _jsonl_problems(path: Path, text: str, profile: Profile) -> list[Problem]:
    if not text.strip():
        raise ProblemError(f"{path}: the file is empty")
    return [
        _row_problem(f"{path}:{number}", line, profile)
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    ]


def _row_problem(origin: str, line: str, profile: Profile) -> Problem:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ProblemError(f"{origin}: not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(row, dict):
        raise ProblemError(f"{origin}: expected an object such as {{'name': ...}}")
    name = _field(row, "name", origin, required=True)
    source = _field(row, "formal_statement", origin, required=True)
    header = _field(row, "header", origin)
    whole = f"{header}\n\n{source}" if header else source
    problems = cut(origin, whole, profile)
    if len(problems) != 1 or problems[0].name != name:
        names = ", ".join(problem.name for problem in problems)
        raise ProblemError(f"{origin}: `name` is {name}, but `formal_statement` declares {names}")
    found = problems[0]
    return Problem(
        theorem=found.theorem,
        origin=origin,
        split=_field(row, "split", origin),
        source=_field(row, "source", origin),
        difficulty=_field(row, "difficulty", origin),
        category=_field(row, "category", origin),
        informal=_field(row, "informal", origin) or found.informal,
        header=header,
    )


def _field(row: dict[str, Any], field: str, origin: str, *, required: bool = False) -> str:
    value = row.get(field)
    if value is None or value == "":
        if required:
            raise ProblemError(f"{origin}: the field `{field}` is missing or empty")
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ProblemError(f"{origin}: the field `{field}` is not text")
    return str(value)


def _lean_problems(path: Path, text: str, profile: Profile, *, named: bool) -> list[Problem]:
    """Theorems ending in `sorry`; none at all is an error only in a file that was asked for."""
    if not text.strip() and named:
        raise ProblemError(f"{path}: the file is empty")
    try:
        found = commands(text)
    except ProblemError as error:
        raise ProblemError(f"{path}: {error}") from None
    if not named and not any(is_theorem(command) for command in found):
        return []
    split = next((part for part in SPLITS if part in path.stem.lower().split("_")), "")
    split = split or next((p.lower() for p in reversed(path.parts[:-1]) if p.lower() in SPLITS), "")
    return cut(str(path), text, profile, split=split, lines=True)


def _refuse_duplicates(problems: list[Problem]) -> None:
    seen: dict[str, str] = {}
    for problem in problems:
        if problem.name in seen:
            raise ProblemError(
                f"{problem.origin}: the theorem {problem.name} stands already at "
                f"{seen[problem.name]}; names must be unique"
            )
        seen[problem.name] = problem.origin
