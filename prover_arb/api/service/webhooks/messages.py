"""The messages that webhooks carry, in the form of standardwebhooks.com."""

from __future__ import annotations

from typing import Literal

from prover_arb.api.service.batches.batch import Batch
from prover_arb.api.service.batches.batch_models import BatchOut, batch_out
from prover_arb.api.service.batches.tallies import Tally
from prover_arb.api.service.files.file_models import FileSummary, file_fields
from prover_arb.api.service.orders import Order
from prover_arb.api.service.proof_models import ProofSummary, summary_fields
from prover_arb.api.service.shapes import Shape


class ProofEnded(Shape):
    """The message that an order for a proof has ended."""

    type: Literal[
        "proof.proved", "proof.refuted", "proof.exhausted", "proof.cancelled", "proof.failed"
    ]
    """What happened: the status with which the order ended."""
    timestamp: str
    """When it happened: ISO 8601, UTC."""
    data: ProofSummary
    """The order; its `urls.get` has the proof."""


def proof_ended(order: Order) -> ProofEnded:
    """Returns the message for an order that has ended."""
    return ProofEnded.model_validate(
        {
            "type": f"proof.{order.status}",
            "timestamp": order.finished_at,
            "data": summary_fields(order, place=None, spent=order.spent),
        }
    )


class BatchEnded(Shape):
    """The message that all theorems of a batch have ended."""

    type: Literal["batch.ended", "batch.cancelled"]
    """What happened: the status of the batch."""
    timestamp: str
    """When it happened: ISO 8601, UTC."""
    data: BatchOut
    """The batch; its `urls.results` has what became of each theorem."""


def batch_ended(batch: Batch, tally: Tally) -> BatchEnded:
    """Returns the message for a batch that has ended."""
    shown = batch_out(batch, tally)
    return BatchEnded.model_validate(
        {"type": f"batch.{shown.status}", "timestamp": batch.finished_at, "data": shown}
    )


class FileEnded(Shape):
    """The message that the order of a file has ended."""

    type: Literal["file.filled", "file.exhausted", "file.cancelled", "file.failed"]
    """What happened: the status with which the order ended."""
    timestamp: str
    """When it happened: ISO 8601, UTC."""
    data: FileSummary
    """The order; its `urls.get` has the text."""


def file_ended(order: Order) -> FileEnded:
    """Returns the message for the order of a file that has ended."""
    shown = FileSummary.model_validate(file_fields(order, place=None, spent=order.spent))
    return FileEnded.model_validate(
        {"type": f"file.{shown.status}", "timestamp": order.finished_at, "data": shown}
    )
