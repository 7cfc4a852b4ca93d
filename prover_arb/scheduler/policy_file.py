"""Policy files: recorded theorems in dollars, from which the index policy is made again.

Theorems that all provers were tried on are rows; those that a ledger saw some provers tried on are
purchases that the policy learns from before any other (index/learning.py).

JSON with a version and the hash of the data, so that an edited file, or one of another version, is
refused by name. Models are not stored but fitted when the file is read; that gives the same ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prover_arb.core.history import NOTHING, Finished
from prover_arb.core.theorem import fault
from prover_arb.errors import PolicyError
from prover_arb.scheduler.index.attempt_index import Index
from prover_arb.scheduler.index.features import of_theorems
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.prior import Records

VERSION = 2


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Row(_Strict):
    """One recorded theorem; lists run along the file's provers."""

    theorem: str
    statement: str | None = None
    cost: list[float]
    """Dollars, mean of one attempt."""
    attempts: list[int]
    successes: list[int]


class PolicyFile(_Strict):
    """What `prover-arb schedule fit` writes."""

    kind: Literal["prover_arb policy"] = "prover_arb policy"
    version: int = VERSION
    data_sha256: str
    provers: list[str] = Field(min_length=1)
    value: int | None = Field(default=None, gt=0)
    """Micro-dollars that a proof is worth; None: a theorem's budget."""
    quotes: dict[str, int] = Field(default_factory=dict)
    """Micro-dollars: the worst case of a prover's attempts when its rows were made, where known."""
    seconds: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    """How long an attempt of a prover takes, where that was recorded."""
    rows: list[Row]
    learnt: list[Finished] = Field(default_factory=list)
    """Theorems that not every prover was tried on."""


def policy_file(
    panel: Panel | None,
    statements: Mapping[str, str] | None = None,
    *,
    dollars: float = 1.0,
    value: int | None = None,
    quotes: Mapping[str, int] | None = None,
    learnt: Sequence[Finished] = (),
    seconds: Sequence[float] | None = None,
) -> PolicyFile:
    """The file for records whose unit of cost is `dollars`, and theorems `learnt` in dollars.

    `seconds` is how long an attempt of each of the panel's provers takes.
    """
    rows = (
        []
        if panel is None
        else [
            Row(
                theorem=name,
                statement=None if statements is None else statements.get(name),
                cost=[float(each) * dollars for each in panel.cost[i]],
                attempts=[int(each) for each in panel.attempts[i]],
                successes=[int(each) for each in panel.successes[i]],
            )
            for i, name in enumerate(panel.theorems)
        ]
    )
    provers = [] if panel is None else list(panel.provers)
    provers += sorted({past.prover for one in learnt for past in one.past} - set(provers))
    found = PolicyFile(
        data_sha256="",
        provers=provers,
        value=value,
        quotes={name: quote for name, quote in (quotes or {}).items() if name in provers},
        seconds=dict(zip(provers, seconds or (), strict=False)),
        rows=rows,
        learnt=list(learnt),
    )
    return found.model_copy(update={"data_sha256": _digest(found)})


def read_policy_file(path: Path) -> PolicyFile:
    """The file at `path`, checked.

    Raises:
        PolicyError: unreadable, of another version, edited, or not a policy file.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"{path}: not JSON: {error}") from None
    if not isinstance(raw, dict) or raw.get("kind") != "prover_arb policy":
        raise PolicyError(f"{path}: not a policy file; `prover-arb schedule fit` writes one")
    if raw.get("version") != VERSION:
        raise PolicyError(
            f"{path}: a policy file of version {raw.get('version')!r}, this program reads "
            f"{VERSION}; fit it again"
        )
    try:
        found = PolicyFile.model_validate(raw)
    except ValidationError as error:
        raise PolicyError(f"{path}: {fault(error)}") from None
    _check_names(found, path)
    for i, row in enumerate(found.rows):
        _check(row, f"{path}: rows.{i}", found.rows[0])
    if found.data_sha256 != _digest(found):
        raise PolicyError(f"{path}: data_sha256 does not fit the records in it: it was edited")
    return found


def index_of(found: PolicyFile) -> Index:
    """The index that a policy file stands for, before anything more is learnt."""
    return learner_of(found).after(NOTHING)


def learner_of(found: PolicyFile) -> Learner:
    """What learns on from a policy file."""
    return Learner(_records(found), found.learnt)


def _records(found: PolicyFile) -> Records:
    rows = found.rows
    if not rows:
        return Records()
    panel = Panel(
        tuple(found.provers[: len(rows[0].cost)]),
        tuple(row.theorem for row in rows),
        np.array([row.cost for row in rows]),
        np.array([row.attempts for row in rows], dtype=np.int64),
        np.array([row.successes for row in rows], dtype=np.int64),
    )
    known = of_theorems(panel.theorems, [row.statement for row in rows])
    return Records(panel, known, found.quotes)


def _check(row: Row, where: str, first: Row) -> None:
    provers = len(first.cost)
    if not len(row.cost) == len(row.attempts) == len(row.successes) == provers:
        raise PolicyError(f"{where}: expected {provers} costs, attempts and successes")
    if not row.cost or min(row.cost) <= 0 or min(row.attempts) < 1:
        raise PolicyError(f"{where}: costs and attempts must be positive")
    if any(not 0 <= s <= n for s, n in zip(row.successes, row.attempts, strict=True)):
        raise PolicyError(f"{where}: more successes than attempts, or fewer than none")


def _check_names(found: PolicyFile, path: Path) -> None:
    if not found.rows and not found.learnt:
        raise PolicyError(f"{path}: rows: there is no recorded theorem in it")
    if found.rows and len(found.rows[0].cost) > len(found.provers):
        raise PolicyError(f"{path}: rows.0: more costs than there are provers")
    if len(set(found.provers)) < len(found.provers):
        raise PolicyError(f"{path}: provers: a prover is named twice")
    for name in found.seconds:
        if name not in found.provers:
            raise PolicyError(f"{path}: seconds.{name}: not one of its provers")
    for name, quote in found.quotes.items():
        if name not in found.provers or quote < 1:
            raise PolicyError(
                f"{path}: quotes.{name}: not the positive quote of one of its provers"
            )
    for i, one in enumerate(found.learnt):
        for k, past in enumerate(one.past):
            if past.prover not in found.provers or min(past.cost, past.offered) < 0:
                raise PolicyError(
                    f"{path}: learnt.{i}.past.{k}: not a purchase from one of its provers"
                )


def _digest(found: PolicyFile) -> str:
    data = found.model_dump(include={"provers", "quotes", "rows", "learnt"})
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
