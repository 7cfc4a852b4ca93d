"""Every request of the API as a value, which both clients send.

It has more than 300 lines: a function for each request.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote as quoted
from uuid import uuid4

from pydantic import BaseModel

from prover_arb.client.models import (
    Batch,
    BatchLine,
    BatchPage,
    BatchResult,
    Event,
    File,
    MarketPage,
    Proof,
    ProofPage,
    Quote,
)
from prover_arb.core.theorem import Candidate, Certificate, Limits, Theorem, Verdict
from prover_arb.errors import InputError
from prover_arb.problems.files import LEAN_ENDING, ending, read_bytes, unpacked
from prover_arb.problems.statement import parse_statement

if TYPE_CHECKING:
    from httpx_sse import ServerSentEvent

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

ANSWER_SECONDS = 60.0
"""How long a client waits for an answer, beside what the request itself may take."""

LONGEST_WAIT = 60
"""How many seconds a server waits at most before it answers a request that prefers to wait."""

LOOK_SECONDS = 0.5
"""How often a client asks how far a batch is, while it waits."""

BATCH_SIZE = 1_000
"""How many candidates one request may hold."""

Usd = str | Decimal | float
"""An amount in dollars."""

Pair = tuple[Theorem | str, Candidate | str]
Item = dict[str, Any]

Problems = Iterable[Theorem | str | Mapping[str, Any]] | Path
"""Theorems, Lean statements and rows of a problem set; or the path of a problem file."""

_FILE_TYPES = {LEAN_ENDING: "text/x-lean"}


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request, and how its answer is read."""

    method: str
    path: str
    read: Callable[[bytes], T]
    """Raises ValueError if it is no answer to this request."""
    body: object = None
    """Sent as JSON."""
    content: bytes | None = None
    """Sent as it is, in place of a body."""
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = ANSWER_SECONDS
    """How long to wait for the answer."""


@dataclass(frozen=True)
class Order:
    """An order to place; asking again with it returns the same order."""

    body: dict[str, Any]
    key: str

    def placed(self, wait: int = 0) -> Call[Proof]:
        """Returns the request that places it, or waits up to so many seconds until it has ended."""
        headers = {"Idempotency-Key": self.key} | ({"Prefer": f"wait={wait}"} if wait else {})
        return Call(
            "POST",
            "/v1/proofs",
            _reader(Proof),
            self.body,
            headers=headers,
            seconds=ANSWER_SECONDS + wait,
        )


def verify_item(theorem: Theorem | str, candidate: Candidate | str, limits: Limits | None) -> Item:
    """Returns the body of a request to judge one candidate."""
    if isinstance(candidate, str):
        candidate = Candidate(kind="tactics", text=candidate)
    body = {"theorem": _theorem(theorem), "candidate": candidate.model_dump()}
    return body if limits is None else body | {"limits": limits.model_dump()}


def verify(item: Item) -> Call[Verdict]:
    """Returns the request to judge one candidate."""
    return Call(
        "POST", "/v1/verify", _reader(Verdict), item, seconds=ANSWER_SECONDS + _seconds(item)
    )


def batches(pairs: Iterable[Pair], limits: Limits | None) -> list[list[Item]]:
    """Returns the items of many candidates, in groups that one request may hold."""
    items = [verify_item(theorem, candidate, limits) for theorem, candidate in pairs]
    return [items[start : start + BATCH_SIZE] for start in range(0, len(items), BATCH_SIZE)]


def verify_batch(items: Sequence[Item]) -> Call[BatchLine]:
    """Returns the request to judge many candidates; `read` reads one line of its answer."""
    seconds = ANSWER_SECONDS + max(_seconds(item) for item in items)
    body = {"items": items}
    return Call("POST", "/v1/verify/batch", _reader(BatchLine), body, seconds=seconds)


def order(
    theorem: Theorem | str,
    *,
    budget_usd: Usd,
    idempotency_key: str | None,
    **terms: object,
) -> Order:
    """Returns an order; `terms` are further fields of the request, and None leaves one out."""
    return Order(_wanted(theorem, budget_usd, terms), idempotency_key or uuid4().hex)


def acceptance(quote_id: str, *, idempotency_key: str | None, **terms: object) -> Order:
    """Returns the order of what was quoted; `terms` as for `order`."""
    return Order({"quote": quote_id, **_given(terms)}, idempotency_key or uuid4().hex)


def quote(theorem: Theorem | str, *, budget_usd: Usd, **terms: object) -> Call[Quote]:
    """Returns the request for a quote; `terms` as for `order`."""
    return Call("POST", "/v1/quotes", _reader(Quote), _wanted(theorem, budget_usd, terms))


def batch(
    problems: Problems,
    *,
    budget_usd: Usd,
    theorem_budget_usd: Usd | None,
    idempotency_key: str | None,
    metadata: Mapping[str, str] | None = None,
    **terms: object,
) -> Call[Batch]:
    """Returns the request for a batch; `terms` as for `order`.

    Raises:
        InputError: the problem file cannot be read, or notes are given beside it.
    """
    headers = {"Idempotency-Key": idempotency_key or uuid4().hex}
    given = _amounts(budget_usd, theorem_budget_usd)
    given |= _given(terms)
    if not isinstance(problems, Path):
        rows = [
            problem.model_dump() if isinstance(problem, Theorem) else problem
            for problem in problems
        ]
        body = {"problems": rows, **given, **_given({"metadata": metadata})}
        return Call("POST", "/v1/batches", _reader(Batch), body, headers=headers)
    if metadata:
        raise InputError("metadata: a batch whose problems are a file has none")
    headers["Content-Type"] = _FILE_TYPES.get(ending(problems), "application/x-ndjson")
    data = unpacked(problems, read_bytes(problems))
    return Call("POST", "/v1/batches", _reader(Batch), content=data, headers=headers, params=given)


def batch_of(batch_id: str) -> Call[Batch]:
    """Returns the request for a batch that was placed."""
    return Call("GET", _batch_path(batch_id), _reader(Batch))


def batches_placed(**filters: object) -> Call[BatchPage]:
    """Returns the request for a page of batches; a filter that is None is left out."""
    return Call("GET", "/v1/batches", _reader(BatchPage), params=_given(filters))


def cancel_batch(batch_id: str) -> Call[Batch]:
    """Returns the request to cancel a batch."""
    return Call("POST", f"{_batch_path(batch_id)}/cancel", _reader(Batch))


def batch_results(batch_id: str) -> Call[BatchResult]:
    """Returns the request for the results of a batch; `read` reads one line of its answer."""
    return Call("GET", f"{_batch_path(batch_id)}/results", _reader(BatchResult))


def fill(
    text: str,
    *,
    budget_usd: Usd,
    theorem_budget_usd: Usd | None,
    idempotency_key: str | None,
    **terms: object,
) -> Call[File]:
    """Returns the request to fill a Lean text; `terms` as for `order`."""
    headers = {"Idempotency-Key": idempotency_key or uuid4().hex}
    body = {"text": text, **_amounts(budget_usd, theorem_budget_usd), **_given(terms)}
    return Call("POST", "/v1/files", _reader(File), body, headers=headers)


def file_of(file_id: str) -> Call[File]:
    """Returns the request for a file that was ordered."""
    return Call("GET", f"/v1/files/{quoted(file_id, safe='')}", _reader(File))


def cancel_file(file_id: str) -> Call[File]:
    """Returns the request to cancel the order of a file."""
    return Call("POST", f"/v1/files/{quoted(file_id, safe='')}/cancel", _reader(File))


def market(days: int | None) -> Call[MarketPage]:
    """Returns the request for the provers on the market."""
    return Call("GET", "/v1/market", _reader(MarketPage), params=_given({"days": days}))


def proof(proof_id: str) -> Call[Proof]:
    """Returns the request for an order."""
    return Call("GET", _path(proof_id), _reader(Proof))


def proofs(**filters: object) -> Call[ProofPage]:
    """Returns the request for a page of orders; a filter that is None is left out."""
    return Call("GET", "/v1/proofs", _reader(ProofPage), params=_given(filters))


def cancel(proof_id: str) -> Call[Proof]:
    """Returns the request to cancel an order."""
    return Call("POST", f"{_path(proof_id)}/cancel", _reader(Proof))


def certificate(proof_id: str) -> Call[Certificate]:
    """Returns the request for the certificate of an order."""
    return Call("GET", f"{_path(proof_id)}/certificate", _reader(Certificate))


def events(proof_id: str, after: int) -> Call[Event]:
    """Returns the request for the events of an order after the one with this number."""
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": str(after)} if after else {})
    return Call("GET", f"{_path(proof_id)}/events", _reader(Event), headers=headers)


def event_of(sent: ServerSentEvent) -> Event:
    """Returns an event of the stream; raises ValueError if it is none of ours."""
    return Event(number=int(sent.id), kind=sent.event, data=json.loads(sent.data))


def next_wait(until: float | None) -> int:
    """Returns for how many seconds the next request should wait, up to the time `until`."""
    if until is None:
        return LONGEST_WAIT
    return min(LONGEST_WAIT, max(0, math.ceil(until - time.monotonic())))


def _reader(model: type[M]) -> Callable[[bytes], M]:
    return model.model_validate_json


def _given(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _wanted(theorem: Theorem | str, budget_usd: Usd, terms: Mapping[str, object]) -> dict[str, Any]:
    return {"theorem": _theorem(theorem), "budget_usd": _amount(budget_usd), **_given(terms)}


def _amounts(budget_usd: Usd, theorem_budget_usd: Usd | None) -> dict[str, Any]:
    amounts = {"budget_usd": budget_usd, "theorem_budget_usd": theorem_budget_usd}
    return {name: _amount(usd) for name, usd in amounts.items() if usd is not None}


def _amount(usd: Usd) -> str | float:
    return str(usd) if isinstance(usd, Decimal) else usd


def _theorem(given: Theorem | str) -> dict[str, Any]:
    return (parse_statement(given) if isinstance(given, str) else given).model_dump()


def _path(proof_id: str) -> str:
    return f"/v1/proofs/{quoted(proof_id, safe='')}"


def _batch_path(batch_id: str) -> str:
    return f"/v1/batches/{quoted(batch_id, safe='')}"


def _seconds(item: Item) -> float:
    limits = Limits.model_validate(item.get("limits", {}))
    return limits.wall_ms / 1000
