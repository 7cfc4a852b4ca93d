"""The catalog entry of a language model: its address, its prices, and how it is asked.

Prices are micro-dollars per million tokens. A token is at least a byte of text in every tokenizer
that models of this kind use, so the bytes of a prompt bound its tokens from above.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, HttpUrl, StrictFloat, StrictInt, field_validator

from prover_arb.core.purchases import Bid, Failed, Quote, SalesRecord, Usage
from prover_arb.core.theorem import Theorem, Value
from prover_arb.errors import CatalogError
from prover_arb.provers.chat.api_keys import Secret, read_secret
from prover_arb.provers.chat.call_limits import CallLimits
from prover_arb.provers.chat.families import Family, family
from prover_arb.provers.chat.request_shape import RequestShape
from prover_arb.provers.pricing import TokenPrices, truthful_bid

_FRAME_TOKENS = 32
"""What a chat template may add around each message, and once around all of them."""


class Sampling(Value):
    """How answers are sampled; absent values are those of the prompt family."""

    temperature: StrictFloat | None = Field(default=None, ge=0, le=2)
    top_p: StrictFloat | None = Field(default=None, gt=0, le=1)
    max_tokens: StrictInt = Field(default=8192, ge=1, le=1_000_000)
    """The longest answer that is paid for; with the price it fixes the worst case."""


class ChatConfig(Value):
    """A prover that is billed by tokens."""

    kind: Literal["chat"] = "chat"
    description: str = ""
    endpoint: HttpUrl
    """The base address of the API, such as `http://127.0.0.1:8000/v1`."""
    model: str = Field(min_length=1, max_length=500)
    family: str = "instruct"
    """How it is asked: a file name in `families/`."""
    repairs: str | None = None
    """The prover whose rejected attempts it repairs; it then sells nothing else."""
    error_tokens: StrictInt = Field(default=4_000, ge=1, le=1_000_000)
    """The most tokens of Lean's errors that are quoted for a repair; a byte counts as one."""
    price: TokenPrices
    key_env: str | None = None
    """Environment variable that holds the API key."""
    key_file: Path | None = None
    """File that holds the API key, if no variable does."""
    answers_as: tuple[str, ...] = ()
    """Other names under which the same model answers."""
    request: RequestShape = RequestShape()
    """What is left out of requests, renamed or added."""
    api: Literal["chat", "completions"] = "chat"
    """`completions`: the older API, which is given the prompt as one text."""
    stream: bool = True
    samples: StrictInt = Field(default=1, ge=1, le=128)
    """How many answers one purchase draws; they are judged in order until one is a proof."""
    sampling: Sampling = Sampling()
    limits: CallLimits = CallLimits()
    max_attempts: StrictInt = Field(default=4, ge=1, le=100_000)
    """How many attempts on one theorem are worth offering."""
    quality: StrictFloat = Field(default=0.5, ge=0, le=1)
    """The solve probability it bids in an auction before it has sold anything."""
    active_parameters_b: StrictFloat | None = Field(default=None, gt=0, le=1e6)
    """Billions of parameters that work on each token, if known."""

    @field_validator("family")
    @classmethod
    def _is_there(cls, name: str) -> str:
        try:
            family(name)
        except CatalogError as error:
            raise ValueError(str(error)) from None
        return name

    @field_validator("endpoint", mode="before")
    @classmethod
    def _is_the_base(cls, url: object) -> object:
        """Reduces the address of a completion endpoint to the base address of the API."""
        if not isinstance(url, str):
            return url
        return re.sub(r"(?:/chat)?/completions/*$", "", url.strip()).rstrip("/")

    @field_validator("endpoint")
    @classmethod
    def _holds_no_secret(cls, url: HttpUrl) -> HttpUrl:
        if url.username or url.password or url.query:
            raise ValueError("holds a secret or a query; name the key in key_env or key_file")
        return url

    @property
    def deterministic(self) -> bool:
        """False: the same request may give another answer."""
        return False

    @property
    def asking(self) -> Family:
        """The prompt family."""
        return family(self.family)

    def secret(self) -> Secret:
        """Returns the API key, read now.

        Raises:
            ProverRefused: the key is configured, and missing or unusable.
        """
        return read_secret(self.key_env, self.key_file)

    def messages(self, theorem: Theorem, failed: Failed | None = None) -> list[dict[str, str]]:
        """Returns the conversation that asks for a proof, or for a repair of what failed."""
        if failed is None:
            return self.asking.messages(theorem)
        return self.asking.repair_messages(theorem, failed, self.error_tokens)

    def flops(self, usage: Usage) -> float:
        """Floating-point operations of a forward pass: 2 x active parameters x tokens."""
        tokens = usage.prompt + usage.completion
        return 2e9 * (self.active_parameters_b or 0.0) * tokens

    def prompt_bound(self, messages: list[dict[str, str]]) -> int:
        """Returns an upper bound for the tokens of the prompt."""
        if self.api == "completions":
            return _FRAME_TOKENS + len(self.asking.prompt(messages).encode())
        frames = _FRAME_TOKENS * (1 + len(messages))
        return frames + sum(len(message["content"].encode()) for message in messages)

    def bound(self, messages: list[dict[str, str]], max_tokens: int) -> Usage:
        """Returns the most that a request can use, with `max_tokens` for each sample."""
        prompt = self.prompt_bound(messages)
        return Usage(prompt=prompt, completion=max_tokens * self.samples, estimated=True)

    def worst_case(self, messages: list[dict[str, str]]) -> int:
        """Returns micro-dollars that a request costs at most."""
        usage = self.bound(messages, self.sampling.max_tokens)
        return self.price.worst_case(usage)

    def affordable_tokens(self, messages: list[dict[str, str]], budget: int) -> int:
        """Returns the most tokens per sample that `budget` micro-dollars can pay; 0 if none.

        It is rounded down, so that a request with that many costs at most `budget`.
        """
        return self.price.affordable_tokens(
            budget,
            prompt=self.prompt_bound(messages),
            samples=self.samples,
            most=self.sampling.max_tokens,
        )


class PricedModel(Value):
    """A language model that can quote and bid; asking it needs an endpoint."""

    name: str
    entry: ChatConfig

    @property
    def repairs(self) -> str | None:
        """The prover whose failures it repairs."""
        return self.entry.repairs

    @property
    def max_attempts(self) -> int:
        return self.entry.max_attempts

    @property
    def deterministic(self) -> bool:
        return self.entry.deterministic

    def quote(self, theorem: Theorem, failed: Failed | None = None) -> Quote:
        """Returns the cost of the longest answer about this theorem, or of the longest repair."""
        worst = self.entry.worst_case(self.entry.messages(theorem, failed))
        return Quote(prover=self.name, worst_case=worst, candidates=self.entry.samples)

    def bid(self, theorem: Theorem, record: SalesRecord, failed: Failed | None = None) -> Bid:
        """Returns a bid from its record; its quote stands for sales it has not made yet."""
        worst = self.quote(theorem, failed).worst_case
        return truthful_bid(self.name, record, worst_case=worst, quality=self.entry.quality)
