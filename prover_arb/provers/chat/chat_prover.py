"""A language model that sells answers by the token, over HTTP.

Before a request, `max_tokens` is cut to what the budget can pay for certain: the bytes of the
prompt bound its tokens. Afterwards the model is paid by the usage that it reports, at most that
bound. If the request is cancelled in the middle of a stream, the prompt and what had arrived are
paid, both counted by bytes unless a usage had arrived; an answer in one piece is paid whole,
because its state is unknown.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from prover_arb.core.purchases import (
    Attempt,
    AttemptCancelled,
    Bid,
    Failed,
    Quote,
    SalesRecord,
    Usage,
)
from prover_arb.core.theorem import Candidate, Theorem, sha256
from prover_arb.errors import ProverError, ProverRefused
from prover_arb.provers.chat.advice import advice
from prover_arb.provers.chat.call import RequestCancelled, RequestRefused
from prover_arb.provers.chat.call_limits import CallLimits
from prover_arb.provers.chat.client import Endpoint
from prover_arb.provers.chat.model_config import ChatConfig, PricedModel
from prover_arb.provers.chat.reply import UnusableResponse
from prover_arb.provers.chat.samples import candidates_in

_SEEDS = 2**31
_PATHS = {"chat": "/chat/completions", "completions": "/completions"}


class ChatProver:
    """One model; it needs neither Lean nor a worker.

    If `failed` is given, the model is asked to repair that attempt.
    """

    def __init__(
        self, name: str, entry: ChatConfig, endpoint: Endpoint, failed: Failed | None = None
    ) -> None:
        self.name = name
        self.max_attempts = entry.max_attempts
        self._entry = entry
        self._endpoint = endpoint
        self._failed = failed
        self._listing = PricedModel(name=name, entry=entry)

    def quote(self, theorem: Theorem) -> Quote:
        """Returns what the longest answer to the prompt for this theorem costs."""
        return self._listing.quote(theorem, self._failed)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        """Returns a bid from the model's record; see `truthful_bid`."""
        return self._listing.bid(theorem, record, self._failed)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Buys one answer; it costs what the reported usage comes to, at most `budget`.

        Without a usage it costs the upper bound, and the usage is marked as estimated.

        Raises:
            ProverUnreachable, ProverRefused, ProverBroken: nothing was sold, nothing is paid.
            AttemptCancelled: cancelled when the request was with the prover already.
        """
        entry = self._entry
        messages = entry.messages(theorem, self._failed)
        up_to = entry.price.up_to
        if up_to is not None and entry.prompt_bound(messages) >= up_to:
            raise ProverRefused(f"{self.name}: its prices hold below {up_to:,} prompt tokens only")
        longest = entry.affordable_tokens(messages, budget)
        if longest == 0:
            failure = "the budget buys no answer"
            return Attempt(prover=self.name, candidate=None, cost=0, failure=failure)
        started = time.monotonic()
        bound = entry.bound(messages, longest)
        candidates: tuple[Candidate, ...] = ()
        usage: Usage | None = None
        failure, fault = "", None

        def invoice(paid: Usage) -> Attempt:
            billed = entry.price.charge(paid)
            return Attempt(
                prover=self.name,
                candidate=candidates[0] if candidates else None,
                others=candidates[1:],
                cost=min(billed, budget),
                overrun=0 if paid.estimated else max(0, billed - budget),
                wall_ms=round((time.monotonic() - started) * 1000),
                failure=failure,
                fault=fault,
                usage=paid,
                flops=entry.flops(paid),
            )

        request = self._request(messages, longest, _seed(theorem, number, seed))
        try:
            secret = entry.secret()
            headers = {**entry.request.headers, **secret.header(entry.request.key_header)}
            path = entry.request.path(_PATHS[entry.api])
            reply = await self._endpoint.ask(path, request, secret, headers)
            usage = reply.usage
            candidates = candidates_in(reply, theorem, entry, longest=longest)
        except UnusableResponse as unusable:
            usage, failure, fault = unusable.usage, str(unusable), unusable.fault
        except RequestCancelled as cancelled:
            failure, begun = "cancelled", cancelled.begun
            if begun is not None:
                arrived = min(begun.size, bound.completion)
                usage = begun.usage or bound.model_copy(update={"completion": arrived})
            raise AttemptCancelled(invoice(usage or bound)) from None
        except RequestRefused as refused:
            raise ProverRefused(f"{self.name}: {self._explained(refused, request)}") from None
        except ProverError as error:
            raise type(error)(f"{self.name}: {error}") from None
        return invoice(usage or bound)

    def _request(
        self, messages: list[dict[str, str]], max_tokens: int, seed: int
    ) -> dict[str, object]:
        entry, sampling, asking = self._entry, self._entry.sampling, self._entry.asking
        parameters: dict[str, object] = {
            "model": entry.model,
            "max_tokens": max_tokens,
            "temperature": _given(sampling.temperature, asking.temperature),
            "top_p": _given(sampling.top_p, asking.top_p),
            "seed": seed,
        }
        if entry.api == "chat":
            parameters["messages"] = entry.request.messages(messages)
        else:
            parameters["prompt"] = asking.prompt(messages)
        if entry.samples > 1:
            parameters["n"] = entry.samples
        if entry.stream:
            parameters |= {"stream": True, "stream_options": {"include_usage": True}}
        return entry.request.body(parameters)

    def _explained(self, refused: RequestRefused, request: Mapping[str, object]) -> str:
        """Returns the text of a refusal, with the line of the catalog to change."""
        line = advice(
            refused.status,
            refused.said,
            request,
            prover=self.name,
            endpoint=str(self._entry.endpoint),
            renamed=self._entry.request.rename,
        )
        return f"{str(refused).rstrip('.')}; {line}" if line else str(refused)


class ChatRepairer:
    """A model that sells repairs of another prover's rejected attempts."""

    def __init__(self, name: str, entry: ChatConfig, endpoint: Endpoint, *, repairs: str) -> None:
        self.name = name
        self.repairs = repairs
        self.max_attempts = entry.max_attempts
        self._entry = entry
        self._endpoint = endpoint

    def repairing(self, failed: Failed) -> ChatProver:
        """Returns the prover, of the same name, that repairs what failed."""
        return ChatProver(self.name, self._entry, self._endpoint, failed)


class ChatProvers:
    """Every model of a catalog, with one connection pool for each endpoint.

    It must be made and closed on the event loop that uses it.
    """

    def __init__(self, listings: Sequence[PricedModel]) -> None:
        bounds: dict[str, CallLimits] = {}
        for listing in listings:
            url, limits = str(listing.entry.endpoint), listing.entry.limits
            known = bounds.get(url)
            if known is None or limits.concurrency < known.concurrency:
                bounds[url] = limits
        self._endpoints = {url: Endpoint(url, limits) for url, limits in bounds.items()}
        self.provers = [self._prover(listing.name, listing.entry) for listing in listings]

    def _prover(self, name: str, entry: ChatConfig) -> ChatProver | ChatRepairer:
        endpoint = self._endpoints[str(entry.endpoint)]
        if entry.repairs is None:
            return ChatProver(name, entry, endpoint)
        return ChatRepairer(name, entry, endpoint, repairs=entry.repairs)

    async def close(self) -> None:
        """Closes all connections."""
        for endpoint in self._endpoints.values():
            await endpoint.close()


def _seed(theorem: Theorem, number: int, seed: int) -> int:
    """Returns a seed that is the same for the same attempt and different for any other."""
    return int(sha256(theorem.digest, str(number), str(seed))[:16], 16) % _SEEDS


def _given(value: float | None, default: float) -> float:
    return default if value is None else value
