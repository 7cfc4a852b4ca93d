"""Says in the OpenAPI document which messages the service sends."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, FastAPI, Header

from prover_arb.api.service.batches.batch_examples import BATCH_EXAMPLE
from prover_arb.api.service.files.file_examples import FILE_SUMMARY
from prover_arb.api.service.openapi_answers import Answers
from prover_arb.api.service.proof_examples import PROOF_SUMMARY
from prover_arb.api.service.webhooks.messages import BatchEnded, FileEnded, ProofEnded

_PROOF_ENDED = {
    "type": "proof.proved",
    "timestamp": "2026-11-26T21:00:01.400+00:00",
    "data": PROOF_SUMMARY,
}

_BATCH_ENDED = {
    "type": "batch.ended",
    "timestamp": "2026-11-26T21:00:09.400+00:00",
    "data": BATCH_EXAMPLE | {"status": "ended", "finished_at": "2026-11-26T21:00:09.400+00:00"},
}

_FILE_ENDED = {
    "type": "file.exhausted",
    "timestamp": "2026-11-26T21:00:03.400+00:00",
    "data": FILE_SUMMARY,
}

MessageId = Annotated[
    str,
    Header(
        alias="webhook-id",
        description="Names the message; a repetition has the same.",
        examples=["msg_5f0c1e7a9b3d4c2e8f6a7b10"],
    ),
]
Timestamp = Annotated[
    int,
    Header(
        alias="webhook-timestamp",
        description="When it was sent, in seconds since 1970; refuse what is older than minutes.",
        examples=[1795726801],
    ),
]
Signature = Annotated[
    str,
    Header(
        alias="webhook-signature",
        description="`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, by the secret "
        "of your API key; several, separated by spaces, while the secret changes.",
        examples=["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="],
    ),
]

_TAKEN: Answers = {
    200: {
        "description": "Any status from 200 to 299 takes the message. After 410 it is not sent "
        "again; after any other, and without an answer, it is sent again for about three days."
    }
}


def document_webhooks(app: FastAPI) -> None:
    """Adds the messages to the app's document."""

    @app.webhooks.post("proof.ended", tags=["proofs"], responses=_TAKEN)
    def proof_ended(
        _id: MessageId,
        _timestamp: Timestamp,
        _signature: Signature,
        _body: Annotated[ProofEnded, Body(openapi_examples={"proved": {"value": _PROOF_ENDED}})],
    ) -> None:
        """Sent to the `webhook` of an order when it has ended, at least once."""

    @app.webhooks.post("batch.ended", tags=["batches"], responses=_TAKEN)
    def batch_ended(
        _id: MessageId,
        _timestamp: Timestamp,
        _signature: Signature,
        _body: Annotated[BatchEnded, Body(openapi_examples={"ended": {"value": _BATCH_ENDED}})],
    ) -> None:
        """Sent to the `webhook` of a batch when all its theorems have ended, at least once."""

    @app.webhooks.post("file.ended", tags=["files"], responses=_TAKEN)
    def file_ended(
        _id: MessageId,
        _timestamp: Timestamp,
        _signature: Signature,
        _body: Annotated[FileEnded, Body(openapi_examples={"ended": {"value": _FILE_ENDED}})],
    ) -> None:
        """Sent to the `webhook` of a file when its order has ended, at least once."""
