"""What `fill` writes and prints, whether this machine or a service buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover_arb.cli.certificate_files import write_certificate
from prover_arb.cli.commands import BAD_INPUT, DONE, FAILED, NOT_PROVED
from prover_arb.cli.common import say
from prover_arb.core.file_names import slug
from prover_arb.core.money import NO_MONEY, MicroUSD, format_usd
from prover_arb.core.theorem import Certificate
from prover_arb.problems.gaps import Unfilled
from prover_arb.problems.lean_file import LeanFile


@dataclass(frozen=True)
class ShownGap:
    """What became of one `sorry`."""

    name: str
    """The name of the declaration; empty if it has none."""
    line: int
    status: str
    """`filled`, or why it is left open."""
    reason: str
    cost: MicroUSD = NO_MONEY
    verification_cost: MicroUSD = NO_MONEY
    attempts: int | None = None
    """How many were bought; None if nothing was tried."""

    @staticmethod
    def untried(gap: Unfilled) -> ShownGap:
        """Returns a gap that no proof is bought for."""
        return ShownGap(gap.name, gap.line, "not_bought", gap.reason)

    @property
    def spent(self) -> MicroUSD:
        return MicroUSD(self.cost + self.verification_cost)


class FillWriter:
    """Writes the text of a file with more and more proofs, and their certificates."""

    def __init__(self, file: LeanFile, out: Path | None, folder: Path) -> None:
        self.path = file.path
        self.written_to = out or file.path
        self.folder = folder
        """Where certificates are written, in a folder of that name."""
        self.certificates: dict[int, Path] = {}
        """The file of each certificate, by the line of its theorem."""
        self.unwritten: list[str] = []
        """Why certificates were not written."""
        self._file, self._out = file, out

    def write(self, text: str) -> None:
        """Writes the text, if it has changed."""
        if text != self._file.text:
            self._file = self._file.replaced(text, self._out)

    def write_certificate(self, name: str, line: int, certificate: Certificate) -> None:
        """Writes the certificate of a theorem, once."""
        if line in self.certificates:
            return
        path = self.folder / "certificates" / f"{slug(name)}-line-{line}.json"
        fault = write_certificate(path, certificate)
        if not fault:
            self.certificates[line] = path
        elif fault not in self.unwritten:
            self.unwritten.append(fault)

    def exit_code(self, gaps: Sequence[ShownGap]) -> int:
        """Returns the exit code that says how the filling ended."""
        left = {gap.status for gap in gaps} - {"filled"}
        if "void" in left or self.unwritten:
            return FAILED
        if "invalid_statement" in left:
            return BAD_INPUT
        return NOT_PROVED if left else DONE

    def as_json(self, gaps: Sequence[ShownGap], more: Mapping[str, object]) -> dict[str, Any]:
        """Returns what --json prints, with amounts in micro-dollars."""
        filled = _filled(gaps)
        return {
            "file": str(self.path),
            "out": str(self.written_to),
            "filled": filled,
            "left": len(gaps) - filled,
            "cost": sum(gap.spent for gap in gaps),
            **more,
            "gaps": [
                {
                    "name": gap.name,
                    "line": gap.line,
                    "status": gap.status,
                    "reason": gap.reason,
                    "cost": gap.cost,
                    "verification_cost": gap.verification_cost,
                    "attempts": gap.attempts or 0,
                    "certificate": str(path) if (path := self.certificates.get(gap.line)) else None,
                }
                for gap in gaps
            ],
        }

    def tell(self, gaps: Sequence[ShownGap]) -> None:
        """Prints what became of each gap, and where the results are."""
        for gap in gaps:
            said = "filled" if gap.status == "filled" else f"open: {gap.reason}"
            if gap.status == "refuted":
                said = "NOT TRUE: its negation is proved"
            say(f"{self.path}:{gap.line}: {gap.name or '(no name)'}: {said} ({_spent(gap)})")
        if not gaps:
            say(f"{self.path}: no `sorry` in it; nothing was bought")
            return
        filled, spent = _filled(gaps), format_usd(sum(gap.spent for gap in gaps))
        written = f"written to {self.written_to}" if filled else "nothing was written"
        say(f"{filled} of {len(gaps)} filled for {spent}; {written}")
        if self.certificates:
            say(f"certificates {self.folder / 'certificates'}")


def _filled(gaps: Sequence[ShownGap]) -> int:
    return sum(gap.status == "filled" for gap in gaps)


def _spent(gap: ShownGap) -> str:
    if gap.attempts is None:
        return "not tried"
    return f"{format_usd(gap.spent)}, {gap.attempts} attempt{'' if gap.attempts == 1 else 's'}"
