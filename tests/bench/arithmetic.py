"""A market small enough to know every answer: theorems are sums, and Python is the kernel.

The real broker, ledger and policies run on it; only Lean and its sellers are left out.
"""

from __future__ import annotations

import ast
import asyncio
import operator
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import Broker
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.protocols import Policy
from prover_arb.core.purchases import Attempt, Bid, Purchase, Quote, SalesRecord
from prover_arb.core.theorem import (
    Asked,
    Candidate,
    Certificate,
    Limits,
    Theorem,
    ToolchainIdentity,
    Verdict,
    sha256,
)
from prover_arb.scheduler import make_policy

IDENTITY = ToolchainIdentity(
    lean="0.0.0", commit="python", origin="tests", integrity="none", library="none"
)
CATALOG = Path(__file__).with_name("abacuses.toml")
"""The price list of the three provers of `Market`."""
OPERATORS = {ast.Add: operator.add, ast.Mult: operator.mul}


def value(node: ast.expr) -> int:
    """Value of a sum or product.

    Raises:
        ValueError: anything else.
    """
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return int(OPERATORS[type(op)](value(left), value(right)))
    raise ValueError(f"not a sum: {ast.dump(node)}")


def sides(theorem: Theorem) -> tuple[int, int]:
    """Both sides of `: a + b = c`.

    Raises:
        ValueError, SyntaxError: it is no such equation.
    """
    left, right = theorem.statement.removeprefix(":").split("=")
    return value(ast.parse(left.strip(), mode="eval").body), value(
        ast.parse(right.strip(), mode="eval").body
    )


class Check(NamedTuple):
    elaborates: bool
    reason: str


class Arithmetic:
    """The oracle."""

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        left, right = sides(theorem)
        proved = candidate.text == str(left) and left == right
        return Verdict(
            status="proved" if proved else "rejected",
            reason=None if proved else "elaboration_error",
            elapsed_ms=2,
            cpu_us=2_000,
            toolchain=IDENTITY,
        )

    async def identity(self) -> ToolchainIdentity:
        return IDENTITY

    async def inspect(self, theorem: Theorem) -> Check:
        try:
            sides(theorem)
        except (ValueError, SyntaxError) as error:
            return Check(False, str(error))
        return Check(True, "")


class Abacus:
    """A seller who can count up to `reach`, at `price` micro-dollars an attempt."""

    def __init__(self, name: str, *, reach: int, price: int, pause: float = 0.0) -> None:
        self._name = name
        self._reach = reach
        self._price = price
        self._pause = pause
        self.sold = 0

    @property
    def name(self) -> str:
        return self._name

    def quote(self, theorem: Theorem) -> Quote:
        return Quote(prover=self.name, worst_case=self._price)

    def bid(self, theorem: Theorem, record: SalesRecord) -> Bid:
        return Bid(prover=self.name, price=self._price, quality=0.5)

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        await asyncio.sleep(self._pause)
        self.sold += 1
        left, _ = sides(theorem)
        found = Candidate(kind="term", text=str(left)) if left <= self._reach else None
        return Attempt(
            prover=self.name,
            candidate=found,
            cost=min(self._price, budget),
            cpu_us=1_000,
            wall_ms=1,
            failure="" if found else "out of reach",
        )


def issue(theorem: Theorem, candidate: Candidate, verdict: Verdict, limits: Limits) -> Certificate:
    return Certificate(
        theorem=theorem,
        candidate=candidate,
        statement_sha256=theorem.digest,
        candidate_sha256=sha256(candidate.text),
        asked=Asked(type=theorem.statement, statement="", question_sha256=""),
        axioms=verdict.axioms,
        axioms_exact=True,
        toolchain=IDENTITY,
        kernels=("python",),
        limits=limits,
        elapsed_ms=verdict.elapsed_ms,
        issued_at="2026-01-01T00:00:00Z",
    )


class Ill(Arithmetic):
    """An oracle that fails on what ends in these digits."""

    def __init__(self, digits: str) -> None:
        self._digits = digits

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        if candidate.text.endswith(self._digits):
            return Verdict(status="void", detail="no file descriptor left", cpu_us=2_000)
        return await super().verify(theorem, candidate, limits)


class Market:
    """The market over one ledger; `pause` is how long a seller takes, in seconds."""

    def __init__(
        self, ledger: Path, *, pause: float = 0.0, oracle: Arithmetic | None = None
    ) -> None:
        self._ledger = SqliteLedger(ledger)
        self._oracle = oracle or Arithmetic()
        self._policies: dict[str, Policy] = {}
        self.provers = [
            Abacus("flash", reach=9, price=100, pause=pause),
            Abacus("portfolio", reach=99, price=1_000, pause=pause),
            Abacus("search", reach=999, price=10_000, pause=pause),
        ]
        self._broker = Broker(
            oracle=self._oracle,
            provers=self.provers,
            ledger=self._ledger,
            verification_price=3_600_000,
            issue=issue,
        )

    async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome:
        if job.run_budget is not None:
            self._ledger.limit_run(job.run, job.run_budget)
        return await self._broker.prove(theorem, self._policy(job.policy), job)

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        return await self._oracle.verify(theorem, candidate, limits)

    async def inspect(self, theorem: Theorem) -> Check:
        return await self._oracle.inspect(theorem)

    async def identity(self) -> ToolchainIdentity:
        return await self._oracle.identity()

    async def check_policy(self, policy: str) -> str:
        return self._policy(policy).name

    async def purchases(self, *, run: str, policy: str, theorem: Theorem) -> list[Purchase]:
        name = self._policy(policy).name
        return self._ledger.purchases(run=run, policy=name, theorem=theorem)

    async def close(self) -> None:
        self._ledger.close()

    def _policy(self, text: str) -> Policy:
        if text not in self._policies:
            self._policies[text] = make_policy(text, self.provers)
        return self._policies[text]


@asynccontextmanager
async def opened(ledger: Path) -> AsyncIterator[Market]:
    """What a benchmark calls to open the market."""
    market = Market(ledger)
    try:
        yield market
    finally:
        await market.close()
