"""A market of recorded attempts: what once happened is sold again, and nothing is proved.

Broker, policies, ledger and Ray run on it as on a live market. A seller asks the mean cost of its
recorded attempts on a theorem, in whole micro-dollars, rounded up. Its attempt number k (from 0) is
the k-th recorded one, or with a seed other than 0 the k-th of a permutation drawn from the seed,
the prover and the theorem, which is uniform, and the same for every policy. Once the recorded
attempts are used up it sells nothing more. An attempt given less than its price is cut off: it
costs what it was given, and comes to nothing.

The price of a theorem stands in the quote, so a policy here may know how dear an attempt is before
it pays for one. Verification costs nothing on top: it is in the recorded cost, or was not recorded.
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
from prover_arb.core.purchases import Attempt, Bid, Quote, SalesRecord
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
"""The solve probability a seller bids before it has sold anything."""

_DELIVERED = re.compile(r"recorded attempt (\d+) of (.+)")


@dataclass(frozen=True)
class Stock:
    """What one prover has to sell on one theorem."""

    price: int
    """Micro-dollars for one attempt."""
    outcomes: tuple[bool, ...]


@dataclass(frozen=True)
class ReplayProver:
    """Sells the recorded attempts of one prover."""

    name: str
    shelf: Mapping[str, Stock]
    """By the theorem's name."""
    deterministic: bool = False

    @property
    def max_attempts(self) -> int:
        """Of the longest record; every quote says how many there are on its theorem."""
        return max(len(stock.outcomes) for stock in self.shelf.values())

    def quote(self, theorem: Theorem) -> Quote:
        stock = self.shelf.get(theorem.name, Stock(0, ()))
        return Quote(prover=self.name, worst_case=stock.price, max_attempts=len(stock.outcomes))

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        """Its price, and the solve rate it has seen so far."""
        price = self.quote(theorem).worst_case
        seen = truthful_bid(self.name, record, worst_case=price, quality=CLAIM)
        return seen.model_copy(update={"price": price})

    def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Attempt `number` as it was recorded.

        Raises:
            ProverError: there is no such attempt on record.
        """
        stock = self.shelf.get(theorem.name, Stock(0, ()))
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
        # Deliberately nothing that Lean could read: it stands for a proof that was not recorded.
        told = Candidate(kind="tactics", text=f"recorded attempt {recorded} of {self.name}")
        return Attempt(prover=self.name, candidate=told, cost=stock.price)


@dataclass(frozen=True)
class ReplayWorker:
    """Delivers what was recorded, and says what was recorded of it."""

    sellers: Mapping[str, ReplayProver]
    digest: str

    async def start(self) -> None:
        return

    async def attempt(
        self,
        prover: str,
        theorem: Theorem,
        *,
        number: int,
        budget: int,
        seed: int,
        customer: str = "",
    ) -> Attempt:
        seller = self.sellers.get(prover)
        if seller is None:
            raise ProverError(f"no records of {prover!r}; there are {', '.join(self.sellers)}")
        return seller.attempt(theorem, number=number, budget=budget, seed=seed)

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        """`proved` by name alone for a recorded success, void for everything else."""
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
        told = _DELIVERED.fullmatch(candidate.text)
        seller = self.sellers.get(told[2]) if told else None
        stock = seller.shelf.get(theorem.name) if seller else None
        if told is None or stock is None:
            return False
        return int(told[1]) < len(stock.outcomes) and stock.outcomes[int(told[1])]


@dataclass(frozen=True)
class ReplayWorkerFactory:
    """Hosts and sellers of recorded attempts."""

    stock: tuple[ReplayProver, ...]
    digest: str
    """Hash of everything that is sold, and of its prices."""
    verification_price: int = 0

    def worker(self) -> ReplayWorker:
        return ReplayWorker({seller.name: seller for seller in self.stock}, self.digest)

    def provers(self) -> Sequence[ReplayProver]:
        return self.stock

    def refuter(self) -> None:
        """Nobody: refutations are not recorded."""


def replay_of(records: Sequence[ProverRecords], dollars: Decimal) -> ReplayWorkerFactory:
    """The market of the problems that all provers have records of.

    `dollars` is what one unit of the records' costs is worth.

    Raises:
        RecordsError: the records make no market together, or an attempt would cost a fortune.
    """
    problems = common_problems(records)
    names = theorem_names(problems)
    stock = tuple(
        ReplayProver(
            one.prover,
            {
                names[problem]: Stock(price_of(row, dollars), row.outcomes)
                for problem in problems
                for row in (one.rows[problem],)
            },
        )
        for one in records
    )
    sold = [
        [each.name, name, on.price, [int(outcome) for outcome in on.outcomes]]
        for each in sorted(stock, key=lambda seller: seller.name)
        for name, on in sorted(each.shelf.items())
    ]
    return ReplayWorkerFactory(stock, hashlib.sha256(json.dumps(sold).encode()).hexdigest())


def price_of(row: Record, dollars: Decimal) -> int:
    """Micro-dollars of one attempt, rounded up.

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
    """Micro-dollars of one attempt before rounding; the cost as its decimals are written."""
    return Decimal(repr(row.mean_cost)) * dollars * MICRO


def theorem_names(problems: Sequence[str]) -> dict[str, str]:
    """Problem to the theorem's name: the same where Lean allows it, else with `_` for the rest.

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
    """In which order recorded attempts are sold: as recorded for seed 0, else a permutation."""
    if seed == 0:
        return tuple(range(attempts))
    drawn = random.Random(json.dumps([seed, prover, theorem]))
    return tuple(drawn.sample(range(attempts), attempts))
