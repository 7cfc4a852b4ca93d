"""Texts of different customers never meet in one process, whatever its role."""

from __future__ import annotations

import asyncio

import psutil
import pytest

from prover_arb.core.theorem import Candidate, Theorem, Verdict
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
