"""A Lean file that is changed in places: its text, and the bytes that it had."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prover_arb.core.durable_files import write_atomic
from prover_arb.errors import ProblemError
from prover_arb.problems.files import LEAN_ENDING, bad_byte_line, decoded, read_bytes

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class LeanFile:
    """The text of a file as it was read, with line feeds only, and how to make bytes of it."""

    path: Path
    data: bytes
    text: str
    line_end: str

    @staticmethod
    def read(path: Path) -> LeanFile:
        """Reads a file.

        Raises:
            ProblemError: it is no Lean file, cannot be read, is not UTF-8, or mixes line ends.
        """
        if path.suffix != LEAN_ENDING:
            raise ProblemError(f"{path}: expected a {LEAN_ENDING} file")
        data = read_bytes(path)
        text = decoded(path, data)
        line = bad_byte_line(text)
        if line is not None:
            raise ProblemError(f"{path}:{line}: not UTF-8 text")
        windows, ends = data.count(b"\r\n"), data.count(b"\n")
        if windows not in {0, ends}:
            raise ProblemError(
                f"{path}: {windows} of its {ends} lines end in CR LF and the others in LF; make "
                "them alike"
            )
        return LeanFile(path, data, text, "\r\n" if windows else "\n")

    def replaced(self, text: str, out: Path | None = None) -> LeanFile:
        """Writes the file with another text, to `out` if given, and returns it as it then is.

        Raises:
            ProblemError: somebody else has changed the file since it was read.
            OSError: it cannot be written.
        """
        if out is None and read_bytes(self.path) != self.data:
            raise ProblemError(
                f"{self.path}: it was changed while proofs were bought, so it is not written to; "
                "the proofs are in the certificates"
            )
        written = text.replace("\n", self.line_end)
        mark = "\ufeff" if self.data.startswith(_MARK) else ""
        write_atomic((out or self.path).resolve(), mark + written)
        return LeanFile(
            self.path, (mark + written).encode() if out is None else self.data, text, self.line_end
        )
