"""Makes policies from their text form, as it stands on a command line and in result rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from prover_arb.core.money import parse_budget, parse_usd
from prover_arb.core.protocols import Policy
from prover_arb.core.slices import prover_of
from prover_arb.errors import BudgetError, PolicyError
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.index.prior import RecordedTheorems
from prover_arb.scheduler.policies.auction import Auction
from prover_arb.scheduler.policies.exploration import Exploration
from prover_arb.scheduler.policies.index_policy import IndexPolicy
from prover_arb.scheduler.policies.refute_first import PREFIX, RefuteFirst
from prover_arb.scheduler.policies.single_prover import SingleProver
from prover_arb.scheduler.policies.threshold_cascade import ThresholdCascade
from prover_arb.scheduler.policy_file import (
    PolicyFile,
    learner_of,
    shipped_policy,
    starting_file,
    usual_cost,
)

FORMS = (
    "single:PROVER, cascade, cascade:PROVER=DOLLARS,PROVER=DOLLARS,..., cascade:best, auction, "
    "auction:DOLLARS, schedule, schedule:FILE, schedule:- to begin with nothing known; each may "
    "begin with refute+"
)

SHIPPED_POLICY = "schedule"
"""The policy that begins with the file of the package."""


BEST_CASCADE = "cascade:best"
"""The cascade that was fitted on the training theorems of the package's policy file."""


class NamedProver(Protocol):
    """A prover on the market; if it sells several attempts, it has an attribute `max_attempts`."""

    @property
    def name(self) -> str: ...


def make_policy(text: str, provers: Iterable[NamedProver | str]) -> Policy:
    """Makes the policy written as `text` on a market of `provers` (themselves, or their names).

    - `single:flash` buys from flash only.
    - `cascade` asks every prover, the cheapest first; `cascade:flash=0.0001,search=0.02` spends up
      to $0.0001 on flash, then up to $0.02 on search. `cascade:best` is the cascade that the
      package's policy file recommends.
    - `auction` asks the provers for bids; for `auction:0.01` a proof is worth $0.01.
    - `schedule:FILE` decides by the policy file that `prover-arb schedule fit` wrote, and learns;
      `schedule` begins with the file that comes with the package, if that knows a prover that is
      sold; `schedule:-` begins with nothing known. A policy that begins with a file explores with
      the share of its spending that the file says.
    - `refute+` before any of these first asks whether the statement is false.

    The name of a policy is a text that gives the same policy again.

    Raises:
        PolicyError: the text names an unknown policy or prover (the message lists the known ones),
            or a threshold is not an amount.
    """
    provers = tuple(provers)
    sold = {_name(prover): int(getattr(prover, "max_attempts", 1)) for prover in provers}
    if text.strip().startswith(PREFIX):
        policy = make_policy(text.strip().removeprefix(PREFIX), provers)
        if not isinstance(policy, RefuteFirst):
            return RefuteFirst(policy)
    kind, colon, rest = text.strip().partition(":")
    if kind == "single" and rest.strip():
        prover = _known(rest.strip(), sold, text)
        return SingleProver(prover, max_attempts=sold[prover])
    if kind == "cascade":
        return _cascade(text, rest if colon else None, sold)
    if kind == "auction":
        return Auction(_value(rest, text) if colon else None, max_attempts=sold)
    if kind == "schedule" and (rest.strip() or not colon):
        return _scheduled(rest.strip() if colon else None, sold, text)
    raise PolicyError(f"unknown policy {text!r}; known forms: {FORMS}")


def _cascade(text: str, steps: str | None, sold: Mapping[str, int]) -> Policy:
    if steps is None:
        return ThresholdCascade(max_attempts=sold)
    if text.strip() == BEST_CASCADE:
        return ThresholdCascade(_recommended(sold), max_attempts=sold, name=BEST_CASCADE)
    return ThresholdCascade(_thresholds(steps, sold, text), max_attempts=sold)


def policy_file_of(text: str) -> PolicyFile | None:
    """Returns the policy file that a policy begins with; None if it begins with nothing known.

    Raises:
        PolicyError: the file cannot be read, or was edited.
    """
    while text.strip().startswith(PREFIX):
        text = text.strip().removeprefix(PREFIX)
    kind, colon, rest = text.strip().partition(":")
    if kind != SHIPPED_POLICY:
        return None
    return starting_file(rest.strip() if colon else None)


def learns(text: str) -> bool:
    """Returns whether the policy written as `text` learns from the theorems that it finished."""
    return text.strip().removeprefix(PREFIX).partition(":")[0] == SHIPPED_POLICY


def _scheduled(path: str | None, sold: Mapping[str, int], text: str) -> Policy:
    """Makes a policy that begins with the file at `path`, or with that of the package if None."""
    name = SHIPPED_POLICY if path is None else f"{SHIPPED_POLICY}:{Path(path)}"
    file = starting_file(path)
    if file is None:
        return _uninformed(name, sold)
    if not _sellers(file) & set(sold):
        if path is None:
            return _uninformed(name, sold)
        raise PolicyError(
            f"policy {text!r}: the file is about {', '.join(file.provers)}, none of which is "
            f"sold here; known provers: {', '.join(sorted(sold)) or 'none'}"
        )
    return IndexPolicy(
        learner_of(file),
        name=name,
        value=file.value,
        max_attempts=sold,
        exploration=Exploration(file.exploration, usual_cost(file)),
    )


def recommends_cascade(provers: Iterable[str]) -> bool:
    """Returns whether `cascade:best` can be bought where `provers` are sold."""
    file = shipped_policy()
    return file is not None and bool(file.cascade) and set(file.cascade) <= set(provers)


def _recommended(sold: Mapping[str, int]) -> dict[str, int]:
    file = shipped_policy()
    cascade = {} if file is None else file.cascade
    if not recommends_cascade(sold):
        raise PolicyError(
            f"policy {BEST_CASCADE!r}: the package's policy file knows a cascade of "
            f"{', '.join(cascade) or 'no provers'}; sold here: {', '.join(sorted(sold)) or 'none'}"
        )
    return cascade


def _sellers(file: PolicyFile) -> set[str]:
    return {prover_of(name) for name in file.provers}


def _uninformed(name: str, sold: Mapping[str, int]) -> Policy:
    return IndexPolicy(Learner(RecordedTheorems()), name=name, max_attempts=sold)


def _name(prover: NamedProver | str) -> str:
    return prover if isinstance(prover, str) else prover.name


def _known(prover: str, sold: Mapping[str, int], text: str) -> str:
    if prover not in sold:
        known = ", ".join(sorted(sold)) or "none"
        raise PolicyError(f"policy {text!r}: unknown prover {prover!r}; known provers: {known}")
    return prover


def _value(amount: str, text: str) -> int:
    try:
        return parse_budget(amount, field="value of a proof")
    except BudgetError as error:
        raise PolicyError(f"policy {text!r}: {error}") from error


def _thresholds(steps: str, sold: Mapping[str, int], text: str) -> dict[str, int]:
    thresholds: dict[str, int] = {}
    for step in steps.split(","):
        name, equals, amount = (part.strip() for part in step.partition("="))
        if not name or not equals:
            raise PolicyError(f"policy {text!r}: {step!r} is not of the form PROVER=DOLLARS")
        prover = _known(name, sold, text)
        if prover in thresholds:
            raise PolicyError(f"policy {text!r}: {prover!r} has two thresholds")
        try:
            thresholds[prover] = parse_usd(amount, field=f"threshold of {prover}")
        except BudgetError as error:
            raise PolicyError(f"policy {text!r}: {error}") from error
    return thresholds
