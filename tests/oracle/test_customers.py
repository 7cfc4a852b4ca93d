"""Texts of different customers never meet in one process, whatever its role."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator

import psutil
import pytest

from prover_arb.core.theorem import Candidate, Theorem, Verdict
from prover_arb.oracle import lean_pool
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verifier import LeanOracle, open_oracle
from tests.soundness.poison import AFTER, POISON

pytestmark = pytest.mark.lean

DOUBLE = "def double (n : ℕ) : ℕ := n + n"
THEIRS = Theorem(name="t", statement="(n : ℕ) : double n = 2 * n", preamble=DOUBLE)
OURS = Theorem(name="t", statement="(n : ℕ) : n + 0 = n")
PROOF = Candidate(kind="tactics", text="first | rfl | (unfold double; omega)")


def processes() -> set[int]:
    """Those under this one that elaborate or judge."""
    return {child.pid for child in psutil.Process().children()}


def test_every_process_is_one_customers(toolchain: Toolchain) -> None:
    before = processes()

    async def judge(oracle: LeanOracle, theorem: Theorem, customer: str) -> Verdict:
        verdict = await oracle.verify(theorem, PROOF, customer=customer)
        assert verdict.status == "proved", verdict.detail
        return verdict

    async def main() -> list[set[int]]:
        async with open_oracle(toolchain, size=1) as (_, oracle):
            seen = []
            for theorem, customer in ((THEIRS, ""), (OURS, "other"), (OURS, "other")):
                await judge(oracle, theorem, customer)
                seen.append(processes() - before)
            return seen

    first, second, third = asyncio.run(main())
    assert len(first) == len(second) == 3
    assert not first & second
    assert second == third


def test_customers_at_the_same_time(toolchain: Toolchain) -> None:
    """Two processes for three customers, who all get their verdicts."""

    async def main() -> list[Verdict]:
        async with open_oracle(toolchain, size=2) as (_, oracle):
            return await asyncio.gather(
                *(
                    oracle.verify(theorem, PROOF, customer=customer)
                    for customer in ("a", "b", "c")
                    for theorem in (THEIRS, OURS)
                )
            )

    verdicts = asyncio.run(main())
    assert {verdict.status for verdict in verdicts} == {"proved"}, [v.detail for v in verdicts]


def test_the_poison_of_one_customer_does_not_reach_the_other(toolchain: Toolchain) -> None:
    """With one process of each kind, which the customers take by turns."""

    async def main() -> list[str]:
        async with open_oracle(toolchain, size=1) as (_, oracle):
            for theorem, candidate in POISON:
                await oracle.verify(theorem, candidate, customer="first")
            said = []
            for statement, kind, text, _ in AFTER:
                theorem = Theorem(name="target", statement=statement)
                candidate = Candidate.model_validate({"kind": kind, "text": text})
                verdict = await oracle.verify(theorem, candidate, customer="second")
                said.append(verdict.status)
            return said

    assert asyncio.run(main()) == [expected for *_, expected in AFTER]


class Readers:
    """Notes which customers' texts each process has read, in every pool of an oracle."""

    def __init__(self, oracle: LeanOracle, pool: LeanPool) -> None:
        self.oracle = oracle
        self.pools = (pool, *oracle._pools)
        self.customers: defaultdict[int, set[str]] = defaultdict(set)

    async def verify(self, theorem: Theorem, candidate: Candidate, customer: str) -> str:
        verdict = await self.oracle.verify(theorem, candidate, customer=customer)
        for pool in self.pools:
            for seat in pool.members:
                if seat.customer == customer and seat.worker is not None:
                    assert seat.worker.pid is not None
                    self.customers[seat.worker.pid].add(customer)
        return verdict.status

    async def all_stand_by(self) -> None:
        """Waits until each pool has a process that is ready and has read nobody's text."""
        deadline = time.monotonic() + 120
        for pool in self.pools:
            while not any(seat.customer is None and seat.alive for seat in pool.members):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)

    def of(self, customer: str) -> set[int]:
        return {pid for pid, customers in self.customers.items() if customer in customers}


@contextlib.asynccontextmanager
async def oracle_with_standby(toolchain: Toolchain) -> AsyncIterator[Readers]:
    pool = LeanPool(toolchain, size=1, standby=1)
    oracle = LeanOracle.on(pool)
    try:
        await asyncio.gather(pool.start(), oracle.start())
        yield Readers(oracle, pool)
    finally:
        await pool.close()


def test_two_customers_who_alternate_keep_their_processes(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean_pool, "KEPT_SECONDS", 3600.0)

    async def main() -> None:
        async with oracle_with_standby(toolchain) as readers:
            for pool in readers.pools:
                assert pool.alive == 1  # nothing stands by before there is a second customer
            for _ in range(2):
                for customer in ("", "b"):
                    assert await readers.verify(OURS, PROOF, customer) == "proved"
            assert len(readers.of("")) == len(readers.of("b")) == 3
            assert all(len(customers) == 1 for customers in readers.customers.values())

    asyncio.run(main())


def test_a_process_that_stands_by_has_read_nothing_of_the_customers_before(
    toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first customer attacks, and is gone for a while when a third one comes."""
    monkeypatch.setattr(lean_pool, "KEPT_SECONDS", 0.0)

    async def main() -> None:
        async with oracle_with_standby(toolchain) as readers:
            for theorem, candidate in POISON:
                await readers.verify(theorem, candidate, "first")
            await readers.verify(OURS, PROOF, "second")
            await readers.all_stand_by()
            assert len(psutil.Process().children()) - before <= 6
            said = []
            for statement, kind, text, _ in AFTER:
                theorem = Theorem(name="target", statement=statement)
                candidate = Candidate.model_validate({"kind": kind, "text": text})
                said.append(await readers.verify(theorem, candidate, "third"))
            assert said == [expected for *_, expected in AFTER]
            assert all(len(customers) == 1 for customers in readers.customers.values())
            assert len(readers.of("third")) >= 3
            for ended in readers.of("first"):
                assert not psutil.pid_exists(ended)

    before = len(psutil.Process().children())
    asyncio.run(main())
