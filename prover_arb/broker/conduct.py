"""How the sellers of a run behave: who delivers nothing of use, and who bills more than agreed.

A seller that gives three useless answers in a row is left for the rest of its run, because every
one of them is paid. Answers that were cut off, or came too late, may be due to a hard theorem; they
count only for a seller that has delivered nothing of use at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from prover_arb.core.money import format_usd
from prover_arb.core.purchases import Dealing
from prover_arb.errors import Fault

USELESS_IN_A_ROW = 3
"""Useless answers after which a seller is left."""

_USELESS: frozenset[Fault] = frozenset({
    "error_in_stream", "no_choices", "no_proof", "other_model", "refused", "too_long", "unreadable"
})  # fmt: skip
_CUT: frozenset[Fault] = frozenset({"cut_off", "too_late", "out_of_tokens"})


@dataclass
class _Seller:
    useless: int = 0
    """Answers in a row, up to now."""
    delivered: bool = False
    """Whether any answer was of use."""
    last: str = ""
    """What was wrong with the last useless answer."""


@dataclass
class Conduct:
    """What the sellers of one run have done so far."""

    _sellers: dict[str, _Seller] = field(default_factory=lambda: defaultdict(_Seller))

    def hear(self, dealings: Iterable[Dealing]) -> None:
        """Take note of purchases that are settled with their sellers, oldest first."""
        for dealing in dealings:
            seller = self._sellers[dealing.prover]
            if dealing.delivered:
                seller.useless, seller.delivered = 0, True
            elif dealing.fault in _USELESS or (dealing.fault in _CUT and not seller.delivered):
                seller.useless += 1
                seller.last = dealing.failure

    def why_left(self, prover: str) -> str:
        """Why nothing more is bought of a prover in this run; empty while it is bought of."""
        seller = self._sellers.get(prover)
        if seller is None or seller.useless < USELESS_IN_A_ROW:
            return ""
        said = seller.last.removeprefix(f"{prover}: ")
        return (
            f"{prover} is left for the rest of this run after {seller.useless} useless answers "
            f"in a row; the last: {said}"
        )

    def all_left(self) -> list[str]:
        """Why each prover that is left is left."""
        return [why for prover in self._sellers if (why := self.why_left(prover))]


def conduct_lines(dealings: Iterable[Dealing]) -> list[str]:
    """What a buyer should know about the sellers of a run: who was left, and who overbilled."""
    known = list(dealings)
    conduct = Conduct()
    conduct.hear(known)
    return [*conduct.all_left(), *_overbilled(known)]


def _overbilled(dealings: Iterable[Dealing]) -> list[str]:
    found: dict[str, list[Dealing]] = defaultdict(list)
    for dealing in dealings:
        if dealing.overrun:
            found[dealing.prover].append(dealing)
    lines = []
    for prover, over in found.items():
        billed = sum(one.invoice for one in over)
        paid = billed - sum(one.overrun for one in over)
        answers = "1 answer" if len(over) == 1 else f"{len(over)} answers"
        lines.append(
            f"{prover} bills {format_usd(billed)} for {answers} that {format_usd(paid)} had been "
            f"reserved for: the budgets count what was reserved, and your account with the seller "
            f"shows {format_usd(billed - paid)} more. It does not keep to max_tokens; lower "
            f"provers.{prover}.sampling.max_tokens, or do not buy from it"
        )
    return lines
