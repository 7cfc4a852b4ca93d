"""Policy files: recorded theorems in dollars, from which the index policy is made again.

JSON with a version and the hash of the data, so that an edited file, or one of another version, is
refused by name. Models are not stored but fitted when the file is read; that gives the same ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prover_arb.errors import PolicyError
from prover_arb.scheduler.index import Index
from prover_arb.scheduler.planner.features import matrix
from prover_arb.scheduler.planner.panel import Panel
from prover_arb.theorem import fault

VERSION = 1


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
    rows: list[Row] = Field(min_length=1)


def policy_file(
    panel: Panel,
    statements: Mapping[str, str] | None = None,
    *,
    dollars: float = 1.0,
    value: int | None = None,
) -> PolicyFile:
    """The file for records whose unit of cost is `dollars`."""
    rows = [
        Row(
            theorem=name,
            statement=None if statements is None else statements.get(name),
            cost=[float(each) * dollars for each in panel.cost[i]],
            attempts=[int(each) for each in panel.attempts[i]],
            successes=[int(each) for each in panel.successes[i]],
        )
        for i, name in enumerate(panel.theorems)
    ]
    provers = list(panel.provers)
    return PolicyFile(data_sha256=_digest(provers, rows), provers=provers, value=value, rows=rows)


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
    if found.data_sha256 != _digest(found.provers, found.rows):
        raise PolicyError(f"{path}: data_sha256 does not fit the records in it: it was edited")
    for i, row in enumerate(found.rows):
        _check(row, len(found.provers), f"{path}: rows.{i}")
    return found


def index_of(found: PolicyFile) -> Index:
    """The index that a policy file stands for."""
    rows = found.rows
    panel = Panel(
        tuple(found.provers),
        tuple(row.theorem for row in rows),
        np.array([row.cost for row in rows]),
        np.array([row.attempts for row in rows], dtype=np.int64),
        np.array([row.successes for row in rows], dtype=np.int64),
    )
    texts = [row.statement for row in rows]
    if len(rows) < 10 or sum(text is not None for text in texts) * 2 < len(rows):
        return Index(panel)
    known = matrix(panel.theorems, [text or "" for text in texts])
    has = np.array([text is not None for text in texts])
    known[~has] = known[has].mean(axis=0)
    return Index(panel, known)


def _check(row: Row, provers: int, where: str) -> None:
    if not len(row.cost) == len(row.attempts) == len(row.successes) == provers:
        raise PolicyError(f"{where}: expected {provers} costs, attempts and successes")
    if min(row.cost) <= 0 or min(row.attempts) < 1:
        raise PolicyError(f"{where}: costs and attempts must be positive")
    if any(not 0 <= s <= n for s, n in zip(row.successes, row.attempts, strict=True)):
        raise PolicyError(f"{where}: more successes than attempts, or fewer than none")


def _digest(provers: list[str], rows: list[Row]) -> str:
    data = [provers, [row.model_dump() for row in rows]]
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
