"""The client for programs without an event loop.

It is one class, of more than 300 lines: a method for each thing that the service does.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Self, TypeVar

import httpx
from httpx_sse import EventSource
from tenacity import Retrying

from prover_arb.client import calls
from prover_arb.client.answers import connection, reaching, read, refuse, request_of, retries
from prover_arb.client.calls import Call, Pair, Problems, Usd
from prover_arb.client.models import (
    Batch,
    BatchPage,
    BatchResult,
    Event,
    File,
    MarketPage,
    Proof,
    ProofPage,
    Quote,
)
from prover_arb.core.retry_policy import RETRIES
from prover_arb.core.theorem import Candidate, Certificate, Limits, Theorem, Verdict
from prover_arb.errors import ServerUnreachable

T = TypeVar("T")


class Client:
    """A client of the service at `server`, or at the address in PROVER_ARB_SERVER.

    `api_key`, or PROVER_ARB_API_KEY, is sent as a bearer token. A request is repeated up to
    `retries` times if the connection is lost or the server is busy; no request does its work twice.

    Every method raises ApiError if the service refuses the request or fails, and ServerUnreachable
    if it does not answer; the constructor raises InputError.
    """

    def __init__(
        self, server: str | None = None, *, api_key: str | None = None, retries: int = RETRIES
    ) -> None:
        self._http = httpx.Client(**connection(server, api_key))
        self._retries = retries

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def verify(
        self, theorem: Theorem | str, candidate: Candidate | str, *, limits: Limits | None = None
    ) -> Verdict:
        """Judges one candidate; text is read as by `prover_arb.verify`."""
        return self._send(calls.verify(calls.verify_item(theorem, candidate, limits)))

    def verify_many(
        self, pairs: Iterable[Pair], *, limits: Limits | None = None
    ) -> Iterator[Verdict]:
        """Yields one verdict per pair, in order, as the server judges them."""
        for items in calls.batches(pairs, limits):
            call = calls.verify_batch(items)
            with self._stream(call) as response, reaching(self._http.base_url):
                for text in response.iter_lines():
                    line = read(partial(call.read, text.encode()), response)
                    verdict = line.verdict
                    if verdict is None:  # it is sent by itself, where it may be repeated
                        verdict = self._send(calls.verify(items[line.index]))
                    yield verdict

    def prove(
        self,
        theorem: Theorem | str,
        *,
        budget_usd: Usd,
        policy: str | None = None,
        deadline: int | None = None,
        seed: int | None = None,
        webhook: str | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Proof:
        """Orders a proof, and waits until the order has ended, or `wait` seconds at most.

        With `wait=0` it returns at once; `events` and `proof` then tell what becomes of the order.
        What is left out has the server's default. An order with the same `idempotency_key` is
        placed once. A signed message is sent to the address `webhook` when it has ended.
        """
        order = calls.order(
            theorem,
            budget_usd=budget_usd,
            idempotency_key=idempotency_key,
            policy=policy,
            deadline=deadline,
            seed=seed,
            webhook=webhook,
            metadata=metadata,
        )
        return self._followed(order, wait)

    def quote(
        self,
        theorem: Theorem | str,
        *,
        budget_usd: Usd,
        policy: str | None = None,
        deadline: int | None = None,
    ) -> Quote:
        """Returns what a proof would cost; nothing is bought."""
        call = calls.quote(theorem, budget_usd=budget_usd, policy=policy, deadline=deadline)
        return self._send(call)

    def accept(
        self,
        quote_id: str,
        *,
        settlement: str | None = None,
        webhook: str | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Proof:
        """Orders what was quoted, and waits as `prove` does."""
        order = calls.acceptance(
            quote_id,
            idempotency_key=idempotency_key,
            settlement=settlement,
            webhook=webhook,
            metadata=metadata,
        )
        return self._followed(order, wait)

    def batch(
        self,
        problems: Problems,
        *,
        budget_usd: Usd,
        theorem_budget_usd: Usd | None = None,
        policy: str | None = None,
        deadline: int | None = None,
        seed: int | None = None,
        webhook: str | None = None,
        skip_unread: bool | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        wait: float | None = 0,
    ) -> Batch:
        """Orders proofs of many theorems under one budget.

        `problems` are theorems, Lean statements or rows of a problem set, or the path of a problem
        file. It returns at once, or with `wait` when all have ended or after so many seconds; None
        waits for the end.
        """
        until = None if wait is None else time.monotonic() + wait
        batch = self._send(
            calls.batch(
                problems,
                budget_usd=budget_usd,
                idempotency_key=idempotency_key,
                theorem_budget_usd=theorem_budget_usd,
                policy=policy,
                deadline=deadline,
                seed=seed,
                webhook=webhook,
                skip_unread=skip_unread,
                metadata=metadata,
            )
        )
        while not batch.ended and (until is None or time.monotonic() < until):
            time.sleep(calls.LOOK_SECONDS)
            batch = self.batch_of(batch.id)
        return batch

    def batch_of(self, batch_id: str) -> Batch:
        """Returns a batch: how far its theorems are, and what was spent so far."""
        return self._send(calls.batch_of(batch_id))

    def batches(self, *, after: str | None = None, limit: int | None = None) -> BatchPage:
        """Returns a page of batches, newest first."""
        return self._send(calls.batches_placed(after=after, limit=limit))

    def cancel_batch(self, batch_id: str) -> Batch:
        """Cancels all theorems of a batch that have not ended, and returns the batch."""
        return self._send(calls.cancel_batch(batch_id))

    def batch_results(self, batch_id: str) -> Iterator[BatchResult]:
        """Yields what became of each theorem of a batch, in order."""
        call = calls.batch_results(batch_id)
        with self._stream(call) as response, reaching(self._http.base_url):
            for text in response.iter_lines():
                yield read(partial(call.read, text.encode()), response)

    def fill(
        self,
        text: str,
        *,
        budget_usd: Usd,
        theorem_budget_usd: Usd | None = None,
        policy: str | None = None,
        deadline: int | None = None,
        seed: int | None = None,
        webhook: str | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> File:
        """Orders proofs for the theorems of a Lean text that end in `sorry`.

        It waits until the order has ended, or `wait` seconds at most.
        """
        until = None if wait is None else time.monotonic() + wait
        file = self._send(
            calls.fill(
                text,
                budget_usd=budget_usd,
                theorem_budget_usd=theorem_budget_usd,
                idempotency_key=idempotency_key,
                policy=policy,
                deadline=deadline,
                seed=seed,
                webhook=webhook,
                metadata=metadata,
            )
        )
        while not file.ended and (until is None or time.monotonic() < until):
            time.sleep(calls.LOOK_SECONDS)
            file = self.file_of(file.id)
        return file

    def file_of(self, file_id: str) -> File:
        """Returns the order of a file: its text so far, and what became of each theorem."""
        return self._send(calls.file_of(file_id))

    def cancel_file(self, file_id: str) -> File:
        """Cancels the order of a file, and returns it as it ended."""
        return self._send(calls.cancel_file(file_id))

    def market(self, *, days: int | None = None) -> MarketPage:
        """Returns the provers, their prices, and what came of their attempts in so many days."""
        return self._send(calls.market(days))

    def proof(self, proof_id: str) -> Proof:
        """Returns an order: what was spent so far, and the proof once there is one."""
        return self._send(calls.proof(proof_id))

    def proofs(
        self,
        *,
        status: Sequence[str] | None = None,
        metadata: Sequence[str] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> ProofPage:
        """Returns a page of orders, newest first; `metadata` has entries such as `project:x`."""
        return self._send(calls.proofs(status=status, metadata=metadata, after=after, limit=limit))

    def cancel(self, proof_id: str) -> Proof:
        """Cancels an order, and returns it as it ended."""
        return self._send(calls.cancel(proof_id))

    def certificate(self, proof_id: str) -> Certificate:
        """Returns the certificate of an order that is proved or refuted."""
        return self._send(calls.certificate(proof_id))

    def events(self, proof_id: str, *, after: int = 0) -> Iterator[Event]:
        """Yields what happens to an order after the event number `after`, until it has ended.

        A connection that is lost is opened again, and no event is yielded twice.
        """
        while True:
            with self._stream(calls.events(proof_id, after)) as response:
                try:
                    with reaching(self._http.base_url):
                        for sent in EventSource(response).iter_sse():
                            event = read(partial(calls.event_of, sent), response)
                            after = event.number
                            yield event
                except ServerUnreachable:
                    continue
                return

    def _followed(self, order: calls.Order, wait: float | None) -> Proof:
        until = None if wait is None else time.monotonic() + wait
        while True:
            seconds = calls.next_wait(until)
            proof = self._send(order.placed(seconds))
            if proof.ended or not seconds:
                return proof

    def _send(self, call: Call[T]) -> T:
        with self._stream(call, whole=True) as response:
            return read(partial(call.read, response.content), response)

    @contextmanager
    def _stream(self, call: Call[T], *, whole: bool = False) -> Iterator[httpx.Response]:
        """Sends a request until it is answered; with `whole` the answer is read to its end."""
        for attempt in Retrying(**retries(self._retries)):
            with attempt, reaching(self._http.base_url):
                response = self._http.send(request_of(self._http, call), stream=True)
                try:
                    if whole or not response.is_success:
                        response.read()
                    refuse(response)
                except BaseException:
                    response.close()
                    raise
        try:
            yield response
        finally:
            response.close()
