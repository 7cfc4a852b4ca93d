"""How the provers of a run behave: which deliver nothing of use, and which bill more than agreed.

A prover that gives three useless answers in a row gets no more orders in its run, because every one
of them is paid. Answers that were cut off or came too late may be due to a hard theorem; they count
only for a prover that has delivered nothing of use at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from prover_arb.core.money import format_usd
from prover_arb.core.purchases import Dealing
from prover_arb.errors import Fault

USELESS_IN_A_ROW = 3
"""Useless answers in a row after which nothing more is bought of a prover."""

_USELESS: frozenset[Fault] = frozenset({
    "error_in_stream", "no_choices", "no_proof", "other_model", "refused", "too_long", "unreadable"
})  # fmt: skip
_CUT: frozenset[Fault] = frozenset({"cut_off", "too_late", "out_of_tokens"})


@dataclass
class _ProverConduct:
    useless: int = 0
    """Answers in a row, up to now."""
    delivered: bool = False
    """Whether any answer was of use."""
    last: str = ""
    """What was wrong with the last useless answer."""


@dataclass
class Conduct:
    """What the provers of one run have done so far."""

    _provers: dict[str, _ProverConduct] = field(default_factory=lambda: defaultdict(_ProverConduct))

    def add(self, dealings: Iterable[Dealing]) -> None:
        """Adds purchases that are settled with their provers, oldest first."""
        for dealing in dealings:
            known = self._provers[dealing.prover]
            if dealing.delivered:
                known.useless, known.delivered = 0, True
            elif dealing.fault in _USELESS or (dealing.fault in _CUT and not known.delivered):
                known.useless += 1
                known.last = dealing.failure

    def why_excluded(self, prover: str) -> str:
        """Returns why nothing more is bought of a prover in this run; empty if it may be."""
        known = self._provers.get(prover)
        if known is None or known.useless < USELESS_IN_A_ROW:
            return ""
        last = known.last.removeprefix(f"{prover}: ")
        return (
            f"{prover} gets no more orders in this run after {known.useless} useless answers "
            f"in a row; the last: {last}"
        )

    def exclusions(self) -> list[str]:
        """Returns, for each prover that gets no more orders, why."""
        return [why for prover in self._provers if (why := self.why_excluded(prover))]


def conduct_lines(dealings: Iterable[Dealing]) -> list[str]:
    """Returns what a customer should know about the provers of a run, one line each.

    The lines say of which provers nothing more is bought, and which billed more than agreed.
    """
    known = list(dealings)
    conduct = Conduct()
    conduct.add(known)
    return [*conduct.exclusions(), *_overbilled(known)]


def _overbilled(dealings: Iterable[Dealing]) -> list[str]:
    overbilled: dict[str, list[Dealing]] = defaultdict(list)
    for dealing in dealings:
        if dealing.overrun:
            overbilled[dealing.prover].append(dealing)
    lines = []
    for prover, over in overbilled.items():
        billed = sum(dealing.invoice for dealing in over)
        paid = billed - sum(dealing.overrun for dealing in over)
        answers = "1 answer" if len(over) == 1 else f"{len(over)} answers"
        lines.append(
            f"{prover} bills {format_usd(billed)} for {answers} that {format_usd(paid)} had been "
            f"reserved for: the budgets count what was reserved, and your account with it "
            f"shows {format_usd(billed - paid)} more. It does not keep to max_tokens; lower "
            f"provers.{prover}.sampling.max_tokens, or do not buy from it"
        )
    return lines
