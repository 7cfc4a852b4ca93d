"""A market of recorded attempts: what once happened is sold again, and nothing is proved.

Broker, policies, ledger and Ray run on it as on a live market. A prover asks the mean cost of its
recorded attempts on a theorem, in whole micro-dollars, rounded up. Its attempt number k (from 0) is
the k-th recorded one. With a seed other than 0 it is the k-th of a permutation, drawn uniformly
from the seed, the prover and the theorem, and the same for every policy. Once the recorded attempts
are used up, the prover sells nothing more. An attempt that is given less than its price is cut off:
it costs what it was given, and finds nothing.

The price on a theorem stands in the quote, so a policy may know here what an attempt costs before
it pays for one. Verification costs nothing besides: it is in the recorded cost, or is unknown.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from prover_arb.core.money import LARGEST_BUDGET, MICRO, format_usd
from prover_arb.core.purchases import Attempt, AttemptRequest, Bid, Quote, SalesRecord
from prover_arb.core.records import ProverRecords, Record, common_problems
from prover_arb.core.theorem import (
    REPLAY,
    Candidate,
    Limits,
    Theorem,
    ToolchainIdentity,
    Verdict,
)
from prover_arb.errors import ProverError, RecordsError
from prover_arb.problems import as_identifier
from prover_arb.provers.pricing import truthful_bid
from prover_arb.runtime.null_market import NullCheck

CLAIM = 0.5
"""The solve probability that a prover bids before it has sold anything."""

_DELIVERED = re.compile(r"recorded attempt (\d+) of (.+)")


@dataclass(frozen=True)
class Stock:
    """What one prover sells on one theorem."""

    price: int
    """The price of one attempt, in micro-dollars."""
    outcomes: tuple[bool, ...]


@dataclass(frozen=True)
class ReplayProver:
    """Sells the recorded attempts of one prover."""

    name: str
    stock: Mapping[str, Stock]
    """What it sells, by the theorem's name."""
    deterministic: bool = False

    @property
    def max_attempts(self) -> int:
        """The length of the longest record; every quote says how many there are on its theorem."""
        return max(len(stock.outcomes) for stock in self.stock.values())

    def quote(self, theorem: Theorem) -> Quote:
        stock = self.stock.get(theorem.name, Stock(0, ()))
        return Quote(prover=self.name, worst_case=stock.price, max_attempts=len(stock.outcomes))

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        """Returns a bid of its price and of the solve rate that it has seen so far."""
        price = self.quote(theorem).worst_case
        seen = truthful_bid(self.name, record, worst_case=price, quality=CLAIM)
        return seen.model_copy(update={"price": price})

    def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Returns attempt number `number` as it was recorded.

        Raises:
            ProverError: there is no such attempt on record.
        """
        stock = self.stock.get(theorem.name, Stock(0, ()))
        if number >= len(stock.outcomes):
            raise ProverError(
                f"{self.name} has {len(stock.outcomes)} recorded attempts on {theorem.name}, "
                f"not a number {number}"
            )
        if budget < stock.price:
            failure = f"cut off at {budget} of {stock.price} micro-dollars"
            return Attempt(prover=self.name, candidate=None, cost=budget, failure=failure)
        recorded = order(seed, self.name, theorem.name, len(stock.outcomes))[number]
        if not stock.outcomes[recorded]:
            failure = f"attempt {recorded} is recorded as a failure"
            return Attempt(prover=self.name, candidate=None, cost=stock.price, failure=failure)
        # It stands for a proof that was not recorded, so that Lean could not read it on purpose.
        candidate = Candidate(kind="tactics", text=f"recorded attempt {recorded} of {self.name}")
        return Attempt(prover=self.name, candidate=candidate, cost=stock.price)


@dataclass(frozen=True)
class ReplayWorker:
    """A worker that delivers what was recorded, and judges by what was recorded."""

    provers: Mapping[str, ReplayProver]
    digest: str

    async def start(self) -> None:
        return

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        prover = self.provers.get(request.prover)
        if prover is None:
            known = ", ".join(self.provers)
            raise ProverError(f"no records of {request.prover!r}; there are {known}")
        return prover.attempt(
            theorem, number=request.number, budget=request.budget, seed=request.seed
        )

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        """Returns `proved` for a recorded success, which no kernel has seen; else void."""
        identity = await self.identity()
        if self._succeeded(theorem, candidate):
            detail = "replayed: recorded as a success, judged by no kernel"
            return Verdict(status="proved", detail=detail, toolchain=identity)
        detail = "a replay judges nothing but recorded attempts"
        return Verdict(status="void", detail=detail, toolchain=identity)

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> NullCheck:
        return NullCheck()

    async def identity(self) -> ToolchainIdentity:
        return ToolchainIdentity(
            lean="none", commit="", origin=REPLAY, integrity=self.digest, library=""
        )

    async def close(self) -> None:
        return

    def _succeeded(self, theorem: Theorem, candidate: Candidate) -> bool:
        delivered = _DELIVERED.fullmatch(candidate.text)
        prover = self.provers.get(delivered[2]) if delivered else None
        stock = prover.stock.get(theorem.name) if prover else None
        if delivered is None or stock is None:
            return False
        number = int(delivered[1])
        return number < len(stock.outcomes) and stock.outcomes[number]


@dataclass(frozen=True)
class ReplayWorkerFactory:
    """Makes workers and provers of recorded attempts."""

    priced: tuple[ReplayProver, ...]
    digest: str
    """Hash of everything that is sold, and of its prices."""
    verification_price: int = 0

    def worker(self) -> ReplayWorker:
        return ReplayWorker({prover.name: prover for prover in self.priced}, self.digest)

    def provers(self) -> Sequence[ReplayProver]:
        return self.priced

    def refuter(self) -> None:
        """Returns None: refutations are not recorded."""


def replay_of(records: Sequence[ProverRecords], dollars: Decimal) -> ReplayWorkerFactory:
    """Makes the market of the problems that all provers have records of.

    `dollars` is what one unit of the records' costs is worth.

    Raises:
        RecordsError: the records make no market together, or an attempt would cost a fortune.
    """
    problems = common_problems(records)
    names = theorem_names(problems)
    priced = tuple(
        ReplayProver(
            records_of_prover.prover,
            {
                names[problem]: Stock(price_of(row, dollars), row.outcomes)
                for problem in problems
                for row in (records_of_prover.rows[problem],)
            },
        )
        for records_of_prover in records
    )
    sold = [
        [prover.name, name, stock.price, [int(outcome) for outcome in stock.outcomes]]
        for prover in sorted(priced, key=lambda prover: prover.name)
        for name, stock in sorted(prover.stock.items())
    ]
    return ReplayWorkerFactory(priced, hashlib.sha256(json.dumps(sold).encode()).hexdigest())


def price_of(row: Record, dollars: Decimal) -> int:
    """Returns the micro-dollars of one attempt, rounded up.

    Raises:
        RecordsError: above any budget; names file and line.
    """
    price = int(exact_price(row, dollars).to_integral_value(ROUND_CEILING))
    if price > LARGEST_BUDGET:
        raise RecordsError(
            f"{row.source}: mean_cost: at {dollars} dollars a unit one attempt costs "
            f"{format_usd(price, digits=0)}, surely another unit"
        )
    return price


def exact_price(row: Record, dollars: Decimal) -> Decimal:
    """Returns the micro-dollars of one attempt before rounding, from the decimals as written."""
    return Decimal(repr(row.mean_cost)) * dollars * MICRO


def theorem_names(problems: Sequence[str]) -> dict[str, str]:
    """Returns the theorem's name of each problem: its own, with `_` for what Lean does not allow.

    Raises:
        RecordsError: two problems would have the same name.
    """
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    for problem in problems:
        name = as_identifier(problem)
        if name in taken:
            raise RecordsError(
                f"problems {taken[name]!r} and {problem!r} would both be theorem {name!r}; rename "
                "one of them"
            )
        names[problem], taken[name] = name, problem
    return names


@lru_cache(maxsize=4096)
def order(seed: int, prover: str, theorem: str, attempts: int) -> tuple[int, ...]:
    """Returns the order in which recorded attempts are sold, permuted unless the seed is 0."""
    if seed == 0:
        return tuple(range(attempts))
    drawn = random.Random(json.dumps([seed, prover, theorem]))
    return tuple(drawn.sample(range(attempts), attempts))
