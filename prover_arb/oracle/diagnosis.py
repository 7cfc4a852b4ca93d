"""What was found on a machine, and what to do about it."""

from __future__ import annotations

from typing import Literal

from pydantic import computed_field
from rich.table import Table

from prover_arb.core.theorem import Value

_MARKS = {"ok": "[green]ok", "note": "[yellow]note", "bad": "[red]bad"}


class Finding(Value):
    """One thing that was looked at."""

    what: str
    found: str
    state: Literal["ok", "note", "bad"] = "ok"
    """note: works, but worth knowing; bad: proofs cannot be checked until it is put right."""
    advice: str = ""
    """What to do about it; set when `state` is not ok."""


class Diagnosis(Value):
    """Everything that was looked at, in order."""

    findings: tuple[Finding, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ok(self) -> bool:
        """Whether proofs can be checked here."""
        return all(finding.state != "bad" for finding in self.findings)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def advice(self) -> tuple[str, ...]:
        """What to do, the urgent things first."""
        advised = sorted((f for f in self.findings if f.advice), key=lambda f: f.state != "bad")
        return tuple(f"{finding.what}: {finding.advice}" for finding in advised)

    def table(self) -> Table:
        """The findings for a terminal."""
        table = Table("", "what", "found", title="prover-arb doctor", title_justify="left")
        for finding in self.findings:
            table.add_row(_MARKS[finding.state], finding.what, finding.found)
        return table
