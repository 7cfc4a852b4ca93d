"""Policy files: recorded theorems in dollars, from which the `schedule` policy is made again.

A file holds one row for each theorem that every prover was tried on, and histories of theorems that
only some provers were tried on; the policy learns from these histories before any other
(index/learning.py).

It is JSON with a version and a hash of its data: a file that was edited is refused with a message,
and one of an earlier version is converted while it is read (policy_versions.py). Fitted models are
not stored: they are fitted when the file is read, which gives the same models again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prover_arb.core.history import NO_HISTORY, TheoremHistory
from prover_arb.core.money import MICRO
from prover_arb.core.slices import prover_of
from prover_arb.core.theorem import fault
from prover_arb.errors import PolicyError
from prover_arb.scheduler.index.attempt_index import Index
from prover_arb.scheduler.index.features import Read, of_theorems
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.prior import RecordedTheorems
from prover_arb.scheduler.policies.exploration import DEFAULT_SHARE
from prover_arb.scheduler.policy_versions import CURRENT, EDITED, data_hash, in_current_version

SHIPPED = Path(__file__).with_name("shipped_policy.json")
"""The policy file of the package: training theorems, shipped and generated, bought and judged by
its own commands (`make policy`), and none of the shipped main job."""

UNINFORMED = "-"
"""What stands for no policy file."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TheoremRow(_Strict):
    """One recorded theorem; the lists follow the order of the file's provers."""

    theorem: str
    statement: str | None = None
    cost: list[float]
    """The mean cost of one attempt, in dollars."""
    attempts: list[int]
    successes: list[int]


class PolicyFile(_Strict):
    """What `prover-arb schedule fit` writes."""

    kind: Literal["prover_arb policy"] = "prover_arb policy"
    version: int = CURRENT
    data_sha256: str
    provers: list[str] = Field(min_length=1)
    """What is sold: provers, or slices of their attempts, such as `portfolio#2`."""
    value: int | None = Field(default=None, gt=0)
    """What a proof is worth, in micro-dollars; None takes each theorem's budget."""
    quotes: dict[str, int] = Field(default_factory=dict)
    """The worst case of a prover's attempts, in micro-dollars, when its rows were recorded; provers
    for which it is not known are left out."""
    seconds: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    """How long an attempt of a prover takes, in seconds, where that was recorded."""
    exploration: float = Field(default=DEFAULT_SHARE, ge=0, le=1)
    """The share of its spending that the policy explores with, in expectation."""
    rows: list[TheoremRow]
    learnt: list[TheoremHistory] = Field(default_factory=list)
    """Histories of theorems that not every prover was tried on."""
    cascade: dict[str, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    """The best cascade on these theorems: thresholds in micro-dollars, in its order; empty if none
    was fitted."""


def policy_file(
    panel: Panel | None,
    statements: Mapping[str, str] | None = None,
    *,
    dollars: float = 1.0,
    value: int | None = None,
    quotes: Mapping[str, int] | None = None,
    learnt: Sequence[TheoremHistory] = (),
    seconds: Sequence[float] | None = None,
    cascade: Mapping[str, int] | None = None,
    exploration: float = DEFAULT_SHARE,
) -> PolicyFile:
    """Makes a policy file from recorded theorems and histories.

    Args:
        panel: theorems that every prover was tried on.
        statements: their statements by name, as far as they are known.
        dollars: how many dollars one unit of the panel's costs is.
        value: what a proof is worth, in micro-dollars; None takes each theorem's budget.
        quotes: worst cases by prover, in micro-dollars, when the panel was recorded.
        learnt: histories of theorems that not every prover was tried on; in dollars.
        seconds: how long an attempt of each of the panel's provers takes.
        cascade: the best cascade on these theorems, as thresholds in micro-dollars.
        exploration: the share of its spending that the policy explores with.
    """
    rows = []
    if panel is not None:
        texts = statements or {}
        rows = [
            TheoremRow(
                theorem=name,
                statement=texts.get(name),
                cost=[float(cost) * dollars for cost in panel.cost[i]],
                attempts=panel.attempts[i].tolist(),
                successes=panel.successes[i].tolist(),
            )
            for i, name in enumerate(panel.theorems)
        ]
    provers = [] if panel is None else list(panel.provers)
    provers += sorted({b.product for history in learnt for b in history.past} - {*provers})
    file = PolicyFile(
        data_sha256="",
        provers=provers,
        value=value,
        quotes={name: quote for name, quote in (quotes or {}).items() if name in provers},
        seconds=dict(zip(provers, seconds or (), strict=False)),
        rows=rows,
        learnt=list(learnt),
        cascade=dict(cascade or {}),
        exploration=exploration,
    )
    return file.model_copy(update={"data_sha256": _digest(file)})


def read_policy_file(path: Path) -> PolicyFile:
    """Reads and checks the file at `path`.

    Raises:
        PolicyError: the file cannot be read, is not a policy file, belongs to a later version, or
            was edited.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"{path}: not JSON: {error}") from None
    if not isinstance(raw, dict) or raw.get("kind") != "prover_arb policy":
        raise PolicyError(f"{path}: not a policy file; `prover-arb schedule fit` writes one")
    fields = in_current_version(raw, path)
    try:
        file = PolicyFile.model_validate(fields)
    except ValidationError as error:
        raise PolicyError(f"{path}: {fault(error)}") from None
    _check_names(file, path)
    for i, row in enumerate(file.rows):
        _check_row(row, f"{path}: rows.{i}", len(file.rows[0].cost))
    if file.data_sha256 != _digest(file):
        raise PolicyError(f"{path}: {EDITED}")
    return file


@cache
def shipped_policy() -> PolicyFile | None:
    """Returns the policy file that comes with the package, if it has one.

    Raises:
        PolicyError: it was edited.
    """
    return read_policy_file(SHIPPED) if SHIPPED.exists() else None


def starting_file(named: str | None) -> PolicyFile | None:
    """Returns the policy file that a policy begins with: `named`, or that of the package.

    The answer is None for `-`, and where the package has no file: nothing is known then.

    Raises:
        PolicyError: the file cannot be read, or was edited.
    """
    if named == UNINFORMED:
        return None
    return shipped_policy() if named is None else read_policy_file(Path(named))


def usual_cost(file: PolicyFile) -> float:
    """Returns what a recorded theorem costs on average, in micro-dollars.

    That is its cheapest prover's attempt, or what the cheapest prover that proved it was paid.
    """
    costs = [min(row.cost) * MICRO for row in file.rows]
    costs += [float(_least_paid(history)) for history in file.learnt]
    return sum(costs) / len(costs)


def _least_paid(history: TheoremHistory) -> int:
    paid: dict[str, int] = {}
    for bought in history.past:
        paid[bought.prover] = paid.get(bought.prover, 0) + bought.cost
    proved = {bought.prover for bought in history.past if bought.status == "proved"}
    return min(paid[prover] for prover in (proved or paid))


def index_of(file: PolicyFile) -> Index:
    """Returns the index of a policy file before it learns from any purchase of a run."""
    return learner_of(file).after(NO_HISTORY)


def learner_of(file: PolicyFile, read: Read = of_theorems) -> Learner:
    """Returns the learner that begins with what a policy file holds; it is fitted when first used.

    `read` makes the features of theorems.
    """
    return Learner(partial(_recorded_theorems, file, read), file.learnt)


def _recorded_theorems(file: PolicyFile, read: Read) -> RecordedTheorems:
    rows = file.rows
    if not rows:
        return RecordedTheorems(read=read)
    panel = Panel(
        tuple(file.provers[: len(rows[0].cost)]),
        tuple(row.theorem for row in rows),
        np.array([row.cost for row in rows]),
        np.array([row.attempts for row in rows], dtype=np.int64),
        np.array([row.successes for row in rows], dtype=np.int64),
    )
    statements = [row.statement for row in rows]
    features = read(panel.theorems, statements)
    return RecordedTheorems(panel, features, file.quotes, read)


def _check_row(row: TheoremRow, where: str, provers: int) -> None:
    if not len(row.cost) == len(row.attempts) == len(row.successes) == provers:
        raise PolicyError(f"{where}: expected {provers} costs, attempts and successes")
    if not row.cost or min(row.cost) <= 0 or min(row.attempts) < 1:
        raise PolicyError(f"{where}: costs and attempts must be positive")
    if any(not 0 <= s <= n for s, n in zip(row.successes, row.attempts, strict=True)):
        raise PolicyError(f"{where}: successes must lie between 0 and the number of attempts")


def _check_names(file: PolicyFile, path: Path) -> None:
    if not file.rows and not file.learnt:
        raise PolicyError(f"{path}: rows: there is no recorded theorem in the file")
    if file.rows and len(file.rows[0].cost) > len(file.provers):
        raise PolicyError(f"{path}: rows.0: more costs than there are provers")
    if len(set(file.provers)) < len(file.provers):
        raise PolicyError(f"{path}: provers: a prover is named twice")
    for name in file.seconds:
        if name not in file.provers:
            raise PolicyError(f"{path}: seconds.{name}: not one of the file's provers")
    sellers = {prover_of(name) for name in file.provers}
    for name in file.cascade:
        if name not in sellers:
            raise PolicyError(f"{path}: cascade.{name}: not one of the file's provers")
    for name, quote in file.quotes.items():
        if name not in file.provers or quote < 1:
            raise PolicyError(
                f"{path}: quotes.{name}: not a positive quote of one of the file's provers"
            )
    for i, history in enumerate(file.learnt):
        for k, bought in enumerate(history.past):
            if bought.product not in file.provers or min(bought.cost, bought.offered) < 0:
                raise PolicyError(
                    f"{path}: learnt.{i}.past.{k}: not a purchase from one of the file's provers"
                )


def _digest(file: PolicyFile) -> str:
    return data_hash(file.model_dump(include={"provers", "quotes", "rows", "learnt"}))
