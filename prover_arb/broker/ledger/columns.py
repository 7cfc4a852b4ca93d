"""How purchases are written into the ledger's columns, and read from them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from prover_arb.core.purchases import Attempt, Purchase, Sample, Terms, Usage
from prover_arb.core.theorem import Candidate, Value, Verdict
from prover_arb.errors import LedgerError

FIELDS = ", ".join(Purchase.model_fields)
"""Columns of a purchase, in SQL."""

Column = str | int | float | None
"""What stands in a column."""

SAMPLES = TypeAdapter(tuple[Sample, ...])


def purchase_of(row: sqlite3.Row, path: Path) -> Purchase:
    """The purchase in a row of the ledger at `path`.

    Raises:
        LedgerError: the row cannot be read.
    """
    fields = dict(row)
    try:
        if fields["candidate"] is not None:
            fields["candidate"] = Candidate.model_validate_json(fields["candidate"])
        if fields["verdict"] is not None:
            fields["verdict"] = Verdict.model_validate_json(fields["verdict"])
        found = fields["samples"]
        fields["samples"] = () if found is None else SAMPLES.validate_json(found)
        if fields["terms"] is not None:
            fields["terms"] = Terms.model_validate_json(fields["terms"])
        if fields["usage"] is not None:
            fields["usage"] = Usage.model_validate_json(fields["usage"])
        return Purchase.model_validate(fields)
    except ValidationError as error:
        raise LedgerError(
            f"{path}: purchase {fields['id']} cannot be read, restore a backup: {error}"
        ) from error


def samples_of(attempt: Attempt) -> tuple[Sample, ...]:
    """None for an attempt with one candidate, which stands in columns of its own."""
    if attempt.candidate is None or not attempt.others:
        return ()
    return tuple(Sample(candidate=one) for one in (attempt.candidate, *attempt.others))


def judged_samples(
    purchase: Purchase, verdict: Verdict | None, samples: tuple[Sample, ...]
) -> dict[str, str | None]:
    if [one.candidate for one in samples] != [one.candidate for one in purchase.samples]:
        raise LedgerError(f"purchase {purchase.id}: these are not the candidates it brought")
    counts = next((one.candidate for one in samples if one.verdict == verdict), None)
    if not samples:
        return {}
    return {"candidate": as_json(counts), "samples": samples_json(samples)}


def invoiced(attempt: Attempt) -> dict[str, Column]:
    """What a seller says that its attempt took."""
    return {
        "invoice": attempt.cost + attempt.overrun,
        "cpu_us": attempt.cpu_us,
        "wall_ms": attempt.wall_ms,
        "usage": as_json(attempt.usage),
        "flops": attempt.flops,
    }


def samples_json(samples: tuple[Sample, ...]) -> str | None:
    return SAMPLES.dump_json(samples).decode() if samples else None


def as_json(value: Value | None) -> str | None:
    return None if value is None else value.model_dump_json()
