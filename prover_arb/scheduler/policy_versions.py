"""Policy files of earlier versions, brought to the current one while they are read.

A policy file is only read, so it stays as it is on the disk and needs no backup.

Version 2 added `quotes`, `seconds` and `learnt`, and its hash covers them. Version 3 added the
slices of attempts to the purchases in `learnt`; the provers of a file are the products that
policies learn about, such as `portfolio#2`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prover_arb.errors import PolicyError

CURRENT = 3

EDITED = (
    "data_sha256 does not fit the records in the file: it was edited; fit it again with "
    "`prover-arb schedule fit`"
)


def in_current_version(fields: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Returns the fields of a policy file as the current version has them.

    Raises:
        PolicyError: the file is of a version that this program does not know, or a file of an
            earlier version was edited.
    """
    version = fields.get("version")
    if version == CURRENT:
        return dict(fields)
    if version == 1:
        return _from_version_2(_from_version_1(fields, path), path)
    if version == 2:
        return _from_version_2(fields, path)
    if isinstance(version, int) and version > CURRENT:
        raise PolicyError(
            f"{path}: written by a newer prover_arb (policy file version {version}; this program "
            f"knows versions up to {CURRENT}); use the newer program, or fit it again with "
            "`prover-arb schedule fit`"
        )
    raise PolicyError(f"{path}: version: {version!r} is not a version of a policy file")


def data_hash(data: object) -> str:
    """Returns the hash that tells whether the records in a file were edited."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _from_version_1(fields: Mapping[str, Any], path: Path) -> dict[str, Any]:
    provers, rows = fields.get("provers"), fields.get("rows")
    if fields.get("data_sha256") != data_hash([provers, rows]):
        raise PolicyError(f"{path}: {EDITED}")
    data: dict[str, Any] = {"provers": provers, "rows": rows, "quotes": {}, "learnt": []}
    return {**fields, **data, "version": 2, "data_sha256": data_hash(data)}


def _from_version_2(fields: Mapping[str, Any], path: Path) -> dict[str, Any]:
    data = {name: fields.get(name) for name in ("provers", "quotes", "rows", "learnt")}
    if fields.get("data_sha256") != data_hash(data):
        raise PolicyError(f"{path}: {EDITED}")
    try:
        data["learnt"] = [
            {**history, "past": [{**bought, "slice": None} for bought in history["past"]]}
            for history in fields["learnt"]
        ]
    except (KeyError, TypeError):
        raise PolicyError(f"{path}: learnt: not histories of theorems and purchases") from None
    return {**fields, **data, "version": 3, "data_sha256": data_hash(data)}
