"""Writes purchases into the ledger's columns, and reads them from there."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from prover_arb.broker.ledger.store import Row
from prover_arb.core.purchases import Attempt, Purchase, Sample, Terms, Usage
from prover_arb.core.theorem import Candidate, Value, Verdict
from prover_arb.errors import LedgerError

FIELDS = ", ".join(Purchase.model_fields)
"""The columns of a purchase, in SQL."""

Column = str | int | float | None
"""A value in a column."""

SAMPLES = TypeAdapter(tuple[Sample, ...])


def purchase_of(row: Row, where: object) -> Purchase:
    """Returns the purchase in a row of the ledger that is at `where`.

    Raises:
        LedgerError: the row cannot be read.
    """
    fields = dict(row)
    try:
        if fields["candidate"] is not None:
            fields["candidate"] = Candidate.model_validate_json(fields["candidate"])
        if fields["verdict"] is not None:
            fields["verdict"] = Verdict.model_validate_json(fields["verdict"])
        samples = fields["samples"]
        fields["samples"] = () if samples is None else SAMPLES.validate_json(samples)
        if fields["terms"] is not None:
            fields["terms"] = Terms.model_validate_json(fields["terms"])
        if fields["usage"] is not None:
            fields["usage"] = Usage.model_validate_json(fields["usage"])
        return Purchase.model_validate(fields)
    except ValidationError as error:
        raise LedgerError(
            f"{where}: purchase {fields['id']} cannot be read, restore a backup: {error}"
        ) from error


def samples_of(attempt: Attempt) -> tuple[Sample, ...]:
    """Returns the samples of an attempt; none if it has one candidate, in columns of its own."""
    if attempt.candidate is None or not attempt.others:
        return ()
    return tuple(Sample(candidate=candidate) for candidate in (attempt.candidate, *attempt.others))


def judged_samples(
    purchase: Purchase, verdict: Verdict | None, samples: tuple[Sample, ...]
) -> dict[str, str | None]:
    """Returns the columns of a purchase's judged candidates.

    Raises:
        LedgerError: they are not the candidates of the purchase.
    """
    brought = [sample.candidate for sample in purchase.samples]
    if [sample.candidate for sample in samples] != brought:
        raise LedgerError(f"purchase {purchase.id}: these are not the candidates it brought")
    counts = next((sample.candidate for sample in samples if sample.verdict == verdict), None)
    if not samples:
        return {}
    return {"candidate": as_json(counts), "samples": samples_json(samples)}


def invoiced(attempt: Attempt) -> dict[str, Column]:
    """Returns the columns of what a prover says that its attempt took."""
    return {
        "invoice": attempt.cost + attempt.overrun,
        "cpu_us": attempt.cpu_us,
        "wall_ms": attempt.wall_ms,
        "usage": as_json(attempt.usage),
        "flops": attempt.flops,
        "resume": attempt.resume,
    }


def samples_json(samples: tuple[Sample, ...]) -> str | None:
    return SAMPLES.dump_json(samples).decode() if samples else None


def as_json(value: Value | None) -> str | None:
    return None if value is None else value.model_dump_json()
